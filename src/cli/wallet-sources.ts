/** Where the settings say that the key is, and, for live trading alone, what `readWalletKey` needs to fetch it. */
import type { LoadedConfig } from '../config/load.ts'
import { secretValue } from '../config/secrets.ts'
import { UserError } from '../domain/user-error.ts'
import type { KeySources } from '../venues/polymarket/wallet-key.ts'

/** Names only: nothing is opened. */
export function namedKeySources({ config, secrets }: LoadedConfig): readonly string[] {
  const inEnvironment = secrets.POLYMARKET_PRIVATE_KEY ?? secrets.PRIVATE_KEY
  return [
    ...(config.wallet.keystoreFile === '' ? [] : ['KEYSTORE_FILE']),
    ...(config.wallet.keyFd === 'none' ? [] : ['KEY_FD']),
    ...(inEnvironment === null || !('name' in inEnvironment) ? [] : [inEnvironment.name]),
  ]
}

export function keySources({ config }: LoadedConfig, place?: Place): KeySources {
  const { keystoreFile, passphraseFile, keyFd } = config.wallet
  return {
    keystoreFile: keystoreFile === '' ? null : keystoreFile,
    passphraseFile: passphraseFile === '' ? null : passphraseFile,
    keyFd: keyFd === 'none' ? null : keyFd,
    envKey: keyOfEnvironment(place),
  }
}

type Place = Parameters<typeof secretValue>[1]

/** Both names are obeyed; two different keys would leave it to chance which account trades. */
function keyOfEnvironment(place: Place): string | null {
  const long = secretValue('POLYMARKET_PRIVATE_KEY', place)
  const short = secretValue('PRIVATE_KEY', place)
  if (long !== null && short !== null && long !== short) {
    throw new UserError(
      'preflight',
      'POLYMARKET_PRIVATE_KEY and PRIVATE_KEY hold different keys; remove one of them',
    )
  }
  return long ?? short
}
