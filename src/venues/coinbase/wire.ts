/** The matches of Coinbase. Prices are decimal texts in dollars; times are ISO texts with microseconds. */
import { z } from 'zod'
import { isPositiveDecimal, trimmedDecimal } from '../../domain/decimal-text.ts'
import type { Taken } from '../../domain/events.ts'
import type { Asset } from '../../domain/ids.ts'
import { MICROS_PER_MS } from '../../domain/units.ts'

const CHANNEL = 'matches'

const match = z.object({
  product_id: z.string(),
  price: z.string().refine(isPositiveDecimal, 'not a price'),
  time: z.iso.datetime(),
  // Who took how much is for models alone: a price without it is a price all the same.
  size: z.string().refine(isPositiveDecimal).optional().catch(undefined),
  side: z.enum(['buy', 'sell']).optional().catch(undefined),
})

const refusal = z.object({ message: z.string(), reason: z.string().optional() })

export type CoinbaseMatch = {
  readonly product: string
  readonly price: string
  readonly atMicros: number
  /** Null where it is not told. */
  readonly taken: Taken | null
}

export type CoinbaseWord = CoinbaseMatch | { readonly refused: string }

export function productOf(asset: Asset): string {
  return `${asset.toUpperCase()}-USD`
}

export function subscription(products: readonly string[]): string {
  return JSON.stringify({ type: 'subscribe', product_ids: products, channels: [CHANNEL] })
}

/**
 * Null for what is neither a match nor a refusal. The match before we came counts like any other. The side of a match is the maker's.
 * Throws what JSON or the schema throws.
 */
export function parseWord(text: string): CoinbaseWord | null {
  const json: unknown = JSON.parse(text)
  if (typeof json !== 'object' || json === null) return null
  const { type } = json as { type?: unknown }
  if (type === 'error') {
    const { message, reason } = refusal.parse(json)
    return { refused: reason === undefined ? message : `${message}: ${reason}` }
  }
  if (type !== 'match' && type !== 'last_match') return null
  const { product_id: product, price, time, size, side } = match.parse(json)
  const taken: Taken | null =
    size === undefined || side === undefined
      ? null
      : { size: trimmedDecimal(size), taker: side === 'buy' ? 'SELL' : 'BUY' }
  return { product, price: trimmedDecimal(price), atMicros: microsOf(time), taken }
}

/** The system's parser knows milliseconds; the three digits after them are added. */
function microsOf(time: string): number {
  const beyondMs = /\.\d{3}(\d{1,3})/.exec(time)?.[1] ?? ''
  return Date.parse(time) * MICROS_PER_MS + Number(beyondMs.padEnd(3, '0'))
}
