/**
 * Signs orders as the venue's own client does, byte for byte, without asking anybody anything: every part of an order is given. The order's id
 * is the hash of what is signed, so it is known before anything is sent.
 */
import {
  AbiCoder,
  concat,
  getAddress,
  keccak256,
  type SigningKey,
  TypedDataEncoder,
  toBeHex,
  toUtf8Bytes,
  Wallet,
} from 'ethers'

const CHAIN_ID = 137
/** By the version of the market: the contract that its orders are signed for, and the version of that contract's domain. */
export const EXCHANGES = {
  v1: { version: '2', verifyingContract: '0xE111180000d2663C0091e4f400237545B87B996B' },
  v2: { version: '3', verifyingContract: '0xe3333700cA9d93003F00f0F71f8515005F6c00Aa' },
} as const
const FIELDS = [
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
const ORDER_TEXT = `Order(${FIELDS.map(({ type, name }) => `${type} ${name}`).join(',')})`
const WRAPPER_TEXT = `TypedDataSign(Order contents,string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)${ORDER_TEXT}`
const ZERO = `0x${'0'.repeat(64)}`
const BUY = 0

/** Who signs, and whose money it is. */
export type SigningWallet = {
  readonly privateKey: string
  /** 0 wallet, 1 proxy, 2 Safe, 3 deposit wallet. */
  readonly signatureType: 0 | 1 | 2 | 3
  /** The contract that holds the money; null for a wallet's own. */
  readonly funder: string | null
}

/** A fill-or-kill buy, complete but for its signature. */
export type OrderDraft = {
  readonly token: string
  readonly makerAmount: number
  readonly takerAmount: number
  /** Of the market: decides the domain. */
  readonly version: 'v1' | 'v2'
  /** A whole number below 2^53, never used twice. */
  readonly salt: number
  readonly timestampMs: number
  /** The id of the API key that posts it. */
  readonly owner: string
}

export type SignedDraft = {
  /** What the venue calls the order. */
  readonly venueId: string
  /** The body of the POST, to the byte. */
  readonly body: string
}

export type Signer = {
  readonly address: string
  readonly maker: string
  sign(draft: OrderDraft): SignedDraft
}

export function createSigner(wallet: SigningWallet): Signer {
  const { signingKey, address } = new Wallet(wallet.privateKey)
  const maker = wallet.funder === null ? address : getAddress(wallet.funder)
  const signer = wallet.signatureType === 3 ? maker : address
  const encoder = TypedDataEncoder.from({ Order: FIELDS })
  const domains = { v1: domainOf('v1'), v2: domainOf('v2') }

  function sign(draft: OrderDraft): SignedDraft {
    const { signatureType } = wallet
    const struct = encoder.hash({
      ...textsOf(draft, maker, signer),
      salt: draft.salt,
      side: BUY,
      signatureType,
    })
    const domain = domains[draft.version]
    const venueId = keccak256(concat(['0x1901', domain, struct]))
    const signature =
      signatureType === 3
        ? wrapped(signingKey, domain, struct, maker)
        : signingKey.sign(venueId).serialized
    return { venueId, body: bodyOf(draft, signatureType, signature, textsOf(draft, maker, signer)) }
  }

  return { address, maker, sign }
}

function domainOf(version: 'v1' | 'v2'): string {
  return TypedDataEncoder.hashDomain({
    name: 'Polymarket CTF Exchange',
    chainId: CHAIN_ID,
    ...EXCHANGES[version],
  })
}

function textsOf(draft: OrderDraft, maker: string, signer: string) {
  return {
    maker,
    signer,
    tokenId: draft.token,
    makerAmount: String(draft.makerAmount),
    takerAmount: String(draft.takerAmount),
    timestamp: String(draft.timestampMs),
    metadata: ZERO,
    builder: ZERO,
  }
}

/** A deposit wallet checks its owner's signature itself: the order is signed inside a text of the wallet, and all that it needs follows. */
function wrapped(key: SigningKey, domain: string, struct: string, wallet: string): string {
  const text = keccak256(
    AbiCoder.defaultAbiCoder().encode(
      ['bytes32', 'bytes32', 'bytes32', 'bytes32', 'uint256', 'address', 'bytes32'],
      [
        keccak256(toUtf8Bytes(WRAPPER_TEXT)),
        struct,
        keccak256(toUtf8Bytes('DepositWallet')),
        keccak256(toUtf8Bytes('1')),
        CHAIN_ID,
        wallet,
        ZERO,
      ],
    ),
  )
  const inner = key.sign(keccak256(concat(['0x1901', domain, text]))).serialized
  return concat([inner, domain, struct, toUtf8Bytes(ORDER_TEXT), toBeHex(ORDER_TEXT.length, 2)])
}

function bodyOf(
  draft: OrderDraft,
  signatureType: number,
  signature: string,
  texts: ReturnType<typeof textsOf>,
): string {
  const { maker, signer, tokenId, makerAmount, takerAmount, timestamp, metadata, builder } = texts
  return JSON.stringify({
    deferExec: false,
    postOnly: false,
    order: {
      salt: draft.salt,
      maker,
      signer,
      tokenId,
      makerAmount,
      takerAmount,
      side: 'BUY',
      signatureType,
      timestamp,
      expiration: '0',
      metadata,
      builder,
      signature,
    },
    owner: draft.owner,
    orderType: 'FOK',
  })
}
