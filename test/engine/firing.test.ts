/** `fireAt: auto`: the second is chosen when the window is made ready, from what was learned, and everything else follows it. */
import { describe, expect, test } from 'vitest'
import type { AskAt } from '../../src/domain/asks.ts'
import type { EngineEvent } from '../../src/domain/events.ts'
import { ticks } from '../../src/domain/units.ts'
import { createEngine } from '../../src/engine/engine.ts'
import { createFiring } from '../../src/engine/firing.ts'
import { createUnderstudy } from '../../src/runtime/understudy.ts'
import { anAskWindow, aSecond, aTrail } from '../support/asks.ts'
import { aMarket, at, someSettings } from '../support/builders.ts'
import { createHarness } from '../support/harness.ts'
import { market } from './live-bot.ts'

const AUTO = { fireAt: 'auto' } as const

/** Forty windows in which this second alone had something to buy, and it won. */
function learnedOf(sec: number) {
  const seconds = Array.from({ length: 60 }, (_, n) => n + 1)
  const asks = seconds.map((one): AskAt => [one, one === sec ? ticks(8_000) : null, 1e6, null])
  return Array.from({ length: 40 }, (_, n) => anAskWindow(n + 1, asks, { interval: '15m' }))
}

function autoBot(params: object = {}, sec: number | null = null, change: object = {}) {
  const bot = createHarness(someSettings(change, { ...AUTO, ...params }))
  if (sec !== null)
    bot.send({ kind: 'learned', windows: learnedOf(sec), recvAt: at(599), venueAt: null })
  bot.clock(at(600))
  bot.list(market, at(600))
  return bot
}

/** The instants of the triggers that were asked for last. */
function triggerAt(bot: ReturnType<typeof autoBot>) {
  return bot
    .asked('wake')
    .filter(({ purpose }) => purpose === 'trigger')
    .at(-1)?.at
}

describe('the second is chosen', () => {
  test('a minute before the close, once, and is told with its reason', () => {
    const bot = autoBot({}, 23)
    bot.runTo(at(839.9))
    expect(bot.of('fire_at')).toEqual([])
    bot.runTo(at(841))
    expect(bot.of('fire_at')).toMatchObject([{ at: at(840), fireAt: { sec: 23, isChosen: true } }])
    expect(bot.of('fire_at')[0]?.fireAt.why).toMatch(/; from 40 windows of its own$/)
    expect(triggerAt(bot)).toBe(at(877))
    expect(bot.asked('arm')[0]?.from).toBe(at(877))
    bot.send({ kind: 'learned', windows: learnedOf(7), recvAt: at(845), venueAt: null })
    bot.runTo(at(880))
    expect(bot.of('fire_at')).toHaveLength(1)
  })

  test('without anything learned from the shipped table', () => {
    const bot = autoBot()
    bot.runTo(at(841))
    expect(bot.of('fire_at')[0]?.fireAt).toMatchObject({
      sec: 10,
      why: expect.stringMatching(/the shipped table/),
    })
  })

  test('a window triggers there, not before, and is judged on each book until the close', () => {
    const bot = autoBot({}, 23)
    bot.runTo(at(870))
    bot.books(market, at(876), 9_900, 9_950)
    bot.runTo(at(876.9))
    expect(bot.of('decided')).toEqual([])
    bot.runTo(at(877))
    expect(bot.of('decided').at(-1)?.decision).toMatchObject({
      refusedBy: 'CAP',
      leftMicros: 23_000_000,
      fireAt: { sec: 23, isChosen: true },
    })
    bot.delta(market, 'UP', 'ASK', 9_950, 0, at(880))
    bot.delta(market, 'DOWN', 'BID', 50, 0, at(880))
    bot.books(market, at(880), 9_500, 9_600)
    expect(bot.asked('submit')).toHaveLength(1)
    expect(bot.of('decided').at(-1)?.decision.leftMicros).toBe(20_000_000)
  })

  test('a deadline that comes to be longer makes it earlier, never later', () => {
    const bot = autoBot({}, 3)
    bot.runTo(at(841))
    expect(triggerAt(bot)).toBe(at(897))
    const way = (p99Micros: number, when: number) =>
      bot.send({ kind: 'round_trip', p50Micros: 1, p99Micros, recvAt: at(when), venueAt: null })
    way(6_000_000, 850)
    // Six seconds, the hold, the clock's 5 ms, the timers' 2 ms and 50 ms of slack.
    expect(triggerAt(bot)).toBe(at(900 - 6.207))
    way(1_000, 851)
    expect(triggerAt(bot)).toBe(at(897))
  })

  test('one that is known already to be too late is not chosen', () => {
    const bot = autoBot({}, 3)
    bot.send({ kind: 'round_trip', p50Micros: 1, p99Micros: 6e6, recvAt: at(601), venueAt: null })
    bot.runTo(at(841))
    const sec = bot.of('fire_at')[0]?.fireAt.sec ?? 0
    expect(sec).toBeGreaterThanOrEqual(6.207)
    expect(sec).toBe(7)
  })

  test('never before the listeners are open', () => {
    const bot = autoBot({ listenFromSec: 15 }, 23)
    bot.runTo(at(899))
    expect(bot.of('fire_at')[0]?.fireAt.sec).toBeLessThanOrEqual(15)
  })

  test('also where the window is found later than that, and while a halt holds', () => {
    const late = createHarness(someSettings({}, AUTO))
    late.clock(at(868))
    late.list(market, at(868))
    late.runTo(at(868))
    expect(late.of('fire_at')[0]?.fireAt.sec).toBe(10)
    const halted = autoBot()
    halted.send({ kind: 'operator', action: 'kill', recvAt: at(700), venueAt: null })
    halted.runTo(at(841))
    expect(halted.of('fire_at')).toHaveLength(1)
  })

  test('a second that was set is no choice', () => {
    const bot = createHarness(someSettings({}, { fireAt: 4 }))
    bot.clock(at(600))
    bot.list(market, at(600))
    bot.books(market, at(895), 9_500, 9_600)
    bot.runTo(at(896))
    expect(bot.of('fire_at')).toEqual([])
    expect(bot.asked('arm')[0]?.from).toBe(at(896))
    const fixed = someSettings({}, { fireAt: 4 })
    expect(createFiring(fixed).choose(market, { sigma: null, latestSafeSec: 9 })).toEqual({
      sec: 4,
      isChosen: false,
      why: 'as it is set',
    })
  })
})

test('the tape replays, byte for byte', () => {
  const bot = autoBot({}, 23)
  bot.runTo(at(870))
  bot.books(market, at(875), 9_500, 9_600)
  bot.runTo(at(899))
  expect(bot.asked('submit')).toHaveLength(1)
  const tape = bot.tape.map((event) => JSON.stringify(event))
  const engine = createEngine(someSettings({}, AUTO))
  const steps = tape.map((line) => engine.step(JSON.parse(line) as EngineEvent))
  expect(JSON.stringify(steps.flatMap(({ commands }) => commands))).toBe(
    JSON.stringify(bot.commands),
  )
  expect(JSON.stringify(steps.flatMap(({ facts }) => facts))).toBe(JSON.stringify(bot.facts))
  // What was learned is on it: without that, another second.
  const other = createEngine(someSettings({}, AUTO))
  const without = tape
    .map((line) => JSON.parse(line) as EngineEvent)
    .filter(({ kind }) => kind !== 'learned')
  const told = without.flatMap((event) => other.step(event).facts)
  expect(told.find(({ kind }) => kind === 'fire_at')).toMatchObject({ fireAt: { sec: 10 } })
})

describe('windows of the run itself are learned from', () => {
  const settings = someSettings({}, { ...AUTO, winner: 'settlement' })
  const moment = { sigma: null, latestSafeSec: 0.3 }
  const trail = (n: number) =>
    aTrail(
      n,
      [23, 10, 1].map((left) => aSecond(left, left === 23 ? {} : { up: null })),
    )

  test('by the hook, as by what the ledger knew', () => {
    const firing = createFiring(settings)
    for (let n = 0; n < 40; n += 1) firing.learn(market, trail(n), n % 20 === 0 ? 'DOWN' : 'UP')
    expect(firing.choose(market, moment).sec).toBe(23)
    expect(createFiring(settings).choose(market, moment).sec).toBe(10)
  })

  test('when they settle', () => {
    const bot = createHarness(someSettings({ holdMs: 0 }, { ...AUTO, winner: 'settlement' }))
    bot.clock(at(0))
    for (let n = 0; n < 40; n += 1) {
      const one = aMarket({
        conditionId: trail(n).conditionId,
        slug: `w${n}`,
        startAt: at(900 * n),
        endAt: at(900 * (n + 1)),
      })
      bot.list(one, at(900 * n + 1))
      bot.runTo(at(900 * (n + 1)))
      for (const trader of bot.engine.view().traders)
        trader.trail.seconds.splice(0, 60, ...trail(n).seconds)
      bot.resolve(one, 'UP', at(900 * (n + 1) + 0.5))
    }
    expect(bot.of('settled')).toHaveLength(40)
    const chosen = bot.of('fire_at').map(({ fireAt }) => fireAt.sec)
    expect([chosen[0], chosen.at(-1)]).toEqual([10, 23])
  })
})

test('the rehearsed shot does not wait for a second to be chosen', () => {
  expect(createUnderstudy(someSettings({}, AUTO))()).toBe(true)
})
