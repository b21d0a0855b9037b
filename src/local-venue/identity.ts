/** Ids and keys that look like the real ones, made from the seed: the same window has the same ids in every run. */
import { createECDH, createHash } from 'node:crypto'
import { getAddress } from 'ethers/address'
import { keccak256 } from 'ethers/crypto'

/** 77 digits: the usual length of a token id, and always below 2^256. */
const TOKEN_ID_LEAST = 10n ** 76n

export type Account = { readonly privateKey: string; readonly address: string }

/** 0x and 64 hex digits. */
export function hexId(...words: readonly (string | number)[]): string {
  return `0x${createHash('sha256').update(words.join('/')).digest('hex')}`
}

export function decimalTokenId(...words: readonly (string | number)[]): string {
  return String(TOKEN_ID_LEAST + (BigInt(hexId(...words)) % (9n * TOKEN_ID_LEAST)))
}

/** A throw-away wallet. Its key is printed for everybody to see: never send it real money. */
export function throwAwayAccount(seed: number): Account {
  const privateKey = hexId(seed, 'account')
  return { privateKey, address: addressOf(privateKey) }
}

/** Node's own curve: the first use of the one in JavaScript takes longer than the rest of the venue's start. */
function addressOf(privateKey: string): string {
  const curve = createECDH('secp256k1')
  curve.setPrivateKey(privateKey.slice(2), 'hex')
  // Without the first byte, which only says that both coordinates follow.
  const point = curve.getPublicKey().subarray(1)
  return getAddress(`0x${keccak256(point).slice(-40)}`)
}
