import { describe, expect, test } from 'vitest'
import type { Decision } from '../../src/domain/facts.ts'
import { conditionId, orderId } from '../../src/domain/ids.ts'
import type { Order } from '../../src/domain/order.ts'
import { type Micros, microShares, microUsdc, ticks } from '../../src/domain/units.ts'
import { createEngine } from '../../src/engine/engine.ts'
import { aMarket, at, someSettings } from '../support/builders.ts'
import { createHarness } from '../support/harness.ts'

const market = aMarket()

function armed(settings = someSettings(), listed = market, booksAt = 898) {
  const bot = createHarness(settings)
  bot.clock(at(600))
  bot.send({
    kind: 'round_trip',
    p50Micros: 20_000,
    p99Micros: 60_000,
    recvAt: at(600),
    venueAt: null,
  })
  bot.list(listed, at(600))
  bot.runTo(at(booksAt))
  bot.books(listed, at(booksAt), 9_500, 9_600)
  return bot
}

function filled(shares: number, cost: number, fee: number) {
  return {
    state: 'filled',
    fills: [{ price: ticks(9_600), shares: microShares(shares) }],
    shares: microShares(shares),
    cost: microUsdc(cost),
    fee: microUsdc(fee),
    finality: 'confirmed',
  } as const
}

function closeVenue(bot: ReturnType<typeof armed>, until: Micros): void {
  bot.send({ kind: 'venue_closed', until, reason: 'a test', recvAt: at(898.5), venueAt: null })
}

test('a venue that was closed is shot at again when its time is over', () => {
  const bot = armed()
  closeVenue(bot, at(898.9))
  expect(bot.of('venue_closed')).toMatchObject([{ until: at(898.9), reason: 'a test' }])
  bot.runTo(at(910))
  expect(bot.asked('submit')).toHaveLength(1)
})

describe('the life of a window', () => {
  test('found, listening ten seconds before the span, armed, fired at one second, settled with its profit', () => {
    const bot = createHarness(someSettings())
    bot.clock(at(600))
    bot.list(market, at(600))
    bot.runTo(at(709.9))
    expect(bot.asked('watch')).toHaveLength(0)
    bot.runTo(at(710))
    expect(bot.asked('watch')).toHaveLength(1)
    bot.books(market, at(898), 9_500, 9_600)
    expect(bot.of('armed')).toHaveLength(1)
    bot.runTo(at(898.999))
    expect(bot.asked('submit')).toHaveLength(0)
    bot.runTo(at(899))
    const [shot] = bot.asked('submit')
    expect(shot?.order).toMatchObject({
      side: 'UP',
      limit: 9_600,
      spend: 4_800_000,
      shares: 5_000_000,
      token: market.up,
    })
    bot.send({
      kind: 'order_outcome',
      venueId: null,
      orderId: shot?.order.id ?? orderId(''),
      outcome: filled(5_000_000, 4_800_000, 13_440),
      recvAt: at(899.2),
      venueAt: null,
    })
    expect(bot.engine.view().cash).toBe(10_000_000_000 - 4_800_000 - 13_440)
    bot.runTo(at(910))
    expect(bot.asked('await_resolution')).toHaveLength(1)
    expect(bot.asked('unwatch')).toHaveLength(1)
    bot.resolve(market, 'UP', at(930))
    const [settled] = bot.of('settled')
    expect(settled?.settlement).toMatchObject({
      decision: 'fired',
      winner: 'UP',
      payout: 5_000_000,
      pnl: 5_000_000 - 4_800_000 - 13_440,
    })
    expect(bot.engine.view().cash).toBe(10_000_000_000 + 186_560)
    expect(bot.asked('retire')).toHaveLength(1)
    expect([...bot.engine.view().traders]).toHaveLength(0)
  })

  test('a lost shot costs the stake and the fee; a split pays half', () => {
    for (const [winner, payout] of [
      ['DOWN', 0],
      ['SPLIT', 2_500_000],
      ['VOID', 4_813_440],
    ] as const) {
      const bot = armed()
      bot.runTo(at(899))
      const id = bot.asked('submit')[0]?.order.id ?? orderId('')
      bot.send({
        kind: 'order_outcome',
        venueId: null,
        orderId: id,
        outcome: filled(5_000_000, 4_800_000, 13_440),
        recvAt: at(899.2),
        venueAt: null,
      })
      bot.runTo(at(911))
      bot.resolve(market, winner, at(930))
      expect(bot.of('settled')[0]?.settlement).toMatchObject({ payout, pnl: payout - 4_813_440 })
    }
  })

  test('a window found with less than thirty seconds left is skipped once and never watched', () => {
    const bot = createHarness(someSettings())
    bot.clock(at(871))
    bot.list(market, at(871))
    bot.list(market, at(872))
    bot.runTo(at(1_000))
    expect(bot.of('skipped')).toHaveLength(1)
    expect(bot.asked('watch')).toHaveLength(0)
    expect([...bot.engine.view().traders]).toHaveLength(0)
  })

  test('the same window listed again and again is one trader', () => {
    const bot = armed()
    for (let poll = 0; poll < 5; poll += 1) bot.list(market, at(898.1))
    expect(bot.of('found')).toHaveLength(1)
    expect(bot.asked('watch')).toHaveLength(1)
  })

  test('a moved clock moves the trigger: two seconds behind means two seconds later here', () => {
    const bot = armed()
    bot.clock(at(898.5), -2_000_000)
    bot.runTo(at(899.5))
    expect(bot.asked('submit')).toHaveLength(0)
    bot.books(market, at(900.5), 9_500, 9_600)
    bot.runTo(at(901))
    expect(bot.asked('submit')).toHaveLength(1)
  })
})

describe('one order per market', () => {
  test('a killed order was the shot', () => {
    const bot = armed()
    bot.runTo(at(899))
    const id = bot.asked('submit')[0]?.order.id ?? orderId('')
    bot.send({
      kind: 'order_outcome',
      venueId: null,
      orderId: id,
      outcome: { state: 'killed', reason: 'gone' },
      recvAt: at(899.2),
      venueAt: null,
    })
    bot.books(market, at(899.3), 9_500, 9_600)
    bot.runTo(at(911))
    bot.resolve(market, 'UP', at(930))
    expect(bot.asked('submit')).toHaveLength(1)
    expect(bot.of('settled')[0]?.settlement).toMatchObject({ decision: 'fired', pnl: 0 })
  })

  test('a shot from before a restart is not repeated, and is settled', () => {
    const bot = createHarness(someSettings())
    const order: Order = {
      id: orderId('old/1'),
      conditionId: market.conditionId,
      strategy: 'last-second',
      side: 'UP',
      token: market.up,
      limit: ticks(9_600),
      spend: microUsdc(4_800_000),
      shares: microShares(5_000_000),
      decidedAt: at(899),
    }
    bot.send({
      kind: 'restored',
      cash: microUsdc(9_000_000),
      paused: false,
      halted: false,
      shots: [
        {
          market,
          order,
          outcome: filled(5_000_000, 4_800_000, 13_440),
          isNews: false,
          venueId: null,
        },
      ],
      barred: [],
      settled: [],
      recvAt: at(899.3),
      venueAt: null,
    })
    bot.clock(at(899.4))
    bot.list(market, at(899.5))
    bot.runTo(at(911))
    expect(bot.asked('submit')).toHaveLength(0)
    expect(bot.asked('await_resolution')).toHaveLength(1)
    bot.resolve(market, 'UP', at(930))
    expect(bot.engine.view().cash).toBe(14_000_000)
  })

  test('an outcome for a stranger, or a second one, is told and changes nothing', () => {
    const bot = armed()
    bot.runTo(at(899))
    const id = bot.asked('submit')[0]?.order.id ?? orderId('')
    for (const one of [orderId('stranger'), id, id]) {
      bot.send({
        kind: 'order_outcome',
        venueId: null,
        orderId: one,
        outcome: filled(5_000_000, 4_800_000, 13_440),
        recvAt: at(899.2),
        venueAt: null,
      })
    }
    expect(bot.of('stray_outcome')).toHaveLength(2)
    expect(bot.engine.view().cash).toBe(10_000_000_000 - 4_813_440)
  })
})

describe('why it did not shoot', () => {
  const refusals: readonly [string, () => ReturnType<typeof armed>][] = [
    [
      'CAP',
      () => {
        const bot = armed()
        bot.books(market, at(898.5), 9_900, 9_950)
        return bot
      },
    ],
    [
      'ASK',
      () => {
        const bot = armed()
        bot.books(market, at(898.5), 9_900, null)
        return bot
      },
    ],
    [
      'DEPTH',
      () => {
        const bot = armed()
        bot.books(market, at(898.5), 9_500, 9_600, 3_000_000)
        bot.delta(market, 'UP', 'ASK', 9_950, 50_000_000, at(898.6))
        bot.delta(market, 'DOWN', 'ASK', 600, 50_000_000, at(898.6))
        return bot
      },
    ],
    [
      'WINNER',
      () => {
        const bot = armed()
        bot.books(market, at(898.5), 5_000, 5_000)
        bot.books(market, at(898.6), 4_900, 5_100)
        return bot
      },
    ],
    [
      'BOOK_UP',
      () => {
        const bot = armed()
        bot.send({
          kind: 'listener',
          conditionId: market.conditionId,
          side: 'UP',
          state: 'lost',
          detail: 'cut',
          recvAt: at(898.5),
          venueAt: null,
        })
        return bot
      },
    ],
    [
      'BOOK_DOWN',
      () => {
        const bot = armed()
        bot.delta(market, 'DOWN', 'BID', 350, 9_000_000, at(898.5), [400, 500])
        bot.delta(market, 'DOWN', 'BID', 360, 9_000_000, at(898.6), [370, 500])
        return bot
      },
    ],
    [
      'OPERATOR',
      () => {
        const bot = armed()
        bot.send({ kind: 'operator', action: 'pause', recvAt: at(898.5), venueAt: null })
        return bot
      },
    ],
    [
      'CALENDAR',
      () => {
        const closed = [{ from: at(899), to: at(900), why: 'a restart' }]
        return armed(someSettings({ limits: { ...someSettings().limits, closed } }))
      },
    ],
    [
      'VENUE_CLOSED',
      () => {
        const bot = armed()
        closeVenue(bot, at(900))
        // Said again for a shorter time, it does not open sooner.
        closeVenue(bot, at(898.6))
        return bot
      },
    ],
    [
      'CLOCK',
      () => {
        const bot = armed()
        bot.clock(at(898.5), 0, 300_000)
        return bot
      },
    ],
    ['MAPPING', () => armed(someSettings(), aMarket({ mappingDoubt: 'the outcomes are "a/b"' }))],
    ['SIZE', () => armed(someSettings({}, { shares: '4' }))],
    [
      'POSITION',
      () =>
        armed(
          someSettings({ limits: { ...someSettings().limits, maxPosition: microUsdc(4_000_000) } }),
        ),
    ],
    ['FUNDS', () => armed(someSettings({ startingCash: microUsdc(4_800_000) }))],
    [
      'GRID',
      () => {
        const bot = armed()
        bot.books(market, at(898.5), 9_550, 9_650)
        return bot
      },
    ],
  ]
  test.each(refusals)('%s', (name, prepare) => {
    const bot = prepare()
    bot.runTo(at(911))
    expect(bot.asked('submit')).toHaveLength(0)
    const [decided] = bot.of('decided').slice(-1)
    expect(decided?.decision.refusedBy).toBe(name)
    const [passed] = bot.of('passed')
    expect(passed?.reason.startsWith(`${name}: `)).toBe(true)
  })

  test('stale books refuse, and the silence is told once a side', () => {
    const bot = createHarness(someSettings())
    bot.clock(at(600))
    bot.list(market, at(600))
    bot.runTo(at(720))
    bot.books(market, at(890), 9_500, 9_600)
    bot.runTo(at(911))
    expect(bot.asked('submit')).toHaveLength(0)
    expect(bot.of('stale')).toHaveLength(2)
    expect(bot.of('passed')[0]?.reason).toMatch(/^BOOK_UP: /)
  })

  const roundTrip = (p99Micros: number) =>
    ({
      kind: 'round_trip',
      p50Micros: 400_000,
      p99Micros,
      recvAt: at(898.5),
      venueAt: null,
    }) as const

  test('a round trip that would eat the last second is triggered for earlier', () => {
    const bot = armed(someSettings(), market, 897)
    bot.send(roundTrip(900_000))
    bot.runTo(at(911))
    expect(bot.asked('submit')).toHaveLength(1)
    const [decision] = bot.of('decided').map((fact) => fact.decision)
    const { totalMicros, ...parts } = (decision as Decision).deadline
    expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBe(totalMicros)
    expect((decision as Decision).leftMicros).toBeGreaterThan(totalMicros)
    expect((decision as Decision).leftMicros).toBeLessThan(totalMicros + 100_000)
  })

  test('a round trip that is known too late is a deadline missed', () => {
    const bot = armed()
    bot.send(roundTrip(2_000_000))
    bot.runTo(at(911))
    expect(bot.asked('submit')).toHaveLength(0)
    expect(bot.of('passed')[0]?.reason).toMatch(/^DEADLINE: /)
  })

  test('a window that nobody could judge says so', () => {
    const bot = createHarness(someSettings())
    bot.clock(at(600))
    bot.list(market, at(600))
    bot.runTo(at(911))
    expect(bot.of('passed')[0]?.reason).toMatch(/^BOOK_UP: there is no book/)
  })
})

describe('doubted books', () => {
  test("a top that is not the venue's drops the book and asks for a fresh one; a late REST answer does not turn it back", () => {
    const bot = armed()
    bot.delta(market, 'UP', 'ASK', 9_700, 7_000_000, at(898.2), [9_400, 9_600])
    expect(bot.asked('resync').map((one) => one.token)).toEqual([market.up])
    expect(bot.of('book_doubt')).toHaveLength(1)
    const rest = (bids: number[], recvAt: ReturnType<typeof at>) =>
      bot.send({
        kind: 'book_snapshot',
        token: market.up,
        source: 'rest',
        bids,
        asks: [9_600, 50_000_000],
        tickSize: null,
        recvAt,
        venueAt: null,
      })
    rest([9_400, 50_000_000], at(898.3))
    expect(bot.engine.book(market.up)?.bestBid).toBe(9_400)
    rest([9_300, 50_000_000], at(898.4))
    expect(bot.engine.book(market.up)?.bestBid).toBe(9_400)
  })

  test('a book that stays crossed is dropped after a moment, not at once', () => {
    const bot = armed()
    bot.delta(market, 'UP', 'BID', 9_700, 5_000_000, at(898.1))
    bot.runTo(at(898.3))
    expect(bot.of('book_doubt')).toHaveLength(0)
    bot.runTo(at(898.8))
    expect(bot.of('book_doubt')).toHaveLength(1)
  })

  test('a new tick size empties the book until the next snapshot', () => {
    const bot = armed()
    bot.send({
      kind: 'tick_size_change',
      token: market.up,
      tickSize: ticks(10),
      recvAt: at(898.2),
      venueAt: null,
    })
    expect(bot.engine.book(market.up)?.state).toBe('absent')
    expect(bot.asked('resync')).toHaveLength(1)
    expect(bot.of('tick_size')).toHaveLength(1)
  })
})

test('once takes one window of each series and a late one does not count', () => {
  const bot = createHarness(someSettings({ once: true }))
  bot.clock(at(880))
  bot.list(market, at(880))
  const next = (n: number) =>
    aMarket({
      conditionId: conditionId(`0x${String(n).repeat(64)}`),
      slug: `btc-updown-15m-${n}`,
      startAt: at(900 * n),
      endAt: at(900 * (n + 1)),
    })
  bot.list(next(1), at(881))
  bot.list(next(2), at(882))
  expect(bot.of('skipped')).toHaveLength(1)
  expect(bot.of('found').map((fact) => fact.market.slug)).toEqual(['btc-updown-15m-1'])
})

test('a tape gives the same commands and facts, byte for byte', () => {
  const bot = armed()
  bot.runTo(at(899))
  bot.send({
    kind: 'order_outcome',
    venueId: null,
    orderId: bot.asked('submit')[0]?.order.id ?? orderId(''),
    outcome: filled(5_000_000, 4_800_000, 13_440),
    recvAt: at(899.2),
    venueAt: null,
  })
  bot.runTo(at(911))
  bot.resolve(market, 'UP', at(930))
  const text = bot.tape.map((event) => JSON.stringify(event)).join('\n')
  const replayed = createEngine(someSettings())
  const said = text.split('\n').map((line) => replayed.step(JSON.parse(line)))
  expect(JSON.stringify(said.flatMap((step) => step.commands))).toBe(JSON.stringify(bot.commands))
  expect(JSON.stringify(said.flatMap((step) => step.facts))).toBe(JSON.stringify(bot.facts))
})

describe('prices of the asset', () => {
  const tick = (
    price: string,
    venueSec: number,
    recvSec: number,
    feed: 'rtds' | 'binance' = 'rtds',
  ) =>
    ({
      kind: 'price_tick',
      feed,
      asset: 'btc',
      series: 'spot',
      price,
      recvAt: at(recvSec),
      venueAt: at(venueSec),
    }) as const

  test('a decision keeps what each source said last, and how long ago it was heard', () => {
    const bot = armed()
    bot.send(tick('91204.55', 890, 891.5))
    bot.send(tick('91205.25', 896, 897.5))
    // The one before, delivered again.
    bot.send(tick('91204.55', 890, 898.1))
    bot.send(tick('91230.07', 898, 898.2, 'binance'))
    bot.send({ ...tick('3018.4', 898, 898.3), asset: 'eth' })
    bot.runTo(at(899))
    expect(bot.of('decided').at(-1)?.decision.prices).toEqual([
      { feed: 'rtds', series: 'spot', price: '91205.25', ageMicros: 1_500_000, isLive: true },
      { feed: 'binance', series: 'spot', price: '91230.07', ageMicros: 800_000, isLive: true },
    ])
  })

  test('a decision says which source counted: the better one, until it is lost', () => {
    const counted = (bot: ReturnType<typeof armed>) =>
      bot
        .of('decided')
        .at(-1)
        ?.decision.prices.flatMap(({ feed, isLive }) => (isLive ? [feed] : []))
    const both = armed()
    both.send(tick('91204.55', 896, 897.5))
    both.send({ ...tick('91204.56', 896, 897.6), feed: 'polybolt' })
    both.runTo(at(899))
    expect(counted(both)).toEqual(['polybolt'])
    const one = armed()
    one.send(tick('91204.55', 896, 897.5))
    one.send({ ...tick('91204.56', 896, 897.6), feed: 'polybolt' })
    const detail = 'closed with code 4003'
    one.send({
      kind: 'feed',
      feed: 'polybolt',
      state: 'lost',
      detail,
      recvAt: at(898),
      venueAt: null,
    })
    one.runTo(at(899))
    expect(counted(one)).toEqual(['rtds'])
    expect(one.of('feed').map(({ feed, state }) => `${feed} ${state}`)).toEqual([
      'polybolt lost',
      'rtds live',
    ])
  })

  test('a rounded price of the past does not stand in for the exact one', () => {
    const bot = armed()
    bot.send(tick('91204.55', 896, 897.5))
    bot.send({ ...tick('91204.6', 896, 897.6), rounded: true })
    bot.send({ ...tick('91203.1', 895, 897.6), rounded: true })
    bot.runTo(at(899))
    expect(
      bot
        .of('decided')
        .at(-1)
        ?.decision.prices.map(({ price }) => price),
    ).toEqual(['91204.55'])
  })

  test('silence is told although nothing else happens than time', () => {
    const bot = armed()
    bot.send(tick('91204.55', 896, 897.5))
    bot.runTo(at(904.5))
    expect(bot.of('feed').map(({ state, detail }) => `${state} ${detail}`)).toEqual([
      'live btc spot: taken from here',
      'gap btc spot: nothing for 5 s',
    ])
  })

  test('a source that is lost is told', () => {
    const bot = armed()
    const detail = 'no data for 15000 ms'
    bot.send({ kind: 'feed', feed: 'rtds', state: 'lost', detail, recvAt: at(898), venueAt: null })
    expect(bot.of('feed')).toEqual([
      { kind: 'feed', at: at(898), feed: 'rtds', state: 'lost', detail },
    ])
  })
})
