/** What the engine knows of the winner: from prices to a named side with its chance, and every way in which it is not named. */
import { describe, expect, test } from 'vitest'
import type { FeedName, PriceSeries } from '../../src/domain/ids.ts'
import type { Market } from '../../src/domain/market.ts'
import { micros } from '../../src/domain/units.ts'
import { createTruths, type Truths } from '../../src/engine/truth.ts'
import { aMarket, at, SECOND, START, someSettings } from '../support/builders.ts'
import { createHarness } from '../support/harness.ts'

const AVERAGED: Partial<Market> = {
  resolutionSource: 'https://data.chain.link/streams/btc-usd-twap-60s-streams',
  rules: {
    description:
      'This market resolves to "Up" if the 60 second average price at the end is greater than or equal to the 60 second average price at its beginning, and to "Down" otherwise.',
    averaging: { twapEnabled: true, lookbackSeconds: 60 },
  },
}
const market = aMarket(AVERAGED)

function tick(sec: number, price: string, series: PriceSeries = 'spot', feed: FeedName = 'rtds') {
  const venueAt = at(sec)
  const recvAt = micros(venueAt + 1_500_000)
  return { kind: 'price_tick', feed, asset: 'btc', series, price, venueAt, recvAt } as const
}

/** Prints that wander a little around a price, from a minute before the start to the last second. */
function fed(truths: Truths, price: number, toSec: number): void {
  for (let sec = -70; sec <= toSec; sec += 1) {
    truths.apply(tick(sec, String(price + ((sec * 7) % 5) - 2)))
  }
}

function truths(): Truths {
  return createTruths({ holdMicros: () => 150_000, burstSec: 3 })
}

describe('the winner by the rule', () => {
  test('strike from the tick of the start, projection from the prints, a chance near one when it is far ahead', () => {
    const known = truths()
    fed(known, 91_300, 889)
    known.apply(tick(0, '91200.123456789012345678', 'twap60'))
    const truth = known.of(market, at(890))
    expect(truth.strike).toMatchObject({ price: '91200.123456789012345678', certainty: 'exact' })
    expect(truth.winner).toBe('UP')
    expect(truth.win?.low).toBeGreaterThan(0.999)
    expect(truth.fixedShare).toBeGreaterThan(0.8)
    expect(Number(truth.flipPrice)).toBeLessThan(91_200)
  })

  test('a close call is a chance, not a winner for sure', () => {
    const known = truths()
    fed(known, 91_200, 860)
    known.apply(tick(0, '91200.2', 'twap60'))
    const { win } = known.of(market, at(861))
    expect(win?.mid).toBeGreaterThan(0.3)
    expect(win?.mid).toBeLessThan(0.95)
  })

  test.each([
    ['no prices', market, /strike/],
    [
      'a rule that nobody knows',
      aMarket({
        ...AVERAGED,
        resolutionSource: 'https://example.org/oracle',
      }),
      /none of ours/,
    ],
    ['a market without words', aMarket(), /resolution source/],
  ])('%s: no winner, and why', (_name, one, why) => {
    const { winner, doubt } = truths().of(one, at(890))
    expect(winner).toBeNull()
    expect(doubt).toMatch(why)
  })

  test("a window that began before us has the website's word, which is not taken for exact", () => {
    const known = truths()
    for (let sec = 500; sec < 890; sec += 1) known.apply(tick(sec, String(91_300 + (sec % 3))))
    expect(known.of(market, at(890)).doubt).toMatch(/strike/)
    known.quote({
      kind: 'strike_quote',
      conditionId: market.conditionId,
      price: '91200.5',
      recvAt: at(890),
      venueAt: null,
    })
    expect(known.of(market, at(890.5))).toMatchObject({
      winner: 'UP',
      strike: { source: 'cross_check', certainty: 'estimated' },
    })
  })
})

describe('the sniper that goes by the rule', () => {
  function bot(prices: number, bid: number, ask: number) {
    const harness = createHarness(someSettings({}, { winner: 'settlement' }))
    harness.clock(micros(START - 100 * SECOND))
    for (let sec = -70; sec <= 897; sec += 1) {
      harness.send({ ...tick(sec, String(prices + ((sec * 7) % 5) - 2)), recvAt: at(sec) })
      if (sec === 0) harness.send({ ...tick(0, '91200.5', 'twap60'), recvAt: at(0) })
      if (sec === 600) harness.list(market, at(600))
      harness.runTo(at(sec))
    }
    harness.books(market, at(898), bid, ask)
    harness.runTo(at(901))
    return harness
  }

  test('shoots at the side that is ahead when the book agrees and the price is worth it', () => {
    const harness = bot(91_300, 9_500, 9_600)
    expect(harness.asked('submit')[0]?.order).toMatchObject({ side: 'UP', limit: 9_600 })
  })

  test('does not shoot where the book says the opposite', () => {
    const harness = bot(91_300, 300, 400)
    expect(harness.asked('submit')).toHaveLength(0)
    expect(harness.of('passed')[0]?.reason).toMatch(/^AGREES: /)
  })

  test('does not pay more than the lower end of the chance is worth', () => {
    const harness = createHarness(
      someSettings({}, { winner: 'settlement', fireAt: 40, minEdge: 0.5 }),
    )
    harness.clock(micros(START - 100 * SECOND))
    for (let sec = -70; sec <= 858; sec += 1) {
      harness.send({ ...tick(sec, String(91_300 + ((sec * 7) % 5) - 2)), recvAt: at(sec) })
      if (sec === 0) harness.send({ ...tick(0, '91200.5', 'twap60'), recvAt: at(0) })
      if (sec === 600) harness.list(market, at(600))
      harness.runTo(at(sec))
    }
    harness.books(market, at(859), 9_500, 9_600)
    harness.runTo(at(860.5))
    expect(harness.asked('submit')).toHaveLength(0)
    expect(harness.of('decided').at(-1)?.decision.refusedBy).toBe('EDGE')
  })
})
