/** What came of shooting by a rule at a second: fills, hits beside the rate that would only break even, dollars. Fewer than thirty fills say nothing. */
import type { Settlement } from '../domain/facts.ts'
import { MICRO } from '../domain/units.ts'
import { wilson } from '../pricing/wilson.ts'
import { type Estimate, sumOf } from './intervals.ts'
import type { Rule } from './rules.ts'

export const FILLS_MIN = 30

export type ProfitRow = {
  readonly rule: Rule
  /** Null: all of them together. */
  readonly fireSec: number | null
  readonly windows: number
  readonly shots: number
  readonly fills: number
  readonly wins: number
  readonly isTooFew: boolean
  readonly hitRate: Estimate | null
  /** What a share cost on average, fee included: the rate of wins that would only break even. */
  readonly breakEven: number | null
  readonly perShare: number | null
  /** Dollars. */
  readonly profit: Estimate
}

/** Windows of one asset that end together share their last prices, and so count as one. */
export type Groups = Map<string, number>

export function groupsOf(settlements: readonly Settlement[]): Groups {
  const groups: Groups = new Map()
  for (const { market, pnl } of settlements) {
    const group = `${market.asset}/${market.endAt}`
    groups.set(group, (groups.get(group) ?? 0) + pnl / MICRO)
  }
  return groups
}

export function profitRow(
  rule: Rule,
  fireSec: number | null,
  settlements: readonly Settlement[],
): ProfitRow {
  let [shots, fills, wins, shares, cost, pnl] = [0, 0, 0, 0, 0, 0]
  for (const { order, outcome, side, winner, pnl: gained } of settlements) {
    if (order === null) continue
    shots += 1
    if (outcome?.state !== 'filled') continue
    fills += 1
    if (side === winner) wins += 1
    shares += outcome.shares
    cost += outcome.cost + outcome.fee
    pnl += gained
  }
  return {
    rule,
    fireSec,
    windows: settlements.length,
    shots,
    fills,
    wins,
    isTooFew: fills < FILLS_MIN,
    hitRate: fills === 0 ? null : { value: wins / fills, ...wilson(wins, fills) },
    breakEven: shares === 0 ? null : cost / shares,
    perShare: shares === 0 ? null : pnl / shares,
    profit: sumOf([...groupsOf(settlements).values()]),
  }
}

/** The first's dollars less the second's, over the same windows. */
export function profitAhead(first: readonly Settlement[], second: readonly Settlement[]): Estimate {
  const groups = groupsOf(first)
  for (const [group, dollars] of groupsOf(second))
    groups.set(group, (groups.get(group) ?? 0) - dollars)
  return sumOf([...groups.values()])
}
