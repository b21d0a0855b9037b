import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'libsql'
import { describe, expect, test } from 'vitest'
import type { OperatorAction } from '../../src/domain/account.ts'
import type { EngineFact } from '../../src/domain/facts.ts'
import { conditionId, orderId } from '../../src/domain/ids.ts'
import type { SubmitOutcome } from '../../src/domain/order.ts'
import type { Log } from '../../src/domain/ports.ts'
import { microShares, microUsdc } from '../../src/domain/units.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { writeOperatorAction } from '../../src/ledger/operator.ts'
import { openReader } from '../../src/ledger/reader.ts'
import { tally } from '../../src/ledger/tally.ts'
import { aMarket, at, someSettings } from '../support/builders.ts'
import { createHarness } from '../support/harness.ts'
import { anOrder } from '../support/live.ts'

const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}
const CASH = microUsdc(10_000_000_000)
const NOTHING = { halt: null, state: null, stakes: null, unheard: [], unclimbed: [] }
const file = () => join(mkdtempSync(join(tmpdir(), 'ledger-')), 'ledger.db')
const open = (path: string) => openLedger({ path, startingCash: CASH, log: silent })

/** Windows with their whole life, as the engine tells it. */
function facts(count: number, settle: (n: number) => boolean) {
  const bot = createHarness(someSettings())
  bot.clock(at(0))
  for (let n = 0; n < count; n += 1) {
    const market = aMarket({
      conditionId: conditionId(`0x${String(n).padStart(64, '0')}`),
      slug: `btc-updown-15m-${n}`,
      startAt: at(900 * n),
      endAt: at(900 * (n + 1)),
    })
    bot.list(market, at(900 * n + 1))
    bot.runTo(at(900 * n + 898))
    bot.books(market, at(900 * n + 898), 9_500, 9_600)
    bot.runTo(at(900 * n + 899))
    const order = bot.asked('submit').at(-1)?.order
    if (order === undefined) throw new Error('no shot')
    const outcome =
      n % 3 === 2
        ? ({ state: 'killed', reason: 'gone' } as const)
        : ({
            state: 'filled',
            fills: [{ price: order.limit, shares: order.shares }],
            shares: order.shares,
            cost: order.spend,
            fee: microUsdc(13_440),
            finality: 'confirmed',
          } as const)
    bot.send({
      kind: 'order_outcome',
      venueId: null,
      orderId: order.id,
      outcome,
      recvAt: at(900 * n + 899.2),
      venueAt: null,
    })
    bot.runTo(at(900 * n + 911))
    if (settle(n)) bot.resolve(market, n % 2 === 0 ? 'UP' : 'DOWN', at(900 * n + 912))
  }
  return { facts: bot.facts, cash: bot.engine.view().cash }
}

describe('the ledger', () => {
  test('survives a restart: cash to the micro-dollar, open shots, and nothing that is settled', async () => {
    const path = file()
    const first = await open(path)
    expect(await first.restore()).toEqual({
      cash: CASH,
      paused: false,
      halted: false,
      shots: [],
      barred: [],
      unjudged: [],
      settled: [],
      account: NOTHING,
    })
    const told = facts(7, (n) => n < 5)
    for (const fact of told.facts) first.accept(fact)
    await first.close()
    const second = await open(path)
    const remembered = await second.restore()
    expect(remembered.cash).toBe(told.cash)
    expect(remembered.shots.map(({ order, outcome }) => [order.id, outcome?.state])).toEqual([
      ['btc-updown-15m-5/1', 'killed'],
      ['btc-updown-15m-6/1', 'filled'],
    ])
    expect(remembered.shots[1]?.market.slug).toBe('btc-updown-15m-6')
    await second.close()
  })

  test('what a sale brought is money after a restart, too', async () => {
    const path = file()
    const first = await open(path)
    const market = aMarket()
    const buy = anOrder({}, market)
    const sell = anOrder({ id: orderId(`${market.slug}/2`), action: 'SELL' }, market)
    const done = (cost: number, fee: number): SubmitOutcome => ({
      state: 'filled',
      fills: [],
      shares: microShares(5_000_000),
      cost: microUsdc(cost),
      fee: microUsdc(fee),
      finality: 'confirmed',
    })
    const outcomes = [
      [buy, done(4_850_000, 10_000)] as const,
      [sell, done(4_900_000, 7_000)] as const,
    ]
    for (const [order, outcome] of outcomes) {
      first.accept({ kind: 'submitted', at: at(899), order, market })
      const rest = { venueId: null, outcome, cash: CASH }
      first.accept({ kind: 'outcome', at: at(900), order, market, ...rest })
    }
    await first.close()
    const second = await open(path)
    const cash = CASH - 4_850_000 - 10_000 + 4_900_000 - 7_000
    expect((await second.restore()).cash).toBe(cash)
    await second.close()
    // An older one wrote it down as if it had been paid.
    const database = new Database(path)
    database.exec("UPDATE meta SET value = '3' WHERE key = 'schema_version'")
    database.exec('UPDATE orders SET cost_micro_usd = ABS(cost_micro_usd)')
    database.close()
    const third = await open(path)
    expect((await third.restore()).cash).toBe(cash)
    await third.close()
  })

  test('a window that was passed is judged by the process after the one that passed it', async () => {
    const path = file()
    const market = aMarket()
    const before = createHarness(someSettings())
    before.clock(at(0))
    before.list(market, at(1))
    before.runTo(at(898))
    // Too dear to be bought.
    before.books(market, at(898), 9_980, 9_990)
    before.runTo(at(911))
    expect([before.asked('submit').length, before.of('sealed').length]).toEqual([0, 1])
    const first = await open(path)
    for (const fact of before.facts) first.accept(fact)
    await first.close()

    const second = await open(path)
    const remembered = await second.restore()
    expect(remembered.unjudged).toMatchObject([{ market: { slug: market.slug } }])
    const after = createHarness(someSettings())
    after.send({ kind: 'restored', ...remembered, recvAt: at(950), venueAt: null })
    after.clock(at(950))
    after.runTo(at(950))
    expect(after.asked('await_resolution')).toHaveLength(1)
    // It is not found again, nor shot at.
    after.list(market, at(951))
    expect([after.of('found'), after.asked('watch')]).toEqual([[], []])
    after.resolve(market, 'UP', at(952))
    for (const fact of after.facts) second.accept(fact)
    await second.close()

    const reader = openReader(path)
    const { certificate, judgement, settlement } = reader.story(market.slug)
    const refusedBy = certificate?.body.decision?.refusedBy
    expect(refusedBy).toBeTypeOf('string')
    expect(settlement).toMatchObject({ decision: 'passed', winner: 'UP', pnl: 0 })
    expect(settlement?.reason).toContain(refusedBy)
    expect(judgement?.body).toMatchObject({
      refusedBy,
      otherwise: { cause: 'refused', side: 'UP', ask: 9_990 },
    })
    expect(reader.certificates.verify().broken).toBeNull()
    reader.close()
    const third = await open(path)
    expect((await third.restore()).unjudged).toEqual([])
    await third.close()
  })

  test('a start that fails after it has opened the ledger forgets no window that waits for its winner', async () => {
    const path = file()
    const market = aMarket()
    const before = createHarness(someSettings())
    before.clock(at(0))
    before.list(market, at(1))
    before.runTo(at(898))
    before.books(market, at(898), 9_980, 9_990)
    before.runTo(at(911))
    const next = async (facts: readonly EngineFact[]) => {
      const ledger = await open(path)
      const remembered = await ledger.restore()
      for (const fact of facts) ledger.accept(fact)
      await ledger.close()
      return remembered
    }
    await next(before.facts)
    // The port was taken, the venue did not answer.
    for (let start = 0; start < 2; start += 1)
      expect((await next([])).unjudged).toMatchObject([{ market: { slug: market.slug } }])
    // One that began, and was killed before it could ask for the winner.
    const again = createHarness(someSettings())
    again.send({ kind: 'restored', ...(await next([])), recvAt: at(950), venueAt: null })
    await next(again.facts)
    const remembered = await next([])
    expect(remembered.unjudged).toMatchObject([{ market: { slug: market.slug } }])
    // On a new venue nobody will name its winner: then it is over.
    await next([{ kind: 'restored', at: at(960), cash: CASH, shots: 0, barred: 0, unjudged: [] }])
    expect((await next([])).unjudged).toEqual([])
  })

  test.each<[OperatorAction[], boolean, boolean]>([
    [['pause'], true, false],
    [['kill'], false, true],
    [['kill', 'stop', 'pause'], true, true],
    [['pause', 'kill', 'resume'], false, false],
    [['stop'], false, false],
  ])('after %j the next start is paused: %j, halted: %j', async (actions, paused, halted) => {
    const heard = file()
    const ledger = await open(heard)
    for (const action of actions) ledger.accept({ kind: 'operator', at: at(1), action })
    await ledger.close()
    const written = file()
    for (const action of actions)
      await writeOperatorAction({ path: written, startingCash: CASH, log: silent }, action, at(1))
    for (const path of [heard, written]) {
      const next = await open(path)
      expect(await next.restore()).toEqual({
        cash: CASH,
        paused,
        halted,
        shots: [],
        barred: [],
        unjudged: [],
        settled: [],
        account: NOTHING,
      })
      await next.close()
    }
  })

  test('a ledger from before there were halts is not halted, and can be', async () => {
    const path = file()
    await (await open(path)).close()
    const database = new Database(path)
    database.exec("DELETE FROM meta WHERE key = 'halted'")
    database.close()
    const old = await open(path)
    expect((await old.restore()).halted).toBe(false)
    // Written beside the one who holds the ledger.
    await writeOperatorAction({ path, startingCash: CASH, log: silent }, 'kill', at(1))
    old.accept({ kind: 'operator', at: at(2), action: 'pause' })
    await old.close()
    const next = await open(path)
    expect(await next.restore()).toMatchObject({ paused: true, halted: true })
    await next.close()
  })

  test('a word for a file that is no ledger is one sentence, and the file stays', async () => {
    const path = file()
    writeFileSync(path, 'these are my notes and not a database, whatever their name says')
    const kill = writeOperatorAction({ path, startingCash: CASH, log: silent }, 'kill', at(1))
    await expect(kill).rejects.toThrow(/"kill" could not be written/)
    expect(readFileSync(path, 'utf8')).toMatch(/^these are my notes/)
  })

  test('tells the story of a window, and adds up', async () => {
    const path = file()
    const ledger = await open(path)
    for (const fact of facts(6, () => true).facts) ledger.accept(fact)
    await ledger.flush()
    const reader = openReader(path)
    expect(reader.story('last').market.slug).toBe('btc-updown-15m-5')
    expect(reader.story('15m-3').decisions.at(-1)?.refusedBy).toBeNull()
    expect(() => reader.story('btc')).toThrow(/part of several windows/)
    expect(() => reader.story('nothing')).toThrow(/no window in the ledger/)
    const sum = tally(reader.settlements(100))
    expect(sum).toMatchObject({ windows: 6, fired: 6, filled: 4, wins: 2, feesMicro: 4 * 13_440 })
    expect(sum.breakEven).toBeCloseTo(0.962688, 9)
    expect(sum.low).toBeLessThan(0.5)
    expect(sum.high).toBeGreaterThan(0.5)
    reader.close()
    await ledger.close()
    const database = new Database(path, { readonly: true } as Database.Options)
    expect(database.prepare('SELECT COUNT(*) AS n FROM trades').get()).toMatchObject({ n: 6 })
    database.close()
  })

  test('one writer at a time; a dead one does not block', async () => {
    const path = file()
    writeFileSync(`${path}.lock`, '1')
    await expect(open(path)).rejects.toThrow(/another lastsecond \(process 1\)/)
    writeFileSync(`${path}.lock`, '999999999')
    await (await open(path)).close()
  })

  test('a file that is no ledger is told and left as it is', async () => {
    const path = file()
    writeFileSync(path, 'these are my notes and not a database, whatever their name says')
    await expect(open(path)).rejects.toThrow(/cannot be opened/)
    expect(readFileSync(path, 'utf8')).toMatch(/^these are my notes/)
    const newer = file()
    await (await open(newer)).close()
    const database = new Database(newer)
    database.exec("UPDATE meta SET value = '99' WHERE key = 'schema_version'")
    database.close()
    await expect(open(newer)).rejects.toThrow(/schema 99/)
  })

  test('what was acknowledged survives kill -9', async () => {
    const path = file()
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL('./kill-child.mjs', import.meta.url)), path],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    let acknowledged = 0
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        acknowledged = Number(chunk.toString().trim().split('\n').at(-1))
        if (acknowledged >= 40) child.kill('SIGKILL')
      })
      child.once('close', () => resolve())
    })
    const database = new Database(path, { readonly: true } as Database.Options)
    const { n } = database.prepare('SELECT COUNT(*) AS n FROM operator_actions').get() as {
      n: number
    }
    expect(n).toBeGreaterThanOrEqual(acknowledged)
    expect(database.prepare('PRAGMA integrity_check').get()).toMatchObject({
      integrity_check: 'ok',
    })
    database.close()
    await (await open(path)).close()
  })
})
