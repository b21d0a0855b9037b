/** What the CLOB says of a token's book, in its own mixture of types. */
import { TICKS_PER_DOLLAR } from '../domain/units.ts'
import { bookHash, bookText, canonicalText, priceText } from './book-text.ts'
import type { Faults } from './faults.ts'
import { topOf, type VenueMarket } from './market.ts'

/** What a book that nobody updates looks like. */
const STALE_BOOK = {
  bids: '[{"price":"0.01","size":"4120.5"}]',
  asks: '[{"price":"0.99","size":"7966.61"}]',
}
const STALE_BY_MS = 600_000

export function restBook(
  deps: { readonly faults: Faults },
  market: VenueMarket,
  token: string,
): string {
  const book = bookText(market, token)
  if (!deps.faults.strikes('stale-rest-book', market)) return canonicalText(book, bookHash(book))
  const stale = { ...book, ...STALE_BOOK, timestamp: String(market.changedAtMs - STALE_BY_MS) }
  return canonicalText(stale, bookHash(stale))
}

/** Buyers are shown the best bid and sellers the best ask, as the newer documents and live users say. */
export function sidePrice(market: VenueMarket, token: string, side: 'BUY' | 'SELL'): string {
  const top = topOf(market, token)
  return priceText(side === 'BUY' ? top.bid : top.ask)
}

export function middle(market: VenueMarket, token: string): string {
  const top = topOf(market, token)
  return String(Number(((top.bid + top.ask) / 2 / TICKS_PER_DOLLAR).toFixed(5)))
}

export function spread(market: VenueMarket, token: string): string {
  const top = topOf(market, token)
  return priceText(top.ask - top.bid)
}

export function lastTrade(market: VenueMarket, token: string): { price: string; side: string } {
  const last = market.lastTrade
  if (last === null) return { price: '0.5', side: '' }
  const own = (token === market.down) === last.takerOnDown
  const price = own ? last.price : TICKS_PER_DOLLAR - last.price
  return { price: priceText(price), side: last.takerBuys === own ? 'BUY' : 'SELL' }
}
