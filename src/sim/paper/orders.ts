/** Paper orders and the stages of their lives: on the way, waiting, asked to leave, gone. */
import type { Market } from '../../domain/market.ts'
import type { Fill, Order, SubmitOutcome } from '../../domain/order.ts'
import { type Micros, microShares, microUsdc, notional, type Ticks } from '../../domain/units.ts'
import type { QueuePlace } from './queue.ts'

export type PaperOrder = {
  readonly order: Order
  readonly market: Market
  stage: 'posting' | 'waiting' | 'over'
  /** When it reaches the book. */
  readonly arriveAt: Micros
  /** When it leaves the book, once that was asked. */
  leaveAt: Micros | null
  place: QueuePlace | null
  readonly fills: Fill[]
  filled: number
  cost: number
  fee: number
}

export function paperOrder(order: Order, market: Market, arriveAt: Micros): PaperOrder {
  return {
    order,
    market,
    stage: 'posting',
    arriveAt,
    leaveAt: null,
    place: null,
    fills: [],
    filled: 0,
    cost: 0,
    fee: 0,
  }
}

export function leftOf({ order, filled }: PaperOrder): number {
  return order.shares - filled
}

export function addFill(one: PaperOrder, price: Ticks, size: number, fee: number): void {
  const shares = microShares(size)
  one.fills.push({ price, shares })
  one.filled += shares
  // A buyer's dollars are rounded against nobody: the venue floors.
  one.cost += notional(price, shares, 'floor')
  one.fee += fee
}

/** All that is to be said of it by now. */
export function outcomeOf(one: PaperOrder, why: string): SubmitOutcome {
  const { fills, filled, cost, fee } = one
  const sums = {
    fills: [...fills],
    shares: microShares(filled),
    cost: microUsdc(cost),
    fee: microUsdc(fee),
  }
  if (one.stage !== 'over') return { state: 'resting', ...sums }
  return filled === 0
    ? { state: 'killed', reason: why }
    : { state: 'filled', ...sums, finality: 'confirmed' }
}
