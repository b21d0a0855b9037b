/**
 * A book as it would be without what our shadow orders took of it. The feed knows nothing of them: until it says what a level has now, what was taken there
 * is not there a second time. Both tokens tell of one book, so that an ask of one that was taken is a bid of the other that is gone.
 */
import type { Book } from '../../book/book.ts'
import type { BookSide, TokenId } from '../../domain/ids.ts'
import type { Market } from '../../domain/market.ts'
import { TICKS_PER_DOLLAR, type Ticks } from '../../domain/units.ts'
import { createLevelSums } from './level-sums.ts'

export type ShadowBook = {
  /** Flat: price, size. */
  levels(token: TokenId, book: Book, side: BookSide): number[]
  sizeAt(token: TokenId, book: Book, side: BookSide, price: Ticks): number
  take(market: Market, token: TokenId, side: BookSide, price: number, shares: number): void
  /** The feed tells a level, or a whole book. */
  tell(token: TokenId, side: BookSide, price: number): void
  tellAll(token: TokenId): void
  /** Keeps only tokens of which the feed still tells. */
  prune(isHeard: (token: TokenId) => boolean): void
  isEmpty(): boolean
}

export function createShadowBook(): ShadowBook {
  const taken = createLevelSums()

  function add(token: TokenId, side: BookSide, price: number, shares: number): void {
    taken.set(token, side, price, taken.of(token, side, price) + shares)
  }

  return {
    levels(token, book, side) {
      const flat = book.levels(side)
      if (taken.isEmpty()) return flat
      for (let at = 0; at < flat.length; at += 2) {
        const gone = taken.of(token, side, flat[at] as number)
        flat[at + 1] = Math.max(0, (flat[at + 1] as number) - gone)
      }
      return flat
    },
    sizeAt: (token, book, side, price) =>
      Math.max(0, book.sizeAt(side, price) - taken.of(token, side, price)),
    take({ up, down }, token, side, price, shares) {
      add(token, side, price, shares)
      const mirrored = side === 'ASK' ? 'BID' : 'ASK'
      add(token === up ? down : up, mirrored, TICKS_PER_DOLLAR - price, shares)
    },
    tell: taken.drop,
    tellAll: taken.dropAll,
    prune: taken.prune,
    isEmpty: taken.isEmpty,
  }
}
