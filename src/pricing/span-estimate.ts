/**
 * The sum of the prints of a span of seconds when not all of them are known, and how uncertain it is. The price is taken for a random walk: what lies
 * between two known prices is a straight line and varies like a bridge, what lies after the last one stands at it and varies like a walk.
 *
 * Values are exact. `walkVariance` counts in squares of the usual move of one second.
 */
import type { PriceE18 } from '../domain/price.ts'
import type { Gap, Prints } from './prints.ts'

export type Span = { readonly fromSec: number; readonly toSec: number }

/** A price known outside the prints. `atSec` may have a fraction. */
export type Head = { readonly price: PriceE18; readonly atSec: number }

export type SpanEstimate = {
  /** Known, filled and projected. */
  readonly sum: bigint
  readonly count: number
  readonly known: number
  /** Missing between known ones. They are estimated and will not come any more. */
  readonly filled: number
  readonly remaining: number
  /** All but the remaining ones. */
  readonly fixedSum: bigint
  readonly walkVariance: number
  /** By how many prints the sum moves with the price that the rest is projected from. */
  readonly headWeight: number
}

type Part = { readonly sum: bigint; readonly variance: number; readonly headWeight: number }

/** Null when there is no price at all to go by. */
export function estimateSpan(prints: Prints, span: Span, head: Head | null): SpanEstimate | null {
  const newest = prints.newest()
  if (newest === null && head === null) return null
  const { fromSec, toSec } = span
  const count = toSec - fromSec
  const restFrom = Math.min(toSec, Math.max(fromSec, newest === null ? fromSec : newest.sec + 1))
  const { sum: knownSum, present } = prints.sumBefore(toSec, count)
  let fixedSum = knownSum
  let walkVariance = 0
  for (const gap of prints.gaps(fromSec, restFrom)) {
    const part = fillGap(prints, gap)
    if (part === null) return null
    fixedSum += part.sum
    walkVariance += part.variance
  }
  const rest = restAfter(newest, { fromSec: restFrom, toSec }, head)
  return {
    sum: fixedSum + rest.sum,
    count,
    known: present,
    filled: restFrom - fromSec - present,
    remaining: toSec - restFrom,
    fixedSum,
    walkVariance: walkVariance + rest.variance,
    headWeight: rest.headWeight,
  }
}

function fillGap(prints: Prints, gap: Gap): Part | null {
  const left = prints.lastAt(gap.fromSec - 1)
  let rightSec = gap.toSec
  const newestSec = prints.newest()?.sec ?? rightSec
  while (rightSec < newestSec && prints.at(rightSec) === null) rightSec += 1
  const right = prints.at(rightSec)
  if (right === null) return null
  if (left !== null) return bridge(left, { price: right, atSec: rightSec }, gap)
  return flat(right, rightSec - gap.toSec + 1, gap.toSec - gap.fromSec)
}

/** What comes after the newest print. A head that is not newer than it says nothing. */
function restAfter(
  newest: { readonly sec: number; readonly price: PriceE18 } | null,
  span: Span,
  given: Head | null,
): Part {
  const count = span.toSec - span.fromSec
  if (count === 0) return { sum: 0n, variance: 0, headWeight: 0 }
  const isNewer = given !== null && (newest === null || given.atSec > newest.sec)
  if (!isNewer) {
    if (newest === null) return { sum: 0n, variance: 0, headWeight: 0 }
    return flat(newest.price, span.fromSec - newest.sec, count)
  }
  // The seconds up to the head lie between two prices, those after it beyond the last.
  const split = Math.min(span.toSec, Math.max(span.fromSec, Math.floor(given.atSec) + 1))
  const after = flat(given.price, split - given.atSec, span.toSec - split)
  if (split === span.fromSec) return after
  const between = { fromSec: span.fromSec, toSec: split }
  const before =
    newest === null
      ? flat(given.price, given.atSec - (split - 1), split - span.fromSec)
      : bridge(newest, given, between)
  return {
    sum: before.sum + after.sum,
    variance: before.variance + after.variance,
    headWeight: before.headWeight + after.headWeight,
  }
}

/** So many points at one price, the nearest of them `distance` seconds from where it was known, on either side. */
function flat(price: PriceE18, distance: number, count: number): Part {
  const variance = count * count * distance + ((count - 1) * count * (2 * count - 1)) / 6
  return {
    sum: price * BigInt(count),
    variance: count === 0 ? 0 : variance,
    headWeight: count,
  }
}

/** The points of the span on the straight line from one price to another. */
function bridge(
  left: { readonly sec: number; readonly price: PriceE18 },
  right: Head,
  span: Span,
): Part {
  const length = right.atSec - left.sec
  const first = span.fromSec - left.sec
  const last = span.toSec - 1 - left.sec
  const count = last - first + 1
  const steps = ((first + last) * count) / 2
  const headWeight = steps / length
  // Each second's move counts once for each point at or after it, less its share of the whole way, which is known.
  let variance = first * (count - headWeight) * (count - headWeight)
  for (let points = count - 1; points >= 1; points -= 1) {
    variance += (points - headWeight) * (points - headWeight)
  }
  variance += (length - last) * headWeight * headWeight
  // In millionths of a second, since the end of the line may lie between two seconds.
  const way = BigInt(Math.round(length * 1e6))
  const rise = (right.price - left.price) * BigInt(steps) * 1_000_000n
  return { sum: left.price * BigInt(count) + rise / way, variance, headWeight }
}
