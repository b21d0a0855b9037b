/** A window in which order after order ends without a fill: none is gone through again, and none is forgotten too soon. */
import { expect, test } from 'vitest'
import { begun, quote, scripted } from './scripted.ts'

/** Of one side, a new one each second; every one is withdrawn before anybody took it. */
function quoted(times: number, pauseSec: number) {
  const { strategy, says } = scripted()
  says({ quotes: [quote('UP', 4_000)] })
  const bot = begun(strategy, { quotes: { minRequoteSec: 0.01, minTicks: 3, maxAgeSec: 10 } })
  let sec = 861
  for (let serial = 1; serial <= times; serial += 1) {
    bot.outcome(serial, 'resting', sec)
    bot.outcome(serial, 'killed', sec)
    sec += pauseSec
    bot.hear(sec)
  }
  const [trader] = bot.engine.view().traders
  if (trader === undefined) throw new Error('there is no window')
  return { ...bot, trader, sec }
}

test('of many dead orders in a place only the latest is gone through', () => {
  const { trader, asked } = quoted(20, 1.1)
  expect(asked('submit')).toHaveLength(21)
  // The one that waits, and the one before it.
  expect(trader.orders.length).toBeLessThanOrEqual(2)
  expect(trader.orders.length + trader.dead.size).toBe(21)
})

test('a fill of a dead order that turns up late is paid for, and once', () => {
  const { outcome, asked, of, trader, sec, engine } = quoted(10, 1.1)
  const before = engine.view().cash
  expect(trader.dead.size).toBeGreaterThan(5)
  outcome(2, 'filled', sec, { shares: 5_000_000, cost: 2_000_000 })
  expect(engine.view().cash).toBe(before - 2_000_000)
  expect(trader.orders[0]?.order.id).toBe(asked('submit')[1]?.order.id)
  outcome(2, 'filled', sec, { shares: 5_000_000, cost: 2_000_000 })
  expect(engine.view().cash).toBe(before - 2_000_000)
  expect(of('halted')).toHaveLength(0)
})

test('of so many that the first is forgotten, its death is still known, and a fill of it halts', () => {
  const { outcome, trader, sec, of } = quoted(1_100, 0.03)
  expect(trader.orders.length + trader.dead.size).toBeLessThan(1_100)
  expect(of('stray_outcome')).toHaveLength(0)
  outcome(1, 'killed', sec)
  expect(of('halted')).toHaveLength(0)
  outcome(1, 'filled', sec, { shares: 5_000_000, cost: 2_000_000 })
  expect(of('halted').at(-1)?.halt.cause).toBe('stray_fill')
})
