/** How often each rule names the winner at each second left, and how much more often the settlement rule does. A rule that names nobody is not right. */
import type { Side } from '../domain/ids.ts'
import { wilson } from '../pricing/wilson.ts'
import { type Estimate, type Interval, pairedDifference } from './intervals.ts'
import { type Opinions, RULES, type Rule } from './rules.ts'

export type Judged = { readonly winner: Side; readonly opinions: ReadonlyMap<number, Opinions> }

export type Rate = { readonly right: number; readonly unnamed: number } & (
  | ({ readonly rate: number } & Interval)
  | { readonly rate: null }
)

export type AccuracyRow = {
  readonly secondsLeft: number
  readonly windows: number
  readonly rules: Readonly<Record<Rule, Rate>>
  /** Settlement less the other. */
  readonly ahead: Readonly<Record<Exclude<Rule, 'settlement'>, Estimate | null>>
}

const NOBODY: Opinions = { settlement: null, book: null, spot: null }

export function accuracyRow(windows: readonly Judged[], secondsLeft: number): AccuracyRow {
  const said = windows.map(({ winner, opinions }) => ({
    winner,
    by: opinions.get(secondsLeft) ?? NOBODY,
  }))
  const isRight = (rule: Rule, one: (typeof said)[number]): boolean => one.by[rule] === one.winner
  const rateOf = (rule: Rule): Rate => {
    const right = said.filter((one) => isRight(rule, one)).length
    const unnamed = said.filter(({ by }) => by[rule] === null).length
    return said.length === 0
      ? { right, unnamed, rate: null }
      : { right, unnamed, rate: right / said.length, ...wilson(right, said.length) }
  }
  const aheadOf = (other: Rule): Estimate | null => {
    const differ = said.filter((one) => isRight('settlement', one) !== isRight(other, one))
    const first = differ.filter((one) => isRight('settlement', one)).length
    return pairedDifference(first, differ.length - first, said.length)
  }
  return {
    secondsLeft,
    windows: said.length,
    rules: Object.fromEntries(RULES.map((rule) => [rule, rateOf(rule)])) as AccuracyRow['rules'],
    ahead: { book: aheadOf('book'), spot: aheadOf('spot') },
  }
}
