/**
 * What is known of a window's final value by now and what it is expected to be: the sum of the prints that decide, and the two things that make it
 * uncertain, the moves still to come (or not yet told) and the error of the price they start from.
 */
import type { PriceE18 } from '../domain/price.ts'
import { MICROS_PER_SECOND, type Micros } from '../domain/units.ts'
import type { Prints } from './prints.ts'
import type { SettlementRule } from './settlement-rule.ts'
import { spanOf } from './settlement-span.ts'
import { estimateSpan, type Head, type SpanEstimate, type Walk } from './span-estimate.ts'

/** The latest price from anywhere, in terms of the settlement source: an exchange's has its basis in it already. */
export type CurrentPrice = {
  readonly price: PriceE18
  /** The source's own time of it: what happened since is not known. */
  readonly at: Micros
  readonly source: 'settlement' | 'exchange'
  /** One standard deviation in dollars, as of a corrected basis. */
  readonly error: number
}

export type OutlookInput = {
  readonly rule: SettlementRule
  readonly endSec: number
  /** Of the source that settles: the exchange's own for a candle. */
  readonly prints: Prints
  /** The settlement source's own average stamped with the end, once it is there. */
  readonly finalTick: PriceE18 | null
  readonly current: CurrentPrice | null
  /** In dollars for one second. */
  readonly move: number
}

export type Outlook = Pick<
  SpanEstimate,
  'sum' | 'count' | 'known' | 'filled' | 'remaining' | 'fixedSum' | 'walk'
> & {
  /** In dollars, for the sum. */
  readonly error: number
  readonly basedOn: 'final' | 'prints' | CurrentPrice['source']
}

export function outlookOf(input: OutlookInput): Outlook | null {
  if (input.finalTick !== null) return settled(input.finalTick)
  if (input.rule.kind === 'candle') return ofCandle(input)
  const span = spanOf(input.rule, input.endSec)
  const { prints, current } = input
  const plain = withHead(estimateSpan(prints, span, null), null)
  if (current === null) return plain
  const head: Head = { price: current.price, atSec: current.at / MICROS_PER_SECOND }
  const led = withHead(estimateSpan(prints, span, head), current)
  // A fresh price with a poor basis may say less than a print of two seconds ago.
  if (plain === null || led === null) return plain ?? led
  return varianceOf(led, input.move) < varianceOf(plain, input.move) ? led : plain
}

/** Of the sum, in squares of dollars. */
export function varianceOf({ walk, error }: Outlook, move: number): number {
  return walk.squares * move * move + error * error
}

function withHead(estimate: SpanEstimate | null, head: CurrentPrice | null): Outlook | null {
  if (estimate === null) return null
  const { sum, count, known, filled, remaining, fixedSum, walk, headWeight } = estimate
  const error = head === null ? 0 : headWeight * head.error
  const basedOn = head?.source ?? 'prints'
  return { sum, count, known, filled, remaining, fixedSum, walk, error, basedOn }
}

/** The last trade before the end, which nobody knows until a later one of the same exchange was seen. */
function ofCandle({ prints, current, endSec }: OutlookInput): Outlook | null {
  const newest = prints.newest()
  if (newest !== null && newest.sec >= endSec) {
    const closing = prints.lastAt(endSec - 1)
    return closing === null ? null : settled(closing.price)
  }
  const currentSec = current === null ? endSec : current.at / MICROS_PER_SECOND
  const isUsable = currentSec < endSec && (newest === null || currentSec >= newest.sec)
  if (current !== null && isUsable) {
    return moving(current.price, endSec - currentSec, current.error, current.source)
  }
  return newest === null ? null : moving(newest.price, endSec - newest.sec, 0, 'prints')
}

function settled(price: PriceE18): Outlook {
  const walk: Walk = { seconds: 0, squares: 0, cubes: 0 }
  const none = { filled: 0, remaining: 0, walk, error: 0 }
  return { sum: price, count: 1, known: 1, fixedSum: price, basedOn: 'final', ...none }
}

function moving(
  price: PriceE18,
  seconds: number,
  error: number,
  basedOn: Outlook['basedOn'],
): Outlook {
  const none = { known: 0, filled: 0, fixedSum: 0n }
  // One print, so that every second's move counts once.
  const walk: Walk = { seconds, squares: seconds, cubes: seconds }
  return { sum: price, count: 1, remaining: 1, walk, error, basedOn, ...none }
}
