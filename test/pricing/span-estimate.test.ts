import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { priceE18 } from '../../src/domain/price.ts'
import { micros } from '../../src/domain/units.ts'
import { createPrints } from '../../src/pricing/prints.ts'
import { estimateSpan, type Head } from '../../src/pricing/span-estimate.ts'

const P0 = 10n ** 23n

/**
 * The variance of the sum of the unknown points of a walk, given the known ones, from its covariances alone: between two known points it is a bridge,
 * outside a walk.
 */
function slowVariance(known: readonly number[], unknown: readonly number[]): number {
  let sum = 0
  for (const a of unknown) for (const b of unknown) sum += covariance(known, a, b)
  return sum
}

function covariance(known: readonly number[], a: number, b: number): number {
  const left = (at: number) => Math.max(...known.filter((sec) => sec <= at))
  const right = (at: number) => Math.min(...known.filter((sec) => sec > at))
  if (left(a) !== left(b)) return 0
  const [low, high] = [Math.min(a, b), Math.max(a, b)]
  const [from, to] = [left(a), right(a)]
  if (from === Number.NEGATIVE_INFINITY) return to - high
  if (to === Number.POSITIVE_INFINITY) return low - from
  return ((low - from) * (to - high)) / (to - from)
}

describe('the sum of a span', () => {
  test('has the variance that a random walk has, whatever is missing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 5, maxLength: 40 }),
        fc.integer({ min: 0, max: 20 }),
        fc.integer({ min: 1, max: 30 }),
        fc.option(fc.double({ min: 0.01, max: 60, noNaN: true })),
        (present, offset, count, ahead) => {
          const prints = createPrints(200)
          const known = present.flatMap((isThere, index) => (isThere ? [1_000 + index] : []))
          for (const sec of known) {
            prints.add({ sec, price: priceE18(P0 + BigInt(sec * sec)), recvAt: micros(1) }, 2_000)
          }
          const newest = known.at(-1) ?? 1_000
          const head: Head | null =
            ahead === null
              ? null
              : { price: priceE18(P0 * 2n), atSec: Math.round((newest + ahead) * 64) / 64 }
          const span = { fromSec: 1_000 + offset, toSec: 1_000 + offset + count }
          const estimate = estimateSpan(prints, span, head)
          if (known.length === 0 && head === null) {
            expect(estimate).toBeNull()
            return
          }
          const anchors = head !== null && head.atSec > newest ? [...known, head.atSec] : known
          const unknown = Array.from({ length: count }, (_, index) => span.fromSec + index).filter(
            (sec) => !anchors.includes(sec),
          )
          const slow = slowVariance(anchors, unknown)
          expect(estimate?.walk.squares ?? -1).toBeCloseTo(slow, 6)
          const { known: there = 0, filled = 0, remaining = 0 } = estimate ?? {}
          expect(there + filled + remaining).toBe(count)
          expect(there).toBe(prints.sumBefore(span.toSec, count).present)
        },
      ),
      { numRuns: 1_000 },
    )
  })

  test('fills a gap along a straight line, exactly', () => {
    const prints = createPrints()
    for (const sec of [100, 104]) {
      prints.add({ sec, price: priceE18(P0 + BigInt(sec - 100) * 25n), recvAt: micros(1) }, 104)
    }
    const estimate = estimateSpan(prints, { fromSec: 100, toSec: 105 }, null)
    expect(estimate).toMatchObject({ known: 2, filled: 3, remaining: 0 })
    expect(estimate?.sum).toBe(P0 * 5n + 250n)
    expect(estimate?.fixedSum).toBe(estimate?.sum)
    // A bridge of four steps: n(n + 1)(n + 2) / 12 with n = 3.
    expect(estimate?.walk.squares).toBe(5)
  })

  test('projects the rest at the newest print, or at a newer price', () => {
    const prints = createPrints()
    prints.add({ sec: 100, price: priceE18(P0), recvAt: micros(1) }, 100)
    const span = { fromSec: 100, toSec: 110 }
    const plain = estimateSpan(prints, span, null)
    expect(plain).toMatchObject({ sum: P0 * 10n, fixedSum: P0, remaining: 9, headWeight: 9 })
    // Half way up at 101, all the way from 102 on.
    const head = { price: priceE18(P0 + 100n), atSec: 102 }
    const led = estimateSpan(prints, span, head)
    expect(led).toMatchObject({ sum: P0 * 10n + 850n, fixedSum: P0, remaining: 9 })
    expect(led?.headWeight).toBe(8.5)
    const stale = estimateSpan(prints, span, { price: priceE18(P0 * 9n), atSec: 99.9 })
    expect(stale).toEqual(plain)
  })
})
