/**
 * The market channel's messages as schemas: the whole truth about their shape, behind the byte scanner. Prices, sizes and times are
 * strings on the wire; the server sends "" for a decimal that it does not have.
 */
import { z } from 'zod'
import { type MicroShares, parsePrice, parseShares, type Ticks } from '../../domain/units.ts'

const price = z.string().transform((text, context): Ticks => {
  const value = parsePrice(text)
  if (value !== null) return value
  context.addIssue({ code: 'custom', message: `"${text}" is not a price on the 0.0001 grid` })
  return z.NEVER
})

const size = z.string().transform((text, context): MicroShares => {
  const value = parseShares(text)
  if (value !== null) return value
  context.addIssue({ code: 'custom', message: `"${text}" is not a size of at most six decimals` })
  return z.NEVER
})

/** "" and a missing key both mean that the venue does not say. */
const maybePrice = z
  .union([z.literal('').transform(() => null), price])
  .nullish()
  .transform((value) => value ?? null)

/** Milliseconds; some documented examples have seconds. */
const timestamp = z
  .union([z.string().regex(/^\d{10,13}$/), z.number().int()])
  .transform((value) => (Number(value) < 100_000_000_000 ? Number(value) * 1_000 : Number(value)))

const level = z.object({ price, size })
const takerSide = z.enum(['BUY', 'SELL'])

const book = z.object({
  event_type: z.literal('book').optional(),
  market: z.string(),
  asset_id: z.string(),
  timestamp,
  bids: z.array(level),
  asks: z.array(level),
  tick_size: maybePrice,
})

export const marketFrame = z.discriminatedUnion('event_type', [
  book.extend({ event_type: z.literal('book') }),
  z.object({
    event_type: z.literal('price_change'),
    market: z.string(),
    timestamp,
    price_changes: z.array(
      z.object({
        asset_id: z.string(),
        price,
        size,
        side: takerSide,
        best_bid: maybePrice,
        best_ask: maybePrice,
      }),
    ),
  }),
  z.object({
    event_type: z.literal('last_trade_price'),
    asset_id: z.string(),
    price,
    size,
    side: takerSide,
    timestamp,
  }),
  z.object({
    event_type: z.literal('best_bid_ask'),
    asset_id: z.string(),
    best_bid: maybePrice,
    best_ask: maybePrice,
    timestamp,
  }),
  z.object({
    event_type: z.literal('tick_size_change'),
    asset_id: z.string(),
    new_tick_size: price,
    timestamp,
  }),
  z.object({ event_type: z.literal('new_market'), timestamp: timestamp.optional() }),
  z.object({
    event_type: z.literal('market_resolved'),
    market: z.string(),
    winning_asset_id: z.string(),
    timestamp: timestamp.optional(),
  }),
])

export type MarketFrame = z.infer<typeof marketFrame>
export type BookFrame = z.infer<typeof book>

export const KNOWN_KINDS: ReadonlySet<string> = new Set(
  marketFrame.options.map((option) => option.shape.event_type.value),
)

/** A book as GET /book answers it: the same shape without the event type. */
export function parseRestBook(json: unknown): BookFrame {
  return book.parse(json)
}

/** Levels as the events carry them: price, size, price, size. */
export function flat(
  levels: readonly { readonly price: Ticks; readonly size: MicroShares }[],
): number[] {
  const numbers: number[] = []
  for (const one of levels) numbers.push(one.price, one.size)
  return numbers
}
