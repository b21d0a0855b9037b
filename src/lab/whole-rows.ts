/** What came of whole settings, strategy by strategy: orders, fills, hits beside the rate that would only break even, dollars, and why nothing was done. */
import type { Settlement } from '../domain/facts.ts'
import { filledOf, spentOn } from '../domain/order.ts'
import { MICRO } from '../domain/units.ts'
import { wilson } from '../pricing/wilson.ts'
import { type Estimate, sumOf } from './intervals.ts'
import { FILLS_MIN } from './profit.ts'
import type { Traded, WholePlay } from './whole-play.ts'

export type WholeRow = {
  readonly strategy: string
  readonly windows: number
  readonly orders: number
  /** Orders of which something was filled. */
  readonly fills: number
  /** Purchases among them, and those of the side that won. */
  readonly bought: number
  readonly wins: number
  readonly isTooFew: boolean
  /** Purchases of windows that end together are one for the interval. */
  readonly hitRate: Estimate | null
  /** What a bought share cost on average, fee included. */
  readonly breakEven: number | null
  /** Dollars. */
  readonly profit: Estimate
  /** Dollars below the best moment. */
  readonly drawdown: number
}

export type Reason = { readonly reason: string; readonly windows: number }

export function wholeRow(strategy: string, { settlements, traded }: WholePlay): WholeRow {
  const own = traded.filter(({ order }) => order.strategy === strategy)
  const filled = own.filter(({ outcome }) => (filledOf(outcome)?.shares ?? 0) > 0)
  const bought = filled.filter(({ order }) => order.action === 'BUY')
  const wins = bought.filter(({ order, winner }) => order.side === winner).length
  const moments = new Set(bought.map(({ market }) => `${market.asset}/${market.endAt}`)).size
  let [shares, cost] = [0, 0]
  for (const { order, outcome } of bought) {
    shares += filledOf(outcome)?.shares ?? 0
    cost += spentOn(order, outcome)
  }
  const rate = bought.length === 0 ? 0 : wins / bought.length
  return {
    strategy,
    windows: settlements.length,
    orders: own.length,
    fills: filled.length,
    bought: bought.length,
    wins,
    isTooFew: filled.length < FILLS_MIN,
    hitRate: moments === 0 ? null : { value: rate, ...wilson(rate * moments, moments) },
    breakEven: shares === 0 ? null : cost / shares,
    ...moneyOf(filled, settlements),
  }
}

/** Windows of one asset that end together share their last prices, and so count as one. */
function moneyOf(
  filled: readonly Traded[],
  settlements: readonly Settlement[],
): Pick<WholeRow, 'profit' | 'drawdown'> {
  const groups = new Map<string, number>()
  for (const { market } of settlements) groups.set(`${market.asset}/${market.endAt}`, 0)
  let [sum, best, drawdown] = [0, 0, 0]
  for (const one of filled) {
    const gained = gainOf(one) / MICRO
    const group = `${one.market.asset}/${one.market.endAt}`
    groups.set(group, (groups.get(group) ?? 0) + gained)
    sum += gained
    best = Math.max(best, sum)
    drawdown = Math.max(drawdown, best - sum)
  }
  return { profit: sumOf([...groups.values()]), drawdown }
}

/** A share bought pays a dollar or nothing; one sold takes that away. */
export function gainOf({ order, outcome, winner }: Traded): number {
  const shares = filledOf(outcome)?.shares ?? 0
  const pays = order.side === winner ? shares : 0
  return (order.action === 'BUY' ? pays : -pays) - spentOn(order, outcome)
}

/** Why windows got no order at all, the most frequent first. */
export function reasonsOf({ settlements, traded }: WholePlay): readonly Reason[] {
  const had = new Set(traded.map(({ market }) => market.conditionId))
  const counts = new Map<string, number>()
  for (const { market, reason } of settlements) {
    if (had.has(market.conditionId)) continue
    const [name = reason] = reason.split(':')
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts]
    .map(([reason, windows]) => ({ reason, windows }))
    .sort((a, b) => b.windows - a.windows || (a.reason < b.reason ? -1 : 1))
}
