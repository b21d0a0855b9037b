/** Whatever a canary wants and whatever comes of it: it buys no more of a side than its shares, and a window loses no more than the proof reckons with. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Order, rests } from '../../src/domain/order.ts'
import type { StakeSettings } from '../../src/domain/stakes.ts'
import { microShares, microUsdc, type Ticks, ticks } from '../../src/domain/units.ts'
import { takerFee } from '../../src/pricing/fees.ts'
import { mostLost } from '../../src/risk/window-bet.ts'
import { at } from '../support/builders.ts'
import { market as first } from './armed.ts'
import { ASKS, begun, FIVE, intent, quote, scripted } from './scripted.ts'

const stakes: StakeSettings = {
  ...{ strategy: 'scripted', canaryShares: FIVE, windows: 10, parity: 0.9, alpha: 0.05 },
}
const limits = {
  ...{ maxOrdersPerMarket: 50, maxBookAgeMs: 5_000, maxClockErrorMs: 250 },
  maxPosition: microUsdc(1_000_000_000),
}
const KILLED = { state: 'killed', reason: 'gone' } as const

describe('a canary, whatever it wants and whatever comes of it,', () => {
  const SIDES = ['UP', 'DOWN'] as const
  const side = fc.constantFrom(...SIDES)
  const some = fc.integer({ min: 1, max: 900 }).map((n) => microShares(n * 10_000))
  const wish = fc.record({
    quotes: fc.array(fc.record({ side, price: fc.integer({ min: 30, max: 49 }), some }), {
      maxLength: 2,
    }),
    buys: fc.array(fc.record({ side, some }), { maxLength: 2 }),
    sells: fc.option(side),
    ends: fc.array(fc.constantFrom('part', 'all', 'cheaper', 'none', 'nothing'), {
      minLength: 4,
      maxLength: 4,
    }),
  })
  type Wish = typeof wish extends fc.Arbitrary<infer Of> ? Of : never

  /** What each order got so far. */
  type Got = { readonly order: Order; shares: number; cost: number; fee: number; isOver: boolean }

  function play(wishes: readonly Wish[]): Got[] {
    const { strategy, says, seen } = scripted()
    const bot = begun(strategy, { stakes, limits })
    const got: Got[] = []
    for (const [n, { quotes, buys, sells, ends }] of wishes.entries()) {
      const held = sells === null ? 0 : (seen.at(-1)?.held[sells].shares ?? 0)
      const slots = SIDES.flatMap((one) => quotes.find((other) => other.side === one) ?? [])
      says({
        quotes: slots.map((one) => quote(one.side, one.price * 100, { shares: one.some })),
        intents:
          sells !== null && held > 0
            ? [
                intent(sells, {
                  action: 'SELL',
                  kind: 'FAK',
                  limit: ticks(4_000),
                  shares: held as never,
                }),
              ]
            : buys.map((one) => intent(one.side, { shares: one.some })),
      })
      const sec = 862 + 1.6 * n
      bot.hear(sec)
      for (const { order } of bot.asked('submit').slice(got.length))
        got.push({ order, shares: 0, cost: 0, fee: 0, isOver: false })
      for (const [at, one] of got.filter(({ isOver }) => !isOver).entries())
        end(bot, one, ends[at % ends.length] as string, sec + 0.1)
    }
    return got
  }

  function end(bot: ReturnType<typeof begun>, one: Got, how: string, sec: number): void {
    const { order } = one
    const waits = rests(order)
    if (how === 'nothing' && waits) return
    if (how === 'none' || how === 'nothing') one.isOver = true
    else {
      const isBuy = order.action === 'BUY'
      const price = how === 'cheaper' && !waits && isBuy ? 1_000 : order.limit
      const most = isBuy && !waits ? (order.spend / price) * 10_000 : order.shares
      const size = how === 'part' && waits ? (most - one.shares) / 2 : most - one.shares
      const shares = Math.floor(size)
      one.shares += shares
      one.cost += Math.floor((shares * price) / 10_000)
      one.fee += waits ? 0 : takerFee(first.fee, price as Ticks, microShares(shares))
      one.isOver = how !== 'part' || !waits
    }
    const sums = {
      fills: [],
      ...{ shares: microShares(one.shares), cost: microUsdc(one.cost), fee: microUsdc(one.fee) },
    }
    bot.send({
      ...{
        kind: 'order_outcome',
        venueId: null,
        orderId: order.id,
        recvAt: at(sec),
        venueAt: null,
      },
      outcome: !one.isOver
        ? { state: 'resting', ...sums }
        : one.shares === 0
          ? KILLED
          : { state: 'filled', ...sums, finality: 'confirmed' },
    })
  }

  const many = fc.array(wish, { minLength: 1, maxLength: 22 })
  const counts = { shots: 0, sold: 0, full: 0 }

  test('buys no more of a side than its shares, and loses no more than is reckoned with', () => {
    const most = mostLost(FIVE, first.fee, { sells: true, series: 1 }) as number
    fc.assert(
      fc.property(many, (wishes) => {
        const got = play(wishes)
        const net = { UP: 0, DOWN: 0 }
        let spent = 0
        for (const one of SIDES) {
          let bought = 0
          let dust = 0
          for (const { order, shares, cost, fee } of got) {
            if (order.side !== one) continue
            const isBuy = order.action === 'BUY'
            spent += isBuy ? cost + fee : fee - cost
            net[one] += isBuy ? shares : -shares
            if (!isBuy && shares > 0) counts.sold += 1
            if (!isBuy) continue
            // Better prices buy more for the same dollars, and dollars are spent to the cent.
            bought += Math.min(shares, order.shares)
            if (!rests(order) && shares > 0) dust += 10_000 / (ASKS[one] / 10_000)
            if (!rests(order) && shares > 0) counts.shots += 1
          }
          expect(bought).toBeLessThanOrEqual(FIVE + dust)
          if (bought >= FIVE - 20_000) counts.full += 1
        }
        for (const winner of SIDES) expect(spent - net[winner]).toBeLessThanOrEqual(most)
      }),
      { numRuns: 150 },
    )
    // It did what the bound is about.
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(20)
  })
})
