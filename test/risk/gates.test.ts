/** Each gate alone: what passes, what refuses by which words, how much room there was, and what it says when it is off. */
import { describe, expect, test } from 'vitest'
import type { Check, TokenView } from '../../src/domain/strategy.ts'
import type { PriceHealth, Truth } from '../../src/domain/truth.ts'
import { type MicroShares, microShares, microUsdc, ticks } from '../../src/domain/units.ts'
import { createRiskAccount } from '../../src/risk/account.ts'
import type { Situation, Wanted } from '../../src/risk/gates/gate.ts'
import { ORDER_GATES, WORLD_GATES } from '../../src/risk/gates/list.ts'
import type { GateSettings } from '../../src/risk/gates/settings.ts'
import { aMarket, at, GATES, someSettings } from '../support/builders.ts'

function view(change: Partial<TokenView> = {}): TokenView {
  return {
    state: 'live',
    bestBid: ticks(9_500),
    bestAsk: ticks(9_600),
    bidSize: microShares(50_000_000),
    askSize: microShares(50_000_000),
    tickSize: ticks(100),
    ageMicros: 10_000,
    priceToTake: () => ticks(9_600),
    sharesUpTo: () => microShares(50_000_000),
    ...change,
  }
}

const down = view({ bestBid: ticks(400), bestAsk: ticks(500) })
const past = { wholeMicros: 60_000_000, moved: ticks(0) }
const health: PriceHealth = {
  printAgeMicros: 2_000_000,
  saysOldAgain: false,
  repeats: 0,
  missing: 0,
  feedGap: 0.000_05,
  burst: 1,
}
const strike: NonNullable<Truth['strike']> = {
  price: '91200',
  source: 'tick',
  certainty: 'exact',
  crossCheckGap: '0.01',
  conflict: null,
  conflictShare: 0.000_000_1,
  boundaryGap: false,
}
const truth: Truth = {
  rule: 'average of 60 s',
  doubt: null,
  strike,
  winner: 'UP',
  final: '91300',
  fixedShare: 0.9,
  flipPrice: null,
  win: { low: 0.98, mid: 0.99, high: 1 },
  fairYes: 0.99,
  spot: 'UP',
  sigma: 0.000_05,
  haircut: 0,
  basedOn: 'exchange',
  health,
}
const situation: Situation = {
  market: aMarket(),
  recvAt: at(899),
  venueNow: at(899),
  leftMicros: 1_000_000,
  up: view(),
  down,
  upPast: past,
  downPast: past,
  crossed: false,
  truth,
  clockErrorMicros: 5_000,
  deadline: {
    roundTripMicros: 60_000,
    holdMicros: 150_000,
    clockErrorMicros: 5_000,
    jitterMicros: 0,
    totalMicros: 215_000,
  },
  cash: microUsdc(100_000_000),
  ordersSent: 0,
  stakes: createRiskAccount().stakesOf(aMarket(), 'last-second'),
  joinedLeftMicros: 180_000_000,
  termsChanged: false,
  hold: null,
  closure: null,
  limits: someSettings().limits,
  gates: { ...GATES, spreadMaxTicks: 3, volatilityMin: 0.000_001 },
}
const intent = { side: 'UP', limit: ticks(9_600), shares: microShares(5_000_000), why: '' } as const
const wanted: Wanted = {
  side: 'UP',
  order: { intent, spend: microUsdc(4_800_000), fee: microUsdc(13_440) },
}

function ask(name: string, now: Situation, what: Wanted = wanted): Check {
  const world = WORLD_GATES.find((gate) => gate.name === name)
  const order = ORDER_GATES.find((gate) => gate.name === name)
  const answer = world?.judge(now) ?? order?.judge(now, what)
  if (answer === undefined) expect.fail(`there is no gate ${name}`)
  return answer
}

const of = (change: Partial<Situation>): Situation => ({ ...situation, ...change })
const heard = (change: Partial<PriceHealth>): Situation =>
  of({ truth: { ...truth, health: { ...health, ...change } } })
const struck = (change: Partial<NonNullable<Truth['strike']>>): Situation =>
  of({ truth: { ...truth, strike: { ...strike, ...change } } })
const moving = (sigma: number | null): Situation => of({ truth: { ...truth, sigma } })
const set = (change: Partial<GateSettings>): GateSettings => ({ ...situation.gates, ...change })
const estimated = { certainty: 'estimated', conflictShare: null } as const

test('a good moment passes every one of them, by its own name', () => {
  const answers = [
    ...WORLD_GATES.map((gate) => [gate.name, gate.judge(situation)] as const),
    ...ORDER_GATES.map((gate) => [gate.name, gate.judge(situation, wanted)] as const),
  ]
  for (const [name, answer] of answers) expect(answer).toMatchObject({ name, ok: true })
})

const refusals: readonly [string, RegExp, Situation, Wanted?][] = [
  ['RULE', /not understood/, of({ truth: { ...truth, rule: null } })],
  ['RULE', /changed/, of({ termsChanged: true })],
  ['LATE_JOIN', /too late/, of({ joinedLeftMicros: 4_999_999 })],
  ['LATE_JOIN', /too late/, of({ joinedLeftMicros: null })],
  ['ZONE', /before/, of({ leftMicros: 60_000_001 })],
  ['ZONE', /after/, of({ leftMicros: -1 })],
  ['BOOK_UP', /long enough/, of({ upPast: { ...past, wholeMicros: 999_999 } })],
  ['BOOK_DOWN', /long enough/, of({ downPast: { ...past, wholeMicros: null } })],
  ['BAD_BOOK', /empty/, of({ down: view({ bestBid: null, bestAsk: null }) })],
  ['BAD_BOOK', /dust/, of({ up: view({ priceToTake: () => null }) })],
  ['BAD_BOOK', /for less/, of({ down: view({ bestBid: ticks(400), bestAsk: ticks(100) }) })],
  ['BAD_BOOK', /for more/, of({ down: view({ bestBid: ticks(800), bestAsk: null }) })],
  ['BAD_BOOK', /far from/, of({ down: view({ bestBid: ticks(400), bestAsk: ticks(2_500) }) })],
  ['BAD_BOOK', /far from/, of({ up: view({ bestBid: ticks(7_500), bestAsk: null }) })],
  ['IMPACT_BOOK', /leapt/, of({ downPast: { ...past, moved: ticks(4_001) } })],
  ['IMPACT_PRICE', /leapt/, heard({ burst: 8.1 })],
  ['IMPACT_PRICE', /not known/, heard({ burst: null })],
  ['STRIKE', /not known/, of({ truth: { ...truth, strike: null } })],
  ['STRIKE', /disagree/, struck({ conflictShare: 0.000_6 })],
  ['STRIKE', /first second/, struck({ ...estimated, source: 'prints', boundaryGap: true })],
  ['STRIKE', /not certain/, struck({ certainty: 'approximate' })],
  ['PRINT_AGE', /too old/, heard({ printAgeMicros: 10_000_001 })],
  ['PRINT_AGE', /again/, heard({ printAgeMicros: 10_000_001, saysOldAgain: true })],
  ['PRINT_AGE', /no price/, heard({ printAgeMicros: null })],
  ['PRINT_GAPS', /missing/, heard({ missing: 7 })],
  ['PRINT_GAPS', /nothing/, heard({ missing: null })],
  ['PRINT_REPEATS', /second after second/, heard({ repeats: 11 })],
  ['VOLATILITY', /not known/, moving(null)],
  ['VOLATILITY', /zero/, moving(0)],
  ['VOLATILITY', /too much/, moving(0.001_1)],
  ['VOLATILITY', /too little/, moving(0.000_000_9)],
  ['DIVERGENCE_FEED', /disagree/, heard({ feedGap: -0.002_1 })],
  ['DIVERGENCE_FEED', /no exchange/, heard({ feedGap: null })],
  [
    'DIVERGENCE_BOOK',
    /far apart/,
    of({ up: view({ bestBid: ticks(6_000), bestAsk: ticks(6_100) }) }),
  ],
  ['DIVERGENCE_BOOK', /nothing/, of({ truth: { ...truth, win: null, fairYes: null } })],
  ['DIVERGENCE_BOOK', /no side/, situation, { side: null, order: null }],
  ['SPREAD', /too wide/, of({ up: view({ bestBid: ticks(9_200) }) })],
  ['SPREAD', /no bid/, of({ up: view({ bestBid: null }) })],
  ['LIQUIDITY', /too little/, of({ up: view({ sharesUpTo: () => 4_999_999 as MicroShares }) })],
  ['LIQUIDITY', /no order/, situation, { side: 'UP', order: null }],
  ['PRICE', /below/, of({ gates: set({ priceMin: ticks(9_700) }) })],
  ['PRICE', /above/, of({ gates: set({ priceMax: ticks(9_500) }) })],
]

describe('refuses', () => {
  test.each(refusals)('%s: %s', (name, words, now, what) => {
    const answer = ask(name, now, what)
    expect(answer).toMatchObject({ name, ok: false })
    expect(answer.note).toMatch(words)
  })
})

const OFF: Readonly<Record<string, Partial<GateSettings>>> = {
  RULE: { rule: false },
  LATE_JOIN: { lateJoinMicros: null },
  ZONE: { zoneFromMicros: null, zoneToMicros: null },
  BAD_BOOK: { badBookGap: null },
  IMPACT_BOOK: { impactBook: null },
  IMPACT_PRICE: { impactSigmas: null },
  STRIKE: { strikeAtLeast: null, strikeConflictMax: null },
  PRINT_AGE: { printAgeMaxMicros: null },
  PRINT_GAPS: { printGapsMax: null },
  PRINT_REPEATS: { printRepeatsMax: null },
  VOLATILITY: { volatilityMin: null, volatilityMax: null },
  DIVERGENCE_FEED: { feedDivergenceMax: null },
  DIVERGENCE_BOOK: { bookDivergenceMax: null },
  SPREAD: { spreadMaxTicks: null },
  LIQUIDITY: { liquidityMin: null },
  PRICE: { priceMin: null, priceMax: null },
}

test('those that can be off say so and pass, whatever they would have said', () => {
  for (const [name, , now, what] of refusals) {
    const off = OFF[name]
    if (off === undefined) continue
    const answer = ask(name, { ...now, gates: set(off) }, what)
    expect(answer).toEqual({ name, ok: true, margin: null, unit: '', note: 'off' })
  }
  const switches = [...WORLD_GATES, ...ORDER_GATES].filter(({ always }) => always === null)
  const names = switches
    .filter(({ settings }) => settings.every((one) => one.startsWith('gates.')))
    .map(({ name }) => name)
  expect(names.sort()).toEqual(Object.keys(OFF).sort())
})

test.each([
  ['exact', 'estimated', null, false],
  ['checked', 'estimated', null, false],
  ['checked', 'estimated', 0.000_1, true],
  ['checked', 'exact', null, true],
  ['estimated', 'estimated', null, true],
  ['estimated', 'approximate', 0.000_1, false],
  ['approximate', 'approximate', null, true],
] as const)(
  'a strike at least %s: %s, its sources %s apart: %s',
  (least, certainty, conflictShare, ok) => {
    const now = { ...struck({ certainty, conflictShare }), gates: set({ strikeAtLeast: least }) }
    expect(ask('STRIKE', now).ok).toBe(ok)
  },
)

test('the other side is held against the other chance', () => {
  const other: Wanted = { side: 'DOWN', order: null }
  expect(ask('DIVERGENCE_BOOK', situation, other).ok).toBe(true)
  const proud = of({ down: view({ bestBid: ticks(4_000), bestAsk: ticks(4_200) }) })
  expect(ask('DIVERGENCE_BOOK', proud, other)).toMatchObject({ ok: false, margin: -1_000 })
})

test('margins are the room there is', () => {
  expect(ask('ZONE', situation).margin).toBe(1_000_000)
  expect(ask('LATE_JOIN', situation).margin).toBe(175_000_000)
  expect(ask('SPREAD', situation).margin).toBe(200)
  expect(ask('LIQUIDITY', situation).margin).toBe(45_000_000)
  expect(ask('PRICE', situation).margin).toBe(390)
  expect(ask('BAD_BOOK', situation).margin).toBe(1_900)
})
