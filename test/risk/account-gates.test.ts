/** The gates that look at all windows: what passes, what refuses by which words, the room there was; and no sequence of events passes a limit. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NO_LATENCY } from '../../src/domain/facts.ts'
import { type Asset, conditionId, type OrderId, orderId } from '../../src/domain/ids.ts'
import type { Market } from '../../src/domain/market.ts'
import type { Order, SubmitOutcome } from '../../src/domain/order.ts'
import { microShares, micros, microUsdc, ticks } from '../../src/domain/units.ts'
import { createRiskAccount, type Stakes } from '../../src/risk/account.ts'
import { bankroll, cooldown, exposure, positions, together } from '../../src/risk/gates/account.ts'
import type { OrderGate, Situation, Wanted } from '../../src/risk/gates/gate.ts'
import { type AccountLimits, UNLIMITED } from '../../src/risk/limits.ts'
import { aMarket, at, someSettings } from '../support/builders.ts'

const GATES = [cooldown, exposure, positions, together, bankroll]
const NOTHING: Stakes = createRiskAccount().stakesOf(aMarket(), 'last-second')

/** The gates of the account look at nothing else. */
function situation(limits: Partial<AccountLimits>, stakes: Partial<Stakes>, cash = 100): Situation {
  const now: Partial<Situation> = {
    market: aMarket(),
    recvAt: at(899),
    cash: microUsdc(cash * 1_000_000),
    stakes: { ...NOTHING, ...stakes },
    limits: { ...someSettings().limits, account: { ...UNLIMITED, ...limits } },
  }
  return now as Situation
}

function spending(dollars: number): Wanted {
  const intent = {
    side: 'UP',
    limit: ticks(9_600),
    shares: microShares(5_000_000),
    why: '',
  } as const
  const spend = microUsdc(Math.round(dollars * 1_000_000))
  return { side: 'UP', order: { intent, spend, fee: microUsdc(0) } }
}

const usd = (dollars: number) => microUsdc(dollars * 1_000_000)

type Row = [OrderGate, Partial<AccountLimits>, Partial<Stakes>, ok: boolean, margin: number | null]

describe('an order of 5 dollars', () => {
  test.each<Row>([
    [cooldown, { cooldownMicros: 5_000_000 }, { lastOrderAt: null }, true, null],
    [cooldown, { cooldownMicros: 5_000_000 }, { lastOrderAt: at(894) }, true, 0],
    [cooldown, { cooldownMicros: 5_000_000 }, { lastOrderAt: at(895) }, false, -1_000_000],
    [exposure, { maxExposureMarket: usd(8) }, { market: 3_000_000 }, true, 0],
    [exposure, { maxExposureMarket: usd(8) }, { market: 3_000_001 }, false, -1],
    [exposure, { maxExposureAsset: usd(8) }, { asset: 3_000_001 }, false, -1],
    [exposure, { maxExposureStrategy: usd(8) }, { strategy: 3_000_001 }, false, -1],
    [exposure, { maxExposure: usd(8) }, { all: 3_000_001 }, false, -1],
    [exposure, { maxExposure: usd(8), maxExposureAsset: usd(9) }, {}, true, 3_000_000],
    [positions, { maxOpenPositions: 3 }, { otherPositions: 2 }, true, 0],
    [positions, { maxOpenPositions: 3 }, { otherPositions: 3 }, false, -1],
    [together, { maxTogether: usd(8) }, { together: 3_000_000 }, true, 0],
    [together, { maxTogether: usd(8) }, { together: 3_000_001 }, false, -1],
    [bankroll, { maxBankrollShare: 0.05 }, {}, true, 0],
    [bankroll, { maxBankrollShare: 0.049_999 }, {}, false, -100],
    [bankroll, { maxBankrollShare: 0.04 }, { held: 25_000_000 }, true, 0],
  ])('%o %j, with %j out: %j', (gate, limits, stakes, ok, margin) => {
    const answer = gate.judge(situation(limits, stakes), spending(5))
    expect(answer).toMatchObject({ name: gate.name, ok, margin })
  })

  test.each<[OrderGate, Partial<AccountLimits>, RegExp]>([
    [exposure, { maxExposureMarket: usd(0) }, /in this window/],
    [exposure, { maxExposureAsset: usd(0) }, /on this asset/],
    [exposure, { maxExposureStrategy: usd(0) }, /by this strategy/],
    [exposure, { maxExposure: usd(0) }, /in all windows/],
    [positions, { maxOpenPositions: 0 }, /too many windows/],
    [together, { maxTogether: usd(0) }, /in this minute/],
    [bankroll, { maxBankrollShare: 0 }, /share of the bankroll/],
  ])('a limit of nothing refuses everything: %o %j', (gate, limits, words) => {
    for (const dollars of [0.000_001, 1, 100]) {
      const answer = gate.judge(situation(limits, {}), spending(dollars))
      expect(answer).toMatchObject({ name: gate.name, ok: false })
      expect(answer.note).toMatch(words)
    }
  })
})

test('off, they say so and pass, whatever is out', () => {
  const much = { market: 1e12, asset: 1e12, strategy: 1e12, all: 1e12, together: 1e12 }
  const now = situation({}, { ...much, otherPositions: 99, lastOrderAt: at(899) }, 0)
  for (const gate of GATES)
    for (const wanted of [spending(5), { side: null, order: null }])
      expect(gate.judge(now, wanted)).toEqual({
        name: gate.name,
        ok: true,
        margin: null,
        unit: '',
        note: 'off',
      })
})

test('without an order there is nothing to hold against a limit of money', () => {
  const limits = { maxExposure: usd(9), maxTogether: usd(9), maxBankrollShare: 1 }
  for (const gate of [exposure, together, bankroll])
    expect(gate.judge(situation(limits, {}), { side: null, order: null }).ok).toBe(false)
})

const ASSETS: readonly Asset[] = ['btc', 'eth', 'sol']
/** Three assets, two closes of each. */
const MARKETS: readonly Market[] = ASSETS.flatMap((asset, n) =>
  [0, 1].map((later) =>
    aMarket({
      asset,
      slug: `${asset}-${later}`,
      conditionId: conditionId(`0x${String(n * 2 + later + 1).padStart(64, '0')}`),
      endAt: at(900 + later * 300),
    }),
  ),
)

type Step =
  | { readonly kind: 'order'; readonly market: number; readonly dollars: number }
  | {
      readonly kind: 'outcome'
      readonly which: number
      readonly state: Exclude<SubmitOutcome['state'], 'resting'>
    }
  | { readonly kind: 'settled'; readonly market: number }

const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('order' as const),
        market: fc.nat(5),
        dollars: fc.integer({ min: 1, max: 60 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('outcome' as const),
        which: fc.nat(40),
        state: fc.constantFrom<Exclude<SubmitOutcome['state'], 'resting'>[]>(
          'filled',
          'killed',
          'rejected',
          'reverted',
          'unknown',
        ),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('settled' as const), market: fc.nat(5) }),
    },
  ) as fc.Arbitrary<Step>,
  { maxLength: 60 },
)

function outcomeOf(state: Exclude<SubmitOutcome['state'], 'resting'>, order: Order): SubmitOutcome {
  if (state !== 'filled') return { state, reason: 'a test' }
  // At the limit or better: it never costs more than it was sent with.
  const cost = microUsdc(Math.floor(order.spend / 2))
  return { state, fills: [], shares: order.shares, cost, fee: microUsdc(9), finality: 'confirmed' }
}

test('no sequence of orders, outcomes and results has more at stake than any limit allows', () => {
  const limits: AccountLimits = {
    ...UNLIMITED,
    maxExposureMarket: usd(50),
    maxExposureAsset: usd(70),
    maxExposureStrategy: usd(140),
    maxExposure: usd(150),
    maxOpenPositions: 3,
    maxTogether: usd(90),
    cooldownMicros: 2_500_000,
  }
  fc.assert(
    fc.property(steps, (list) => {
      const account = createRiskAccount(limits)
      const sent: { order: Order; market: Market; worth: number; isKnown: boolean }[] = []
      const lastAt = new Map<Market, number>()
      for (const [n, step] of list.entries()) {
        const now = at(600 + n)
        if (step.kind === 'order') {
          const market = MARKETS[step.market] as Market
          const wanted = spending(step.dollars)
          const stakes = account.stakesOf(market, 'last-second')
          const moment = { ...situation(limits, stakes), market, recvAt: now }
          if (!GATES.every((gate) => gate.judge(moment, wanted).ok)) continue
          const last = lastAt.get(market)
          if (last !== undefined) expect(now - last).toBeGreaterThanOrEqual(2_500_000)
          lastAt.set(market, now)
          const order = anOrder(orderId(`${n}`), market, step.dollars, now)
          sent.push({ order, market, worth: order.spend, isKnown: false })
          account.hear({ kind: 'submitted', at: now, order, market })
        } else if (step.kind === 'outcome') {
          const one = sent[step.which % Math.max(1, sent.length)]
          // Only what is not known yet becomes known.
          if (one === undefined || one.isKnown) continue
          const outcome = outcomeOf(step.state, one.order)
          one.isKnown = step.state !== 'unknown'
          if (step.state === 'filled') one.worth = Math.floor(one.order.spend / 2)
          else if (step.state !== 'unknown') one.worth = 0
          const { order, market } = one
          const cash = microUsdc(0)
          account.hear({ kind: 'outcome', at: now, order, market, venueId: null, outcome, cash })
        } else {
          const market = MARKETS[step.market] as Market
          if (sent.some((one) => one.market === market && !one.isKnown)) continue
          for (const one of sent) if (one.market === market) one.worth = 0
          lastAt.delete(market)
          account.hear({ kind: 'settled', at: now, settlement: settled(market) })
        }
        const sum = (which: (market: Market) => boolean) =>
          sent.filter(({ market }) => which(market)).reduce((all, { worth }) => all + worth, 0)
        expect(sum(() => true)).toBeLessThanOrEqual(usd(140))
        for (const market of MARKETS) {
          expect(sum((one) => one === market)).toBeLessThanOrEqual(usd(50))
          expect(sum((one) => one.endAt === market.endAt)).toBeLessThanOrEqual(usd(90))
          expect(sum((one) => one.asset === market.asset)).toBeLessThanOrEqual(usd(70))
        }
        const open = new Set(sent.filter(({ worth }) => worth > 0).map(({ market }) => market))
        expect(open.size).toBeLessThanOrEqual(3)
        expect(account.view()).toMatchObject({ atStake: sum(() => true), positions: open.size })
      }
    }),
    { numRuns: 300 },
  )
})

function anOrder(id: OrderId, market: Market, dollars: number, decidedAt: number): Order {
  return {
    id,
    conditionId: market.conditionId,
    strategy: 'last-second',
    side: 'UP',
    token: market.up,
    action: 'BUY',
    kind: 'FOK',
    postOnly: false,
    expiresAt: null,
    limit: ticks(9_600),
    spend: usd(dollars),
    shares: microShares(dollars * 1_000_000),
    decidedAt: micros(decidedAt),
  }
}

function settled(market: Market) {
  const zero = microUsdc(0)
  return {
    market,
    decision: 'passed',
    reason: 'a test',
    winner: 'UP',
    winnerSource: 'test',
    side: null,
    order: null,
    outcome: null,
    payout: zero,
    pnl: zero,
    cash: zero,
    latency: NO_LATENCY,
  } as const
}
