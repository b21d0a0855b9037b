/**
 * A token's book as the venue writes it: levels as text (best last), and the SHA-1 the venue calls the book's hash. The
 * Down token's levels are those of the Up book mirrored; their order needs no change for that.
 */
import { createHash } from 'node:crypto'
import { formatDecimal, TICKS_PER_DOLLAR } from '../domain/units.ts'
import type { Level } from '../sim/two-sided-book.ts'
import type { VenueMarket } from './market.ts'

export const MIN_ORDER_SHARES = 5

export type BookText = {
  readonly market: string
  readonly token: string
  readonly timestamp: string
  /** JSON arrays. */
  readonly bids: string
  readonly asks: string
  readonly tickSize: string
  readonly lastTradePrice: string
}

const PRICE_TEXTS = new Map<number, string>()

/** Prices repeat all day long; there are at most ten thousand of them. */
export function priceText(price: number): string {
  const known = PRICE_TEXTS.get(price)
  if (known !== undefined) return known
  const text = formatDecimal(price, 4)
  PRICE_TEXTS.set(price, text)
  return text
}

export function sizeText(size: number): string {
  return formatDecimal(size, 6)
}

export function bookText(market: VenueMarket, token: string): BookText {
  const ofUp = token === market.up
  const { bids, asks } = market.book
  return {
    market: market.conditionId,
    token,
    timestamp: String(market.changedAtMs),
    bids: levelsText(ofUp ? bids : asks, ofUp),
    asks: levelsText(ofUp ? asks : bids, ofUp),
    tickSize: priceText(market.tick),
    lastTradePrice: market.lastTrade?.restingText ?? '',
  }
}

function levelsText(levels: readonly Level[], ofUp: boolean): string {
  let text = '['
  for (const level of levels) {
    if (text.length > 1) text += ','
    const price = ofUp ? level.price : TICKS_PER_DOLLAR - level.price
    text += `{"price":"${priceText(price)}","size":"${sizeText(level.size)}"}`
  }
  return `${text}]`
}

export function bookHash(book: BookText): string {
  return createHash('sha1').update(canonicalText(book, '')).digest('hex')
}

/** The REST answer; with an empty hash, the text that is hashed. */
export function canonicalText(book: BookText, hash: string): string {
  return (
    `{"market":"${book.market}","asset_id":"${book.token}","timestamp":"${book.timestamp}","hash":"${hash}",` +
    `"bids":${book.bids},"asks":${book.asks},"min_order_size":"${MIN_ORDER_SHARES}",` +
    `"tick_size":"${book.tickSize}","neg_risk":false,"last_trade_price":"${book.lastTradePrice}"}`
  )
}
