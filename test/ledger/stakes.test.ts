/** The ladder of stakes over a kill: no settled window is missing in the evidence, wherever the process ended. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'libsql'
import { describe, expect, test } from 'vitest'
import type { EngineFact } from '../../src/domain/facts.ts'
import { conditionId, tokenId } from '../../src/domain/ids.ts'
import type { Log, Remembered } from '../../src/domain/ports.ts'
import type { StakeSettings } from '../../src/domain/stakes.ts'
import { microShares, microUsdc } from '../../src/domain/units.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { aMarket, at, someSettings } from '../support/builders.ts'
import { createHarness } from '../support/harness.ts'

const log: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}
const CASH = microUsdc(10_000_000_000)
const SETTINGS: StakeSettings = {
  strategy: 'last-second',
  canaryShares: microShares(5_000_000),
  windows: 3,
  parity: 0.9,
  alpha: 0.05,
}
const file = () => join(mkdtempSync(join(tmpdir(), 'ledger-stakes-')), 'ledger.db')
const FRESH: Remembered = {
  ...{ cash: CASH, paused: false, halted: false, shots: [], barred: [], unjudged: [] },
  settled: [],
  account: { halt: null, state: null, stakes: null, unheard: [] },
}

type Bot = ReturnType<typeof createHarness>

function aBot(remembered: Remembered, from: number): Bot {
  const bot = createHarness(someSettings({ stakes: SETTINGS }))
  bot.send({ kind: 'restored', ...remembered, recvAt: at(from), venueAt: null })
  bot.clock(at(from))
  return bot
}

/** A window with a shot that its twin on paper repeats. */
function play(bot: Bot, n: number, winner: 'UP' | 'DOWN'): void {
  const start = 900 * n
  const market = aMarket({
    conditionId: conditionId(`0x${String(n + 1).padStart(64, '0')}`),
    slug: `btc-updown-15m-${n}`,
    startAt: at(start),
    endAt: at(start + 900),
    up: tokenId(`1${String(n).padStart(76, '0')}`),
    down: tokenId(`2${String(n).padStart(76, '0')}`),
  })
  bot.list(market, at(start + 1))
  bot.runTo(at(start + 898))
  bot.books(market, at(start + 898), 9_500, 9_600)
  bot.runTo(at(start + 899))
  const order = bot.asked('submit').at(-1)?.order
  if (order === undefined || order.conditionId !== market.conditionId) throw new Error('no shot')
  const outcome = {
    state: 'filled',
    fills: [{ price: order.limit, shares: order.shares }],
    ...{ shares: order.shares, cost: order.spend, fee: microUsdc(0) },
    finality: 'confirmed',
  } as const
  const when = { recvAt: at(start + 899.2), venueAt: null }
  bot.send({ kind: 'twin', orderId: order.id, outcome, ...when })
  bot.send({ kind: 'order_outcome', venueId: null, orderId: order.id, outcome, ...when })
  bot.runTo(at(start + 911))
  bot.resolve(market, winner, at(start + 912))
}

async function written(facts: readonly EngineFact[]): Promise<Remembered> {
  const path = file()
  for (const given of [facts, []]) {
    const ledger = await openLedger({ path, startingCash: CASH, log })
    for (const fact of given) ledger.accept(fact)
    const known = await ledger.restore()
    await ledger.close()
    if (given !== facts || facts.length === 0) return known
  }
  throw new Error('not reached')
}

/** As if the process had been killed between the last settlement and the standing that follows from it. */
const untilSettled = ({ facts }: Bot): EngineFact[] => {
  const last = facts.findLastIndex(({ kind }) => kind === 'settled')
  expect(facts.slice(last).some(({ kind }) => kind === 'stakes')).toBe(true)
  return facts.slice(0, last + 1)
}

describe('a kill between a settlement and the standing', () => {
  test('loses no window of the evidence', async () => {
    const first = aBot(FRESH, 0)
    for (const n of [0, 1]) play(first, n, 'UP')
    const known = await written(untilSettled(first))
    expect(known.account?.stakes).toMatchObject({ count: 1 })
    const again = aBot(known, 1_900)
    const [before, after] = [first, again].map((bot) => bot.of('stakes').at(-1)?.stakes)
    expect(after).toMatchObject({ count: 2, proof: before?.proof, heardAt: at(1_812) })
    // It is written down now, and counted once.
    const third = aBot(await written([...untilSettled(first), ...again.facts]), 2_000)
    expect(third.of('stakes')).toEqual([])
    expect(third.engine.view().stakes).toMatchObject({ windows: 2 })
  })

  test('does not save a canary from its fall', async () => {
    const first = aBot(FRESH, 0)
    for (const n of [0, 1, 2]) play(first, n, 'DOWN')
    expect(first.of('halted')).toMatchObject([{ halt: { cause: 'stakes' } }])
    const known = await written(untilSettled(first))
    expect(known).toMatchObject({ halted: false })
    const again = aBot(known, 2_800)
    expect(again.of('halted')).toMatchObject([{ halt: { cause: 'stakes' } }])
    expect(again.of('stakes').at(-1)).toMatchObject({ move: { from: 'canary', to: 'paper' } })
  })

  test('cannot be: what is told in one turn is on the disk together, or not at all', async () => {
    const bot = aBot(FRESH, 0)
    play(bot, 0, 'UP')
    const told = bot.facts.filter(({ kind }) => kind === 'settled' || kind === 'stakes').slice(-2)
    expect(told.map(({ kind }) => kind)).toEqual(['settled', 'stakes'])
    const path = file()
    const child = fileURLToPath(new URL('./turn-kill-child.mjs', import.meta.url))
    const facts = told.map((fact) => JSON.stringify(fact))
    const ended = spawnSync(process.execPath, [child, path, ...facts])
    expect([ended.signal, ended.stderr.toString()]).toEqual(['SIGKILL', ''])
    const database = new Database(path)
    const row = database.prepare(`SELECT (SELECT COUNT(*) FROM settlements) AS settled,
      (SELECT COUNT(*) FROM meta WHERE key = 'stakes') AS stakes`)
    const { settled, stakes } = row.get() as { settled: number; stakes: number }
    database.close()
    expect(settled).toBe(stakes)
  })
})
