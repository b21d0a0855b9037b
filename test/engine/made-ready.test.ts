/** When the machine asks for orders to be made ready, and when not. */
import { describe, expect, test } from 'vitest'
import { microShares, ticks } from '../../src/domain/units.ts'
import { rungsOf } from '../../src/engine/ladder.ts'
import { at, someSettings } from '../support/builders.ts'
import { createHarness } from '../support/harness.ts'
import { anOrder } from '../support/live.ts'
import { fired, listed, market, operate, tick } from './live-bot.ts'

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
