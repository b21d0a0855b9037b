import { describe, expect, test } from 'vitest'
import { withJumps } from '../../src/pricing/jumps.ts'
import { createRandom } from '../../src/sim/random.ts'

const TEN = { seconds: 10, squares: 385, cubes: 3_025 }

describe('jumps', () => {
  test('add nothing when there are none, no time for them, or a flip is likely anyway', () => {
    expect(withJumps(0.1, TEN, 3, 0)).toBe(0.1)
    expect(withJumps(0.1, { seconds: 0, squares: 0, cubes: 0 }, 3, 0.001)).toBe(0.1)
    expect(withJumps(0.5, TEN, 0, 0.001)).toBe(0.5)
    expect(withJumps(0.4, TEN, 1_000, 0.001)).toBe(0.4)
  })

  test('reach far with the third power of the distance', () => {
    const near = withJumps(0, TEN, 100, 0.001)
    expect(near).toBeGreaterThan(0)
    expect(near / withJumps(0, TEN, 200, 0.001)).toBeCloseTo(8, 9)
  })

  test('turn an outcome as often as in a simulation of them', () => {
    const random = createRandom('jumps')
    const perSec = 0.003
    const distance = 14
    const rounds = 300_000
    let flips = 0
    for (let round = 0; round < rounds; round += 1) {
      let sum = 0
      for (let weight = 10; weight >= 1; weight -= 1) {
        if (!random.chance(perSec)) continue
        // Sizes of at least one whose chance falls off with the third power.
        const size = 1 / Math.cbrt(1 - random.next())
        sum += random.chance(0.5) ? size * weight : -size * weight
      }
      if (sum < -distance) flips += 1
    }
    const said = withJumps(0, TEN, distance, perSec)
    expect(flips).toBeGreaterThan(300)
    expect(said / (flips / rounds)).toBeGreaterThan(0.88)
    expect(said / (flips / rounds)).toBeLessThan(1.12)
  })
})
