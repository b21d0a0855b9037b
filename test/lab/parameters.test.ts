/** The study of parameters finds numbers that were put into the samples, and names parameters that exist. */
import { describe, expect, test } from 'vitest'
import { derivedOf, inForce, seedsFrom } from '../../src/cli/parameter-study.ts'
import { flowSamples, SAMPLED_SECS, type Sample } from '../../src/lab/flow-samples.ts'
import { fitted, lossOf, type ParametersStudy, tiersOf } from '../../src/lab/parameters-study.ts'
import { createRandom } from '../../src/sim/random.ts'
import { faded } from '../../src/strategies/distance-fade.ts'

const SCALE = 0.0005
const CARRY = 8

/** Each in a window of its own, won with the chance that the curve gives. */
function drawn(name: string, count: number, carrySec = 0): Sample[] {
  const random = createRandom('samples', name)
  return Array.from({ length: count }, (_, at) => {
    const left = 45 + random.below(40)
    const distance = random.normal() * 0.0006
    const velocity30 = random.normal() * 0.00003
    const up = faded(distance + velocity30 * carrySec, left, SCALE)
    return {
      group: `${name}/${at}`,
      left,
      distance,
      velocity5: velocity30,
      velocity30,
      isUp: random.chance(up),
    }
  })
}

describe('a curve', () => {
  test('is found again from what it makes likely', () => {
    const { scale, loss } = fitted(drawn('train', 8_000), drawn('check', 4_000), [0])
    expect(scale).toBeGreaterThan(SCALE * 0.85)
    expect(scale).toBeLessThan(SCALE * 1.15)
    expect(Math.abs(loss.train - loss.check)).toBeLessThan(0.03)
  })

  test('and how far the run carries, where it does', () => {
    const carries = [0, CARRY, 24]
    const train = drawn('train', 12_000, CARRY)
    expect(fitted(train, train, carries).carrySec).toBe(CARRY)
    expect(fitted(drawn('flat', 12_000), train, carries).carrySec).toBe(0)
  })

  test('one that is wrong by much loses more', () => {
    const samples = drawn('train', 2_000)
    expect(lossOf(samples, SCALE, 0)).toBeLessThan(lossOf(samples, SCALE * 4, 0))
    expect(lossOf(samples, SCALE, 0)).toBeLessThan(lossOf(samples, SCALE / 4, 0))
  })
})

test('tiers begin where it wins so often from there on, and promise no more than was seen', () => {
  const check = drawn('check', 20_000)
  const tiers = tiersOf(drawn('train', 40_000), check)
  expect(tiers.map(({ tier }) => tier)).toEqual(['near', 'middle', 'far'])
  const distances = tiers.map(({ distance }) => distance)
  expect(distances).toEqual([...distances].sort((a, b) => a - b))
  for (const { certainty, checkRate, checkWindows } of tiers) {
    expect(checkWindows).toBeGreaterThan(100)
    // Held against samples it was not made of, with room for both samples' chance.
    expect(checkRate).toBeGreaterThan(certainty - 0.02)
  }
  // The curve itself says where 0.87 is reached.
  expect((1 + Math.tanh((distances[0] ?? 0) / SCALE)) / 2).toBeCloseTo(0.87, 1)
})

describe('samples', () => {
  const samples = flowSamples(1, 24)

  test('are of all assets, the same each time, and far from the strike on the side that wins', () => {
    const few = JSON.stringify(flowSamples(1, 8))
    expect(JSON.stringify(flowSamples(1, 8))).toBe(few)
    expect(JSON.stringify(flowSamples(2, 8))).not.toBe(few)
    expect(new Set(samples.map(({ group }) => group.split('/')[1])).size).toBe(4)
    for (const { left } of samples) expect(SAMPLED_SECS).toContain(left)
    const late = samples.filter(({ left }) => left === 5)
    expect(late).toHaveLength(24)
    const far = late.filter(({ distance }) => Math.abs(distance) > 0.0005)
    expect(far.length).toBeGreaterThan(8)
    for (const { distance, isUp } of far) expect(distance > 0).toBe(isUp)
  })
})

test('what is derived are parameters that the strategies have', () => {
  const fit = { scale: 1, carrySec: 1, loss: { train: 0, check: 0 } }
  const tier = { distance: 1, certainty: 1, checkRate: 1, checkWindows: 1 }
  const study: ParametersStudy = {
    windows: 1,
    fade: fit,
    momentum: { ...fit, minVelocity: 1 },
    tiers: (['near', 'middle', 'far'] as const).map((name) => ({ tier: name, ...tier })),
  }
  expect(derivedOf(study)).toHaveLength(10)
  for (const one of derivedOf(study)) expect(inForce(one)).toMatch(/^0\.\d+$|^\d+$/)
  const { trainSeeds, checkSeeds } = seedsFrom(1)
  expect(trainSeeds.filter((seed) => checkSeeds.includes(seed))).toEqual([])
})
