/** What a bad input becomes on its way through the machine: a refusal with the name of its cause, and a record of every other gate beside it. */
import { describe, expect, test } from 'vitest'
import type { EngineEvent } from '../../src/domain/events.ts'
import type { FeedName, PriceSeries } from '../../src/domain/ids.ts'
import type { Market } from '../../src/domain/market.ts'
import { micros } from '../../src/domain/units.ts'
import { ORDER_GATES, WORLD_GATES } from '../../src/risk/gates/list.ts'
import type { GateSettings } from '../../src/risk/gates/settings.ts'
import { aMarket, at, GATES, SECOND, START, someSettings } from '../support/builders.ts'
import { createHarness } from '../support/harness.ts'

const market = aMarket({
  resolutionSource: 'https://data.chain.link/streams/btc-usd-twap-60s-streams',
  rules: {
    description:
      'This market resolves to "Up" if the 60 second average price at the end is greater than or equal to the 60 second average price at its beginning, and to "Down" otherwise.',
    averaging: { twapEnabled: true, lookbackSeconds: 60 },
  },
})

type Tick = Extract<EngineEvent, { kind: 'price_tick' }>

function tick(sec: number, price: number, feed: FeedName, series: PriceSeries = 'spot'): Tick {
  const venueAt = at(sec)
  const recvAt = at(sec + (feed === 'rtds' ? 1 : 0))
  return { kind: 'price_tick', feed, asset: 'btc', series, price: String(price), venueAt, recvAt }
}

type Story = {
  readonly gates?: Partial<GateSettings>
  /** What becomes of each price; null is one that never comes. */
  readonly hear?: (tick: Tick) => Tick | null
  readonly listedLater?: { readonly sec: number; readonly market: Market }
  readonly quote?: string
  readonly averages?: boolean
}

/** A window from before its start to its end: prices each second, both books, a change of the book in each second. */
function told({ gates = {}, hear = (one) => one, listedLater, quote, averages = true }: Story) {
  const settings = someSettings({ gates: { ...GATES, ...gates } }, { winner: 'settlement' })
  const bot = createHarness(settings)
  bot.clock(micros(START - 100 * SECOND))
  for (let sec = -70; sec <= 898; sec += 1) {
    const price = 91_300 + ((sec * 7) % 5) - 2
    const ticks = [tick(sec, price + 20, 'binance'), tick(sec - 1, price, 'rtds')]
    if (sec === 1 && averages) ticks.push(tick(0, 91_200.5, 'rtds', 'twap60'))
    for (const one of ticks) {
      const heard = hear(one)
      if (heard !== null) bot.send({ ...heard, recvAt: at(sec) })
    }
    if (sec === 600) {
      bot.list(market, at(600))
      if (quote !== undefined)
        bot.send({
          kind: 'strike_quote',
          conditionId: market.conditionId,
          price: quote,
          recvAt: at(600),
          venueAt: null,
        })
    }
    if (listedLater !== undefined && sec === listedLater.sec)
      bot.list(listedLater.market, at(listedLater.sec))
    if (sec >= 710) bot.books(market, at(sec), 9_500, 9_600)
    bot.runTo(at(sec))
  }
  bot.runTo(at(901))
  return bot
}

const refusedBy = (bot: ReturnType<typeof told>): string | null | undefined =>
  bot.of('decided').at(-1)?.decision.refusedBy
const reason = (bot: ReturnType<typeof told>): string => bot.of('passed')[0]?.reason ?? 'a shot'

test('an ordinary window is shot at with the gates as they come', () => {
  const bot = told({})
  expect(bot.asked('submit')).toHaveLength(1)
  const names =
    bot
      .of('decided')
      .at(-1)
      ?.decision.checks.map(({ name }) => name) ?? []
  expect(names.slice(0, WORLD_GATES.length)).toEqual(WORLD_GATES.map(({ name }) => name))
  expect(names.slice(-ORDER_GATES.length)).toEqual(ORDER_GATES.map(({ name }) => name))
})

test('every gate is asked and kept, also after the first refusal and without an order', () => {
  const bot = told({ gates: { lateJoinMicros: 3_600 * SECOND } })
  const { checks, refusedBy: by } = bot.of('decided').at(-1)?.decision ?? {}
  expect(by).toBe('LATE_JOIN')
  const names = new Set(checks?.map(({ name }) => name))
  for (const { name } of [...WORLD_GATES, ...ORDER_GATES]) expect(names).toContain(name)
})

describe('bad input', () => {
  test('prints that are late', () => {
    const bot = told({
      hear: (one) => (one.feed === 'rtds' && (one.venueAt ?? 0) > at(885) ? null : one),
    })
    expect(reason(bot)).toBe('PRINT_AGE: the newest print is too old')
  })

  test('a feed that says an old print again and again', () => {
    const last = tick(885, 91_299, 'rtds')
    const bot = told({
      hear: (one) => (one.feed === 'rtds' && (one.venueAt ?? 0) > at(885) ? last : one),
    })
    expect(reason(bot)).toBe('PRINT_AGE: the source that settles says an old print again')
  })

  test('a feed that says the old price for new seconds', () => {
    const bot = told({
      hear: (one) =>
        one.feed === 'rtds' && (one.venueAt ?? 0) > at(885) ? { ...one, price: '91299' } : one,
    })
    expect(reason(bot)).toMatch(/^PRINT_REPEATS: /)
  })

  test('prints that are missing among those that decide', () => {
    const lost = (sec: number): boolean => sec > 860 && sec < 880 && sec % 2 === 0
    const bot = told({
      hear: (one) =>
        one.feed === 'rtds' && lost(((one.venueAt ?? 0) - START) / SECOND) ? null : one,
    })
    expect(reason(bot)).toMatch(/^PRINT_GAPS: /)
  })

  test('a gap over the first second of the window', () => {
    const gap = (one: Tick): boolean => {
      const sec = ((one.venueAt ?? 0) - START) / SECOND
      return one.feed === 'rtds' && sec >= -1 && sec <= 0
    }
    const bot = told({ averages: false, hear: (one) => (gap(one) ? null : one) })
    expect(reason(bot)).toBe('STRIKE: prints are missing over the first second of the window')
    expect(told({ averages: false }).asked('submit')).toHaveLength(1)
  })

  test('a strike in conflict', () => {
    expect(told({ quote: '91200.4' }).asked('submit')).toHaveLength(1)
    const bot = told({ quote: '91290.5' })
    expect(reason(bot)).toBe('STRIKE: the sources of the strike disagree')
  })

  test('a price that does not move at all', () => {
    const bot = told({
      gates: { printRepeatsMax: null },
      hear: (one) => ({ ...one, price: one.feed === 'rtds' ? '91300' : '91320' }),
    })
    expect(reason(bot)).toBe('VOLATILITY: the volatility is zero: the price stands still')
  })

  test('a settlement source that left the exchange', () => {
    const bot = told({
      gates: { impactSigmas: null },
      hear: (one) =>
        one.feed === 'binance' && (one.venueAt ?? 0) > at(896)
          ? { ...one, price: String(Number(one.price) + 300) }
          : one,
    })
    expect(refusedBy(bot)).toBe('DIVERGENCE_FEED')
  })

  test('a burst of the price, held against what was usual before it', () => {
    const bot = told({
      hear: (one) =>
        one.feed === 'binance' && (one.venueAt ?? 0) > at(896)
          ? { ...one, price: String(Number(one.price) + 100) }
          : one,
    })
    expect(refusedBy(bot)).toBe('IMPACT_PRICE')
  })

  test('no exchange to hold the settlement source against', () => {
    const bot = told({ hear: (one) => (one.feed === 'binance' ? null : one) })
    expect(refusedBy(bot)).toBe('DIVERGENCE_FEED')
  })

  test.each([
    ['another average', { rules: { ...market.rules, description: 'another' } }],
    ['another source', { resolutionSource: 'https://data.chain.link/streams/btc-usd' }],
    ['another end', { endAt: at(901) }],
    ['another fee', { fee: { rateMicro: 80_000, exponent: 1 } }],
  ])('terms that change overnight, before or after it is listened to: %s', (_name, change) => {
    for (const sec of [650, 800]) {
      const bot = told({ listedLater: { sec, market: { ...market, ...change } } })
      expect(bot.asked('submit')).toHaveLength(0)
      expect(reason(bot)).toBe('RULE: the terms of the market changed since it was found')
    }
  })
})

describe('the books', () => {
  const lost = (sec: number) =>
    ({
      kind: 'listener',
      conditionId: market.conditionId,
      side: 'DOWN',
      state: 'lost',
      detail: 'cut',
      recvAt: at(sec),
      venueAt: null,
    }) as const

  test('a book that came back a moment ago is not believed at once', () => {
    const settings = someSettings()
    const bot = createHarness(settings)
    bot.clock(at(600))
    bot.list(market, at(600))
    bot.runTo(at(890))
    bot.books(market, at(890), 9_500, 9_600)
    bot.runTo(at(898.2))
    bot.send(lost(898.2))
    bot.books(market, at(898.3), 9_500, 9_600)
    bot.runTo(at(899))
    expect(bot.of('decided').at(-1)?.decision).toMatchObject({
      refusedBy: 'BOOK_DOWN',
      why: 'the book has not been whole for long enough',
    })
    bot.books(market, at(899.3), 9_500, 9_600)
    expect(bot.asked('submit')).toHaveLength(1)
  })

  test('a book that leapt is not shot at before it has calmed down', () => {
    const gates = { ...someSettings().gates, impactBook: GATES.impactBook }
    const bot = createHarness(someSettings({ gates }, { fireAt: 10 }))
    bot.clock(at(600))
    bot.list(market, at(600))
    bot.runTo(at(880))
    bot.books(market, at(880), 3_000, 3_100)
    bot.runTo(at(889))
    bot.books(market, at(889), 9_500, 9_600)
    bot.runTo(at(890))
    expect(bot.of('decided').at(-1)?.decision.refusedBy).toBe('IMPACT_BOOK')
    bot.books(market, at(893.1), 9_500, 9_600)
    expect(bot.asked('submit')).toHaveLength(1)
  })
})

test('a zone that is over is not the reason, what stood in it is', () => {
  const gates = { ...someSettings().gates, zoneToMicros: 500_000 }
  const bot = createHarness(someSettings({ gates }))
  bot.clock(at(600))
  bot.list(market, at(600))
  bot.runTo(at(897))
  bot.books(market, at(897), 9_900, 9_950)
  bot.runTo(at(899.6))
  bot.books(market, at(899.6), 9_500, 9_600)
  bot.runTo(at(901))
  expect(bot.asked('submit')).toHaveLength(0)
  expect(bot.of('passed')[0]?.reason).toMatch(/^CAP: /)
})
