/** Settled windows -> what they add up to, with the hit rate beside the rate that would only break even. */
import type { Settlement } from '../domain/facts.ts'

export type Tally = {
  readonly windows: number
  readonly fired: number
  readonly filled: number
  readonly wins: number
  readonly pnlMicro: number
  readonly feesMicro: number
  /** Wins per fill; null without fills. */
  readonly hitRate: number | null
  /** 95 % Wilson interval of the hit rate. */
  readonly low: number | null
  readonly high: number | null
  /** What was paid per share, fee included: the hit rate that breaks even. */
  readonly breakEven: number | null
}

/** The two-sided 95 % quantile of the normal distribution. */
const Z = 1.959964

export function tally(settlements: readonly Settlement[]): Tally {
  let fired = 0
  let filled = 0
  let wins = 0
  let pnlMicro = 0
  let feesMicro = 0
  let paid = 0
  let shares = 0
  for (const { decision, outcome, winner, side, pnl } of settlements) {
    pnlMicro += pnl
    if (decision === 'fired') fired += 1
    if (outcome?.state !== 'filled') continue
    filled += 1
    feesMicro += outcome.fee
    paid += outcome.cost + outcome.fee
    shares += outcome.shares
    if (winner === side) wins += 1
  }
  return {
    windows: settlements.length,
    fired,
    filled,
    wins,
    pnlMicro,
    feesMicro,
    hitRate: filled === 0 ? null : wins / filled,
    ...wilson(wins, filled),
    breakEven: shares === 0 ? null : paid / shares,
  }
}

/** Of a share; null of nothing. */
export function wilson(
  wins: number,
  n: number,
): { readonly low: number | null; readonly high: number | null } {
  if (n === 0) return { low: null, high: null }
  const rate = wins / n
  const middle = rate + (Z * Z) / (2 * n)
  const spread = Z * Math.sqrt((rate * (1 - rate)) / n + (Z * Z) / (4 * n * n))
  const scale = 1 + (Z * Z) / n
  return { low: (middle - spread) / scale, high: (middle + spread) / scale }
}
