/** Which rule names the winner best, and which one earns: the same windows, asked at every second and shot at from several. */
import type { Settlement } from '../domain/facts.ts'
import { ASSETS } from '../domain/ids.ts'
import { type AccuracyRow, accuracyRow, type Judged } from './accuracy.ts'
import type { CrowdKind } from './crowd-worth.ts'
import { NO_FAULT } from './faults.ts'
import type { Estimate } from './intervals.ts'
import { playAsset } from './play.ts'
import { type ProfitRow, profitAhead, profitRow } from './profit.ts'
import { RULES, type Rule } from './rules.ts'
import { NO_GATES } from './settings.ts'

export type WinnersOptions = {
  readonly seed: number
  /** Shared evenly between the assets. */
  readonly windows: number
  readonly crowd: CrowdKind
  /** None: accuracy alone. */
  readonly fireSecs: readonly number[]
}

export type WinnersStudy = {
  readonly windows: number
  readonly accuracy: readonly AccuracyRow[]
  readonly profit: readonly ProfitRow[]
  /** Dollars of settlement less those of the other, all fire seconds together. */
  readonly ahead: Readonly<Record<Exclude<Rule, 'settlement'>, Estimate>> | null
}

export const FIRE_SECS = [30, 25, 20, 15, 10, 5] as const
const ASK = { fromSec: 30, toSec: 2 }

export function studyWinners({ seed, windows, crowd, fireSecs }: WinnersOptions): WinnersStudy {
  const shooters = RULES.flatMap((rule) => fireSecs.map((fireSec) => ({ rule, fireSec })))
  const settled = shooters.map((shooter) => ({ ...shooter, settlements: [] as Settlement[] }))
  const judged: Judged[] = []
  for (const asset of ASSETS) {
    const count = shareOf(windows, ASSETS.indexOf(asset))
    const played = playAsset({
      seed,
      asset,
      windows: count,
      fault: NO_FAULT,
      crowd,
      gates: NO_GATES,
      ask: ASK,
      shooters,
    })
    judged.push(...played.asked)
    for (const [at, { settlements }] of played.shots.entries())
      settled[at]?.settlements.push(...settlements)
  }
  const all = (rule: Rule): Settlement[] =>
    settled.filter((one) => one.rule === rule).flatMap((one) => one.settlements)
  const seconds = Array.from({ length: ASK.fromSec - ASK.toSec + 1 }, (_, at) => ASK.fromSec - at)
  return {
    windows: judged.length,
    accuracy: seconds.map((left) => accuracyRow(judged, left)),
    profit:
      fireSecs.length === 0
        ? []
        : RULES.flatMap((rule) => [
            ...settled
              .filter((one) => one.rule === rule)
              .map(({ fireSec, settlements }) => profitRow(rule, fireSec, settlements)),
            profitRow(rule, null, all(rule)),
          ]),
    ahead:
      fireSecs.length === 0
        ? null
        : {
            book: profitAhead(all('settlement'), all('book')),
            spot: profitAhead(all('settlement'), all('spot')),
          },
  }
}

/** Evenly, the first ones taking what is left over. */
export function shareOf(windows: number, index: number): number {
  return Math.floor((windows + ASSETS.length - 1 - index) / ASSETS.length)
}
