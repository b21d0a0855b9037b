/**
 * A book as it would be without what our shadow orders took of it. The feed knows nothing of them: until it says what a level has now, what was taken there
 * is not there a second time. Both tokens tell of one book, so that an ask of one that was taken is a bid of the other that is gone.
 */
import type { Book } from '../../book/book.ts'
import type { BookSide, TokenId } from '../../domain/ids.ts'
import type { Market } from '../../domain/market.ts'
import { TICKS_PER_DOLLAR, type Ticks } from '../../domain/units.ts'

export type ShadowBook = {
  /** Flat: price, size. */
  levels(token: TokenId, book: Book, side: BookSide): number[]
  sizeAt(token: TokenId, book: Book, side: BookSide, price: Ticks): number
  take(market: Market, token: TokenId, side: BookSide, price: number, shares: number): void
  /** The feed tells a level, or a whole book. */
  tell(token: TokenId, side: BookSide, price: number): void
  tellAll(token: TokenId): void
  isEmpty(): boolean
}

export function createShadowBook(): ShadowBook {
  const taken = new Map<string, number>()

  function add(token: TokenId, side: BookSide, price: number, shares: number): void {
    const key = keyOf(token, side, price)
    taken.set(key, (taken.get(key) ?? 0) + shares)
  }

  return {
    levels(token, book, side) {
      const flat = book.levels(side)
      if (taken.size === 0) return flat
      for (let at = 0; at < flat.length; at += 2) {
        const gone = taken.get(keyOf(token, side, flat[at] as number)) ?? 0
        flat[at + 1] = Math.max(0, (flat[at + 1] as number) - gone)
      }
      return flat
    },
    sizeAt: (token, book, side, price) =>
      Math.max(0, book.sizeAt(side, price) - (taken.get(keyOf(token, side, price)) ?? 0)),
    take({ up, down }, token, side, price, shares) {
      add(token, side, price, shares)
      const mirrored = side === 'ASK' ? 'BID' : 'ASK'
      add(token === up ? down : up, mirrored, TICKS_PER_DOLLAR - price, shares)
    },
    tell: (token, side, price) => void taken.delete(keyOf(token, side, price)),
    tellAll: (token) => forgetToken(taken, token),
    isEmpty: () => taken.size === 0,
  }
}

/** Of a map whose keys begin with a token. */
export function forgetToken(levels: Map<string, number>, token: TokenId): void {
  for (const key of [...levels.keys()]) if (key.startsWith(`${token}/`)) levels.delete(key)
}

function keyOf(token: TokenId, side: BookSide, price: number): string {
  return `${token}/${side}/${price}`
}
