/** What becomes of an order at the moment when it reaches the book: refused, gone at once, or so much of it taken and the rest left to wait. */
import type { Book } from '../../book/book.ts'
import type { Market } from '../../domain/market.ts'
import { type Fill, type Order, rests } from '../../domain/order.ts'
import {
  formatMicro,
  formatPrice,
  MICRO,
  type MicroShares,
  type MicroUsdc,
  microShares,
  microUsdc,
  notional,
  TICKS_PER_DOLLAR,
  type Ticks,
} from '../../domain/units.ts'
import type { PaperOrder } from './orders.ts'
import { feeOn, type Taken, takeFrom } from './take.ts'

export type Arrival =
  | { readonly kind: 'rejected'; readonly reason: string }
  | { readonly kind: 'killed'; readonly reason: string }
  | { readonly kind: 'taken'; readonly fills: readonly Fill[] }

/** What an order may look at. */
export type Ground = {
  readonly book: Book | undefined
  /** Whom it could take from, best price first. Flat: price, size. */
  opposite(book: Book): readonly number[]
  /** Money that nothing else could take. */
  money(): MicroUsdc
  /** Shares that nothing else offers. */
  shares(): number
}

export function arrivalOf({ order, market }: PaperOrder, ground: Ground): Arrival {
  const { book } = ground
  if (book === undefined || book.state !== 'live')
    return killed('the book was not known at the moment of matching, so no fill can be proven')
  const broken = ruleBroken(order, market, book)
  if (broken !== null) return rejected(broken)
  const possible = takeFrom(ground.opposite(book), wantedOf(order))
  const refusal = takerRefusal(order, possible) ?? shortOf(order, market, possible, ground)
  if (refusal !== null) return rejected(refusal)
  if (order.kind === 'FOK' && !possible.isWhole)
    return killed(`no longer ${wholeText(order)} at ${formatPrice(order.limit)} or better`)
  return { kind: 'taken', fills: possible.fills }
}

function rejected(reason: string): Arrival {
  return { kind: 'rejected', reason }
}

function killed(reason: string): Arrival {
  return { kind: 'killed', reason }
}

function ruleBroken(order: Order, market: Market, book: Book): string | null {
  const { tickSize } = book
  const { limit } = order
  if (limit % tickSize !== 0 || limit < tickSize || limit > TICKS_PER_DOLLAR - tickSize)
    return `the price ${formatPrice(limit)} breaks the tick size ${formatPrice(tickSize as Ticks)}`
  if (rests(order) && order.shares < market.minShares)
    return `an order that waits needs at least ${formatMicro(market.minShares)} shares`
  return rests(order) ? null : tooSmall(order)
}

/** What an order that may wait is refused for when it would take. */
function takerRefusal(order: Order, { shares }: Taken): string | null {
  if (!rests(order) || shares === 0) return null
  return order.postOnly ? 'a post-only order that would have taken at once' : tooSmall(order)
}

function tooSmall({ action, spend }: Order): string | null {
  if (action === 'SELL' || spend >= MICRO) return null
  return `a marketable buy needs at least $1, this one spends $${formatMicro(spend)}`
}

/** What is taken at once is sized in dollars when it buys; everything else in shares. */
function wantedOf(order: Order): Parameters<typeof takeFrom>[1] {
  const { action, limit } = order
  const byDollars = action === 'BUY' && !rests(order)
  return {
    action,
    limit,
    shares: byDollars ? null : order.shares,
    spend: byDollars ? order.spend : null,
  }
}

function shortOf(order: Order, market: Market, possible: Taken, ground: Ground): string | null {
  if (order.action === 'SELL') {
    const has = ground.shares()
    return has < order.shares
      ? `not enough shares: ${has / MICRO} for a sale of ${order.shares / MICRO}`
      : null
  }
  const need = possible.cost + feeOn(market.fee, possible.fills) + restOf(order, possible)
  // The money of one that rests was set aside when it was sent.
  const has = ground.money() + (rests(order) ? order.spend : 0)
  if (need <= has) return null
  return `not enough balance: $${formatMicro(microUsdc(has))} for an order of $${formatMicro(microUsdc(need))} with its fee`
}

/** The dollars that stand behind what of a purchase goes on waiting. */
function restOf(order: Order, { shares }: Taken): number {
  if (!rests(order)) return 0
  const left: MicroShares = microShares(Math.max(0, order.shares - shares))
  return notional(order.limit, left, 'ceil')
}

function wholeText(order: Order): string {
  return order.action === 'BUY'
    ? `$${formatMicro(order.spend)} for sale`
    : `${formatMicro(order.shares)} shares wanted`
}
