/** A strategy that says what a test tells it to say, and a window with live books for it. */
import type { Intent, Quote, Verdict, View } from '../../src/domain/strategy.ts'
import { type MicroShares, microShares, type Ticks, ticks } from '../../src/domain/units.ts'
import type { EngineSettings } from '../../src/engine/settings.ts'
import { at, BOOK_GATES, someSettings } from '../support/builders.ts'
import { createHarness } from '../support/harness.ts'
import { market } from './armed.ts'

export const FIVE: MicroShares = microShares(5_000_000)
/** By the books of these tests. */
export const ASKS: Readonly<Record<Intent['side'], Ticks>> = {
  UP: ticks(5_200),
  DOWN: ticks(5_000),
}

type Bound = EngineSettings['strategy']

export function intent(side: Intent['side'], change: Partial<Intent> = {}): Intent {
  return { side, limit: ASKS[side], shares: FIVE, why: 'a test', ...change }
}

export function quote(side: Quote['side'], price: number, change: Partial<Quote> = {}): Quote {
  const action = 'BUY'
  return {
    ...{ side, action, price: ticks(price), shares: FIVE, postOnly: true, ttlSec: null },
    why: 'a test',
    ...change,
  }
}

export function scripted(change: Partial<Bound> = {}) {
  const seen: View[] = []
  let words: Partial<Verdict> = {}
  const strategy: Bound = {
    name: 'scripted',
    listenFromSec: 60,
    span: { fromSec: 40, toSec: 2, isAuto: false, asks: null },
    ladder: null,
    bothSides: true,
    beyond: ['orders that wait', 'pairs', 'sales'],
    bounds: { fromSec: 40, toSec: 2, lowest: null, highest: null },
    starts: [],
    decide(view) {
      seen.push(view)
      return { intents: [], side: null, why: 'nothing is wanted', checks: [], ...words }
    },
    ...change,
  }
  const says = (next: Partial<Verdict>): void => {
    words = next
  }
  return { strategy, seen, says }
}

/** Its span began a second ago; Up is bid 0.50 and offered at 0.52, and Down the other way round. */
export function begun(strategy: Bound, change: Partial<EngineSettings> = {}) {
  const gates = {
    ...BOOK_GATES,
    zoneFromMicros: null,
    zoneToMicros: null,
    priceMin: null,
    priceMax: null,
  }
  const bot = createHarness(someSettings({ strategy, gates, ...change }))
  bot.clock(at(600))
  bot.list(market, at(600))
  bot.runTo(at(855))
  const hear = (sec: number): void => {
    bot.runTo(at(sec))
    bot.books(market, at(sec), 5_000, 5_200)
  }
  hear(858)
  hear(861)
  return {
    ...bot,
    hear,
    /** The last word on an order. */
    outcome(
      serial: number,
      state: 'killed' | 'filled' | 'resting',
      sec: number,
      filled: { readonly shares: number; readonly cost: number } = { shares: 0, cost: 0 },
    ): void {
      const order = bot.asked('submit')[serial - 1]?.order
      if (order === undefined) throw new Error(`there is no order ${serial}`)
      const { shares, cost } = filled
      const sums = { fills: [], shares: microShares(shares), cost: cost as never, fee: 0 as never }
      bot.send({
        kind: 'order_outcome',
        venueId: null,
        orderId: order.id,
        outcome:
          state === 'killed'
            ? { state, reason: 'a test' }
            : state === 'resting'
              ? { state, ...sums }
              : { state, ...sums, finality: 'confirmed' },
        recvAt: at(sec),
        venueAt: null,
      })
    },
  }
}
