/** What an order would take from the book as it stands, and what that costs: known to the base unit before the first share moves. */
import { TICKS_PER_DOLLAR } from '../domain/units.ts'
import { inUpTerms, otherSide, type RestingBook, sideOf } from './matching-book.ts'
import { dollarsFor, feeOf } from './matching-money.ts'
import { amountsOf, isMarket, limitOf } from './matching-rules.ts'
import type { VenueOrder } from './matching-types.ts'

/** What would be taken at one price, and what each in line there would give. */
export type Take = {
  readonly upPrice: number
  readonly shares: number
  readonly fills: readonly number[]
}

/** By dollars for a market buy, by shares for everything else. */
export function planOf(
  book: RestingBook,
  order: VenueOrder,
): { readonly takes: readonly Take[]; readonly whole: boolean } {
  const side = sideOf(order.token, order.way)
  const other = otherSide(side)
  const byDollars = isMarket(order) && order.way === 'BUY'
  const [dollars, shares] = amountsOf(order)
  let left = byDollars ? dollars : shares
  const takes: Take[] = []
  for (const upPrice of book.crossing(side, inUpTerms(order.token, limitOf(order)))) {
    const price = inUpTerms(order.token, upPrice)
    const wanted = byDollars ? Math.floor((left * TICKS_PER_DOLLAR) / price) : left
    const taken = Math.min(book.sizeAt(other, upPrice), wanted)
    if (taken > 0) takes.push({ upPrice, shares: taken, fills: book.peek(other, upPrice, taken) })
    left -= byDollars ? dollarsFor(taken, price, false) : taken
    if (taken === wanted) return { takes, whole: true }
  }
  return { takes, whole: false }
}

/** The dollars of a buy: every fill with its fee, and what the rest of it holds back. */
export function costOf(order: VenueOrder, takes: readonly Take[], whole: boolean): number {
  let cost = 0
  let left = amountsOf(order)[1]
  for (const { upPrice, shares, fills } of takes) {
    const price = inUpTerms(order.token, upPrice)
    for (const fill of fills) cost += dollarsFor(fill, price, false) + feeOf(fill, price)
    left -= shares
  }
  return isMarket(order) || whole ? cost : cost + dollarsFor(left, limitOf(order), true)
}

/** Why an order that must be filled at once is not taken. */
export function killedFor(
  order: VenueOrder,
  takes: readonly Take[],
  whole: boolean,
): string | null {
  if (order.type === 'FOK' && !whole)
    return "order couldn't be fully filled. FOK orders are fully filled or killed."
  if (order.type === 'FAK' && takes.length === 0)
    return 'no orders found to match with FAK order. FAK orders are partially filled or killed if no match is found.'
  return null
}
