/** Why no shot was fired: every check of the gate, and books that are doubted. */
import { describe, expect, test } from 'vitest'
import type { Decision } from '../../src/domain/facts.ts'
import { microUsdc, ticks } from '../../src/domain/units.ts'
import { aMarket, at, someSettings } from '../support/builders.ts'
import { createHarness } from '../support/harness.ts'
import { armed, closeVenue, market } from './armed.ts'

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
