/** The test of the wins: it seldom stops who is as good as the prices, and it does stop who is not. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TripwireState } from '../../src/domain/account.ts'
import { type Micros, micros } from '../../src/domain/units.ts'
import { afterShot, hasTripped, NO_SHOTS, shotsNeeded, wealth } from '../../src/risk/tripwire.ts'
import { createRandom } from '../../src/sim/random.ts'

const close = (n: number): Micros => micros(1_000_000 * (n + 1))

function shot(state: TripwireState, n: number, breakEven: number, paid: number): TripwireState {
  return afterShot(state, { endAt: close(n), breakEven, paid, isLast: true })
}

/** Shots at prices of all kinds; `edge` is added to the chance that the price implies. How far it was when it tripped, or null. */
function run(seed: number, shots: number, edge: number, alpha = 0.05): number | null {
  const random = createRandom('tripwire', seed)
  let state = NO_SHOTS
  for (let n = 0; n < shots; n += 1) {
    const breakEven = 0.5 + 0.49 * random.next()
    state = shot(state, n, breakEven, random.next() < breakEven + edge ? 1 : 0)
    if (hasTripped(state, alpha)) return n + 1
  }
  return null
}

const SEEDS = Array.from({ length: 400 }, (_, seed) => seed + 1)

describe('over many runs', () => {
  test('of fair coins at most alpha are stopped, though it looks after every shot', () => {
    for (const alpha of [0.05, 0.2]) {
      const stopped = SEEDS.filter((seed) => run(seed, 1_000, 0, alpha) !== null).length
      // Three standard deviations of so many runs above it.
      const most = alpha + 3 * Math.sqrt((alpha * (1 - alpha)) / SEEDS.length)
      expect(stopped / SEEDS.length).toBeLessThan(most)
    }
  })

  test('whoever loses is stopped, and the sooner the more is lost', () => {
    const took = (edge: number) => SEEDS.slice(0, 50).map((seed) => run(seed, 5_000, edge))
    const [bad, worse] = [took(-0.06), took(-0.2)]
    expect([...bad, ...worse]).not.toContain(null)
    const mean = (list: (number | null)[]) =>
      list.reduce<number>((sum, one) => sum + (one ?? 0), 0) / list.length
    expect(mean(worse)).toBeLessThan(mean(bad) / 3)
  })

  test('windows that win and lose together are one bet: fair ones are not stopped more often', () => {
    const stopped = SEEDS.filter((seed) => {
      const random = createRandom('tripwire', seed)
      let state = NO_SHOTS
      for (let n = 0; n < 300; n += 1) {
        const paid = random.next() < 0.9 ? 1 : 0
        for (let asset = 0; asset < 4; asset += 1)
          state = afterShot(state, { endAt: close(n), breakEven: 0.9, paid, isLast: asset === 3 })
        if (hasTripped(state, 0.05)) return true
      }
      return false
    })
    expect(stopped.length / SEEDS.length).toBeLessThan(0.05 + 3 * Math.sqrt(0.0475 / SEEDS.length))
  })
})

test('no bet is worth more than before on average, whatever the price, and none is ruinous', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 0.999_9, noNaN: true }),
      fc.array(fc.boolean(), { maxLength: 30 }),
      (breakEven, past) => {
        let state = NO_SHOTS
        for (const [n, won] of past.entries()) state = shot(state, n, breakEven, won ? 1 : 0)
        const before = wealth(state)
        const won = wealth(shot(state, past.length, breakEven, 1))
        const lost = wealth(shot(state, past.length, breakEven, 0))
        expect(breakEven * won + (1 - breakEven) * lost).toBeCloseTo(before, 6)
        expect(won).toBeGreaterThanOrEqual(before * 0.49)
      },
    ),
  )
})

test('a price that cannot be won back is still a number', () => {
  const state = shot(shot(NO_SHOTS, 0, 1.02, 1), 1, 1, 0)
  expect(wealth(state)).toBeGreaterThan(0)
  expect(Number.isFinite(wealth(state))).toBe(true)
})

test('shots of one close count when the last of them is settled, in any order', () => {
  const [one, two] = [
    { endAt: close(0), breakEven: 0.9, paid: 0, isLast: false },
    { endAt: close(1), breakEven: 0.9, paid: 0, isLast: true },
  ]
  const open = afterShot(afterShot(NO_SHOTS, one), two)
  expect(open.open).toHaveLength(1)
  const done = afterShot(open, { ...one, isLast: true })
  expect(done).toMatchObject({ shots: 3, wins: 0, open: [] })
  // Two losses of one close are one.
  expect(wealth(done)).toBeCloseTo(wealth(shot(shot(NO_SHOTS, 0, 0.9, 0), 1, 0.9, 0)), 9)
})

test('says how many more it takes at the present rate', () => {
  expect(shotsNeeded(NO_SHOTS, 0.05)).toBeNull()
  expect(shotsNeeded(shot(NO_SHOTS, 0, 0.9, 1), 0.05)).toBeNull()
  let state = NO_SHOTS
  let n = 0
  // Two of three at 0.9: far too few.
  for (; n < 3; n += 1) state = shot(state, n, 0.9, n === 0 ? 0 : 1)
  const told = shotsNeeded(state, 0.05)
  expect(told).toBeGreaterThan(0)
  while (!hasTripped(state, 0.05)) {
    state = shot(state, n, 0.9, n % 3 === 0 ? 0 : 1)
    n += 1
  }
  expect(Math.abs(n - 3 - (told as number))).toBeLessThanOrEqual(4)
  expect(shotsNeeded(state, 0.05)).toBe(0)
})
