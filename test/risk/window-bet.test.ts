/** A dollar that is bet on the money of each window: a fair game never makes it more in the mean, whatever hangs together and however the bets overlap. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TripwireState } from '../../src/domain/account.ts'
import { microShares } from '../../src/domain/units.ts'
import { FOR_US, noShots, wealth } from '../../src/risk/tripwire.ts'
import { afterBet, mostLost, type Play, type Stake, stakeOf } from '../../src/risk/window-bet.ts'

const ALONE: Play = { sells: false, series: 1 }
const FEE = { rateMicro: 70_000, exponent: 1 }
const begun = noShots(FOR_US)
const share = fc.double({ min: -1, max: 5, noNaN: true })

/** A window as a game: what it may make, and how likely that is. */
type Ways = readonly (readonly [gain: number, chance: number])[]

/** Loses so much, or makes what makes that fair. */
const fairGame = fc
  .tuple(
    fc.double({ min: 0.01, max: 1, noNaN: true }),
    fc.double({ min: 0.05, max: 0.95, noNaN: true }),
  )
  .map(
    ([lost, chance]): Ways => [
      [-lost, 1 - chance],
      [(lost * (1 - chance)) / chance, chance],
    ],
  )

const bet = (state: TripwireState, stake: Stake, gain: number): TripwireState =>
  afterBet(state, { stake, gain })

describe('one window', () => {
  test('never takes more than there is, whatever it lost', () => {
    fc.assert(
      fc.property(fc.array(share, { maxLength: 60 }), (gains) => {
        let state = begun
        for (const gain of gains) {
          const before = wealth(state)
          state = bet(state, stakeOf(state, [], ALONE), gain)
          expect(wealth(state) / before).toBeGreaterThanOrEqual(0.25 - 1e-9)
          for (const log of state.logs) expect(Number.isFinite(log)).toBe(true)
        }
      }),
    )
  })

  test('in which nothing was made changes nothing, and a gain of a tenth of it raises each guess by its part', () => {
    expect(bet(begun, stakeOf(begun, [], ALONE), 0)).toEqual(begun)
    const { logs } = bet(begun, stakeOf(begun, [], ALONE), 0.1)
    expect(logs.map((log) => Math.exp(log).toFixed(4))).toEqual(['1.0250', '1.0500', '1.0750'])
  })

  test.each([-1.001, -40, Number.NaN])(
    'that lost %s of what it could lose proves nothing ever after',
    (gain) => {
      let state = bet(begun, stakeOf(begun, [], ALONE), gain)
      expect(wealth(state)).toBeLessThan(1e-300)
      for (let n = 0; n < 300; n += 1) state = bet(state, stakeOf(state, [], ALONE), 0.5)
      expect(wealth(state)).toBeLessThan(1e-100)
      // As it comes back from a file.
      expect(JSON.parse(JSON.stringify(state))).toEqual(state)
    },
  )
})

test('puts down no more than there is, however many windows are open, and still has something when all of them lose', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 8 }), (open, series) => {
      const stakes: Stake[] = []
      for (let n = 0; n < open; n += 1)
        stakes.push(stakeOf(begun, stakes, { sells: false, series }))
      for (const at of begun.logs.keys())
        expect(stakes.reduce((sum, stake) => sum + (stake[at] ?? 0), 0)).toBeLessThan(1 + 1e-9)
      const state = stakes.reduce((before, stake) => bet(before, stake, -1), begun)
      expect(wealth(state)).toBeGreaterThanOrEqual(0)
      for (const log of state.logs) expect(Number.isFinite(log)).toBe(true)
    }),
  )
})

describe('a fair game', () => {
  test('makes no more than a dollar in the mean, one window after another', () => {
    fc.assert(
      fc.property(fc.array(fairGame, { minLength: 1, maxLength: 6 }), (games) => {
        const mean = (state: TripwireState, [game, ...rest]: readonly Ways[]): number => {
          if (game === undefined) return wealth(state)
          const stake = stakeOf(state, [], ALONE)
          return game.reduce(
            (sum, [gain, chance]) => sum + chance * mean(bet(state, stake, gain), rest),
            0,
          )
        }
        expect(mean(begun, games)).toBeCloseTo(1, 9)
      }),
    )
  })

  test('neither do windows of which one is open within the other, though they win and lose together', () => {
    fc.assert(
      fc.property(fairGame, fc.integer({ min: 1, max: 4 }), (game, series) => {
        const play = { sells: false, series }
        const outer = stakeOf(begun, [], play)
        const inner = stakeOf(begun, [outer], play)
        // Each as it would be counted had it been bet on by itself: that grows without any skill.
        let [mean, apart] = [0, 0]
        for (const [gain, chance] of game) {
          mean += chance * wealth(bet(bet(begun, inner, gain), outer, gain))
          apart += chance * (1 + 0.75 * gain) ** 2
        }
        expect(mean).toBeCloseTo(1, 9)
        expect(apart).toBeGreaterThan(1)
      }),
    )
  })

  test('nor does who goes on after a loss and stops after a win, or the other way round', () => {
    fc.assert(
      fc.property(fairGame, fairGame, fc.boolean(), (first, second, afterWin) => {
        const outer = stakeOf(begun, [], { sells: false, series: 2 })
        const inner = stakeOf(begun, [outer], { sells: false, series: 2 })
        let mean = 0
        for (const [gain, chance] of first) {
          const state = bet(begun, inner, gain)
          const goesOn = gain > 0 === afterWin
          const next = stakeOf(state, [outer], { sells: false, series: 2 })
          for (const [other, likely] of second) {
            const after = goesOn ? bet(state, next, other) : state
            // The window that was open all the while goes with the other one.
            mean += chance * likely * wealth(bet(after, outer, other))
          }
        }
        expect(mean).toBeCloseTo(1, 9)
      }),
    )
  })
})

describe('the most that a window can lose', () => {
  test('of who sells is twice that of who does not', () => {
    const five = microShares(5_000_000)
    const one = mostLost(five, FEE, ALONE) as number
    expect(one).toBeCloseTo(5_000_000 * 1.01 * 1.07, 3)
    expect(mostLost(five, FEE, { ...ALONE, sells: true })).toBe(2 * one)
  })

  test('is not known where a share may cost more than a dollar with its fee', () => {
    expect(mostLost(microShares(1), { rateMicro: 70_000, exponent: 0 }, ALONE)).toBeNull()
    expect(mostLost(microShares(1), { rateMicro: 1_000_001, exponent: 1 }, ALONE)).toBeNull()
  })
})
