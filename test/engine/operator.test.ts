/** A person's hand on the machine: pause, resume, stop, kill. */
import { describe, expect, test } from 'vitest'
import type { OperatorAction } from '../../src/domain/account.ts'
import { conditionId, orderId } from '../../src/domain/ids.ts'
import { microUsdc } from '../../src/domain/units.ts'
import { aMarket, at, someSettings } from '../support/builders.ts'
import { createHarness } from '../support/harness.ts'

const market = aMarket()
const HALTED = 'OPERATOR: a person killed trading; only resume ends that'

type Bot = ReturnType<typeof createHarness>

function listening(): Bot {
  const bot = createHarness(someSettings())
  bot.clock(at(600))
  bot.list(market, at(600))
  bot.runTo(at(898))
  bot.books(market, at(898), 9_500, 9_600)
  return bot
}

function tell(bot: Bot, actions: readonly OperatorAction[]): void {
  for (const action of actions) {
    bot.send({ kind: 'operator', action, recvAt: at(898.5), venueAt: null })
  }
}

function restored(bot: Bot, paused: boolean, halted: boolean): void {
  const cash = microUsdc(10_000_000_000)
  bot.send({
    kind: 'restored',
    cash,
    paused,
    halted,
    shots: [],
    barred: [],
    settled: [],
    recvAt: at(600),
    venueAt: null,
  })
}

describe('what a person said decides whether there is a shot', () => {
  test.each<[OperatorAction[], string | null]>([
    [[], null],
    [['pause'], 'OPERATOR: a person paused the bot'],
    [['pause', 'resume'], null],
    [['kill'], HALTED],
    [['kill', 'resume'], null],
    [['kill', 'pause'], HALTED],
    [['pause', 'kill', 'resume'], null],
    [['stop'], 'OPERATOR: a person stopped the bot, which takes no new shots'],
    [['stop', 'resume'], 'OPERATOR: a person stopped the bot, which takes no new shots'],
    [['stop', 'kill'], HALTED],
  ])('%j', (actions, refusal) => {
    const bot = listening()
    tell(bot, actions)
    bot.runTo(at(911))
    expect(bot.asked('submit')).toHaveLength(refusal === null ? 1 : 0)
    expect(bot.of('passed').map((fact) => fact.reason)).toEqual(refusal === null ? [] : [refusal])
    expect(bot.of('operator').map((fact) => fact.action)).toEqual(actions)
  })

  test.each<[OperatorAction, number]>([
    ['pause', 0],
    ['resume', 0],
    ['stop', 1],
    ['kill', 1],
  ])('%s has what rests at the venue withdrawn %i times', (action, times) => {
    const bot = listening()
    tell(bot, [action])
    expect(bot.asked('cancel_all')).toHaveLength(times)
  })

  test('a kill in the last second, after a killed order, allows no second one', () => {
    const limits = { ...someSettings().limits, maxOrdersPerMarket: 3 }
    const shots = (kill: boolean): number => {
      const bot = createHarness(someSettings({ limits }))
      bot.clock(at(600))
      bot.list(market, at(600))
      bot.runTo(at(898))
      bot.books(market, at(898), 9_500, 9_600)
      bot.runTo(at(899))
      const id = bot.asked('submit')[0]?.order.id ?? orderId('')
      const outcome = { state: 'killed', reason: 'gone' } as const
      bot.send({
        kind: 'order_outcome',
        venueId: null,
        orderId: id,
        outcome,
        recvAt: at(899.1),
        venueAt: null,
      })
      if (kill) bot.send({ kind: 'operator', action: 'kill', recvAt: at(899.2), venueAt: null })
      bot.books(market, at(899.3), 9_500, 9_600)
      return bot.asked('submit').length
    }
    expect([shots(false), shots(true)]).toEqual([2, 1])
  })
})

describe('over a restart', () => {
  test.each([
    [false, false, 1],
    [true, false, 0],
    [false, true, 0],
  ])('paused %j, halted %j: %i shots', (paused, halted, shots) => {
    const bot = createHarness(someSettings())
    restored(bot, paused, halted)
    bot.clock(at(600))
    bot.list(market, at(600))
    bot.runTo(at(898))
    bot.books(market, at(898), 9_500, 9_600)
    expect(bot.engine.view()).toMatchObject({ paused, halted, stopping: false })
    bot.runTo(at(911))
    expect(bot.asked('submit')).toHaveLength(shots)
    // A halted bot still watches: its windows are found, listened to and explained.
    expect(bot.of('armed')).toHaveLength(1)
  })
})

test('a stop takes no new window, and what was fired in is settled', () => {
  const bot = listening()
  bot.runTo(at(899))
  bot.send({ kind: 'operator', action: 'stop', recvAt: at(899.1), venueAt: null })
  const id = conditionId(`0x${'d'.repeat(64)}`)
  bot.list(aMarket({ conditionId: id, startAt: at(900), endAt: at(1_800) }), at(899.2))
  expect(bot.of('found')).toHaveLength(1)
  const outcome = { state: 'killed', reason: 'gone' } as const
  const sent = bot.asked('submit')[0]?.order.id ?? orderId('')
  bot.send({
    kind: 'order_outcome',
    venueId: null,
    orderId: sent,
    outcome,
    recvAt: at(899.3),
    venueAt: null,
  })
  bot.runTo(at(911))
  bot.resolve(market, 'UP', at(930))
  expect(bot.of('settled')).toHaveLength(1)
  expect(bot.engine.view().stopping).toBe(true)
})
