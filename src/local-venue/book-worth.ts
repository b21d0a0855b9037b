/** What a book is worth: the dollars that rest in it, both sides. */
import { MICRO, TICKS_PER_DOLLAR } from '../domain/units.ts'
import type { VenueMarket } from './market.ts'

export function bookLiquidity(market: VenueMarket): number {
  let worth = 0
  for (const { price, size } of market.book.bids) worth += price * size
  for (const { price, size } of market.book.asks) worth += (TICKS_PER_DOLLAR - price) * size
  return Number((worth / TICKS_PER_DOLLAR / MICRO).toFixed(4))
}
