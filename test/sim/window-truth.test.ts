import { describe, expect, it } from 'vitest'
import { createPricePath, type PricePath } from '../../src/sim/price-process.ts'
import {
  fairUp,
  finalOf,
  normalCdf,
  strikeOf,
  type WindowSpan,
  winnerOf,
} from '../../src/sim/window-truth.ts'

/** A path whose prints are given by a formula. */
function pathOf(printAt: (sec: number) => number): PricePath {
  return {
    oldestSec: () => 0,
    printAt,
    sumBefore: (sec, count) => {
      let sum = 0
      for (let at = sec - count; at < sec; at += 1) sum += printAt(at)
      return sum
    },
    sigmaAt: () => 0.00003,
  }
}

const TWAP: WindowSpan = { startSec: 1_000, endSec: 1_300, rule: 'twap60' }
const CANDLE: WindowSpan = { startSec: 1_000, endSec: 4_600, rule: 'candle' }

describe('what decides', () => {
  it('averages the 60 prints before each end of the window', () => {
    const path = pathOf((sec) =>
      sec >= 940 && sec < 1_000 ? 100 : sec >= 1_240 && sec < 1_300 ? 101 : 7,
    )
    expect(strikeOf(path, TWAP)).toBe(6_000)
    expect(finalOf(path, TWAP)).toBe(6_060)
    expect(winnerOf(path, TWAP)).toBe('UP')
  })

  it('gives a tie to Up and one unit less to Down', () => {
    expect(
      winnerOf(
        pathOf(() => 500),
        TWAP,
      ),
    ).toBe('UP')
    expect(
      winnerOf(
        pathOf((sec) => (sec === 1_299 ? 499 : 500)),
        TWAP,
      ),
    ).toBe('DOWN')
  })

  it('compares the first print of a candle with its last', () => {
    const path = pathOf((sec) => (sec === 1_000 ? 50 : sec === 4_599 ? 49 : 90))
    expect(winnerOf(path, CANDLE)).toBe('DOWN')
    expect(strikeOf(path, CANDLE)).toBe(50 * 60)
  })
})

describe('fairUp', () => {
  it('is even before the window, settled at its last print, and between in between', () => {
    const path = pathOf((sec) => 1_000_000_000 + (sec > 1_100 ? 20_000 : 0))
    expect(fairUp(path, TWAP, 999)).toBe(0.5)
    expect(fairUp(path, TWAP, 1_299)).toBe(1)
    const middle = fairUp(path, TWAP, 1_200)
    expect(middle).toBeGreaterThan(0.5)
    expect(middle).toBeLessThan(1)
  })

  it('is calibrated: of the windows it calls 70 to 90 percent, about so many go up', () => {
    let sum = 0
    let up = 0
    let count = 0
    for (let seed = 1; seed <= 500; seed += 1) {
      const path = createPricePath({
        seed,
        asset: 'eth',
        fromSec: 900,
        keepSec: 9_000,
        pinAt: () => null,
      })
      const fair = fairUp(path, TWAP, 1_240)
      const likely = Math.max(fair, 1 - fair)
      if (likely < 0.6 || likely > 0.95) continue
      sum += likely
      count += 1
      if (fair > 0.5 === (winnerOf(path, TWAP) === 'UP')) up += 1
    }
    expect(count).toBeGreaterThan(60)
    expect(Math.abs(up / count - sum / count)).toBeLessThan(0.12)
  })

  it('is nearer to even for who mistrusts the final value, as if so many seconds more were left', () => {
    const path = pathOf((sec) => 1_000_000_000 + (sec > 1_100 ? 20_000 : 0))
    const sure = fairUp(path, TWAP, 1_250)
    const unsure = fairUp(path, TWAP, 1_250, 30)
    expect(unsure).toBeGreaterThan(0.5)
    expect(unsure).toBeLessThan(sure)
    // Without an average to form, doubt and time left are the same thing.
    const rising = pathOf((sec) => 1_000_000_000 + (sec > 1_000 ? 200_000 : 0))
    expect(fairUp(rising, CANDLE, 4_590, 30)).toBeCloseTo(fairUp(rising, CANDLE, 4_560), 9)
    expect(fairUp(path, TWAP, 1_299, 30)).toBe(1)
  })

  it('knows the normal distribution', () => {
    expect(normalCdf(0)).toBeCloseTo(0.5, 6)
    expect(normalCdf(1.959964)).toBeCloseTo(0.975, 6)
    expect(normalCdf(-1)).toBeCloseTo(0.158655, 6)
  })
})
