/** What each strategy wants of a view, and the check that keeps it from it. */
import { describe, expect, test } from 'vitest'
import type { Side } from '../../src/domain/ids.ts'
import type { BoundStrategy, Flow, TokenView, View } from '../../src/domain/strategy.ts'
import type { Truth } from '../../src/domain/truth.ts'
import { microShares, micros, microUsdc, ticks } from '../../src/domain/units.ts'
import { STRATEGIES } from '../../src/strategies/registry.ts'
import { aMarket, SECOND } from '../support/builders.ts'

const SHARE = 1_000_000
const NOTHING_HELD = { shares: microShares(0), cost: microUsdc(0) }

function book(bid: number, ask: number, size = 500): TokenView {
  return {
    state: 'live',
    bestBid: ticks(bid),
    bestAsk: ticks(ask),
    bidSize: microShares(size * SHARE),
    askSize: microShares(size * SHARE),
    tickSize: ticks(100),
    ageMicros: 1_000,
    priceToTake: (wanted) => (wanted <= size * SHARE ? ticks(ask) : null),
    sharesUpTo: (price) => microShares(price >= ask ? size * SHARE : 0),
  }
}

const FLOW: Flow = {
  price: 91_400,
  strike: 91_300,
  distance: 100 / 91_300,
  velocity5: 2e-5,
  velocity30: 5e-6,
  imbalance: 0.6,
  trades: 40,
}

const TRUTH: Truth = {
  rule: 'a test',
  doubt: null,
  strike: null,
  winner: 'UP',
  final: '91400',
  fixedShare: 0.5,
  flipPrice: '91000',
  win: { low: 0.985, mid: 0.99, high: 0.995 },
  fairYes: 0.9,
  spot: 'UP',
  sigma: 3e-5,
  haircut: 0,
  basedOn: 'rtds',
  health: {} as Truth['health'],
}

function view(leftSec: number, change: Partial<View> = {}): View {
  const market = aMarket()
  return {
    market,
    now: micros(market.endAt - leftSec * SECOND),
    leftMicros: leftSec * SECOND,
    up: book(8_500, 8_700),
    down: book(1_300, 1_500),
    truth: TRUTH,
    flow: FLOW,
    cash: microUsdc(1_000_000_000),
    ordersSent: 0,
    held: { UP: NOTHING_HELD, DOWN: NOTHING_HELD },
    resting: [],
    latestSafeMicros: SECOND,
    ...change,
  }
}

function bound(name: string, params: object = {}): BoundStrategy {
  const found = STRATEGIES.find((one) => one.name === name)
  if (found === undefined) throw new Error(`no strategy ${name}`)
  return found.bind(params)
}

const held = (side: Side, shares: number, cost: number): View['held'] => ({
  UP: NOTHING_HELD,
  DOWN: NOTHING_HELD,
  [side]: { shares: microShares(shares * SHARE), cost: microUsdc(cost * SHARE) },
})

/** Wants a purchase of that side, and with the change nothing, because of that check. */
const CASES: readonly (readonly [
  name: string,
  leftSec: number,
  side: Side,
  good: Partial<View>,
  bad: Partial<View>,
  refusal: string,
])[] = [
  ['settlement-sniper', 20, 'UP', {}, { flow: { ...FLOW, distance: 1e-6 } }, 'TIER'],
  ['settlement-sniper', 20, 'UP', {}, { flow: { ...FLOW, velocity5: -1e-4 } }, 'REVERSAL'],
  ['settlement-sniper', 20, 'UP', {}, { up: book(9_700, 9_800) }, 'CAP'],
  ['settlement-sniper', 20, 'UP', {}, { up: book(8_500, 8_700, 1) }, 'ASK'],
  [
    'settlement-sniper',
    20,
    'DOWN',
    { flow: { ...FLOW, distance: -0.002, velocity5: -1e-5 }, down: book(8_500, 8_700) },
    { flow: { ...FLOW, distance: null } },
    'TIER',
  ],
  ['distance-fade', 60, 'UP', {}, { flow: { ...FLOW, distance: 1e-4 } }, 'DISTANCE'],
  [
    'distance-fade',
    60,
    'UP',
    {},
    { flow: { ...FLOW, distance: 32e-5 }, up: book(9_200, 9_500) },
    'EDGE',
  ],
  ['momentum', 120, 'UP', { up: book(5_000, 5_500) }, { flow: { ...FLOW, trades: 1 } }, 'TRADES'],
  [
    'momentum',
    120,
    'UP',
    { up: book(5_000, 5_500) },
    { up: book(5_000, 5_500), flow: { ...FLOW, velocity30: -1e-6 } },
    'TREND',
  ],
  [
    'momentum',
    120,
    'UP',
    { up: book(5_000, 5_500) },
    { up: book(5_000, 5_500), flow: { ...FLOW, imbalance: -0.5 } },
    'IMBALANCE',
  ],
  [
    'fair-value-edge',
    100,
    'UP',
    { up: book(8_000, 8_300) },
    { up: book(8_700, 8_950) },
    'MIN_EDGE',
  ],
  [
    'fair-value-edge',
    100,
    'UP',
    { up: book(8_000, 8_300) },
    { up: book(3_000, 3_300) },
    'MAX_EDGE',
  ],
  [
    'fair-value-edge',
    100,
    'UP',
    { up: book(8_000, 8_300) },
    { up: book(8_000, 8_300), truth: { ...TRUTH, sigma: 0 } },
    'SIGMA',
  ],
  [
    'fair-value-edge',
    100,
    'UP',
    { up: book(8_000, 8_300) },
    { up: book(8_000, 8_300, 10) },
    'LIQUIDITY',
  ],
]

describe('one side', () => {
  test.each(CASES)(
    '%s at %d s buys %s, or says what is wrong',
    (name, left, side, good, bad, refusal) => {
      const strategy = bound(name)
      const wanted = strategy.decide(view(left, good))
      expect(wanted.checks.filter(({ ok }) => !ok)).toEqual([])
      expect(wanted.intents).toMatchObject([{ side }])
      expect(wanted.edge).toBeGreaterThan(0)
      const refused = strategy.decide(view(left, bad))
      expect(refused.intents).toEqual([])
      expect(refused.checks.find(({ ok }) => !ok)?.name).toBe(refusal)
      expect(refused.why).toBe(refused.checks.find(({ ok }) => !ok)?.note)
    },
  )
})

describe('balanced-arb', () => {
  const strategy = bound('balanced-arb')

  test('takes both sides for less than the dollar that they pay, and no side alone', () => {
    const cheap = view(100, { up: book(4_000, 4_500), down: book(4_000, 4_500) })
    const { intents } = strategy.decide(cheap)
    expect(intents.map(({ side }) => side)).toEqual(['UP', 'DOWN'])
    expect(new Set(intents.map(({ shares }) => shares)).size).toBe(1)
    expect(strategy.decide(view(100)).intents).toEqual([])
  })

  test('a leg that stands alone is completed where that costs little, and sold where not', () => {
    const broken = held('UP', 5, 2.2)
    const near = view(100, { held: broken, down: book(4_500, 4_700) })
    expect(strategy.decide(near).intents).toMatchObject([{ side: 'DOWN', shares: 5 * SHARE }])
    const far = view(100, { held: broken, up: book(1_000, 1_500), down: book(8_800, 9_000) })
    expect(strategy.decide(far).intents).toMatchObject([
      { side: 'UP', action: 'SELL', kind: 'FAK', limit: 1_000, shares: 5 * SHARE },
    ])
  })
})

describe('market-maker', () => {
  const strategy = bound('market-maker', { divergence: 1 })
  const priceOf = (one: View, side: Side): number | undefined =>
    strategy.decide(one).quotes?.find((quote) => quote.side === side)?.price

  test('waits below the middle on both sides, and never takes', () => {
    const quotes = strategy.decide(view(300)).quotes ?? []
    expect(quotes).toMatchObject([
      { side: 'UP', action: 'BUY', price: 8_400, postOnly: true },
      { side: 'DOWN', action: 'BUY', price: 1_200, postOnly: true },
    ])
  })

  test('leans away from what it holds, and stops at its limit', () => {
    const some = view(300, { held: held('UP', 40, 30) })
    expect(priceOf(some, 'UP')).toBeLessThan(priceOf(view(300), 'UP') ?? 0)
    expect(priceOf(some, 'DOWN')).toBeGreaterThanOrEqual(priceOf(view(300), 'DOWN') ?? 0)
    const full = view(300, { held: held('UP', 50, 40) })
    expect(priceOf(full, 'UP')).toBeUndefined()
    expect(priceOf(full, 'DOWN')).toBeDefined()
  })

  test('steps back when the price jumps about', () => {
    const wild = view(300, { truth: { ...TRUTH, sigma: 0.01 } })
    expect(priceOf(wild, 'UP')).toBeLessThan(priceOf(view(300), 'UP') ?? 0)
  })

  test('leaves a side alone that is dearer than its fair value', () => {
    const careful = bound('market-maker', { divergence: 0.008 })
    const dear = view(300, { truth: { ...TRUTH, fairYes: 0.7 } })
    expect(careful.decide(dear).quotes?.map(({ side }) => side)).toEqual(['DOWN'])
  })
})

describe('late-favourite', () => {
  const strategy = bound('late-favourite')

  test('waits first, withdraws, then takes what is missing', () => {
    const early = strategy.decide(view(40))
    expect(early.intents).toEqual([])
    expect(early.quotes).toMatchObject([{ side: 'UP', action: 'BUY', postOnly: true }])
    const one = {
      id: 'a/1' as never,
      strategy: 'late-favourite',
      side: 'UP',
      action: 'BUY',
      price: ticks(8_600),
      left: microShares(5 * SHARE),
      ageMicros: SECOND,
    } as const
    expect(strategy.decide(view(1, { resting: [one] }))).toMatchObject({ intents: [], quotes: [] })
    const late = strategy.decide(view(1, { held: held('UP', 2, 1.7) }))
    expect(late.intents).toMatchObject([{ side: 'UP', shares: 3 * SHARE }])
  })

  test('one stake, and none on the other side of what is held', () => {
    expect(strategy.decide(view(40, { held: held('UP', 5, 4) })).quotes ?? []).toEqual([])
    const turned = strategy.decide(view(40, { held: held('DOWN', 2, 1) }))
    expect(turned.checks.find(({ ok }) => !ok)?.name).toBe('TURNED')
  })
})

test('noop wants nothing, whatever it sees', () => {
  const { intents, quotes = [] } = bound('noop').decide(view(1))
  expect([...intents, ...quotes]).toEqual([])
})

test('every strategy is asked here or has tests of its own', () => {
  const asked = new Set([...CASES.map(([name]) => name), 'balanced-arb', 'market-maker'])
  for (const name of ['late-favourite', 'noop', 'last-second']) asked.add(name)
  expect(STRATEGIES.map(({ name }) => name).filter((name) => !asked.has(name))).toEqual([])
})
