/** The asset prices of the venue's real-time data socket (RTDS): one tick for each whole second, from the source that settles the windows. */
import { z } from 'zod'
import { isPositiveDecimal, scaledDecimal } from '../../domain/decimal-text.ts'
import type { Asset, PriceSeries } from '../../domain/ids.ts'

export const TOPICS = {
  crypto_prices_chainlink: 'spot',
  crypto_prices_twap_thirty: 'twap30',
  crypto_prices_twap_sixty: 'twap60',
} as const satisfies Readonly<Record<string, PriceSeries>>
type Topic = keyof typeof TOPICS

export const SYMBOLS: Readonly<Record<string, Asset>> = {
  'btc/usd': 'btc',
  'eth/usd': 'eth',
  'sol/usd': 'sol',
  'xrp/usd': 'xrp',
}

/** The full value is scaled by this power of ten. */
const FULL_PLACES = 18

const update = z.object({
  topic: z.string(),
  type: z.string(),
  payload: z.object({
    symbol: z.string(),
    timestamp: z.int().positive(),
    value: z.number().positive(),
    full_accuracy_value: z.string().optional(),
  }),
})

export type RtdsTick = {
  readonly asset: Asset
  readonly series: PriceSeries
  readonly price: string
  readonly atMs: number
}

/** Every topic, every symbol: one filter per topic and connection is too few for four assets, so the choice is made here. */
export function subscription(): string {
  const subscriptions = Object.keys(TOPICS).map((topic) => ({ topic, type: '*', filters: '' }))
  return JSON.stringify({ action: 'subscribe', subscriptions })
}

/** Null for frames that carry no price of ours. Throws what JSON or the schema throws. */
export function parseTick(text: string): RtdsTick | null {
  const json: unknown = JSON.parse(text)
  if (typeof json !== 'object' || json === null) return null
  const { topic } = json as { topic?: unknown }
  if (typeof topic !== 'string' || !Object.hasOwn(TOPICS, topic)) return null
  const { payload } = update.parse(json)
  const asset = Object.hasOwn(SYMBOLS, payload.symbol) ? SYMBOLS[payload.symbol] : undefined
  if (asset === undefined) return null
  const price = priceOf(payload.full_accuracy_value, payload.value)
  return { asset, series: TOPICS[topic as Topic], price, atMs: payload.timestamp }
}

/** The float beside it is what is left when a server leaves the exact value out. */
function priceOf(full: string | undefined, value: number): string {
  const exact = full === undefined ? null : scaledDecimal(full, FULL_PLACES)
  const text = exact ?? full ?? value.toString()
  if (!isPositiveDecimal(text)) throw new Error(`"${text}" is not a price`)
  return text
}
