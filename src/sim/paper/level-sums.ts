/** A number for levels of books, by token: what is not heard of any more is forgotten with its token. */
import type { BookSide, TokenId } from '../../domain/ids.ts'

export type LevelSums = {
  of(token: TokenId, side: BookSide, price: number): number
  set(token: TokenId, side: BookSide, price: number, sum: number): void
  /** One level, or all of the token. */
  drop(token: TokenId, side: BookSide, price: number): void
  dropAll(token: TokenId): void
  /** Keeps only tokens of which somebody still hears. */
  prune(isHeard: (token: TokenId) => boolean): void
  isEmpty(): boolean
}

export function createLevelSums(): LevelSums {
  const tokens = new Map<TokenId, Map<string, number>>()

  return {
    of: (token, side, price) => tokens.get(token)?.get(keyOf(side, price)) ?? 0,
    set(token, side, price, sum) {
      const levels = tokens.get(token) ?? new Map<string, number>()
      tokens.set(token, levels.set(keyOf(side, price), sum))
    },
    drop(token, side, price) {
      const levels = tokens.get(token)
      if (levels?.delete(keyOf(side, price)) && levels.size === 0) tokens.delete(token)
    },
    dropAll: (token) => void tokens.delete(token),
    prune(isHeard) {
      for (const token of tokens.keys()) if (!isHeard(token)) tokens.delete(token)
    },
    isEmpty: () => tokens.size === 0,
  }
}

function keyOf(side: BookSide, price: number): string {
  return `${side}/${price}`
}
