import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  bestAskAt,
  type ClockInterval,
  fromSeconds,
  fromStamp,
  halfWidth,
  middle,
  narrowed,
  widened,
} from '../../../src/venues/polymarket/clock-interval.ts'

/** A server whose clock is `offset` ahead of ours, behind a path of uneven delays. */
function ask(at: number, offset: number, there: number, back: number): ClockInterval {
  const seconds = Math.floor((at + there + offset) / 1_000_000)
  return fromSeconds(seconds, at, at + there + back)
}

const delays = fc.array(
  fc.tuple(fc.integer({ min: 100, max: 80_000 }), fc.integer({ min: 100, max: 80_000 })),
  { minLength: 14, maxLength: 14 },
)
const offsets = fc.integer({ min: -3e14, max: 3e14 })

describe('the interval of the clock', () => {
  test('always holds the true offset, and ends near the round trip', () => {
    fc.assert(
      fc.property(offsets, delays, (offset, trips) => {
        let now = 1_795_194_000_123_456
        let known: ClockInterval | null = null
        for (const [there, back] of trips) {
          const at: number = known === null ? now : bestAskAt(known, 20_000, now)
          const seen = ask(at, offset, there, back)
          const next: ClockInterval | null = known === null ? seen : narrowed(known, seen)
          if (next === null) throw new Error('an honest sample contradicted')
          known = next
          expect(known.low).toBeLessThanOrEqual(offset)
          expect(known.high).toBeGreaterThanOrEqual(offset)
          now = seen.at
        }
        if (known === null) throw new Error('nothing known')
        const worst = Math.max(...trips.map(([there, back]) => there + back))
        expect(halfWidth(known)).toBeLessThan(worst + 3_000)
        expect(Math.abs(middle(known) - offset)).toBeLessThanOrEqual(halfWidth(known) + 1)
      }),
    )
  })

  test('a stamp raises the lower bound and never lowers it; one that cannot be is refused', () => {
    const known = { low: -100_000, high: 100_000, at: 1_000_000 }
    expect(fromStamp(known, 1_050_000, 1_000_000)).toMatchObject({ low: 50_000, high: 100_000 })
    expect(fromStamp(known, 500_000, 1_000_000)).toMatchObject({ low: -100_000 })
    expect(fromStamp(known, 1_200_000, 1_000_000)).toBeNull()
  })

  test('time makes it wider, a contradiction makes it nothing', () => {
    const known = { low: 0, high: 10, at: 0 }
    expect(widened(known, 1_000_000_000)).toMatchObject({ low: -50_000, high: 50_010 })
    expect(narrowed(known, { low: 20, high: 30, at: 1 })).toBeNull()
  })
})
