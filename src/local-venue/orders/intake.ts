/** One entry of POST /order: its shape, whose it is, who signed it. What it asks of the book is for the matching engine to judge. */
import type { Side } from '../../domain/ids.ts'
import { refuse } from '../../sim/matching-rules.ts'
import type { OrderType, Refusal, VenueOrder } from '../../sim/matching-types.ts'
import type { VenueMarket } from '../market.ts'
import type { KeyOwner } from './keys.ts'
import { type OrderVersion, orderHash, orderSigner, type SignedFields } from './typed-data.ts'

export type Intake = {
  readonly order: VenueOrder
  readonly market: VenueMarket
  readonly deferred: boolean
}

export type IntakeDeps = {
  marketOf(token: string): VenueMarket | null
  versionOf(market: VenueMarket): OrderVersion
}

const TYPES: readonly OrderType[] = ['GTC', 'GTD', 'FOK', 'FAK']
const ADDRESS = /^0x[0-9a-fA-F]{40}$/
const BYTES_32 = /^0x[0-9a-fA-F]{64}$/
const WHOLE = /^\d{1,16}$/
const TOKEN = /^\d{1,78}$/
const PAYLOAD = refuse('Invalid order payload')

export function takeIn(
  deps: IntakeDeps,
  owner: KeyOwner,
  body: unknown,
  nowMs: number,
): Intake | Refusal {
  const {
    order: wire,
    owner: named,
    orderType,
    postOnly = false,
    deferExec = false,
  } = fieldsOf(body)
  const fields = signedFields(wire)
  const { signature, expiration = '0' } = fieldsOf(wire)
  if (fields === null || typeof signature !== 'string' || !isType(orderType)) return PAYLOAD
  if (typeof postOnly !== 'boolean' || typeof deferExec !== 'boolean') return PAYLOAD
  if (typeof expiration !== 'string' || !WHOLE.test(expiration)) return PAYLOAD
  if (named !== owner.credentials.apiKey)
    return refuse('the order owner has to be the owner of the API KEY')
  const market = deps.marketOf(fields.tokenId)
  if (market === null || market.result !== null)
    return refuse(`the orderbook ${fields.tokenId} does not exist`)
  const version = deps.versionOf(market)
  const refused = signerRefusal(fields, version, signature, owner)
  if (refused !== null) return refused
  const token: Side = fields.tokenId === market.up ? 'UP' : 'DOWN'
  const order: VenueOrder = {
    id: orderHash(fields, version),
    account: fields.maker.toLowerCase(),
    token,
    way: fields.side === 0 ? 'BUY' : 'SELL',
    makerAmount: Number(fields.makerAmount),
    takerAmount: Number(fields.takerAmount),
    type: orderType,
    postOnly,
    expiresSec: Number(expiration),
    atMs: nowMs,
  }
  return { order, market, deferred: deferExec }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

function isType(value: unknown): value is OrderType {
  return TYPES.some((type) => type === value)
}

function signedFields(wire: unknown): SignedFields | null {
  const {
    salt,
    maker,
    signer,
    tokenId,
    makerAmount,
    takerAmount,
    side,
    signatureType,
    timestamp,
    metadata,
    builder,
  } = fieldsOf(wire)
  const texts = { maker, signer, tokenId, makerAmount, takerAmount, timestamp, metadata, builder }
  for (const text of Object.values(texts)) if (typeof text !== 'string') return null
  const given = texts as Readonly<Record<keyof typeof texts, string>>
  const shaped =
    Number.isSafeInteger(salt) &&
    (salt as number) >= 0 &&
    ADDRESS.test(given.maker) &&
    ADDRESS.test(given.signer) &&
    TOKEN.test(given.tokenId) &&
    WHOLE.test(given.makerAmount) &&
    WHOLE.test(given.takerAmount) &&
    WHOLE.test(given.timestamp) &&
    BYTES_32.test(given.metadata) &&
    BYTES_32.test(given.builder)
  if (!shaped || (side !== 'BUY' && side !== 'SELL')) return null
  if (signatureType !== 0 && signatureType !== 1 && signatureType !== 2 && signatureType !== 3)
    return null
  return { ...given, salt: String(salt), side: side === 'BUY' ? 0 : 1, signatureType }
}

/** An order that was signed for the other kind of market looks like one that nobody signed. */
function signerRefusal(
  fields: SignedFields,
  version: OrderVersion,
  signature: string,
  owner: KeyOwner,
): Refusal | null {
  const holder = owner.address.toLowerCase()
  const wallet = fields.signatureType === 3
  const named = (wallet ? fields.maker : owner.address).toLowerCase()
  if (
    fields.signer.toLowerCase() !== named ||
    (fields.signatureType === 0 && fields.maker.toLowerCase() !== holder)
  ) {
    return refuse('the order signer address has to be the address of the API KEY')
  }
  if (orderSigner(fields, version, signature)?.toLowerCase() === holder) return null
  const other: OrderVersion = version === '2' ? '3' : '2'
  if (orderSigner(fields, other, signature)?.toLowerCase() === holder)
    return refuse('order_version_mismatch')
  return refuse('invalid signature')
}
