import { describe, expect, test } from 'vitest'
import type { FeeSchedule } from '../../src/domain/market.ts'
import { priceE18 } from '../../src/domain/price.ts'
import { ticks } from '../../src/domain/units.ts'
import { normalCdf } from '../../src/pricing/normal.ts'
import { clears, holdHaircut, oddsOf, winChance } from '../../src/pricing/odds.ts'
import { createRandom } from '../../src/sim/random.ts'

const FEE: FeeSchedule = { rateMicro: 70_000, exponent: 1 }
const chance = (low: number, mid = low, high = mid) => ({ low, mid, high })
const CENT = ticks(100)

describe('the odds of a share', () => {
  test.each([
    [9_900, 0.9907, 106],
    [9_700, 0.97204, 34],
    [9_000, 0.9063, 9],
    [5_000, 0.5175, 1],
  ])('at %d ticks break even at %d, and one loss eats %d wins', (price, breakEven, wins) => {
    const odds = oddsOf({ fee: FEE, price: ticks(price), win: chance(1), haircut: 0 })
    expect(odds.breakEven).toBeCloseTo(breakEven, 4)
    expect(Math.floor(odds.winsPerLoss)).toBe(wins)
    expect(odds.expected.mid).toBeCloseTo(1 - breakEven, 4)
  })

  test('are judged by their lower end, after the haircut', () => {
    const odds = oddsOf({
      fee: FEE,
      price: ticks(9_700),
      win: chance(0.975, 0.99, 0.999),
      haircut: 0.001,
    })
    expect(odds.win).toEqual(chance(0.975 - 0.001, 0.99 - 0.001, 0.999 - 0.001))
    expect(odds.expected.low).toBeCloseTo(0.974 - 0.97204, 6)
    expect(clears(odds, 0.0019)).toBe(true)
    expect(clears(odds, 0.002)).toBe(false)
    expect(() => oddsOf({ fee: FEE, price: CENT, win: chance(1), haircut: -1 })).toThrow('haircut')
    expect(() => oddsOf({ fee: FEE, price: CENT, win: chance(1, 0.5), haircut: 0 })).toThrow(
      'order',
    )
  })

  test('gain nothing on a sure thing at one dollar', () => {
    const odds = oddsOf({ fee: FEE, price: ticks(10_000), win: chance(1), haircut: 0 })
    expect(odds.expected).toEqual(chance(0))
    expect(odds.winsPerLoss).toBe(Number.POSITIVE_INFINITY)
  })

  test('of the two sides are what is left of each other', () => {
    const projection = { winner: 'DOWN', flip: chance(0.01, 0.02, 0.05) } as const
    expect(winChance(projection, 'DOWN')).toEqual(chance(0.95, 0.98, 0.99))
    expect(winChance(projection, 'UP')).toEqual(projection.flip)
  })
})

describe('the haircut of a hold', () => {
  const strike = {
    price: priceE18(100n * 10n ** 18n),
    source: 'tick',
    certainty: 'exact',
    error: 0,
    missing: 0,
    crossCheckGap: null,
    conflict: null,
  } as const
  const projection = {
    strike,
    distance: 2n * 10n ** 15n,
    deviation: 0.002,
    remaining: 12,
    count: 60,
  }
  const sigma = 0.00005
  const holdSec = 0.15

  test('is what a fill costs when only those who see a move against us stay', () => {
    const random = createRandom('hold')
    const move = (sigma * 100 * Math.sqrt(holdSec) * 12) / 60
    const later = Math.sqrt(0.002 * 0.002 - move * move)
    let cost = 0
    let fills = 0
    for (let round = 0; round < 200_000; round += 1) {
      const moved = move * random.normal()
      if (moved > 0) continue
      fills += 1
      cost += normalCdf(1) - normalCdf((0.002 + moved) / later)
    }
    const haircut = holdHaircut({ projection, sigma, holdSec, wary: 1 })
    expect(haircut).toBeGreaterThan(0.02)
    // The rule is the tangent of the curve, which is a little flatter than the curve on this side.
    expect(haircut / (cost / fills)).toBeGreaterThan(0.85)
    expect(haircut / (cost / fills)).toBeLessThan(1.02)
  })

  test('is nothing when nothing is left to happen, when nobody watches, or far from the strike', () => {
    const all = { projection, sigma, holdSec, wary: 1 }
    expect(holdHaircut({ ...all, wary: 0 })).toBe(0)
    expect(holdHaircut({ ...all, projection: { ...projection, remaining: 0 } })).toBe(0)
    expect(holdHaircut({ ...all, projection: { ...projection, deviation: 0 } })).toBe(0)
    const far = { ...projection, distance: -(10n ** 16n) * 2n }
    expect(holdHaircut({ ...all, projection: far })).toBeLessThan(1e-9)
    expect(holdHaircut({ ...all, holdSec: 0.6 })).toBeCloseTo(holdHaircut(all) * 2, 12)
  })
})
