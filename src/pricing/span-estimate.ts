/**
 * The sum of the prints of a span of seconds when not all of them are known, and how uncertain it is. The price is taken for a random walk: what lies
 * between two known prices is a straight line and varies like a bridge, what lies after the last one stands at it and varies like a walk.
 *
 * Values are exact. Every way from a known price to an unknown print is a sum of the moves of single seconds, each as often as prints depend on it; a
 * `Walk` holds what those weights add up to.
 */
import type { PriceE18 } from '../domain/price.ts'
import type { Gap, Prints } from './prints.ts'

export type Span = { readonly fromSec: number; readonly toSec: number }

/** A price known outside the prints. `atSec` may have a fraction. */
export type Head = { readonly price: PriceE18; readonly atSec: number }

/** Of the seconds whose moves are not known: how many, and the sums of their weights' squares and cubes. A weight counts prints. */
export type Walk = {
  readonly seconds: number
  readonly squares: number
  readonly cubes: number
}

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
  readonly walk: Walk
  /** By how many prints the sum moves with the price that the rest is projected from. */
  readonly headWeight: number
}

type Part = { readonly sum: bigint; readonly walk: Walk; readonly headWeight: number }

const NO_WALK: Walk = { seconds: 0, squares: 0, cubes: 0 }

/** Null when there is no price at all to go by. */
export function estimateSpan(prints: Prints, span: Span, head: Head | null): SpanEstimate | null {
  const newest = prints.newest()
  if (newest === null && head === null) return null
  const { fromSec, toSec } = span
  const count = toSec - fromSec
  const restFrom = Math.min(toSec, Math.max(fromSec, newest === null ? fromSec : newest.sec + 1))
  const { sum: knownSum, present } = prints.sumBefore(toSec, count)
  let fixedSum = knownSum
  let walk = NO_WALK
  for (const gap of prints.gaps(fromSec, restFrom)) {
    const part = fillGap(prints, gap)
    if (part === null) return null
    fixedSum += part.sum
    walk = both(walk, part.walk)
  }
  const rest = restAfter(newest, { fromSec: restFrom, toSec }, head)
  return {
    sum: fixedSum + rest.sum,
    count,
    known: present,
    filled: restFrom - fromSec - present,
    remaining: toSec - restFrom,
    fixedSum,
    walk: both(walk, rest.walk),
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
  if (count === 0) return { sum: 0n, walk: NO_WALK, headWeight: 0 }
  const isNewer = given !== null && (newest === null || given.atSec > newest.sec)
  if (!isNewer) {
    if (newest === null) return { sum: 0n, walk: NO_WALK, headWeight: 0 }
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
    walk: both(before.walk, after.walk),
    headWeight: before.headWeight + after.headWeight,
  }
}

/** So many points at one price, the nearest of them `distance` seconds from where it was known, on either side. */
function flat(price: PriceE18, distance: number, count: number): Part {
  const headWeight = count
  if (count === 0) return { sum: 0n, walk: NO_WALK, headWeight }
  const triangle = ((count - 1) * count) / 2
  const walk = {
    seconds: distance + count - 1,
    squares: count * count * distance + (triangle * (2 * count - 1)) / 3,
    cubes: count * count * count * distance + triangle * triangle,
  }
  return { sum: price * BigInt(count), walk, headWeight }
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
  let walk = weigh(NO_WALK, first, count - headWeight)
  for (let points = count - 1; points >= 1; points -= 1) walk = weigh(walk, 1, points - headWeight)
  walk = weigh(walk, length - last, headWeight)
  // In millionths of a second, since the end of the line may lie between two seconds.
  const way = BigInt(Math.round(length * 1e6))
  const rise = (right.price - left.price) * BigInt(steps) * 1_000_000n
  return { sum: left.price * BigInt(count) + rise / way, walk, headWeight }
}

function weigh({ seconds, squares, cubes }: Walk, more: number, weight: number): Walk {
  const square = weight * weight
  return {
    seconds: seconds + more,
    squares: squares + more * square,
    cubes: cubes + more * square * Math.abs(weight),
  }
}

function both(a: Walk, b: Walk): Walk {
  return {
    seconds: a.seconds + b.seconds,
    squares: a.squares + b.squares,
    cubes: a.cubes + b.cubes,
  }
}
