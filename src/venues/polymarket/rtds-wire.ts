/** The asset prices of the venue's real-time data socket (RTDS): one tick for each whole second, from the source that settles the windows. */
import { z } from 'zod'
import { isPositiveDecimal, scaledDecimal } from '../../domain/decimal-text.ts'
import type { Asset, PriceSeries } from '../../domain/ids.ts'
import type { Print } from './print-memory.ts'

const TOPICS = {
  crypto_prices_chainlink: 'spot',
  crypto_prices_twap_thirty: 'twap30',
  crypto_prices_twap_sixty: 'twap60',
} as const satisfies Readonly<Record<string, PriceSeries>>
type Topic = keyof typeof TOPICS

const SYMBOLS: Readonly<Record<string, Asset>> = {
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
    window_s: z.number().optional(),
  }),
})

/** Seconds that the averages of a topic are of, as they say themselves. */
const WINDOWS: Readonly<Record<Topic, number | undefined>> = {
  crypto_prices_chainlink: undefined,
  crypto_prices_twap_thirty: 30,
  crypto_prices_twap_sixty: 60,
}

const past = z.object({
  type: z.literal('subscribe'),
  payload: z.object({
    symbol: z.string(),
    data: z.array(z.object({ timestamp: z.int().positive(), value: z.number().positive() })),
  }),
})

/** Every topic, every symbol: one filter per topic and connection is too few for four assets, so the choice is made here. */
export function subscription(): string {
  const subscriptions = Object.keys(TOPICS).map((topic) => ({ topic, type: '*', filters: '' }))
  return JSON.stringify({ action: 'subscribe', subscriptions })
}

/** Null for frames that carry no price of ours. Throws what JSON or the schema throws. */
export function parseTick(text: string): Print | null {
  const json: unknown = JSON.parse(text)
  if (typeof json !== 'object' || json === null) return null
  const { topic } = json as { topic?: unknown }
  if (typeof topic !== 'string' || !Object.hasOwn(TOPICS, topic)) return null
  const { payload } = update.parse(json)
  const { symbol, window_s: said } = payload
  if (!symbol.includes('/')) throw new Error(`${topic} does not speak of "${symbol}"`)
  if (said !== undefined && said !== WINDOWS[topic as Topic])
    throw new Error(`${topic} told an average of ${said} s`)
  const asset = Object.hasOwn(SYMBOLS, symbol) ? SYMBOLS[symbol] : undefined
  if (asset === undefined) return null
  const { full_accuracy_value: full, value, timestamp: atMs } = payload
  const price = priceText(full === undefined ? value : (scaledDecimal(full, FULL_PLACES) ?? full))
  return { asset, series: TOPICS[topic as Topic], price, atMs, rounded: full === undefined }
}

/** Asks for one series of one asset; with a filter the last minute comes first. */
export function pastQuestion(series: PriceSeries, asset: Asset): string {
  const topic = Object.entries(TOPICS).find(([, known]) => known === series)?.[0]
  const filters = JSON.stringify({ symbol: symbolOf(asset) })
  return JSON.stringify({ action: 'subscribe', subscriptions: [{ topic, type: '*', filters }] })
}

/**
 * The last minute of what was asked for, oldest first, or null. The answer does not say which series it is of: it bears the topic of the
 * exchange's prices whatever was asked. And it has floats only.
 */
export function parsePast(text: string, series: PriceSeries, asset: Asset): Print[] | null {
  const json: unknown = JSON.parse(text)
  const parsed = past.safeParse(json)
  if (!parsed.success || parsed.data.payload.symbol !== symbolOf(asset)) return null
  return parsed.data.payload.data.map(({ timestamp, value }) => ({
    asset,
    series,
    price: priceText(value),
    atMs: timestamp,
    rounded: true,
  }))
}

function symbolOf(asset: Asset): string | undefined {
  return Object.entries(SYMBOLS).find(([, known]) => known === asset)?.[0]
}

/** A float is what is left where a server leaves the exact value out. */
function priceText(value: string | number): string {
  const text = String(value)
  if (!isPositiveDecimal(text)) throw new Error(`"${text}" is not a price`)
  return text
}
