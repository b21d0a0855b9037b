/** A private key as people write it: with or without 0x, any case, with whitespace around. What is wrong is said without a digit of it. */
import { computeAddress } from 'ethers'
import { UserError } from '../../domain/user-error.ts'

const DIGITS = 64

export type KeyPair = { readonly address: string; readonly privateKey: string }

/** `where` is how the place is called in the sentence, for example "POLYMARKET_PRIVATE_KEY". */
export function keyFromText(text: string, where: string): KeyPair {
  const refuse = (what: string): UserError => new UserError('preflight', `${where} ${what}`)
  const trimmed = text.trim()
  const must = `a private key is ${DIGITS} hex digits, with or without 0x`
  if (trimmed === '') throw refuse(`holds nothing; ${must}`)
  const words = trimmed.split(/\s+/)
  if (words.length >= 12 && words.every((word) => /^[a-z]+$/i.test(word)))
    throw refuse('holds a seed phrase; give the private key of one account instead')
  if (words.length > 1) throw refuse(`has whitespace within; ${must}`)
  if (/^["'`]|["'`]$/.test(trimmed)) throw refuse(`has quotes around it; ${must}`)
  const digits = trimmed.replace(/^0x/i, '')
  if (!/^[0-9a-f]*$/i.test(digits)) throw refuse(`has a sign that is no hex digit; ${must}`)
  if (digits.length === 40) throw refuse(`is as long as an address; ${must}`)
  if (digits.length !== DIGITS) throw refuse(`has ${digits.length} hex digits; ${must}`)
  const privateKey = `0x${digits.toLowerCase()}`
  try {
    return { address: computeAddress(privateKey), privateKey }
  } catch {
    // Zero, or beyond the order of the curve: about one in 2^128, so it was typed.
    throw refuse('is not the key of any account; copy it anew from the wallet')
  }
}
