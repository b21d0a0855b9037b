/**
 * How often each settlement rule names the winner of a window, and how long before its end: asked of recorded prints, one for each whole second,
 * and recorded windows. Averages are compared exactly; a tie is Up.
 */
import { invariant } from '../domain/invariant.ts'
import { wilson } from './wilson.ts'

export type LabelRule = 'spot' | 'twap30' | 'twap60'

export type LabelPrint = {
  readonly sec: number
  /** Whole 10^-18 dollars. */
  readonly price: bigint
  readonly recvMs: number
}

export type LabelWindow = {
  readonly startSec: number
  readonly endSec: number
  /** What the venue said; null when it did not. */
  readonly upWon: boolean | null
  /** The rule it was settled by; null when it is none of ours. */
  readonly settledBy: LabelRule | null
}

export type LabelRow = {
  readonly rule: LabelRule
  readonly secondsLeft: number
  readonly windows: number
  readonly right: number
  readonly rate: number | null
  /** The 95 % interval of the rate. */
  readonly low: number | null
  readonly high: number | null
  readonly judgedBy: 'outcome' | 'prints' | 'both' | null
}

const RULES: readonly LabelRule[] = ['spot', 'twap30', 'twap60']
const LOOKBACK: Readonly<Record<LabelRule, number>> = { spot: 0, twap30: 30, twap60: 60 }
/** 57 of 60. */
const PRESENT_SHARE = 57 / 60
const PRINT_AGE_MAX_SEC = 5

export type Prints = {
  at(sec: number): LabelPrint | undefined
}

/** Of two prints of one second the later received one is right. */
export function indexPrints(prints: Iterable<LabelPrint>): Prints {
  const bySec = new Map<number, LabelPrint>()
  for (const print of prints) {
    const known = bySec.get(print.sec)
    if (known === undefined || print.recvMs >= known.recvMs) bySec.set(print.sec, print)
  }
  return { at: (sec) => bySec.get(sec) }
}

export function labelRows(
  prints: Prints,
  windows: readonly LabelWindow[],
  secondsLeft: readonly number[],
  by: 'feed' | 'recv',
): LabelRow[] {
  return RULES.flatMap((rule) =>
    secondsLeft.map((left) => labelRow(prints, windows, rule, left, by)),
  )
}

function labelRow(
  prints: Prints,
  windows: readonly LabelWindow[],
  rule: LabelRule,
  secondsLeft: number,
  by: 'feed' | 'recv',
): LabelRow {
  let count = 0
  let right = 0
  const judges = new Set<'outcome' | 'prints'>()
  for (const window of windows) {
    const truth = truthOf(prints, window, rule)
    const said = truth === null ? null : saidOf(prints, window, rule, secondsLeft, by)
    if (truth === null || said === null) continue
    count += 1
    if (said === truth.upWon) right += 1
    judges.add(truth.judgedBy)
  }
  const [judge] = judges
  return {
    rule,
    secondsLeft,
    windows: count,
    right,
    rate: count === 0 ? null : right / count,
    ...interval(right, count),
    judgedBy: judges.size === 2 ? 'both' : (judge ?? null),
  }
}

type Truth = { readonly upWon: boolean; readonly judgedBy: 'outcome' | 'prints' }

/** Null when the prints do not carry the rule over this window. */
function truthOf(prints: Prints, window: LabelWindow, rule: LabelRule): Truth | null {
  const strike = valueAt(prints, window.startSec, rule)
  if (strike === null) return null
  if (rule === 'spot' && window.settledBy === 'spot') return official(window)
  const final = valueAt(prints, window.endSec, rule)
  if (final === null) return null
  if (window.settledBy === rule) return official(window)
  return { upWon: notBelow(final, strike), judgedBy: 'prints' }
}

function official({ upWon }: LabelWindow): Truth | null {
  return upWon === null ? null : { upWon, judgedBy: 'outcome' }
}

/** A sum and of how many, so that nothing is rounded. */
type Mean = { readonly sum: bigint; readonly count: number }

function notBelow(a: Mean, b: Mean): boolean {
  return a.sum * BigInt(b.count) >= b.sum * BigInt(a.count)
}

/** The print of the second, or the mean of those before it. */
function valueAt(prints: Prints, sec: number, rule: LabelRule): Mean | null {
  const lookback = LOOKBACK[rule]
  if (lookback === 0) {
    const print = prints.at(sec)
    return print === undefined ? null : { sum: print.price, count: 1 }
  }
  let sum = 0n
  let count = 0
  for (let at = sec - lookback; at < sec; at += 1) {
    const print = prints.at(at)
    if (print === undefined) continue
    sum += print.price
    count += 1
  }
  return count >= lookback * PRESENT_SHARE ? { sum, count } : null
}

/** Whether the rule says Up with so many seconds left: what is known of the mean, and the last price for the rest. */
function saidOf(
  prints: Prints,
  window: LabelWindow,
  rule: LabelRule,
  secondsLeft: number,
  by: 'feed' | 'recv',
): boolean | null {
  const nowSec = window.endSec - secondsLeft
  const isKnown = (print: LabelPrint): boolean => by === 'feed' || print.recvMs <= nowSec * 1_000
  const last = lastPrint(prints, nowSec, isKnown)
  const strike = valueAt(prints, window.startSec, rule)
  if (last === null || strike === null) return null
  const lookback = LOOKBACK[rule]
  if (lookback === 0) return notBelow({ sum: last.price, count: 1 }, strike)
  let sum = 0n
  for (let sec = window.endSec - lookback; sec < window.endSec; sec += 1) {
    const print = sec <= nowSec ? prints.at(sec) : undefined
    sum += print !== undefined && isKnown(print) ? print.price : last.price
  }
  return notBelow({ sum, count: lookback }, strike)
}

function lastPrint(
  prints: Prints,
  nowSec: number,
  isKnown: (print: LabelPrint) => boolean,
): LabelPrint | null {
  for (let sec = nowSec; sec >= nowSec - PRINT_AGE_MAX_SEC; sec -= 1) {
    const print = prints.at(sec)
    if (print !== undefined && isKnown(print)) return print
  }
  return null
}

/** Of no windows nothing is told. */
function interval(right: number, count: number): { low: number | null; high: number | null } {
  if (count === 0) return { low: null, high: null }
  invariant(right <= count, 'more right than there were')
  return wilson(right, count)
}
