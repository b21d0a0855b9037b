import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/sim/random.ts'

const draws = <T>(count: number, draw: () => T): T[] => Array.from({ length: count }, draw)
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

describe('createRandom', () => {
  it('gives the same numbers for the same words, and others for other words', () => {
    const first = draws(50, createRandom(7, 'price', 'btc').next)
    expect(draws(50, createRandom(7, 'price', 'btc').next)).toEqual(first)
    expect(draws(50, createRandom(8, 'price', 'btc').next)).not.toEqual(first)
    expect(draws(50, createRandom(7, 'price', 'eth').next)).not.toEqual(first)
  })

  it('keeps its numbers: a change of the generator would change every recorded market', () => {
    const random = createRandom(1, 'kept')
    expect(draws(4, () => random.below(1_000_000))).toMatchInlineSnapshot(`
      [
        29825,
        813842,
        541003,
        568785,
      ]
    `)
  })

  it('is even over [0, 1), also in the first draw of many names', () => {
    const firsts = draws(1, () => 0).concat(
      Array.from({ length: 20_000 }, (_, name) => createRandom(3, 'window', name).next()),
    )
    expect(Math.max(...firsts)).toBeLessThan(1)
    expect(Math.min(...firsts)).toBeGreaterThanOrEqual(0)
    expect(mean(firsts)).toBeCloseTo(0.5, 1)
    const tenths = Array.from(
      { length: 10 },
      (_, tenth) => firsts.filter((value) => Math.floor(value * 10) === tenth).length,
    )
    for (const count of tenths) expect(Math.abs(count - 2_000)).toBeLessThan(200)
  })

  it('draws normals, medians and counts as asked', () => {
    const random = createRandom('shapes')
    const normals = draws(20_000, random.normal)
    expect(Math.abs(mean(normals))).toBeLessThan(0.03)
    expect(mean(normals.map((value) => value * value))).toBeCloseTo(1, 1)
    const sizes = draws(9_999, () => random.logNormal(7, 1.5)).sort((a, b) => a - b)
    expect(sizes[5_000]).toBeGreaterThan(6.5)
    expect(sizes[5_000]).toBeLessThan(7.5)
    expect(mean(draws(10_000, () => random.poisson(3)))).toBeCloseTo(3, 1)
    expect(Math.abs(mean(draws(10_000, () => random.poisson(500))) - 500)).toBeLessThan(2)
    expect(new Set(draws(2_000, () => random.below(5)))).toEqual(new Set([0, 1, 2, 3, 4]))
  })
})
