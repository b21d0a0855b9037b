/** What is noted of a window's last minute, and what is told of it at its close and with its result. */
import { describe, expect, test } from 'vitest'
import type { PriceTick } from '../../src/domain/events.ts'
import type { Market } from '../../src/domain/market.ts'
import { type MicroUsdc, microUsdc } from '../../src/domain/units.ts'
import { createEngine } from '../../src/engine/engine.ts'
import { aMarket, at, SECOND, someSettings } from '../support/builders.ts'
import { createHarness } from '../support/harness.ts'

const market = aMarket()

/** Its books may be as old as they like. */
function patient(params: object = {}) {
  const usual = someSettings({}, params)
  return { ...usual, limits: { ...usual.limits, maxBookAgeMs: 900_000 } }
}

/** A bot with a watched window and both books as of five minutes into it. */
function watching(settings = patient(), listed: Market = market, from = 600) {
  const bot = createHarness(settings)
  bot.clock(at(from))
  bot.list(listed, at(from))
  bot.runTo(at(720))
  bot.books(listed, at(720), 9_500, 9_600)
  return bot
}

const sealedOf = (bot: ReturnType<typeof createHarness>) => {
  const [fact] = bot.of('sealed')
  if (fact === undefined) throw new Error('nothing was sealed')
  return fact.sealed
}
const trailOf = (bot: ReturnType<typeof createHarness>) => sealedOf(bot).trail.seconds

describe('the trail', () => {
  test('has every whole second of the last minute, each as it stood then', () => {
    const bot = watching()
    bot.runTo(at(890.05))
    // Between ten and nine seconds left the ask moves, and half of the size goes.
    bot.delta(market, 'UP', 'ASK', 9_600, 0, at(890.5))
    bot.delta(market, 'UP', 'ASK', 9_700, 4_000_000, at(890.5))
    bot.delta(market, 'UP', 'ASK', 9_800, 50_000_000, at(890.5))
    bot.runTo(at(905))
    const seconds = trailOf(bot)
    expect(seconds.map(({ leftSec }) => leftSec)).toEqual(
      Array.from({ length: 61 }, (_, n) => 60 - n),
    )
    const find = (leftSec: number) => seconds.find((one) => one.leftSec === leftSec)
    expect(find(10)?.up).toEqual({ best: 9_600, size: 50_000_000, forSize: 9_600 })
    expect(find(9)?.up).toEqual({ best: 9_700, size: 4_000_000, forSize: 9_800 })
    expect(find(9)?.down).toEqual({ best: 500, size: 50_000_000, forSize: 500 })
    expect(sealedOf(bot).trail.shares).toBe(5_000_000)
  })

  test('a change that comes after the second is not in it, though it is what tells that the second is over', () => {
    const bot = watching()
    bot.runTo(at(869.95))
    // No timer runs between: the change itself is the first event after the second.
    bot.delta(market, 'UP', 'ASK', 9_600, 0, at(870.004))
    bot.runTo(at(905))
    const seconds = trailOf(bot)
    expect(seconds.find(({ leftSec }) => leftSec === 30)?.up?.best).toBe(9_600)
    expect(seconds.find(({ leftSec }) => leftSec === 29)?.up).toBeNull()
  })

  test('seconds in which nothing came are missing, and a book that is not trusted offers nothing', () => {
    const bot = watching()
    bot.runTo(at(875))
    bot.send({
      kind: 'listener',
      conditionId: market.conditionId,
      side: 'DOWN',
      state: 'lost',
      detail: 'a test',
      recvAt: at(875.5),
      venueAt: null,
    })
    // The process stood still: the wakes of 875.6 to 879.3 come all at once.
    bot.clock(at(879.3))
    bot.runTo(at(905))
    const seconds = trailOf(bot)
    expect(
      seconds.map(({ leftSec }) => leftSec).filter((left) => left >= 19 && left <= 26),
    ).toEqual([26, 25, 21, 20, 19])
    const after = seconds.find(({ leftSec }) => leftSec === 21)
    expect(after).toMatchObject({ up: { best: 9_600 }, down: null })
  })

  test("goes by the venue's clock", () => {
    const bot = createHarness(someSettings())
    bot.clock(at(600), -2 * SECOND)
    bot.list(market, at(600))
    bot.runTo(at(720))
    bot.books(market, at(720), 9_500, 9_600)
    bot.runTo(at(870.95))
    bot.delta(market, 'UP', 'ASK', 9_600, 0, at(871))
    bot.delta(market, 'UP', 'ASK', 9_700, 9_000_000, at(871))
    bot.runTo(at(910))
    // 871 by our clock is 869 by the venue's.
    const seconds = trailOf(bot)
    expect(seconds.find(({ leftSec }) => leftSec === 32)?.up?.best).toBe(9_600)
    expect(seconds.find(({ leftSec }) => leftSec === 31)?.up?.best).toBe(9_600)
    expect(seconds.find(({ leftSec }) => leftSec === 30)?.up?.best).toBe(9_700)
  })

  test('a window that is found late begins with its next second', () => {
    const bot = createHarness(someSettings())
    bot.clock(at(850.3))
    bot.list(market, at(850.3))
    bot.runTo(at(905))
    expect(trailOf(bot)[0]).toMatchObject({ leftSec: 49, up: null, down: null })
  })
})

const AVERAGED: Partial<Market> = {
  resolutionSource: 'https://data.chain.link/streams/btc-usd-twap-60s-streams',
  rules: {
    description:
      'This market resolves to "Up" if the 60 second average price at the end is greater than or equal to the 60 second average price at its beginning, and to "Down" otherwise.',
    averaging: { twapEnabled: true, lookbackSeconds: 60 },
  },
}

/** Prices a hundred dollars above the strike to the end of the window, and the venue's own average of it. */
function priced(params: object, ask: number) {
  const averaged = aMarket(AVERAGED)
  const tick = (sec: number, price: number, series: PriceTick['series']): PriceTick => ({
    kind: 'price_tick',
    feed: 'rtds',
    asset: 'btc',
    series,
    price: String(price),
    venueAt: at(sec),
    recvAt: at(sec),
  })
  const bot = createHarness(patient({ winner: 'settlement', ...params }))
  bot.clock(at(-100))
  for (let sec = -70; sec <= 905; sec += 1) {
    bot.send(tick(sec, 91_300 + ((((sec * 7) % 5) + 5) % 5), 'spot'))
    if (sec === 0) bot.send(tick(0, 91_200.5, 'twap60'))
    if (sec === 900) bot.send(tick(900, 91_301.5, 'twap60'))
    if (sec === 600) bot.list(averaged, at(600))
    if (sec === 800) bot.books(averaged, at(800), ask - 100, ask)
    bot.runTo(at(sec))
  }
  return { bot, averaged }
}

describe('sealed at the close, judged with the result', () => {
  test('a window above the cap: what it would have paid and earned, to the micro-dollar', () => {
    const { bot, averaged } = priced({ maxAsk: '0.95' }, 9_700)
    const sealed = sealedOf(bot)
    expect(sealed).toMatchObject({
      slug: market.slug,
      passed: 'CAP: the best ask is above the cap, or there is none',
      clock: { offsetMicros: 0, errorMicros: 5_000 },
      triggerSec: 1,
      decision: {
        refusedBy: 'CAP',
        wanted: { side: 'UP', shares: 5_000_000, ask: 9_700 },
        truth: { strike: { price: '91200.5' } },
      },
    })
    expect(sealed.trail.seconds.find(({ leftSec }) => leftSec === 30)).toMatchObject({
      winner: 'UP',
      spot: 'UP',
    })
    bot.resolve(averaged, 'UP', at(930))
    // 5 x 0.97 and 5 x 0.07 x 0.97 x 0.03 = 0.010185, rounded to 0.01019.
    expect(bot.of('judged')[0]?.judged).toEqual({
      conditionId: market.conditionId,
      slug: market.slug,
      winner: 'UP',
      winnerSource: 'test',
      own: {
        winner: 'UP',
        final: '91301.5',
        strike: '91200.5',
        certainty: 'exact',
        doubt: null,
      },
      agrees: true,
      refusedBy: 'CAP',
      refusals: ['CAP'],
      otherwise: {
        cause: 'refused',
        side: 'UP',
        shares: 5_000_000,
        ask: 9_700,
        cost: 4_850_000,
        fee: 10_190,
        payout: 5_000_000,
        pnl: 139_810,
      },
    })
  })

  test('the venue names the other side: that is said, and the shot would have lost', () => {
    const { bot, averaged } = priced({ maxAsk: '0.95' }, 9_700)
    bot.resolve(averaged, 'DOWN', at(930))
    expect(bot.of('judged')[0]?.judged).toMatchObject({
      agrees: false,
      otherwise: { payout: 0, pnl: -4_860_190 },
    })
  })

  test.each(['SPLIT', 'VOID'] as const)("%s is nobody's win", (winner) => {
    const { bot, averaged } = priced({ maxAsk: '0.95' }, 9_700)
    bot.resolve(averaged, winner, at(930))
    const judged = bot.of('judged')[0]?.judged
    expect(judged?.agrees).toBeNull()
    expect(judged?.otherwise?.pnl ?? null).toBe(winner === 'VOID' ? null : 2_500_000 - 4_860_190)
  })

  test('a killed shot is counted at its limit; a filled one is not', () => {
    for (const isKilled of [true, false]) {
      const bot = watching()
      bot.runTo(at(899))
      const order = bot.asked('submit')[0]?.order
      if (order === undefined) throw new Error('no shot')
      bot.send({
        kind: 'order_outcome',
        orderId: order.id,
        venueId: null,
        outcome: isKilled
          ? { state: 'killed', reason: 'gone' }
          : {
              state: 'filled',
              fills: [],
              shares: order.shares,
              cost: order.spend,
              fee: microUsdc(13_440),
              finality: 'confirmed',
            },
        recvAt: at(899.2),
        venueAt: null,
      })
      bot.runTo(at(911))
      bot.resolve(market, 'UP', at(912))
      const judged = bot.of('judged')[0]?.judged
      expect(sealedOf(bot).passed).toBeNull()
      expect(judged).toMatchObject({ refusedBy: null, refusals: [] })
      const pnl: MicroUsdc | undefined = judged?.otherwise?.pnl
      expect(pnl).toBe(isKilled ? 5_000_000 - 4_800_000 - 13_440 : undefined)
      if (isKilled) expect(judged?.otherwise).toMatchObject({ cause: 'killed', ask: 9_600 })
    }
  })

  test('nothing for sale is nothing to compare, and no rule is no winner of ours', () => {
    const bot = watching()
    bot.delta(market, 'UP', 'ASK', 9_600, 0, at(880))
    bot.runTo(at(911))
    bot.resolve(market, 'UP', at(912))
    expect(sealedOf(bot).decision?.wanted).toEqual({ side: 'UP', shares: 5_000_000, ask: null })
    expect(bot.of('judged')[0]?.judged).toMatchObject({
      own: { winner: null, final: null },
      agrees: null,
      refusedBy: 'ASK',
      // The cap and the depth say no because nobody sells.
      refusals: ['ASK'],
      otherwise: null,
    })
  })

  test('a window that nobody watched is judged, and not sealed', () => {
    const bot = createHarness(someSettings())
    const order = watchingShot()
    bot.send({
      kind: 'restored',
      cash: microUsdc(0),
      paused: false,
      halted: false,
      shots: [
        {
          market,
          order,
          outcome: { state: 'killed', reason: 'gone' },
          isNews: false,
          venueId: null,
        },
      ],
      barred: [],
      settled: [],
      recvAt: at(950),
      venueAt: null,
    })
    bot.runTo(at(960))
    bot.resolve(market, 'DOWN', at(970))
    expect(bot.of('sealed')).toHaveLength(0)
    expect(bot.of('judged')[0]?.judged.otherwise).toMatchObject({ cause: 'killed', payout: 0 })
  })

  test('the same events give the same certificates, byte for byte', () => {
    const { bot, averaged } = priced({ maxAsk: '0.95' }, 9_700)
    bot.resolve(averaged, 'UP', at(930))
    const again = createEngine(patient({ winner: 'settlement', maxAsk: '0.95' }))
    const said = bot.tape.flatMap((event) => again.step(event).facts)
    expect(said.filter(({ kind }) => kind === 'sealed' || kind === 'judged')).toHaveLength(2)
    expect(JSON.stringify(said)).toBe(JSON.stringify(bot.facts))
  })
})

function watchingShot() {
  const bot = watching()
  bot.runTo(at(899))
  const order = bot.asked('submit')[0]?.order
  if (order === undefined) throw new Error('no shot')
  return order
}
