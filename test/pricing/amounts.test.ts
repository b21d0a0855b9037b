/** The two amounts of a fill-or-kill buy: what the venue takes, never below the limit, and as its own client would say them. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Intent } from '../../src/domain/strategy.ts'
import { microShares, microUsdc, ticks } from '../../src/domain/units.ts'
import { sharesFor, spendFor } from '../../src/pricing/amounts.ts'
import type { Situation } from '../../src/risk/gates/gate.ts'
import { funds, size as leastSize, grid as onGrid, position } from '../../src/risk/gates/order.ts'
import { aMarket, someSettings } from '../support/builders.ts'
import { officialClient } from '../support/official-client.ts'

const CENT = 10_000
const SHARES_STEP = 100
/** With one of these the gate has nothing to say about the size. */
const GATE_SHARES = 5_000_000
const GATE_SPEND = 1_000_000

const grid = fc
  .constantFrom(100, 10)
  .chain((tick) =>
    fc
      .integer({ min: 1, max: 10_000 / tick - 1 })
      .map((steps) => ({ tick, limit: ticks(steps * tick) })),
  )
const size = fc.oneof(
  fc.integer({ min: 1, max: 500 }).map((whole) => microShares(whole * 1_000_000)),
  fc.integer({ min: 10_000, max: 5_000_000 }).map((steps) => microShares(steps * SHARES_STEP)),
  fc.integer({ min: 1_000_000, max: 500_000_000 }).map(microShares),
)
const money = fc.integer({ min: 1, max: 50_000 }).map((cents) => microUsdc(cents * CENT))

/** spend / shares against a price, without a float. */
function compare(spend: number, shares: number, price: number): number {
  return Number(BigInt(spend) * 10_000n - BigInt(shares) * BigInt(price))
}

describe('the dollars of a size', () => {
  test('are whole cents, buy it all at the limit, and one cent less would not', () => {
    fc.assert(
      fc.property(grid, size, ({ limit }, shares) => {
        const spend = spendFor(limit, shares)
        expect(spend % CENT).toBe(0)
        expect(compare(spend, shares, limit)).toBeGreaterThanOrEqual(0)
        expect(compare(spend - CENT, shares, limit)).toBeLessThan(0)
      }),
      { numRuns: 2_000 },
    )
  })

  test('every cent price and every whole size up to 500 are exactly on the price', () => {
    for (let limit = 100; limit < 10_000; limit += 100)
      for (let whole = 1; whole <= 500; whole += 1) {
        const shares = microShares(whole * 1_000_000)
        const spend = spendFor(ticks(limit), shares)
        if (spend !== limit * whole * 100 || sharesFor(spend, ticks(limit)) !== shares)
          expect.fail(`${whole} at ${limit}: ${spend}`)
      }
  })
})

describe('the shares of a spend', () => {
  test('are never so many that the implied price is below the limit, and as many as that allows', () => {
    fc.assert(
      fc.property(grid, money, ({ limit }, spend) => {
        const shares = sharesFor(spend, limit)
        if (shares === null) expect.fail('a cent buys something at any price')
        expect(shares % SHARES_STEP).toBe(0)
        expect(compare(spend, shares, limit)).toBeGreaterThanOrEqual(0)
        expect(compare(spend, shares + SHARES_STEP, limit)).toBeLessThan(0)
      }),
      { numRuns: 2_000 },
    )
  })

  test('imply a price below the next step of the grid, from one dollar on', () => {
    fc.assert(
      fc.property(grid, money, ({ limit, tick }, spend) => {
        fc.pre(spend >= GATE_SPEND)
        expect(compare(spend, sharesFor(spend, limit) as number, limit + tick)).toBeLessThan(0)
      }),
      { numRuns: 2_000 },
    )
  })

  test.each([
    [4_855_000, 9_700],
    [1, 9_700],
    [0, 9_700],
    [-10_000, 9_700],
    [4_850_000, 0],
    [4_850_000, 10_000],
  ])('%i at %i are none', (spend, limit) => {
    expect(sharesFor(microUsdc(spend), ticks(limit))).toBe(null)
  })
})

test('what the gate lets pass is at least five shares and one dollar, also as signed', () => {
  const market = aMarket()
  const limits = { ...someSettings().limits, maxPosition: microUsdc(10 ** 12) }
  const situation = { market, limits, cash: microUsdc(10 ** 12) } as Situation
  let passed = 0
  fc.assert(
    fc.property(grid, size, ({ limit, tick }, shares) => {
      const view = { tickSize: ticks(tick) } as Situation['up']
      const spend = spendFor(limit, shares)
      const intent: Intent = { side: 'UP', limit, shares, why: '' }
      const now = { ...situation, up: view, down: view }
      const wanted = { side: 'UP', order: { intent, spend, fee: microUsdc(0) } } as const
      const gates = [onGrid, leastSize, position, funds]
      if (!gates.every((gate) => gate.judge(now, wanted).ok)) return
      passed += 1
      const signed = sharesFor(spend, limit) as number
      expect(signed).toBeGreaterThanOrEqual(GATE_SHARES)
      expect(signed).toBeGreaterThan(shares - SHARES_STEP)
      expect(spend).toBeGreaterThanOrEqual(GATE_SPEND)
    }),
    { numRuns: 1_000 },
  )
  expect(passed).toBeGreaterThan(500)
})

describe("the venue's own client", () => {
  const client = officialClient(
    { privateKey: `0x${'1'.repeat(64)}`, signatureType: 0, funder: null },
    () => Promise.resolve('0x'),
  )
  const official = async (spend: number, limit: number, tick: number) => {
    const order = await client.marketBuy({
      token: '1',
      dollars: spend / 1_000_000,
      price: limit / 10_000,
      tickSize: tick === 100 ? '0.01' : '0.001',
      version: 2,
    })
    return { maker: Number(order.makerAmount), taker: Number(order.takerAmount) }
  }

  // Dollars, price, grid, its shares, ours.
  test.each([
    [5, 9_700, 100, 5_154_600, 5_154_600],
    [5, 9_800, 100, 5_102_000, 5_102_000],
    [5, 9_900, 100, 5_050_500, 5_050_500],
    [4.95, 9_900, 100, 5_000_000, 5_000_000],
    [10, 5_200, 100, 19_230_700, 19_230_700],
    [5, 9_950, 10, 5_025_120, 5_025_100],
    [5, 9_990, 10, 5_005_000, 5_005_000],
    [7.77, 9_630, 10, 8_068_530, 8_068_500],
  ])('$%d at %i', async (dollars, price, tick, theirs, ours) => {
    const spend = microUsdc(Math.round(dollars * 1_000_000))
    expect(await official(spend, price, tick)).toEqual({ maker: spend, taker: theirs })
    expect(sharesFor(spend, ticks(price))).toBe(ours)
  })

  test('says the same amounts, or the same to four decimals where it says more', async () => {
    let more = 0
    await fc.assert(
      fc.asyncProperty(grid, money, async ({ tick, limit }, spend) => {
        const { maker, taker } = await official(spend, limit, tick)
        if (taker % SHARES_STEP !== 0) more += 1
        expect(maker).toBe(spend)
        expect(sharesFor(spend, limit)).toBe(taker - (taker % SHARES_STEP))
      }),
      { numRuns: 2_000 },
    )
    expect(more).toBeGreaterThan(100)
  })
})
