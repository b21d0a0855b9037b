/** The book of one market: who rests where, with what left, and what that holds back. Prices are those of the Up token. */
import type { BookSide, Side } from '../domain/ids.ts'
import { TICKS_PER_DOLLAR } from '../domain/units.ts'
import type { Holds } from './matching-holds.ts'
import { createLevel, type Level, type Resting } from './matching-level.ts'
import { dollarsFor } from './matching-money.ts'
import type { OrderRecord, Way } from './matching-types.ts'

export type Rest = Resting & {
  readonly record: OrderRecord
  readonly side: BookSide
  readonly upPrice: number
  /** Dollars of a buy, shares of a sell. */
  held: number
}
/** What one gave of a level; null is the crowd. */
export type Maker = { readonly order: Rest | null; readonly shares: number }

export type RestingBook = {
  sizeAt(side: BookSide, price: number): number
  setCrowd(side: BookSide, price: number, size: number): void
  /** Prices of the other side that an order may trade at, best first. */
  crossing(side: BookSide, limit: number): number[]
  /** What each in line would give. */
  peek(side: BookSide, price: number, shares: number): number[]
  take(side: BookSide, price: number, shares: number): Maker[]
  /** The same from orders of people only. */
  takePeople(side: BookSide, price: number, shares: number): Maker[]
  join(record: OrderRecord): Rest
  leave(rest: Rest): void
  find(id: string): Rest | undefined
  /** Whoever came first is first. */
  all(): Rest[]
  isEmpty(): boolean
}

/** Where an order stands in the book of the Up token. */
export function sideOf(token: Side, way: Way): BookSide {
  return (token === 'UP') === (way === 'BUY') ? 'BID' : 'ASK'
}

export function otherSide(side: BookSide): BookSide {
  return side === 'BID' ? 'ASK' : 'BID'
}

export function inUpTerms(token: Side, price: number): number {
  return token === 'UP' ? price : TICKS_PER_DOLLAR - price
}

export function createRestingBook(market: string, holds: Holds): RestingBook {
  const levels = { BID: new Map<number, Level>(), ASK: new Map<number, Level>() }
  const rests = new Map<string, Rest>()

  function levelAt(side: BookSide, price: number): Level {
    let level = levels[side].get(price)
    if (level === undefined) {
      level = createLevel()
      levels[side].set(price, level)
    }
    return level
  }

  function forgetIfEmpty(side: BookSide, price: number): void {
    if (levels[side].get(price)?.total() === 0) levels[side].delete(price)
  }

  function hold(rest: Rest, left: number): void {
    const { way, token } = rest.record.order
    const next = way === 'BUY' ? dollarsFor(left, rest.record.price, true) : left
    holds.change(rest.account, market, way === 'BUY' ? null : token, next - rest.held)
    rest.held = next
  }

  function taken(side: BookSide, price: number, makers: readonly Maker[]): void {
    forgetIfEmpty(side, price)
    for (const { order } of makers) {
      if (order === null) continue
      hold(order, order.left)
      if (order.left === 0) rests.delete(order.id)
    }
  }

  return {
    sizeAt: (side, price) => levels[side].get(price)?.total() ?? 0,
    setCrowd(side, price, size) {
      levelAt(side, price).setCrowd(size)
      forgetIfEmpty(side, price)
    },
    crossing(side, limit) {
      const isBid = side === 'BID'
      const prices = [...levels[otherSide(side)].keys()]
      return prices
        .filter((price) => (isBid ? price <= limit : price >= limit))
        .sort((a, b) => (isBid ? a - b : b - a))
    },
    peek: (side, price, shares) => levels[side].get(price)?.peek(shares) ?? [],
    take(side, price, shares) {
      const makers: Maker[] = []
      levels[side].get(price)?.take(shares, (maker, given) => {
        makers.push({ order: maker === null ? null : (rests.get(maker.id) as Rest), shares: given })
      })
      taken(side, price, makers)
      return makers
    },
    takePeople(side, price, shares) {
      const makers: Maker[] = []
      levels[side].get(price)?.takePeople(shares, (maker, given) => {
        makers.push({ order: rests.get(maker.id) as Rest, shares: given })
      })
      taken(side, price, makers)
      return makers
    },
    join(record) {
      const { order } = record
      const side = sideOf(order.token, order.way)
      const upPrice = inUpTerms(order.token, record.price)
      const left = record.shares - record.matched
      const rest: Rest = {
        id: order.id,
        account: order.account,
        left,
        record,
        side,
        upPrice,
        held: 0,
      }
      rests.set(order.id, rest)
      hold(rest, left)
      levelAt(side, upPrice).join(rest)
      return rest
    },
    leave(rest) {
      rests.delete(rest.id)
      hold(rest, 0)
      levelAt(rest.side, rest.upPrice).leave(rest.id)
      forgetIfEmpty(rest.side, rest.upPrice)
    },
    find: (id) => rests.get(id),
    all: () => [...rests.values()],
    isEmpty: () => rests.size === 0,
  }
}
