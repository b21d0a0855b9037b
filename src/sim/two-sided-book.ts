/**
 * The book of one market, in the terms of its Up token: the Down token's book is its mirror and is never kept apart.
 *
 * Levels are kept as the venue sends them: bids ascending, asks descending, so the best price is the last of each.
 * Prices are ten-thousandths of a dollar, sizes millionths of a share.
 */
import type { BookSide } from '../domain/ids.ts'
import { invariant } from '../domain/invariant.ts'
import { TICKS_PER_DOLLAR } from '../domain/units.ts'

export type Level = { readonly price: number; readonly size: number }

export type TwoSidedBook = {
  readonly bids: readonly Level[]
  readonly asks: readonly Level[]
  /** Sets one level to its new absolute size; zero removes it. */
  set(side: BookSide, price: number, size: number): void
  sizeAt(side: BookSide, price: number): number
  bestBid(): Level | null
  bestAsk(): Level | null
}

export function createTwoSidedBook(from?: {
  readonly bids: readonly Level[]
  readonly asks: readonly Level[]
}): TwoSidedBook {
  const bids: Level[] = from === undefined ? [] : [...from.bids]
  const asks: Level[] = from === undefined ? [] : [...from.asks]

  return {
    bids,
    asks,
    set: (side, price, size) => {
      invariant(
        price > 0 && price < TICKS_PER_DOLLAR && size >= 0,
        `no level can have price ${price} and size ${size}`,
      )
      const levels = side === 'BID' ? bids : asks
      const at = place(levels, side, price)
      const there = levels[at]?.price === price
      if (size === 0) {
        if (there) levels.splice(at, 1)
      } else {
        levels.splice(at, there ? 1 : 0, { price, size })
      }
    },
    sizeAt: (side, price) => {
      const levels = side === 'BID' ? bids : asks
      const level = levels[place(levels, side, price)]
      return level?.price === price ? level.size : 0
    },
    bestBid: () => bids.at(-1) ?? null,
    bestAsk: () => asks.at(-1) ?? null,
  }
}

/** Where a price is, or belongs. */
function place(levels: readonly Level[], side: BookSide, price: number): number {
  let low = 0
  let high = levels.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = (levels[middle] as Level).price
    if (side === 'BID' ? other < price : other > price) low = middle + 1
    else high = middle
  }
  return low
}
