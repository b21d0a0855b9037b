import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createVolatility, type VolatilityTracker } from '../../src/pricing/volatility.ts'
import { createRandom } from '../../src/sim/random.ts'

/** Hears a walk of `sigma` for so many seconds, except the seconds that are lost. Tells where it ended. */
function hear(
  tracker: VolatilityTracker,
  walk: { from: number; to: number; sigma: number; isLost?: (sec: number) => boolean },
  startPrice = 100,
): number {
  const random = createRandom('walk', walk.from)
  let price = startPrice
  for (let sec = walk.from; sec < walk.to; sec += 1) {
    price *= Math.exp(walk.sigma * random.normal())
    if (walk.isLost?.(sec) !== true) tracker.add(sec, price)
  }
  return price
}

describe('volatility', () => {
  test.each([
    ['every second', () => false],
    ['every third second', (sec: number) => sec % 3 !== 0],
    ['with long holes', (sec: number) => sec % 40 < 25],
  ])('is found in a walk heard %s', (_name, isLost) => {
    const tracker = createVolatility({ halfLifeSec: 3_000, windowSec: 9_000 })
    hear(tracker, { from: 1, to: 12_000, sigma: 0.0002, isLost })
    const told = tracker.at(12_000)
    expect((told?.ewma ?? 0) / 0.0002).toBeCloseTo(1, 1)
    expect((told?.window ?? 0) / 0.0002).toBeCloseTo(1, 1)
    expect(told?.sigma).toBe(Math.max(told?.ewma ?? 0, told?.window ?? 0))
  })

  test('waits for ten moves', () => {
    const tracker = createVolatility()
    for (let sec = 1; sec <= 10; sec += 1) tracker.add(sec, 100 + (sec % 2))
    expect(tracker.at(10)).toBeNull()
    tracker.add(11, 101)
    expect(tracker.at(11)).toMatchObject({ samples: 10 })
  })

  test('does not take a silence for a move, nor an old one for news', () => {
    const tracker = createVolatility()
    hear(tracker, { from: 1, to: 200, sigma: 0.0001 })
    const before = tracker.at(199)
    tracker.add(231, 150)
    expect(tracker.at(231)?.ewma).toBe(before?.ewma)
    tracker.add(230, 300)
    tracker.add(232, Number.NaN)
    tracker.add(232, 150)
    expect(tracker.at(232)?.ewma).toBeLessThan(before?.ewma ?? 0)
    expect(tracker.at(232 + 181)).toBeNull()
  })

  test('rises at once and falls slowly', () => {
    const tracker = createVolatility()
    const before = hear(tracker, { from: 1, to: 600, sigma: 0.00005 })
    const calm = tracker.at(599)?.sigma ?? 0
    const during = hear(tracker, { from: 600, to: 660, sigma: 0.0005 }, before)
    const news = tracker.at(659)
    expect(news?.sigma).toBeGreaterThan(4 * calm)
    hear(tracker, { from: 660, to: 760, sigma: 0.00005 }, during)
    const after = tracker.at(759)
    expect(after?.sigma).toBeLessThan(news?.sigma ?? 0)
    expect(after?.sigma).toBeGreaterThan(2 * calm)
  })

  test('knows itself better the more it heard, and does not care where the price stands', () => {
    const few = createVolatility()
    const many = createVolatility()
    const scaled = createVolatility()
    const random = createRandom('scale')
    let price = 50
    for (let sec = 1; sec <= 170; sec += 1) {
      price *= Math.exp(0.0001 * random.normal())
      if (sec <= 20) few.add(sec, price)
      many.add(sec, price)
      scaled.add(sec, price * 1_024)
    }
    expect(few.at(20)?.error).toBeGreaterThan(many.at(170)?.error ?? 1)
    expect(scaled.at(170)?.sigma).toBeCloseTo(many.at(170)?.sigma ?? 0, 12)
  })

  test('stays a number, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -5, max: 60 }), fc.double({ min: -1, max: 1e6 }))),
        (steps) => {
          const tracker = createVolatility()
          let sec = 100
          for (const [step, price] of steps) {
            sec += step
            tracker.add(sec, price)
            const told = tracker.at(sec)
            if (told === null) continue
            expect(Number.isFinite(told.sigma) && told.sigma >= 0).toBe(true)
            expect(told.error).toBeGreaterThan(0)
          }
        },
      ),
    )
  })
})
