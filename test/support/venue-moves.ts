/** Books, and what is done in them, made up: for whoever plays the same at two venues. */
import fc from 'fast-check'
import type { BookSide, Side } from '../../src/domain/ids.ts'
import { orderId } from '../../src/domain/ids.ts'
import { tokenOf } from '../../src/domain/market.ts'
import { type Order, type OrderKind, rests } from '../../src/domain/order.ts'
import {
  MICRO,
  microShares,
  micros,
  microUsdc,
  notional,
  TICKS_PER_DOLLAR,
  type Ticks,
  ticks,
} from '../../src/domain/units.ts'
import { sharesFor } from '../../src/pricing/amounts.ts'
import { aMarket, SECOND } from './builders.ts'

export type Level = readonly [price: number, size: number]
export type Setting = {
  readonly tick: number
  readonly bids: readonly Level[]
  readonly asks: readonly Level[]
  readonly cash: number
  readonly shares: number
}
export type Wish = {
  readonly what: 'order'
  readonly side: Side
  readonly action: Order['action']
  readonly kind: OrderKind
  readonly postOnly: boolean
  readonly limit: number
  /** Hundredths of a share, or cents of a purchase by dollars. */
  readonly size: number
  readonly ttlSec: number
}
export type Move =
  | Wish
  | { readonly what: 'cancel'; readonly which: number }
  | { readonly what: 'wait'; readonly seconds: number }
  | Taker
/** Somebody of the crowd, told on one of the tokens. */
export type Taker = {
  readonly what: 'taker'
  readonly side: BookSide
  readonly size: number
  readonly token: Side
}

/** What became of an order, in words that both have. */
export type End = {
  readonly state: 'rejected' | 'killed' | 'resting' | 'filled'
  readonly postOnly: boolean
  readonly fills: readonly Level[]
  readonly cost: number
  readonly fee: number
}

export const CENT = 10_000
export function orderOf(wish: Wish, number: number, tick: number, now: number): Order | null {
  const market = aMarket({ tickSize: ticks(tick) })
  const { side, action, kind, limit: price, size, ttlSec } = wish
  const limit = price as Ticks
  const byDollars = action === 'BUY' && !rests({ kind })
  const given = microShares(size * CENT)
  const shares = byDollars ? sharesFor(microUsdc(size * CENT), limit) : given
  if (shares === null) return null
  return {
    id: orderId(`test/${number}`),
    conditionId: market.conditionId,
    strategy: 'test',
    side,
    token: tokenOf(market, side),
    action,
    kind,
    postOnly: wish.postOnly && rests({ kind }),
    expiresAt: kind === 'GTD' ? micros(now + ttlSec * SECOND) : null,
    limit,
    spend: byDollars
      ? microUsdc(size * CENT)
      : notional(limit, shares, action === 'BUY' ? 'ceil' : 'floor'),
    shares,
    decidedAt: micros(now),
  }
}

export const aSize = fc.oneof(
  fc.integer({ min: 1, max: 60 * MICRO }),
  fc.integer({ min: 1, max: 60 }).map((shares) => shares * MICRO),
)

/** A book around a price, perhaps one-sided or empty, in Up's terms. */
export const aSetting: fc.Arbitrary<Setting> = fc
  .record({
    tick: fc.constantFrom(100, 100, 10),
    middle: fc.integer({ min: 1, max: 98 }),
    below: fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), aSize), { maxLength: 5 }),
    above: fc.array(fc.tuple(fc.integer({ min: 1, max: 10 }), aSize), { maxLength: 5 }),
    shares: fc.constantFrom(0, 20_000_000, 155_123_456, 400_000_000),
  })
  .map(({ tick, middle, below, above, shares }) => {
    const most = TICKS_PER_DOLLAR / tick - 1
    const levels = (steps: readonly Level[], sign: number): Level[] => {
      const sizes = new Map<number, number>()
      for (const [step, size] of steps) {
        const count = (middle * 100) / tick + sign * step
        if (count >= 1 && count <= most) sizes.set(count * tick, size)
      }
      return [...sizes]
    }
    return { tick, bids: levels(below, -1), asks: levels(above, 1), cash: 100_000 * MICRO, shares }
  })

/** Near the middle, where the book is, and anywhere. */
export function aWish({ tick, bids, asks }: Setting): fc.Arbitrary<Wish> {
  const prices = [...bids, ...asks].map(([price]) => price)
  const near = prices.length === 0 ? fc.constant(5_000) : fc.constantFrom(...prices)
  const onGrid = fc.oneof(
    { arbitrary: near, weight: 4 },
    { arbitrary: fc.nat(TICKS_PER_DOLLAR / tick).map((count) => count * tick), weight: 1 },
  )
  const some = { side: fc.constantFrom<Side>('UP', 'DOWN'), mirrored: fc.boolean() }
  return fc
    .record({
      ...some,
      action: fc.constantFrom<Order['action']>('BUY', 'SELL'),
      kind: fc.constantFrom<OrderKind>('FOK', 'FAK', 'GTC', 'GTD'),
      postOnly: fc.boolean(),
      price: onGrid,
      step: fc.integer({ min: -2, max: 2 }),
      isOff: fc.integer({ min: 0, max: 19 }).map((n) => n === 0),
      size: fc.oneof(
        fc.integer({ min: 1, max: 12_000 }),
        fc.nat(60).map((whole) => whole * 100 + 1),
      ),
      ttlSec: fc.integer({ min: 61, max: 200 }),
    })
    .map(({ side, mirrored, price, step, isOff, ...rest }) => {
      const own = (side === 'DOWN') === mirrored ? price : TICKS_PER_DOLLAR - price
      const limit = own + step * tick + (isOff ? tick / 2 : 0)
      return {
        what: 'order',
        side,
        limit: Math.min(TICKS_PER_DOLLAR, Math.max(0, limit)),
        ...rest,
      } as const
    })
}

export function someMoves(setting: Setting): fc.Arbitrary<Move[]> {
  const cancel = fc.record({ what: fc.constant('cancel' as const), which: fc.nat(8) })
  const wait = fc.record({
    what: fc.constant('wait' as const),
    seconds: fc.integer({ min: 1, max: 90 }),
  })
  const move = fc.oneof(
    { arbitrary: aWish(setting), weight: 6 },
    { arbitrary: cancel, weight: 1 },
    { arbitrary: wait, weight: 1 },
  )
  return fc.array(move, { minLength: 1, maxLength: 9 })
}

export function slipIn(moves: Move[], [taker, at]: readonly [Taker, number]): Move[] {
  return moves.toSpliced(at, 0, taker)
}
