/** What the machine does with what was known before it was started. */
import { describe, expect, test } from 'vitest'
import type { Restored, RestoredShot } from '../../src/domain/events.ts'
import { type ConditionId, conditionId } from '../../src/domain/ids.ts'
import { isFinal, type SubmitOutcome } from '../../src/domain/order.ts'
import { microUsdc } from '../../src/domain/units.ts'
import { at, someSettings } from '../support/builders.ts'
import { createHarness } from '../support/harness.ts'
import { anOrder } from '../support/live.ts'
import { type Bot, CASH, dead, filled, market, outcome } from './live-bot.ts'

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
