/**
 * The hashes that a signature of an order is made of, by EIP-712, written out by hand: one buffer of twelve words of which an order changes seven at most.
 * A general encoder walks through the types anew for each order and takes many times as long.
 */
import { EXCHANGES } from './exchanges.ts'
import { keccak } from './keccak.ts'

const CHAIN_ID = 137
const EXCHANGE_NAME = 'Polymarket CTF Exchange'
export type MarketVersion = keyof typeof EXCHANGES

export const ORDER_FIELDS = [
  { name: 'salt', type: 'uint256' },
  { name: 'maker', type: 'address' },
  { name: 'signer', type: 'address' },
  { name: 'tokenId', type: 'uint256' },
  { name: 'makerAmount', type: 'uint256' },
  { name: 'takerAmount', type: 'uint256' },
  { name: 'side', type: 'uint8' },
  { name: 'signatureType', type: 'uint8' },
  { name: 'timestamp', type: 'uint256' },
  { name: 'metadata', type: 'bytes32' },
  { name: 'builder', type: 'bytes32' },
] as const
export const ORDER_TEXT = `Order(${ORDER_FIELDS.map(({ type, name }) => `${type} ${name}`).join(',')})`
const DOMAIN_TEXT =
  'EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)'
const WRAPPER_TEXT = `TypedDataSign(Order contents,string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)${ORDER_TEXT}`

const WORD = 32
const ADDRESS_BYTES = 20
const TWO_32 = 2 ** 32
const HEX_DIGITS = 2 * WORD
const UINT256_MAX = 2n ** 256n - 1n

/** The type's own hash is the first word; a word for each field follows. */
const ORDER_WORDS = 1 + ORDER_FIELDS.length
const AT = {
  salt: wordOf('salt'),
  maker: wordOf('maker'),
  signer: wordOf('signer'),
  tokenId: wordOf('tokenId'),
  makerAmount: wordOf('makerAmount'),
  takerAmount: wordOf('takerAmount'),
  side: wordOf('side'),
  signatureType: wordOf('signatureType'),
  timestamp: wordOf('timestamp'),
}
/** 0 buys and 1 sells: the last byte of its word. */
const AT_SIDE = (AT.side + 1) * WORD - 1

export type HashedDraft = {
  readonly token: string
  readonly makerAmount: number
  readonly takerAmount: number
  readonly action: 'BUY' | 'SELL'
  readonly salt: number
  readonly timestampMs: number
}

/** Who signs and whose money it is: the same in every order of a wallet. */
export type OrderParties = {
  readonly maker: string
  readonly signer: string
  readonly signatureType: number
}

/** Without a builder and without metadata. */
export function createOrderHash({ maker, signer, signatureType }: OrderParties) {
  const words = Buffer.alloc(ORDER_WORDS * WORD)
  words.set(hashText(ORDER_TEXT), 0)
  putAddress(words, AT.maker, maker)
  putAddress(words, AT.signer, signer)
  putNumber(words, AT.signatureType, signatureType)
  let token = ''

  return (draft: HashedDraft): Uint8Array => {
    putNumber(words, AT.salt, draft.salt)
    if (draft.token !== token) {
      putToken(words, draft.token)
      token = draft.token
    }
    putNumber(words, AT.makerAmount, draft.makerAmount)
    putNumber(words, AT.takerAmount, draft.takerAmount)
    words[AT_SIDE] = draft.action === 'BUY' ? 0 : 1
    putNumber(words, AT.timestamp, draft.timestampMs)
    return keccak(words)
  }
}

/** What is signed: a text that belongs to a domain. */
export function createDigest(domain: Uint8Array): (struct: Uint8Array) => Uint8Array {
  const text = Buffer.concat([Buffer.from([0x19, 0x01]), domain, Buffer.alloc(WORD)])
  return (struct) => {
    text.set(struct, 2 + WORD)
    return keccak(text)
  }
}

/** A deposit wallet checks its owner's signature itself: the order is signed inside a text of that wallet. */
export function createWrapping(wallet: string): (struct: Uint8Array) => Uint8Array {
  const words = Buffer.alloc(7 * WORD)
  words.set(hashText(WRAPPER_TEXT), 0)
  words.set(hashText('DepositWallet'), 2 * WORD)
  words.set(hashText('1'), 3 * WORD)
  putNumber(words, 4, CHAIN_ID)
  putAddress(words, 5, wallet)
  return (struct) => {
    words.set(struct, WORD)
    return keccak(words)
  }
}

export function domainHash(market: MarketVersion): Uint8Array {
  const { version, verifyingContract } = EXCHANGES[market]
  const words = Buffer.alloc(5 * WORD)
  words.set(hashText(DOMAIN_TEXT), 0)
  words.set(hashText(EXCHANGE_NAME), WORD)
  words.set(hashText(version), 2 * WORD)
  putNumber(words, 3, CHAIN_ID)
  putAddress(words, 4, verifyingContract)
  return keccak(words)
}

function wordOf(field: (typeof ORDER_FIELDS)[number]['name']): number {
  return 1 + ORDER_FIELDS.findIndex(({ name }) => name === field)
}

function hashText(text: string): Uint8Array {
  return keccak(Buffer.from(text))
}

function putNumber(words: Buffer, word: number, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError(`an order is made of whole numbers, not of ${value}`)
  const end = (word + 1) * WORD
  words.writeUInt32BE(Math.floor(value / TWO_32), end - 8)
  words.writeUInt32BE(value % TWO_32, end - 4)
}

function putAddress(words: Buffer, word: number, address: string): void {
  words.write(address.slice(2), (word + 1) * WORD - ADDRESS_BYTES, ADDRESS_BYTES, 'hex')
}

function putToken(words: Buffer, token: string): void {
  const value = /^\d+$/.test(token) ? BigInt(token) : UINT256_MAX + 1n
  if (value > UINT256_MAX) throw new RangeError(`a token is a number of 256 bits, not ${token}`)
  words.write(value.toString(16).padStart(HEX_DIGITS, '0'), AT.tokenId * WORD, WORD, 'hex')
}
