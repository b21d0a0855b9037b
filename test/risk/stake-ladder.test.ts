/** The ladder of stakes: nobody climbs it by luck or without parity, and whoever does worse goes down by himself. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SubmitOutcome } from '../../src/domain/order.ts'
import type { StakeMove, StakeSettings, StakeState } from '../../src/domain/stakes.ts'
import { type Micros, microShares, micros, microUsdc, ticks } from '../../src/domain/units.ts'
import { sameAsPaper } from '../../src/risk/parity.ts'
import { afterWindow, begun, paperRefusal } from '../../src/risk/stake-ladder.ts'
import { wealth } from '../../src/risk/tripwire.ts'
import { createRandom } from '../../src/sim/random.ts'
import { aMarket } from '../support/builders.ts'
import { anOrder } from '../support/live.ts'

const SETTINGS: StakeSettings = {
  strategy: 'test',
  canaryShares: microShares(5_000_000),
  windows: 20,
  parity: 0.9,
  alpha: 0.05,
}

function filled(
  priceMicro: number,
  shares = 5_000_000,
): Extract<SubmitOutcome, { state: 'filled' }> {
  return {
    state: 'filled',
    fills: [{ price: ticks(Math.round(priceMicro / 100)), shares: microShares(shares) }],
    shares: microShares(shares),
    cost: microUsdc(Math.round((priceMicro * shares) / 1e6)),
    fee: microUsdc(0),
    finality: 'confirmed',
  }
}

type Played = { readonly state: StakeState; readonly moves: readonly StakeMove[] }

/** Shots at 0.90, one window after another. */
function play(
  from: StakeState,
  wins: readonly boolean[],
  asOnPaper: (n: number) => boolean | null = () => true,
): Played {
  let state = from
  const moves: StakeMove[] = []
  for (const [n, won] of wins.entries()) {
    const endAt = micros(1_000_000 * (n + 1))
    const payout = microUsdc(won ? 5_000_000 : 0)
    const result = {
      market: aMarket({ endAt }),
      winner: 'UP' as const,
      order: anOrder(),
      outcome: filled(900_000),
      orders: 1,
      payout,
      pnl: microUsdc(payout - 4_500_000),
    }
    const settled = { result, at: endAt, asOnPaper: asOnPaper(n), isLast: true }
    const next = afterWindow(state, settled, SETTINGS)
    state = next.state
    if (next.move !== null) moves.push(next.move)
  }
  return { state, moves }
}

const ways = ({ moves }: Played): string[] => moves.map(({ from, to }) => `${from}>${to}`)
const canary = begun('canary', 0 as Micros, 'test')
const won = (count: number): boolean[] => Array.from({ length: count }, () => true)

describe('a canary', () => {
  test('gets whole orders by proof, and not before', () => {
    const before = play(canary, won(30))
    expect([before.state.rung, ways(before)]).toEqual(['canary', []])
    const after = play(canary, won(60))
    expect(ways(after)).toEqual(['canary>full'])
    expect(after.moves[0]?.why).toMatch(/shots won, the prices ask for/)
    // What was proved with small orders is not proved with whole ones.
    expect(after.state.count).toBeLessThan(60)
  })

  test('that is no better than its prices seldom gets them, however often one looks', () => {
    const climbed = Array.from({ length: 300 }, (_, seed) => {
      const random = createRandom('ladder', seed)
      return play(
        canary,
        Array.from({ length: 400 }, () => random.next() < 0.9),
      )
    }).filter((played) => ways(played)[0] === 'canary>full').length
    expect(climbed / 300).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / 300))
  })

  test.each([
    ['of which nobody knows how it went on paper', () => null],
    ['of which too few were compared', (n: number) => (n % 2 === 0 ? true : null)],
  ])('%s stays one', (_, asOnPaper) => {
    expect(ways(play(canary, won(200), asOnPaper))).toEqual([])
  })

  test('whose shots end otherwise than on paper goes back to it', () => {
    const played = play(canary, won(20), (n) => n % 5 !== 0)
    expect(ways(played)).toEqual(['canary>paper'])
    expect(played.moves[0]?.why).toMatch(/of 20 shots 16 ended as they did on paper/)
  })

  test('that loses money goes back to paper, and stays there whatever is settled', () => {
    const played = play(canary, [...won(17), false, false, false, ...won(60)])
    expect([ways(played), played.state.rung]).toEqual([['canary>paper'], 'paper'])
  })
})

test('whole orders are taken away again when the last windows lost money', () => {
  const full = begun('full', 0 as Micros, 'test')
  expect(ways(play(full, won(200)))).toEqual([])
  expect(ways(play(full, [...won(100), false, false, false]))).toEqual(['full>canary'])
  expect(ways(play(full, won(100), (n) => n < 90))).toEqual(['full>canary'])
})

test('each step is one rung, and down it needs as many windows as up', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 150 }), (wins) => {
      const { moves, state } = play(canary, wins)
      let rung = 'canary'
      for (const move of moves) {
        expect(move.from).toBe(rung)
        expect(['canary>full', 'full>canary', 'canary>paper']).toContain(`${move.from}>${move.to}`)
        rung = move.to
      }
      expect(state.rung).toBe(rung)
      expect(moves.length * SETTINGS.windows).toBeLessThanOrEqual(wins.length)
    }),
  )
})

test('what is the same as on paper', () => {
  const none = { state: 'killed', reason: 'gone' } as const
  expect(sameAsPaper(filled(900_000), filled(910_000))).toBe(true)
  expect(sameAsPaper(filled(900_000), filled(920_000))).toBe(false)
  expect(sameAsPaper(filled(900_000), none)).toBe(false)
  expect(sameAsPaper({ state: 'rejected', reason: 'no' }, none)).toBe(true)
  expect(sameAsPaper(filled(900_000), null)).toBeNull()
  expect(sameAsPaper({ state: 'unknown', reason: 'lost' }, none)).toBeNull()
  expect(sameAsPaper({ state: 'reverted', reason: 'chain' }, filled(900_000))).toBeNull()
})

test('a close whose last window is no bet is a bet all the same', () => {
  const settled = (n: number, isFilled: boolean, isLast: boolean) => {
    const endAt = micros(1_000_000 * n)
    const outcome = isFilled ? filled(900_000) : ({ state: 'killed', reason: 'gone' } as const)
    const payout = microUsdc(isFilled ? 5_000_000 : 0)
    const pnl = microUsdc(isFilled ? 500_000 : 0)
    const market = aMarket({ endAt })
    const result = {
      market,
      winner: 'UP',
      order: anOrder(),
      outcome,
      orders: 1,
      payout,
      pnl,
    } as const
    return { result, at: endAt, asOnPaper: null, isLast }
  }
  let state = canary
  for (let n = 1; n <= 15; n += 1)
    for (const one of [settled(n, true, false), settled(n, false, true)])
      state = afterWindow(state, one, { ...SETTINGS, windows: 1_000 }).state
  expect(state.proof.open).toEqual([])
  expect(wealth(state.proof)).toBeCloseTo(wealth(play(canary, won(15)).state.proof), 9)
})

test('what a dry run has to show', () => {
  const shown = { shots: 20, net: microUsdc(1), right: 19 }
  expect(paperRefusal(shown, SETTINGS, true)).toBeNull()
  expect(paperRefusal({ ...shown, shots: 19 }, SETTINGS, true)).toMatch(/show 20 .* there are 19/)
  expect(paperRefusal({ ...shown, net: microUsdc(-1) }, SETTINGS, true)).toMatch(
    /lost 0.000001 USD/,
  )
  expect(paperRefusal({ ...shown, right: 17 }, SETTINGS, true)).toMatch(/17 windows of 20 .*90 %/)
})
