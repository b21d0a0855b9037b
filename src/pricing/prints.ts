/**
 * The prints of one series of one asset, one for each whole second, for some hours. Exact, in any order: a late print takes its place, of two
 * prints of one second the later received is right, a repeated one changes nothing.
 *
 * Invariant: `sums[slot]` and `counts[slot]` are those of all prints up to and with the slot's second, so that a mean is one subtraction. Every
 * second from the oldest kept to the newest has its slot, also where its print is missing. One slot more than is kept holds the sums before it.
 */
import { invariant } from '../domain/invariant.ts'
import { type PriceE18, priceE18 } from '../domain/price.ts'
import type { Micros } from '../domain/units.ts'

export type Print = {
  readonly sec: number
  readonly price: PriceE18
  readonly recvAt: Micros
}

/** `old`: before everything that is kept; `ahead`: of a second that is still far away; `superseded`: a later received one is known. */
export type PrintFate = 'new' | 'corrected' | 'same' | 'superseded' | 'old' | 'ahead'

/** From the first missing second up to, and without, `toSec`. */
export type Gap = { readonly fromSec: number; readonly toSec: number }

export type SumOfPrints = {
  readonly sum: bigint
  readonly present: number
  readonly missing: number
}

export type Prints = {
  /** `nowSec` by the source's clock: one stamp from far ahead would push out everything that is known. */
  add(print: Print, nowSec: number): PrintFate
  at(sec: number): PriceE18 | null
  newest(): Print | null
  /** The print of the second, or the last one before it that is kept. */
  lastAt(sec: number): Print | null
  /** Of the `count` prints stamped before the second. */
  sumBefore(sec: number, count: number): SumOfPrints
  /** The mean of those present, down to the last unit; null when none is. */
  meanBefore(
    sec: number,
    count: number,
  ): { readonly mean: PriceE18 | null; readonly missing: number }
  /** The missing seconds of a span, oldest first. */
  gaps(fromSec: number, toSec: number): Gap[]
}

/** Five hours hold the longest window and the prints before it. */
const KEEP_SEC = 18_000
/** How far a source's stamp may run before our idea of its clock. */
const AHEAD_MAX_SEC = 60

export function createPrints(keepSec = KEEP_SEC): Prints {
  invariant(Number.isInteger(keepSec) && keepSec > 0, `cannot keep ${keepSec} seconds of prints`)
  const size = keepSec + 1
  const prices = new Array<PriceE18 | null>(size).fill(null)
  const sums = new Array<bigint>(size).fill(0n)
  const counts = new Float64Array(size)
  const received = new Float64Array(size)
  /** Both -1 before the first print; `beforeSec` is the slot of the sums before everything kept. */
  let beforeSec = -1
  let newestSec = -1
  /** A second of which there is a print, at most the newest. */
  const isKept = (sec: number): boolean => sec > beforeSec && sec <= newestSec
  const priceAt = (sec: number): PriceE18 | null =>
    isKept(sec) ? (prices[sec % size] ?? null) : null

  /** Makes the slots up to the second, empty ones for the seconds between. */
  const openUntil = (sec: number): void => {
    if (newestSec < 0 || sec - newestSec >= keepSec) {
      // Nothing of before remains, and so do none of its sums.
      prices.fill(null)
      sums.fill(0n)
      counts.fill(0)
      newestSec = sec
      beforeSec = sec - 1
      return
    }
    while (newestSec < sec) {
      const from = newestSec % size
      newestSec += 1
      const slot = newestSec % size
      prices[slot] = null
      sums[slot] = sums[from] as bigint
      counts[slot] = counts[from] as number
      beforeSec = Math.max(beforeSec, newestSec - keepSec)
    }
  }

  /** Older seconds than the first print's may come later, from a backfill. */
  const openDownTo = (sec: number): void => {
    while (beforeSec >= sec) {
      const from = beforeSec % size
      prices[from] = null
      beforeSec -= 1
      const slot = beforeSec % size
      sums[slot] = sums[from] as bigint
      counts[slot] = counts[from] as number
    }
  }

  const raise = (fromSec: number, by: bigint, count: number): void => {
    for (let sec = fromSec; sec <= newestSec; sec += 1) {
      const slot = sec % size
      sums[slot] = (sums[slot] as bigint) + by
      counts[slot] = (counts[slot] as number) + count
    }
  }

  const put = ({ sec, price, recvAt }: Print): PrintFate => {
    const slot = sec % size
    const known = prices[slot] ?? null
    if (known !== null && recvAt < (received[slot] as number)) return 'superseded'
    received[slot] = recvAt
    if (known === price) return 'same'
    prices[slot] = price
    raise(sec, price - (known ?? 0n), known === null ? 1 : 0)
    return known === null ? 'new' : 'corrected'
  }

  const printAt = (sec: number): Print | null => {
    const price = priceAt(sec)
    if (price === null) return null
    return { sec, price, recvAt: received[sec % size] as Micros }
  }

  const sumBefore = (sec: number, count: number): SumOfPrints => {
    const last = Math.min(sec - 1, newestSec)
    const before = Math.max(sec - count - 1, beforeSec)
    if (last <= before) return { sum: 0n, present: 0, missing: count }
    const sum = (sums[last % size] as bigint) - (sums[before % size] as bigint)
    const present = (counts[last % size] as number) - (counts[before % size] as number)
    return { sum, present, missing: count - present }
  }

  return {
    add(print, nowSec) {
      const { sec } = print
      invariant(Number.isSafeInteger(sec) && sec > 0, `a print needs a whole second, got ${sec}`)
      if (sec > nowSec + AHEAD_MAX_SEC) return 'ahead'
      if (newestSec >= 0 && sec <= newestSec - keepSec) return 'old'
      if (sec > newestSec) openUntil(sec)
      else openDownTo(sec)
      return put(print)
    },
    at: priceAt,
    newest: () => (newestSec < 0 ? null : printAt(newestSec)),
    lastAt(sec) {
      for (let at = Math.min(sec, newestSec); at > beforeSec; at -= 1) {
        const print = printAt(at)
        if (print !== null) return print
      }
      return null
    },
    sumBefore,
    meanBefore(sec, count) {
      const { sum, present, missing } = sumBefore(sec, count)
      return { mean: present === 0 ? null : priceE18(sum / BigInt(present)), missing }
    },
    gaps(fromSec, toSec) {
      const gaps: Gap[] = []
      if (sumBefore(toSec, toSec - fromSec).missing === 0) return gaps
      let open = -1
      for (let sec = fromSec; sec <= toSec; sec += 1) {
        const isMissing = sec < toSec && priceAt(sec) === null
        if (isMissing && open < 0) open = sec
        if (!isMissing && open >= 0) {
          gaps.push({ fromSec: open, toSec: sec })
          open = -1
        }
      }
      return gaps
    },
  }
}
