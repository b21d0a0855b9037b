import { describe, expect, it } from 'vitest'
import { createPricePath, type Pin } from '../../src/sim/price-process.ts'

const path = (
  options: { seed?: number; pinAt?: (sec: number) => Pin | null; keepSec?: number } = {},
) =>
  createPricePath({
    seed: options.seed ?? 1,
    asset: 'btc',
    fromSec: 1_000,
    keepSec: options.keepSec ?? 10_000,
    pinAt: options.pinAt ?? (() => null),
  })

const seconds = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, at) => from + at)

describe('createPricePath', () => {
  it('does not depend on the order in which prints are asked for', () => {
    const forward = path()
    const prints = seconds(1_000, 500).map(forward.printAt)
    const jumping = path()
    expect(jumping.printAt(1_499)).toBe(prints[499])
    expect(jumping.printAt(1_000)).toBe(prints[0])
    expect(path({ seed: 2 }).printAt(1_499)).not.toBe(prints[499])
  })

  it('makes whole prints whose sums are exact', () => {
    const { printAt, sumBefore } = path()
    const prints = seconds(1_100, 60).map(printAt)
    expect(prints.every(Number.isSafeInteger)).toBe(true)
    expect(sumBefore(1_160, 60)).toBe(prints.reduce((sum, print) => sum + print, 0))
  })

  it('moves a little most of the time and much now and then', () => {
    const { printAt } = path()
    const moves = seconds(1_001, 9_000)
      .map((sec) => Math.abs(printAt(sec) / printAt(sec - 1) - 1) * 10_000)
      .sort((a, b) => a - b)
    const median = moves[4_500] as number
    expect(median).toBeGreaterThan(0.05)
    expect(median).toBeLessThan(0.6)
    expect(moves.at(-1)).toBeGreaterThan(median * 10)
  })

  it('stays near the strike of a window that pins it', () => {
    const pin: Pin = { startSec: 1_100, strength: 0.05 }
    const distances = (pinAt: (sec: number) => Pin | null): number[] =>
      seconds(1, 40).map((seed) => {
        const { sumBefore } = path({ seed, pinAt })
        return Math.abs(sumBefore(1_400, 60) / sumBefore(1_100, 60) - 1)
      })
    const median = (values: number[]): number => values.sort((a, b) => a - b)[20] as number
    const pinned = median(distances((sec) => (sec >= 1_150 ? pin : null)))
    expect(pinned).toBeLessThan(median(distances(() => null)) / 2)
  })

  it('forgets old prints and says so', () => {
    const { printAt } = path({ keepSec: 100 })
    printAt(2_000)
    expect(() => printAt(1_000)).toThrow(/no prints before second/)
    expect(() => path().printAt(999)).toThrow(/asked for 999/)
  })
})
