/** What is said on PolyBolt: operations with their answers, and numbered prices. Values are plain decimals, not scaled ones. */
import { z } from 'zod'
import { isPositiveDecimal, trimmedDecimal } from '../../domain/decimal-text.ts'
import type { Asset, PriceSeries } from '../../domain/ids.ts'
import type { Print } from './print-memory.ts'

export type FeedCredentials = {
  readonly apiKey: string
  readonly secret: string
  readonly passphrase: string
}

/** Averages first: they are what windows are settled by. */
export const CHANNELS = {
  'price.crypto.twap': 'twap60',
  'price.crypto': 'spot',
} as const satisfies Readonly<Record<string, PriceSeries>>
export type Channel = keyof typeof CHANNELS

/** The only source that settles windows; others have been served under the same name. */
export const SETTLEMENT_SOURCE = 'chainlink'
const TWAP_SECONDS = 60

export const SYMBOLS: Readonly<Record<Asset, string>> = {
  btc: 'btcusd',
  eth: 'ethusd',
  sol: 'solusd',
  xrp: 'xrpusd',
}

const answer = z.object({
  op: z.string(),
  rid: z.string().optional(),
  code: z.string().optional(),
})

const point = z.object({
  timestamp: z.int().positive(),
  value: z.number().positive(),
  full_accuracy_value: z.string().optional(),
})

const numbered = z.object({
  channel: z.string(),
  seq: z.int().positive(),
  dropped: z.int().nonnegative().default(0),
  snapshot: z.boolean().default(false),
  payload: z.looseObject({
    symbol: z.string(),
    source: z.string().optional(),
    window_seconds: z.number().optional(),
    is_carried_forward: z.boolean().default(false),
  }),
})

export type PolyBoltAnswer = {
  readonly kind: 'answer'
  readonly op: string
  readonly rid: string | null
  readonly code: string | null
}

export type PolyBoltPrices = {
  readonly kind: 'prices'
  readonly channel: Channel
  readonly seq: number
  readonly dropped: number
  readonly isPast: boolean
  readonly symbol: string
  readonly source: string
  readonly isRepeated: boolean
  /** Not the mean that settles windows, though on its channel. */
  readonly isOtherMean: boolean
  /** Oldest first; read when they are wanted. */
  prints(asset: Asset): readonly Print[]
}

export function authText(rid: string, { apiKey, secret, passphrase }: FeedCredentials): string {
  return JSON.stringify({ op: 'auth', rid, auth: { apiKey, secret, passphrase } })
}

export function subscribeText(rid: string, channel: Channel, asset: Asset): string {
  const symbol = SYMBOLS[asset]
  const filter =
    CHANNELS[channel] === 'twap60' ? { symbol, window_seconds: TWAP_SECONDS } : { symbol }
  return JSON.stringify({ op: 'subscribe', rid, subscriptions: [{ channel, filter }] })
}

/** Null for what is of no use to us. Throws what JSON or the schema throws. */
export function parsePolyBolt(text: string): PolyBoltAnswer | PolyBoltPrices | null {
  const json: unknown = JSON.parse(text)
  if (typeof json !== 'object' || json === null) return null
  if ('op' in json) {
    const { op, rid, code } = answer.parse(json)
    return { kind: 'answer', op, rid: rid ?? null, code: code ?? null }
  }
  const { channel } = json as { channel?: unknown }
  if (typeof channel !== 'string' || !Object.hasOwn(CHANNELS, channel)) return null
  const { seq, dropped, snapshot, payload } = numbered.parse(json)
  const series = CHANNELS[channel as Channel]
  return {
    kind: 'prices',
    channel: channel as Channel,
    seq,
    dropped,
    isPast: snapshot,
    symbol: payload.symbol,
    isOtherMean: series === 'twap60' && payload.window_seconds !== TWAP_SECONDS,
    source: payload.source ?? 'nobody',
    isRepeated: payload.is_carried_forward,
    prints(asset) {
      const points = snapshot ? z.array(point).parse(payload['data']) : [point.parse(payload)]
      return points.map((one) => printOf(asset, series, one))
    },
  }
}

function printOf(asset: Asset, series: PriceSeries, from: z.output<typeof point>): Print {
  const text = from.full_accuracy_value ?? from.value.toString()
  if (!isPositiveDecimal(text)) throw new Error(`"${text}" is not a price`)
  return {
    asset,
    series,
    price: trimmedDecimal(text),
    atMs: from.timestamp,
    rounded: from.full_accuracy_value === undefined,
  }
}
