/** The settlement rule while something is wrong with what is heard: how often it refuses, and how often it shoots at the loser. */
import type { Settlement } from '../domain/facts.ts'
import { ASSETS } from '../domain/ids.ts'
import { FAULTS, type Fault } from './faults.ts'
import { playAsset } from './play.ts'
import { type ProfitRow, profitRow } from './profit.ts'
import { USUAL_GATES } from './settings.ts'
import { shareOf } from './winners-study.ts'

export type FaultRow = {
  readonly fault: string
  readonly what: string
  /** Windows times fire seconds. */
  readonly chances: number
  readonly refused: number
  /** Why, the most frequent first. */
  readonly refusedBy: readonly { readonly check: string; readonly count: number }[]
  readonly shots: number
  /** Orders for the side that lost, filled or not. */
  readonly wrong: number
  readonly profit: ProfitRow
}

export const FAULT_FIRE_SECS = [20, 10] as const

export function studyFaults(options: {
  readonly seed: number
  readonly windows: number
}): FaultRow[] {
  return FAULTS.map((fault) => faultRow(fault, options))
}

function faultRow(
  fault: Fault,
  { seed, windows }: { readonly seed: number; readonly windows: number },
): FaultRow {
  const settlements: Settlement[] = []
  const shooters = FAULT_FIRE_SECS.map((fireSec) => ({ rule: 'settlement', fireSec }) as const)
  for (const [index, asset] of ASSETS.entries()) {
    const count = shareOf(windows, index)
    const played = playAsset({
      seed,
      asset,
      windows: count,
      fault,
      crowd: 'knows',
      gates: USUAL_GATES,
      ask: null,
      shooters,
    })
    for (const one of played.shots) settlements.push(...one.settlements)
  }
  const counts = new Map<string, number>()
  for (const { order, reason } of settlements) {
    if (order !== null) continue
    const [check = reason] = reason.split(':')
    counts.set(check, (counts.get(check) ?? 0) + 1)
  }
  const shot = settlements.filter(({ order }) => order !== null)
  return {
    fault: fault.name,
    what: fault.what,
    chances: settlements.length,
    refused: settlements.length - shot.length,
    refusedBy: [...counts]
      .map(([check, count]) => ({ check, count }))
      .sort((a, b) => b.count - a.count || (a.check < b.check ? -1 : 1)),
    shots: shot.length,
    wrong: shot.filter(({ side, winner }) => side !== winner).length,
    profit: profitRow('settlement', null, settlements),
  }
}
