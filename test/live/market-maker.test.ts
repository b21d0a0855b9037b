/**
 * A market maker that trades for real on the embedded venue: what waits, is taken and is withdrawn ends in books that are equal to the millionth, also with
 * faults drawn at random and a process that is killed in the middle of them. LIVE_KILLS and LIVE_SEED make it longer and other.
 */
import { afterEach, expect, test } from 'vitest'
import { createRandom } from '../../src/sim/random.ts'
import { aLiveRun, type LiveRun, MAKER } from './harness.ts'

const KILLS = Number(process.env['LIVE_KILLS'] ?? 2)
const SEED = Number(process.env['LIVE_SEED'] ?? 1)
const FAULTS = [
  'order-slow',
  'order-425',
  'order-429',
  'order-500',
  'order-html',
  'order-reset-before',
  'order-reset-after',
  'order-delayed',
  'cancel-slow',
  'cancel-reset-before',
  'cancel-reset-after',
  'cancel-429',
  'cancel-html',
  'cancel-in-part',
  'orders-in-part',
  'orders-cut-short',
  'heartbeat-deaf',
  'user-silent',
  'trade-failed',
  'trade-retrying',
  'silent-stall',
  'close-without-frame',
  'tick-flip',
] as const

let run: LiveRun
afterEach(() => run.close())

test('waits, is taken, withdraws, and its books are those of the venue', async () => {
  run = await aLiveRun({ settings: MAKER, assets: 'btc, eth, sol, xrp' })
  const bot = run.start()
  await run.until(
    bot,
    () => run.count('settlements') >= 4 && run.count("orders WHERE state = 'filled'") > 0,
  )
  await run.settleAll(bot)
  const { orders, trades } = await run.expectBalanced()
  expect(orders.length).toBeGreaterThan(4)
  expect(orders.every(({ order_type: type }) => type === 'GTD')).toBe(true)
  expect(orders.some(({ status }) => status.startsWith('CANCELED'))).toBe(true)
  expect(trades.some(({ trader_side: side }) => side === 'MAKER')).toBe(true)
  // Both sides of a quote are one request, and so is leaving a market.
  const of = await run.requests()
  expect(of['POST /orders']).toBeGreaterThan(0)
  expect((of['POST /order'] ?? 0) + (of['POST /orders'] ?? 0)).toBeLessThan(orders.length)
  expect(of['DELETE /cancel-market-orders']).toBeGreaterThan(0)
})

test('faults and kills at random leave no order behind and no cent unexplained', async () => {
  run = await aLiveRun({ settings: MAKER, assets: 'btc, eth, sol, xrp', seed: SEED })
  const random = createRandom(SEED, 'faults of the market maker')
  let bot = run.start()
  for (let kill = 0; kill <= KILLS; kill += 1) {
    const before = run.count('orders')
    await run.until(bot, () => run.count('orders') > before)
    for (let faults = 0; faults < 4; faults += 1) {
      const name = FAULTS[random.below(FAULTS.length)]
      await run.fault({ name, forMs: 1_500, probability: 1 })
      await new Promise((resolve) => setTimeout(resolve, 500 + random.below(1_500)))
      expect(bot.exitCode, run.complaints()).toBe(null)
    }
    if (kill === KILLS) break
    await run.end(bot, 'SIGKILL')
    bot = run.start()
  }
  await run.noFaults()
  await run.settleAll(bot)
  const { orders } = await run.expectBalanced()
  expect(orders.length).toBeGreaterThan(KILLS)
})
