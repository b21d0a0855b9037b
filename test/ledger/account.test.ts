/** The account over a restart, through a ledger on the disk: counters, halts with their reasons, and a resume that begins anew. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { heldLine } from '../../src/cli/operator-hand.ts'
import type { Restored } from '../../src/domain/events.ts'
import type { EngineFact } from '../../src/domain/facts.ts'
import { conditionId, tokenId } from '../../src/domain/ids.ts'
import type { Log } from '../../src/domain/ports.ts'
import { microUsdc } from '../../src/domain/units.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { writeOperatorAction } from '../../src/ledger/operator.ts'
import { openReader } from '../../src/ledger/reader.ts'
import { UNLIMITED } from '../../src/risk/limits.ts'
import { aMarket, at, someSettings } from '../support/builders.ts'
import { createHarness } from '../support/harness.ts'

const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}
const CASH = microUsdc(10_000_000_000)
const LOST = 4_810_000
const options = (path: string) => ({ path, startingCash: CASH, log: silent })
const file = () => join(mkdtempSync(join(tmpdir(), 'ledger-account-')), 'ledger.db')

type Bot = ReturnType<typeof createHarness>

/** Halts at two losses of a day. */
function aBot(remembered: Omit<Restored, 'kind' | 'recvAt' | 'venueAt'> | null, from: number): Bot {
  const account = { ...UNLIMITED, maxDailyLoss: microUsdc(2 * LOST), maxExposure: CASH }
  const bot = createHarness(someSettings({ limits: { ...someSettings().limits, account } }))
  if (remembered !== null)
    bot.send({ kind: 'restored', ...remembered, recvAt: at(from), venueAt: null })
  bot.clock(at(from))
  return bot
}

/** A window that is lost; its outcome and its result only where they are wanted. */
function lose(bot: Bot, n: number, wanted: { outcome: boolean; result: boolean }): void {
  const market = aMarket({
    conditionId: conditionId(`0x${String(n + 1).padStart(64, '0')}`),
    slug: `btc-updown-15m-${n}`,
    startAt: at(900 * n),
    endAt: at(900 * (n + 1)),
    up: tokenId(`1${String(n).padStart(76, '0')}`),
    down: tokenId(`2${String(n).padStart(76, '0')}`),
  })
  bot.list(market, at(900 * n + 1))
  bot.runTo(at(900 * n + 898))
  bot.books(market, at(900 * n + 898), 9_500, 9_600)
  bot.runTo(at(900 * n + 899))
  const order = bot.asked('submit').at(-1)?.order
  if (order === undefined || order.conditionId !== market.conditionId) throw new Error('no shot')
  const fill = {
    state: 'filled',
    fills: [{ price: order.limit, shares: order.shares }],
    shares: order.shares,
    cost: order.spend,
    fee: microUsdc(10_000),
    finality: 'confirmed',
  } as const
  if (wanted.outcome)
    bot.send({
      kind: 'order_outcome',
      venueId: null,
      orderId: order.id,
      outcome: fill,
      recvAt: at(900 * n + 899.2),
      venueAt: null,
    })
  bot.runTo(at(900 * n + 911))
  if (wanted.result) bot.resolve(market, 'DOWN', at(900 * n + 912))
}

const WHOLE = { outcome: true, result: true }

async function written(path: string, facts: readonly EngineFact[]) {
  const ledger = await openLedger(options(path))
  for (const fact of facts) ledger.accept(fact)
  await ledger.close()
  return await remembered(path)
}

async function remembered(path: string) {
  const ledger = await openLedger(options(path))
  const known = await ledger.restore()
  await ledger.close()
  return known
}

describe('a restart', () => {
  test('brings back what is at stake: what waits for its result, and what nobody knows of', async () => {
    const first = aBot(null, 0)
    lose(first, 0, { outcome: true, result: false })
    lose(first, 1, { outcome: false, result: false })
    const known = await written(file(), first.facts)
    const again = aBot(known, 1_900)
    expect(again.engine.view().account).toMatchObject({ atStake: 9_600_000, positions: 2 })
  })

  test('goes on counting, and halts where the process before would have', async () => {
    const path = file()
    const first = aBot(null, 0)
    first.send({ kind: 'day', startedAt: at(0), recvAt: at(0), venueAt: null })
    lose(first, 0, WHOLE)
    const again = aBot(await written(path, first.facts), 950)
    // The same day, told again at the start.
    again.send({ kind: 'day', startedAt: at(0), recvAt: at(950), venueAt: null })
    expect(again.engine.view().account).toEqual(first.engine.view().account)
    expect(again.engine.view().account.dayPnl).toBe(-LOST)
    lose(again, 2, WHOLE)
    expect(again.of('halted')).toHaveLength(1)
    const reader = openReader(path)
    expect(reader.account()).toMatchObject({ dayPnl: -LOST, tripwire: { shots: 1, wins: 0 } })
    reader.close()
  })

  test('of which the counters were not written any more hears of the settlement itself', async () => {
    const first = aBot(null, 0)
    lose(first, 0, WHOLE)
    lose(first, 2, WHOLE)
    const cut = first.facts.findLastIndex(({ kind }) => kind === 'account')
    const known = await written(file(), first.facts.slice(0, cut))
    expect(known).toMatchObject({ halted: false, account: { unheard: [{ at: at(2712) }] } })
    const again = aBot(known, 2_800)
    expect(again.of('halted')).toMatchObject([{ halt: { cause: 'daily_loss' } }])
  })
})

describe('a halt', () => {
  async function halted(path: string) {
    const bot = aBot(null, 0)
    lose(bot, 0, WHOLE)
    lose(bot, 1, WHOLE)
    return { bot, known: await written(path, bot.facts) }
  }

  test('outlives the process, with its reason, also for those who only ask', async () => {
    const { known } = await halted(file())
    expect(known).toMatchObject({ halted: true, account: { halt: { cause: 'daily_loss' } } })
    expect(heldLine(known)?.line).toMatch(/HALTED: DAILY_LOSS: 9\.62 USD .*`lastsecond resume`/)
    const again = aBot(known, 1_900)
    expect(again.engine.view()).toMatchObject({ halted: true, halt: { cause: 'daily_loss' } })
    expect(() => lose(again, 3, WHOLE)).toThrow('no shot')
    // Told once; it does not halt what is halted.
    expect(again.of('halted')).toEqual([])
  })

  test.each(['by the bot', 'past the bot'])(
    'is ended by a resume %s, which counts anew',
    async (who) => {
      const path = file()
      const { bot } = await halted(path)
      if (who === 'past the bot') await writeOperatorAction(options(path), 'resume', at(1_850))
      else {
        const before = bot.facts.length
        bot.send({ kind: 'operator', action: 'resume', recvAt: at(1_850), venueAt: null })
        await written(path, bot.facts.slice(before))
      }
      const known = await remembered(path)
      expect(known).toMatchObject({ halted: false, account: { halt: null, unheard: [] } })
      const again = aBot(known, 1_900)
      expect(again.engine.view().account).toMatchObject({ dayPnl: 0, drawdown: 0 })
      lose(again, 3, WHOLE)
      expect(again.of('halted')).toEqual([])
      lose(again, 4, WHOLE)
      expect(again.of('halted')).toHaveLength(1)
    },
  )

  test('of a person says so, also over one of the bot', async () => {
    const path = file()
    await halted(path)
    await writeOperatorAction(options(path), 'kill', at(1_850))
    const known = await remembered(path)
    expect(known).toMatchObject({ halted: true, account: { halt: null } })
    expect(heldLine(known)?.line).toMatch(/a person killed it/)
  })

  test('that is not there loses no count by a resume', async () => {
    const path = file()
    const bot = aBot(null, 0)
    lose(bot, 0, WHOLE)
    await written(path, bot.facts)
    await writeOperatorAction(options(path), 'pause', at(920))
    await writeOperatorAction(options(path), 'resume', at(921))
    expect((await remembered(path)).account?.state?.dayPnl).toBe(-LOST)
  })
})
