/** The texts that wallets sign for the venue, and their hashes: orders of both kinds of markets, wallets that are contracts, API keys. */
import {
  AbiCoder,
  concat,
  getAddress,
  keccak256,
  recoverAddress,
  TypedDataEncoder,
  toUtf8Bytes,
} from 'ethers'

const CHAIN_ID = 137
export const EXCHANGE_V2 = '0xE111180000d2663C0091e4f400237545B87B996B'
export const NEG_RISK_EXCHANGE_V2 = '0xe2222d279d744050d28e00520010520000310F59'
export const EXCHANGE_V3 = '0xe3333700cA9d93003F00f0F71f8515005F6c00Aa'

const ORDER = [
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
]
const CLOB_AUTH = [
  { name: 'address', type: 'address' },
  { name: 'timestamp', type: 'string' },
  { name: 'nonce', type: 'uint256' },
  { name: 'message', type: 'string' },
]
const ATTESTS = 'This message attests that I control the given wallet'
const ORDER_TEXT = `Order(${ORDER.map(({ type, name }) => `${type} ${name}`).join(',')})`
const WRAPPER_TEXT = `TypedDataSign(Order contents,string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)${ORDER_TEXT}`
const ZERO_32 = `0x${'0'.repeat(64)}`
const INNER_CHARS = 2 + 130
/** r, s, and 27 or 28: contracts accept no other form. */
const SIGNATURE = /^0x[0-9a-f]{128}(1b|1c)$/i
/** Of the two points that sign the same text, contracts accept the lower one. */
const S_MAX = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n

/** An order as it is signed. */
export type SignedFields = {
  readonly salt: string
  readonly maker: string
  readonly signer: string
  readonly tokenId: string
  readonly makerAmount: string
  readonly takerAmount: string
  readonly side: 0 | 1
  readonly signatureType: 0 | 1 | 2 | 3
  readonly timestamp: string
  readonly metadata: string
  readonly builder: string
}

export type OrderVersion = '2' | '3'

const encoder = TypedDataEncoder.from({ Order: ORDER })
const domains = new Map<OrderVersion, string>()

/** Every order of a kind of market is signed under the same domain. */
function domainHash(version: OrderVersion): string {
  let hash = domains.get(version)
  if (hash === undefined) {
    const verifyingContract = version === '2' ? EXCHANGE_V2 : EXCHANGE_V3
    hash = TypedDataEncoder.hashDomain({
      name: 'Polymarket CTF Exchange',
      version,
      chainId: CHAIN_ID,
      verifyingContract,
    })
    domains.set(version, hash)
  }
  return hash
}

/** What the venue calls the order. */
export function orderHash(fields: SignedFields, version: OrderVersion): string {
  return keccak256(concat(['0x1901', domainHash(version), encoder.hash(fields)]))
}

/** Whoever signed the order, or null when that cannot be told. */
export function orderSigner(
  fields: SignedFields,
  version: OrderVersion,
  signature: string,
): string | null {
  try {
    if (fields.signatureType === 3) return walletSigner(fields, version, signature)
    return isCanonical(signature) ? recoverAddress(orderHash(fields, version), signature) : null
  } catch {
    // No 65 bytes, or no point of the curve.
    return null
  }
}

/** A wallet that is a contract: its owner signs the order inside a text of the wallet, and everything needed to check it follows the signature. */
function walletSigner(
  fields: SignedFields,
  version: OrderVersion,
  signature: string,
): string | null {
  const contents = encoder.hash(fields)
  const length = ORDER_TEXT.length.toString(16).padStart(4, '0')
  const tail = concat([
    domainHash(version),
    contents,
    toUtf8Bytes(ORDER_TEXT),
    `0x${length}`,
  ]).slice(2)
  if (signature.slice(INNER_CHARS).toLowerCase() !== tail) return null
  const struct = keccak256(
    AbiCoder.defaultAbiCoder().encode(
      ['bytes32', 'bytes32', 'bytes32', 'bytes32', 'uint256', 'address', 'bytes32'],
      [
        keccak256(toUtf8Bytes(WRAPPER_TEXT)),
        contents,
        keccak256(toUtf8Bytes('DepositWallet')),
        keccak256(toUtf8Bytes('1')),
        CHAIN_ID,
        getAddress(fields.maker),
        ZERO_32,
      ],
    ),
  )
  const digest = keccak256(concat(['0x1901', domainHash(version), struct]))
  const inner = signature.slice(0, INNER_CHARS)
  return isCanonical(inner) ? recoverAddress(digest, inner) : null
}

function isCanonical(signature: string): boolean {
  return SIGNATURE.test(signature) && BigInt(`0x${signature.slice(66, 130)}`) <= S_MAX
}

/** Whoever asked for an API key. */
export function keySigner(
  address: string,
  timestamp: string,
  nonce: string,
  signature: string,
): string | null {
  try {
    const domain = { name: 'ClobAuthDomain', version: '1', chainId: CHAIN_ID }
    const digest = TypedDataEncoder.hash(
      domain,
      { ClobAuth: CLOB_AUTH },
      { address, timestamp, nonce, message: ATTESTS },
    )
    return recoverAddress(digest, signature)
  } catch {
    // Headers that no wallet wrote.
    return null
  }
}
