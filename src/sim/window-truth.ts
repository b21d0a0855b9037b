/**
 * What a window is about: its strike, its final value, who won, and how likely Up is for somebody who knows every print
 * so far. Values are sums of 60 prints, so that a tie is exact.
 */
import type { Side } from '../domain/ids.ts'
import { PRINT_SCALE, type PricePath } from './price-process.ts'

/** `twap60`: the mean of the 60 prints before the start against the same before the end. `candle`: first print against last. */
export type SettlementRule = 'twap60' | 'candle'

export type WindowSpan = {
  readonly startSec: number
  readonly endSec: number
  readonly rule: SettlementRule
}

const AVERAGED_PRINTS = 60

export function strikeOf(path: PricePath, span: WindowSpan): number {
  return span.rule === 'twap60'
    ? path.sumBefore(span.startSec, AVERAGED_PRINTS)
    : path.printAt(span.startSec) * AVERAGED_PRINTS
}

export function finalOf(path: PricePath, span: WindowSpan): number {
  return span.rule === 'twap60'
    ? path.sumBefore(span.endSec, AVERAGED_PRINTS)
    : path.printAt(span.endSec - 1) * AVERAGED_PRINTS
}

/** A tie goes to Up. */
export function winnerOf(path: PricePath, span: WindowSpan): Side {
  return finalOf(path, span) >= strikeOf(path, span) ? 'UP' : 'DOWN'
}

/** A sum of 60 prints as dollars, for people and JSON. */
export function dollarsOf(sum: number): number {
  return sum / (AVERAGED_PRINTS * PRINT_SCALE)
}

/**
 * The chance that Up wins, knowing the prints up to and with `nowSec`. `doubtSec`: for somebody who mistrusts the final value
 * besides, by as much as the price usually moves in so many seconds.
 */
export function fairUp(path: PricePath, span: WindowSpan, nowSec: number, doubtSec = 0): number {
  if (nowSec < span.startSec) return 0.5
  if (nowSec >= span.endSec - 1) return winnerOf(path, span) === 'UP' ? 1 : 0
  return normalCdf(fairScore(path, span, nowSec, doubtSec))
}

/** How many standard deviations the expected final value lies above the strike. */
function fairScore(path: PricePath, span: WindowSpan, nowSec: number, doubtSec: number): number {
  const price = path.printAt(nowSec)
  const left = span.endSec - 1 - nowSec
  const sigma = path.sigmaAt(nowSec) * price
  const strike = strikeOf(path, span)
  if (span.rule === 'candle') {
    const deviation = sigma * AVERAGED_PRINTS * Math.sqrt(left + doubtSec)
    return (price * AVERAGED_PRINTS - strike) / deviation
  }
  // The last `averaged` of the unknown prints enter the mean, the earlier ones only move the price.
  const averaged = Math.min(left, AVERAGED_PRINTS)
  const lead = left - averaged
  const known = path.sumBefore(nowSec + 1, AVERAGED_PRINTS - averaged)
  const expected = known + averaged * price
  const variance =
    lead * averaged * averaged +
    (averaged * (averaged + 1) * (2 * averaged + 1)) / 6 +
    doubtSec * AVERAGED_PRINTS * AVERAGED_PRINTS
  return (expected - strike) / (sigma * Math.sqrt(variance))
}

/** The normal distribution, to about seven decimals (a rational approximation of the tail). */
export function normalCdf(score: number): number {
  const size = Math.abs(score)
  const t = 1 / (1 + 0.2316419 * size)
  const polynomial =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  const tail = Math.exp(-(size * size) / 2) * 0.3989422804014327 * polynomial
  return score >= 0 ? 1 - tail : tail
}
