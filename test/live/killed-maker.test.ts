/** A market maker that is killed while its orders wait: nothing waits for long, the next start books what was taken meanwhile, and the books are equal. */
import type { ChildProcess } from 'node:child_process'
import { afterEach, expect, test } from 'vitest'
import { untilHolds } from '../support/until.ts'
import { aLiveRun, type LiveRun, MAKER } from './harness.ts'

const KILLS = Number(process.env['LIVE_KILLS'] ?? 2)

let run: LiveRun
afterEach(() => run.close())

const waiting = async () => (await run.ledger()).orders.filter(({ status }) => status === 'LIVE')

/** Then it stands still, so that it cannot withdraw anything before it is killed. */
async function untilItWaits(bot: ChildProcess): Promise<void> {
  await run.until(bot, async () => {
    if ((await waiting()).length === 0) return false
    bot.kill('SIGSTOP')
    // A withdrawal may have been on its way.
    await new Promise((resolve) => setTimeout(resolve, 200))
    if ((await waiting()).length > 0) return true
    bot.kill('SIGCONT')
    return false
  })
}

test('the watchdog withdraws what waits, and the next start knows all of it', async () => {
  run = await aLiveRun({ settings: MAKER, assets: 'btc, eth, sol, xrp' })
  let bot = run.start()
  for (let kill = 0; kill < KILLS; kill += 1) {
    await run.until(bot, async () => (await waiting()).length > 0)
    await run.end(bot, 'SIGKILL')
    await untilHolds(async () => expect(await waiting()).toEqual([]))
    bot = run.start()
  }
  await run.until(bot, () => run.count('settlements') > 0)
  await run.settleAll(bot)
  const { orders } = await run.expectBalanced()
  expect(orders.length).toBeGreaterThan(KILLS)
  // Every order that the venue ever had is in the ledger.
  const known = run.ask<{ venue_id: string | null }>('SELECT venue_id FROM orders')
  const names = known.map(({ venue_id: id }) => id)
  expect(orders.filter(({ id }) => !names.includes(id))).toEqual([])
})

test.each(['order-slow', 'order-reset-before'])(
  'killed before it has the answer to several orders (%s), it knows all of them',
  async (name) => {
    run = await aLiveRun({ settings: MAKER, assets: 'btc, eth, sol, xrp' })
    const bot = run.start()
    await run.fault({ name, probability: 1 })
    await run.until(bot, async () => ((await run.requests())['POST /orders'] ?? 0) > 0)
    await run.end(bot, 'SIGKILL')
    const theirs = (await run.ledger()).orders.map(({ id }) => id)
    if (name === 'order-slow') expect(theirs.length).toBeGreaterThan(1)
    else expect(theirs).toEqual([])
    await run.noFaults()
    const next = run.start()
    await run.until(next, () => run.count('settlements') > 0)
    await run.settleAll(next)
    await run.expectBalanced()
    const known = run.ask<{ venue_id: string }>('SELECT venue_id FROM orders')
    const ours = known.map(({ venue_id: id }) => id)
    expect(theirs.filter((id) => !ours.includes(id))).toEqual([])
  },
)

test('without a watchdog the restart itself withdraws what it finds', async () => {
  run = await aLiveRun({ settings: MAKER, assets: 'btc, eth, sol, xrp' })
  const bot = run.start()
  await untilItWaits(bot)
  run.killWatchdogOf(bot)
  await run.end(bot, 'SIGKILL')
  const next = run.start()
  await run.until(next, () => run.count('settlements') > 0)
  await run.settleAll(next)
  await run.expectBalanced()
})
