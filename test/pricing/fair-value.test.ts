import { describe, expect, test } from 'vitest'
import { parsePriceE18 } from '../../src/domain/price.ts'
import { type FairValueInput, fairValue } from '../../src/pricing/fair-value.ts'
import { createRandom } from '../../src/sim/random.ts'

function price(text: string) {
  const parsed = parsePriceE18(text)
  if (parsed === null) throw new Error(text)
  return parsed
}

const EVEN: FairValueInput = {
  price: price('91000'),
  strike: price('91000'),
  sigma: 0.00003,
  sigmaError: 0.1,
  leftSec: 300,
}

describe('the fair value of a last price', () => {
  test('is N(d2)', () => {
    const input = { ...EVEN, price: price('91050') }
    const deviation = 0.00003 * Math.sqrt(300)
    const d2 = (Math.log(91050 / 91000) - (deviation * deviation) / 2) / deviation
    expect(d2).toBeCloseTo(1.0565, 3)
    // N(1.0565), from a table.
    expect(fairValue(input).yes).toBeCloseTo(0.8546, 3)
  })

  test('is how often a walk of many small moves ends at the strike or above', () => {
    const random = createRandom('gbm')
    const deviation = EVEN.sigma * Math.sqrt(EVEN.leftSec)
    let up = 0
    for (let walk = 0; walk < 40_000; walk += 1) {
      const end = 91030 * Math.exp(deviation * random.normal() - (deviation * deviation) / 2)
      if (end >= 91000) up += 1
    }
    expect(fairValue({ ...EVEN, price: price('91030') }).yes).toBeCloseTo(up / 40_000, 2)
  })

  test('adds up to one, and is surer the calmer and the later it is', () => {
    const ahead = { ...EVEN, price: price('91030') }
    const { yes, no } = fairValue(ahead)
    expect(yes + no).toBe(1)
    expect(fairValue({ ...ahead, leftSec: 30 }).yes).toBeGreaterThan(yes)
    expect(fairValue({ ...ahead, sigma: 0.0001 }).yes).toBeLessThan(yes)
    expect(fairValue({ ...EVEN, price: price('90970') }).yes).toBeCloseTo(no, 3)
  })

  test('at the end is one or nothing, to the last unit; a tie is Up', () => {
    const over = { ...EVEN, leftSec: 0 }
    expect(fairValue(over)).toEqual({ yes: 1, no: 0, confidence: 1 })
    const below = { ...over, price: price('90999.999999999999999999') }
    expect(fairValue(below)).toEqual({ yes: 0, no: 1, confidence: 1 })
    expect(fairValue({ ...below, leftSec: -5 }).yes).toBe(0)
    expect(fairValue({ ...below, leftSec: 60, sigma: 0 }).yes).toBe(0)
  })

  test('has less confidence the less the volatility is known, and none of it matters at even', () => {
    const ahead = { ...EVEN, price: price('91030') }
    const known = fairValue({ ...ahead, sigmaError: 0 })
    expect(known.confidence).toBe(1)
    const unsure = fairValue({ ...ahead, sigmaError: 0.3 })
    expect(unsure.yes).toBe(known.yes)
    expect(unsure.confidence).toBeLessThan(fairValue({ ...ahead, sigmaError: 0.1 }).confidence)
    expect(fairValue(EVEN).confidence).toBeGreaterThan(0.999)
  })
})
