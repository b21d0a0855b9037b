/** API credentials, made from the seed, the address they belong to and the nonce it chose: the same ones in every run. */
import { createHash } from 'node:crypto'
import type { Credentials } from './feeds/polybolt.ts'
import { hexId } from './identity.ts'

export function credentialsOf(seed: number, address: string, nonce = '0'): Credentials {
  const owner = address.toLowerCase() + (nonce === '0' ? '' : `/${nonce}`)
  const hex = hexId(seed, owner, 'api-key').slice(2)
  return {
    apiKey: `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`,
    // Base64 with the two letters that addresses can carry, padding kept.
    secret: createHash('sha256')
      .update(`${seed}/${owner}/secret`)
      .digest('base64')
      .replaceAll('+', '-')
      .replaceAll('/', '_'),
    passphrase: hexId(seed, owner, 'passphrase').slice(2),
  }
}
