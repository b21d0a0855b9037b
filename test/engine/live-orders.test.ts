/** What a live order needs of the machine: to be made ready in time, an outcome that is learned step by step, and a memory over a restart. */
import { describe, expect, test } from 'vitest'
import type { Restored, RestoredShot } from '../../src/domain/events.ts'
import { type ConditionId, conditionId } from '../../src/domain/ids.ts'
import { isFinal, type SubmitOutcome } from '../../src/domain/order.ts'
import { type Micros, microShares, microUsdc, ticks } from '../../src/domain/units.ts'
import { createJitter, deadlineOf } from '../../src/engine/deadline.ts'
import { rungsOf } from '../../src/engine/ladder.ts'
import { aMarket, at, someSettings } from '../support/builders.ts'
import { createHarness } from '../support/harness.ts'
import { anOrder } from '../support/live.ts'

const market = aMarket()
const CASH = 10_000_000_000
type Bot = ReturnType<typeof createHarness>

function aBot(settings = someSettings()): Bot {
  const bot = createHarness(settings)
  bot.clock(at(600))
  return bot
}

function listed(settings = someSettings()): Bot {
  const bot = aBot(settings)
  bot.list(market, at(600))
  return bot
}

function fired(settings = someSettings()): Bot {
  const bot = listed(settings)
  bot.runTo(at(898))
  bot.books(market, at(898), 9_600, 9_700)
  bot.runTo(at(899))
  expect(bot.asked('submit')).toHaveLength(1)
  return bot
}

function outcome(
  bot: Bot,
  next: SubmitOutcome,
  when: Micros = at(899.5),
  id = `${market.slug}/1`,
): void {
  bot.send({
    kind: 'order_outcome',
    orderId: id as never,
    venueId: '0x1',
    outcome: next,
    recvAt: when,
    venueAt: null,
  })
}

function filled(
  finality: 'matched' | 'confirmed',
  shares = 5_000_000,
  cost = 4_850_000,
  fee = 10_190,
): SubmitOutcome {
  return {
    state: 'filled',
    fills: [{ price: ticks(9_700), shares: microShares(shares) }],
    shares: microShares(shares),
    cost: microUsdc(cost),
    fee: microUsdc(fee),
    finality,
  }
}
const dead = (state: 'killed' | 'rejected' | 'reverted' | 'unknown'): SubmitOutcome => ({
  state,
  reason: 'x',
})
const tick = (bot: Bot, size: number, when: Micros, token = market.up) =>
  bot.send({ kind: 'tick_size_change', token, tickSize: ticks(size), recvAt: when, venueAt: null })
const operate = (bot: Bot, action: 'pause' | 'resume' | 'kill' | 'stop', when: Micros) =>
  bot.send({ kind: 'operator', action, recvAt: when, venueAt: null })

describe('orders are made ready', () => {
  test('a minute before the close, once, for both sides', () => {
    const bot = listed()
    bot.runTo(at(839.999))
    expect(bot.asked('arm')).toEqual([])
    bot.runTo(at(840))
    const [arm] = bot.asked('arm')
    expect(arm).toMatchObject({ market, from: at(899) })
    expect(new Set(arm?.rungs.map(({ token }) => token))).toEqual(new Set([market.up, market.down]))
    bot.clock(at(841), 2_000)
    bot.clock(at(850), -2_000)
    bot.runTo(at(898))
    expect(bot.asked('arm')).toHaveLength(1)
  })

  test('among them the very one that is shot', () => {
    const bot = fired()
    const { side, token, limit, spend, shares } = bot.asked('submit')[0]?.order ?? anOrder()
    expect(bot.asked('arm')[0]?.rungs).toContainEqual({ side, token, limit, spend, shares })
  })

  test('by the clock of the venue', () => {
    const bot = createHarness(someSettings())
    bot.clock(at(600), 10_000_000)
    bot.list(market, at(600))
    bot.runTo(at(829.999))
    expect(bot.asked('arm')).toEqual([])
    bot.runTo(at(830))
    expect(bot.asked('arm')).toHaveLength(1)
  })

  test('at once where the window is found later than that', () => {
    const bot = createHarness(someSettings())
    bot.clock(at(860))
    bot.list(market, at(860))
    bot.runTo(at(860))
    expect(bot.asked('arm')).toHaveLength(1)
  })

  test('again when a grid changes, not when it is told again, nor for what books do otherwise', () => {
    const bot = listed()
    bot.runTo(at(799))
    tick(bot, 10, at(800))
    bot.runTo(at(841))
    expect(bot.asked('arm')).toHaveLength(1)
    tick(bot, 10, at(842))
    bot.books(market, at(843), 9_500, 9_600)
    bot.delta(market, 'UP', 'ASK', 9_610, 1_000_000, at(844))
    expect(bot.asked('arm')).toHaveLength(1)
    tick(bot, 10, at(845), market.down)
    expect(bot.asked('arm')).toHaveLength(2)
    const fine = bot
      .asked('arm')[1]
      ?.rungs.filter(({ side, limit }) => side === 'DOWN' && limit % 100 !== 0)
    expect(fine?.length).toBeGreaterThan(0)
  })

  test('again when a snapshot tells of another grid', () => {
    const bot = listed()
    bot.runTo(at(841))
    const [bids, asks] = [
      [9_500, 5_000_000],
      [9_600, 5_000_000],
    ]
    const snapshot = {
      kind: 'book_snapshot',
      source: 'channel',
      bids,
      asks,
      recvAt: at(842),
      venueAt: null,
    } as const
    bot.send({ ...snapshot, token: market.up, tickSize: ticks(10) })
    expect(bot.asked('arm')).toHaveLength(2)
  })

  test('not after the shot, and not after the close', () => {
    const bot = fired()
    tick(bot, 10, at(899.1))
    expect(bot.asked('arm')).toHaveLength(1)
    const passed = listed()
    passed.runTo(at(901))
    tick(passed, 10, at(901))
    expect(passed.of('passed')).toHaveLength(1)
    expect(passed.asked('arm')).toHaveLength(1)
  })

  test('not when stopped', () => {
    const bot = listed()
    operate(bot, 'stop', at(700))
    bot.runTo(at(898))
    tick(bot, 10, at(898))
    expect(bot.asked('arm')).toEqual([])
  })

  test('not when halted, and at once when that ends', () => {
    const bot = listed()
    operate(bot, 'kill', at(700))
    bot.runTo(at(845))
    tick(bot, 10, at(845))
    expect(bot.asked('arm')).toEqual([])
    operate(bot, 'resume', at(850))
    operate(bot, 'resume', at(851))
    bot.runTo(at(898))
    expect(bot.asked('arm')).toHaveLength(1)
  })

  test('a resume before it is time makes nothing ready', () => {
    const bot = listed()
    operate(bot, 'kill', at(700))
    operate(bot, 'resume', at(710))
    expect(bot.asked('arm')).toEqual([])
    bot.runTo(at(840))
    expect(bot.asked('arm')).toHaveLength(1)
  })

  test('when paused, as a pause may end in the last second', () => {
    const bot = listed()
    operate(bot, 'pause', at(700))
    bot.runTo(at(840))
    expect(bot.asked('arm')).toHaveLength(1)
  })

  test('at each price of the grid from a half up, cents below 0.94', () => {
    const ladder = { shares: microShares(5_000_000), highest: ticks(9_900) }
    const rungs = rungsOf(market, { UP: 100, DOWN: 10 }, ladder)
    const prices = (side: string) =>
      rungs.filter((rung) => rung.side === side).map(({ limit }) => limit)
    expect(prices('UP')).toEqual(Array.from({ length: 50 }, (_one, at) => 5_000 + at * 100))
    expect(prices('DOWN').filter((price) => price < 9_400)).toEqual(
      Array.from({ length: 44 }, (_one, at) => 5_000 + at * 100),
    )
    expect(prices('DOWN').filter((price) => price >= 9_400)).toEqual(
      Array.from({ length: 51 }, (_one, at) => 9_400 + at * 10),
    )
    expect(rungs.every(({ spend, shares, limit }) => spend * 10_000 >= shares * limit)).toBe(true)
  })
})

describe('an outcome is learned step by step', () => {
  const spent = 4_860_190
  const steps: readonly [string, SubmitOutcome[], number, number][] = [
    [
      'unknown, then matched, then confirmed',
      [dead('unknown'), filled('matched'), filled('confirmed')],
      spent,
      0,
    ],
    [
      'matched, then confirmed at another cost',
      [filled('matched'), filled('confirmed', 5_052_083, 4_849_999, 13_580)],
      4_863_579,
      0,
    ],
    [
      'matched, then corrected downwards, then confirmed',
      [
        filled('matched'),
        filled('matched', 2_000_000, 1_940_000, 4_080),
        filled('confirmed', 2_000_000, 1_940_000, 4_080),
      ],
      1_944_080,
      0,
    ],
    ['matched, then reverted', [filled('matched'), dead('reverted')], 0, 0],
    ['unknown, then killed', [dead('unknown'), dead('killed')], 0, 0],
    ['unknown, then rejected', [dead('unknown'), dead('rejected')], 0, 0],
    [
      'killed, and matched after all',
      [dead('killed'), filled('matched'), filled('confirmed')],
      spent,
      0,
    ],
    ['rejected, and matched after all', [dead('rejected'), filled('confirmed')], spent, 0],
    [
      'reverted, and confirmed after all',
      [filled('matched'), dead('reverted'), filled('confirmed')],
      spent,
      0,
    ],
    [
      'confirmed, and nothing changes that',
      [
        filled('confirmed'),
        dead('reverted'),
        dead('killed'),
        filled('matched', 1_000_000, 970_000, 0),
        dead('unknown'),
      ],
      spent,
      4,
    ],
    [
      'matched, and no word but a failure of the trade undoes it',
      [filled('matched'), dead('killed'), dead('rejected'), dead('unknown')],
      spent,
      3,
    ],
    [
      'killed, and no other word changes that',
      [dead('killed'), dead('unknown'), dead('reverted'), dead('rejected')],
      0,
      3,
    ],
  ]
  test.each(steps)('%s', (_what, outcomes, cost, strays) => {
    const bot = fired()
    for (const one of outcomes) outcome(bot, one)
    expect(bot.engine.view().cash).toBe(CASH - cost)
    expect(bot.of('stray_outcome')).toHaveLength(strays)
    expect(bot.of('outcome').at(-1)?.cash).toBe(CASH - cost)
  })

  test('a window is settled by what is final, not by what is matched', () => {
    for (const [last, cash] of [
      [filled('confirmed'), CASH - spent + 5_000_000],
      [dead('reverted'), CASH],
    ] as const) {
      const bot = fired()
      outcome(bot, filled('matched'))
      bot.runTo(at(911))
      bot.resolve(market, 'UP', at(930))
      expect(bot.of('settled')).toEqual([])
      outcome(bot, last, at(931))
      expect(bot.of('settled')[0]?.settlement.cash).toBe(cash)
      expect(bot.engine.view().cash).toBe(cash)
    }
  })

  test('an outcome that comes after the settlement is told, and moves nothing', () => {
    const bot = fired()
    outcome(bot, dead('killed'))
    bot.runTo(at(911))
    bot.resolve(market, 'UP', at(930))
    outcome(bot, filled('confirmed'), at(931))
    expect(bot.of('stray_outcome')).toMatchObject([{ outcome: { state: 'filled' } }])
    expect(bot.engine.view().cash).toBe(CASH)
  })

  test('one that is matched after all allows no second shot', () => {
    const limits = { ...someSettings().limits, maxOrdersPerMarket: 3 }
    const bot = fired(someSettings({ limits }))
    outcome(bot, dead('killed'), at(899.1))
    outcome(bot, filled('matched'), at(899.15))
    bot.books(market, at(899.2), 9_600, 9_700)
    expect(bot.asked('submit')).toHaveLength(1)
  })

  test('more than was sent is a fault of ours', () => {
    const bot = fired()
    expect(() => outcome(bot, filled('matched', 5_000_000, 4_850_001))).toThrow('spent more')
  })

  test('only a confirmed fill and what moved no money are final', () => {
    expect([null, dead('unknown'), filled('matched')].map(isFinal)).toEqual([false, false, false])
    const finals = [dead('killed'), dead('rejected'), dead('reverted'), filled('confirmed')]
    expect(finals.map(isFinal)).toEqual([true, true, true, true])
  })
})

describe('over a restart', () => {
  const restore = (bot: Bot, change: Partial<Restored>) =>
    bot.send({
      kind: 'restored',
      cash: microUsdc(CASH),
      paused: false,
      halted: false,
      shots: [],
      barred: [],
      settled: [],
      recvAt: at(870),
      venueAt: null,
      ...change,
    })
  const aShot = (known: SubmitOutcome | null, isNews = false): RestoredShot => ({
    market,
    order: anOrder(),
    outcome: known,
    isNews,
    venueId: '0x1',
  })

  /** Begun again half a minute before the close, as if nothing had been: found, with books that ask for a shot. */
  function again(change: Partial<Restored>): Bot {
    const bot = createHarness(someSettings())
    restore(bot, change)
    bot.clock(at(870))
    bot.list(market, at(870))
    bot.runTo(at(898))
    bot.books(market, at(898), 9_600, 9_700)
    bot.runTo(at(911))
    return bot
  }

  test('without anything to remember there is a shot', () => {
    const bot = again({})
    expect([bot.asked('submit').length, bot.asked('arm').length]).toEqual([1, 1])
    expect(bot.of('restored')).toMatchObject([{ shots: 0, barred: 0 }])
  })

  test.each([
    null,
    dead('unknown'),
    dead('killed'),
    dead('rejected'),
    dead('reverted'),
    filled('matched'),
    filled('confirmed'),
  ])('a window that was shot in is not shot in again: %j', (known) => {
    const limits = { ...someSettings().limits, maxOrdersPerMarket: 3 }
    const bot = createHarness(someSettings({ limits }))
    restore(bot, { shots: [aShot(known)] })
    bot.clock(at(870))
    bot.list(market, at(870))
    bot.runTo(at(898))
    bot.books(market, at(898), 9_600, 9_700)
    bot.runTo(at(911))
    expect([bot.asked('submit').length, bot.asked('arm').length]).toEqual([0, 0])
    expect(bot.asked('await_resolution')).toHaveLength(1)
    bot.resolve(market, 'UP', at(930))
    expect(bot.of('settled')).toHaveLength(isFinal(known) ? 1 : 0)
  })

  test('what the books were not told of is told to them, and only that', () => {
    expect(again({ shots: [aShot(null, true)] }).of('submitted')).toMatchObject([
      { order: { id: anOrder().id } },
    ])
    expect(again({ shots: [aShot(null)] }).of('submitted')).toEqual([])
  })

  test('the money of a matched shot is already spent, and what is learned corrects it', () => {
    const bot = createHarness(someSettings())
    restore(bot, { cash: microUsdc(CASH - 4_860_190), shots: [aShot(filled('matched'))] })
    outcome(bot, dead('reverted'), at(871))
    expect(bot.engine.view().cash).toBe(CASH)
  })

  test('a shot of a window long over is settled when its fate and its winner are known', () => {
    const bot = createHarness(someSettings())
    restore(bot, { shots: [aShot(null)], recvAt: at(5_000) })
    bot.clock(at(5_000))
    bot.runTo(at(5_000))
    expect(bot.asked('await_resolution')).toHaveLength(1)
    bot.resolve(market, 'DOWN', at(5_001))
    outcome(bot, filled('confirmed'), at(5_002))
    expect(bot.of('settled')[0]?.settlement).toMatchObject({ payout: 0, pnl: -4_860_190 })
  })

  test('a window that was made ready without a sign of a shot is passed over, and says why', () => {
    const bot = again({ barred: [market] })
    expect([bot.asked('submit'), bot.asked('arm')]).toEqual([[], []])
    expect(bot.of('passed')).toMatchObject([
      { reason: expect.stringContaining('MISSED') as string },
    ])
    bot.resolve(market, 'UP', at(930))
    expect(bot.of('settled')).toMatchObject([{ settlement: { decision: 'passed', payout: 0 } }])
  })

  test('a window with a shot is not barred as well', () => {
    const bot = again({ barred: [market], shots: [aShot(filled('confirmed'))] })
    expect(bot.of('passed')).toEqual([])
    bot.resolve(market, 'UP', at(930))
    expect(bot.of('settled')).toMatchObject([{ settlement: { decision: 'fired' } }])
  })

  test('a window that is over and done with is not found again', () => {
    const bot = again({ settled: [market.conditionId] })
    expect([bot.of('found'), bot.asked('submit')]).toEqual([[], []])
    const other: ConditionId = conditionId(`0x${'d'.repeat(64)}`)
    expect(again({ settled: [other] }).of('found')).toHaveLength(1)
  })
})

describe('the deadline', () => {
  test('is the sum of its parts, and what is not known yet is none of it', () => {
    const parts = {
      roundTripMicros: 60_000,
      holdMicros: 250_000,
      clockErrorMicros: 5_000,
      jitterMicros: 2_000,
    }
    expect(deadlineOf(parts)).toEqual({ ...parts, totalMicros: 317_000 })
    expect(deadlineOf({ ...parts, roundTripMicros: null, clockErrorMicros: null })).toMatchObject({
      roundTripMicros: 0,
      clockErrorMicros: 0,
      totalMicros: 252_000,
    })
  })

  test('counts on the worst of the last 64 triggers', () => {
    const jitter = createJitter()
    expect(jitter.micros()).toBe(2_000)
    jitter.add(-500)
    expect(jitter.micros()).toBe(0)
    jitter.add(900)
    for (let n = 0; n < 63; n += 1) jitter.add(100)
    expect(jitter.micros()).toBe(900)
    jitter.add(100)
    expect(jitter.micros()).toBe(100)
  })
})
