/**
 * Signs orders as the venue's own client does, byte for byte, without asking anybody anything: every part of an order is given. The order's id
 * is the hash of what is signed, so it is known before anything is sent.
 */
import { computeAddress, getAddress } from 'ethers'
import { type Curve, type CurveKind, createCurve } from './curve.ts'
import {
  createDigest,
  createOrderHash,
  createWrapping,
  domainHash,
  type MarketVersion,
  ORDER_TEXT,
} from './order-hash.ts'

const ZERO = `0x${'0'.repeat(64)}`
const LENGTH_DIGITS = 4

/** Who signs, and whose money it is. */
export type SigningWallet = {
  readonly privateKey: string
  /** 0 wallet, 1 proxy, 2 Safe, 3 deposit wallet. */
  readonly signatureType: 0 | 1 | 2 | 3
  /** The contract that holds the money; null for a wallet's own. */
  readonly funder: string | null
}

/** An order, complete but for its signature. */
export type OrderDraft = {
  readonly token: string
  readonly action: 'BUY' | 'SELL'
  readonly kind: 'FOK' | 'FAK' | 'GTC' | 'GTD'
  readonly postOnly: boolean
  /** Of a GTD, by the venue's clock; 0 for none. */
  readonly expirationSec: number
  /** What is given: dollars of a purchase, shares of a sale. */
  readonly makerAmount: number
  /** What is wanted for it. */
  readonly takerAmount: number
  /** Of the market: decides the domain. */
  readonly version: MarketVersion
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

/** Both curves give the same bytes; the fastest that there is, unless told. */
export function createSigner(wallet: SigningWallet, kind?: CurveKind): Signer {
  const { signatureType } = wallet
  const address = computeAddress(wallet.privateKey)
  const maker = wallet.funder === null ? address : getAddress(wallet.funder)
  const signer = signatureType === 3 ? maker : address
  const curve = createCurve(wallet.privateKey, kind)
  const orderHash = createOrderHash({ maker, signer, signatureType })
  const scheme = (market: MarketVersion) => schemeOf(market, curve, wallet, maker)
  const schemes = { v1: scheme('v1'), v2: scheme('v2') }

  function sign(draft: OrderDraft): SignedDraft {
    const struct = orderHash(draft)
    const { digest, signature } = schemes[draft.version]
    const venueId = digest(struct)
    const order = {
      salt: draft.salt,
      maker,
      signer,
      tokenId: draft.token,
      makerAmount: String(draft.makerAmount),
      takerAmount: String(draft.takerAmount),
      side: draft.action,
      signatureType,
      timestamp: String(draft.timestampMs),
      expiration: String(draft.expirationSec),
      metadata: ZERO,
      builder: ZERO,
      signature: signature(struct, venueId),
    }
    return {
      venueId: `0x${hexOf(venueId)}`,
      body: JSON.stringify({
        deferExec: false,
        postOnly: draft.postOnly,
        order,
        owner: draft.owner,
        orderType: draft.kind,
      }),
    }
  }

  return { address, maker, sign }
}

type Scheme = {
  digest(struct: Uint8Array): Uint8Array
  signature(struct: Uint8Array, digest: Uint8Array): string
}

/** All that a signature needs of the market and the wallet, worked out before there is an order. */
function schemeOf(
  market: MarketVersion,
  curve: Curve,
  { signatureType }: SigningWallet,
  maker: string,
): Scheme {
  const domain = domainHash(market)
  const digest = createDigest(domain)
  if (signatureType !== 3) return { digest, signature: (_struct, hash) => curve(hash) }
  const wrapping = createWrapping(maker)
  const domainText = hexOf(domain)
  const length = ORDER_TEXT.length.toString(16).padStart(LENGTH_DIGITS, '0')
  const tail = `${hexOf(Buffer.from(ORDER_TEXT))}${length}`
  // What the wallet needs to check it follows the signature.
  const signature = (struct: Uint8Array): string =>
    `${curve(digest(wrapping(struct)))}${domainText}${hexOf(struct)}${tail}`
  return { digest, signature }
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}
