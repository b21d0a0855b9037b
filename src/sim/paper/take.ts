/** What an order that takes gets from a book at once, and what it pays. What our own shadow orders took before is not there a second time. */
import type { FeeSchedule } from '../../domain/market.ts'
import type { Fill, Order } from '../../domain/order.ts'
import {
  type MicroShares,
  type MicroUsdc,
  microShares,
  microUsdc,
  mulDiv,
  notional,
  TICKS_PER_DOLLAR,
  type Ticks,
} from '../../domain/units.ts'
import { takerFee } from '../../pricing/fees.ts'

export type Taken = {
  readonly fills: readonly Fill[]
  readonly shares: MicroShares
  readonly cost: MicroUsdc
  /** All that was wanted: shares, or dollars down to dust that buys nothing more. */
  readonly isWhole: boolean
}

type Wanted = Pick<Order, 'action' | 'limit'> & {
  /** At most so many shares; null where dollars count. */
  readonly shares: number | null
  /** At most so many dollars, at the makers' prices. */
  readonly spend: number | null
}

/** Best price first, no further than the limit. Levels are flat: price, size. */
export function takeFrom(levels: readonly number[], wanted: Wanted): Taken {
  const fills: Fill[] = []
  let shares = 0
  let cost = 0
  let isWhole = false
  for (let at = 0; at < levels.length; at += 2) {
    const price = levels[at] as Ticks
    if (wanted.action === 'BUY' ? price > wanted.limit : price < wanted.limit) break
    const room = roomFor(wanted, price, shares, cost)
    if (room <= 0) {
      isWhole = shares > 0
      break
    }
    const size = Math.min(levels[at + 1] as number, room)
    if (size <= 0) continue
    isWhole = size === room
    const filled = microShares(size)
    fills.push({ price, shares: filled })
    shares += filled
    cost += notional(price, filled, 'floor')
    if (isWhole) break
  }
  return { fills, shares: microShares(shares), cost: microUsdc(cost), isWhole }
}

function roomFor(
  { shares: most, spend }: Wanted,
  price: Ticks,
  shares: number,
  cost: number,
): number {
  const byShares = most === null ? Number.MAX_SAFE_INTEGER : most - shares
  if (spend === null) return byShares
  return Math.min(byShares, mulDiv(Math.max(0, spend - cost), TICKS_PER_DOLLAR, price, 'floor'))
}

export function feeOn(fee: FeeSchedule, fills: readonly Fill[]): MicroUsdc {
  return microUsdc(fills.reduce((sum, { price, shares }) => sum + takerFee(fee, price, shares), 0))
}
