import { describe, expect, test } from 'vitest'
import { normalCdf, normalDensity } from '../../src/pricing/normal.ts'
import { normalCdf as simpleCdf } from '../../src/sim/window-truth.ts'

describe('the normal distribution', () => {
  test.each([
    [0, 0.5],
    [-1, 0.15865525393145705],
    [-1.959963984540054, 0.025],
    [-3, 0.0013498980316300946],
    [-5, 2.866515718791939e-7],
    [-8, 6.220960574271785e-16],
    [2.5, 0.9937903346742238],
  ])('is right to many digits at %s', (score, chance) => {
    expect(normalCdf(score) / chance).toBeCloseTo(1, 11)
  })

  test('agrees with the venue of the simulation, never falls, and ends at nothing', () => {
    let before = 0
    for (let score = -9; score <= 9; score += 0.01) {
      const chance = normalCdf(score)
      expect(Math.abs(chance - simpleCdf(score))).toBeLessThan(2e-7)
      expect(chance).toBeGreaterThanOrEqual(before)
      before = chance
    }
    expect(normalCdf(-60)).toBe(0)
    expect(normalCdf(60)).toBe(1)
    expect(normalDensity(0)).toBeCloseTo(0.3989422804, 9)
  })
})
