/** The life of a window in the engine: found, listened to, armed, fired in, settled. */
import { describe, expect, test } from 'vitest'
import { conditionId, orderId } from '../../src/domain/ids.ts'
import type { Order } from '../../src/domain/order.ts'
import { microShares, microUsdc, ticks } from '../../src/domain/units.ts'
import { createEngine } from '../../src/engine/engine.ts'
import { aMarket, at, someSettings } from '../support/builders.ts'
import { createHarness } from '../support/harness.ts'
import { armed, closeVenue, filled, market } from './armed.ts'

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
      action: 'BUY',
      kind: 'FOK',
      postOnly: false,
      expiresAt: null,
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
