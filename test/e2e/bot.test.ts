/** The bot's real parts against the embedded venue over real sockets, with windows of a few seconds. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { engineSettings, venueParts } from '../../src/cli/bot-setup.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { EngineEvent } from '../../src/domain/events.ts'
import type { EngineFact } from '../../src/domain/facts.ts'
import type { FactSink, Log, Tape } from '../../src/domain/ports.ts'
import { type MicroUsdc, micros } from '../../src/domain/units.ts'
import { createEngine } from '../../src/engine/engine.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { type RunningVenue, startLocalVenue } from '../../src/local-venue/venue.ts'
import { nowMicros } from '../../src/net/clock.ts'
import { parseTape } from '../../src/recorder/tape.ts'
import { createBot } from '../../src/runtime/bot.ts'
import { lastSecond } from '../../src/strategies/last-second.ts'
import { aMarket, at, SOME_PAPER, someSettings } from '../support/builders.ts'
import { createHarness } from '../support/harness.ts'
import { until } from '../support/until.ts'

const log: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}
let venue: RunningVenue | null = null

afterEach(async () => {
  await venue?.close()
  venue = null
})

async function session(change: {
  windowSec: number
  firstCloseSec: number
  assets: ('btc' | 'eth')[]
  seed: number
  ledger?: string
  venueIsNew?: boolean
}) {
  venue = await startLocalVenue({ profile: 'demo', port: 0, resolutionDelayMs: 500, ...change })
  const config = { ...loadConfig({ env: {}, cwd: tmpdir() }).config, assets: change.assets }
  const settings = {
    ...engineSettings(config, lastSecond.bind({}), true),
    minTimeToStartSec: 6,
    cleanUpSec: 1,
  }
  const facts: EngineFact[] = []
  const lines: string[] = []
  const sink: FactSink = { accept: (fact) => void facts.push(fact), close: () => Promise.resolve() }
  const tape: Tape = {
    append: (event: EngineEvent) => void lines.push(JSON.stringify(event)),
    close: () => Promise.resolve(),
  }
  const path = change.ledger ?? join(mkdtempSync(join(tmpdir(), 'bot-')), 'ledger.db')
  const keeper = await openLedger({ path, startingCash: settings.startingCash, log })
  const bot = createBot({
    settings,
    orders: { mode: 'dry', fill: 'shadow', paper: SOME_PAPER },
    now: nowMicros,
    log,
    keeper,
    sinks: [sink],
    tape,
    venueIsNew: change.venueIsNew ?? false,
    venue: venueParts(config, venue.endpoints, log),
  })
  return { bot, facts, lines, settings, path }
}

describe('the whole job over real sockets', () => {
  test('two windows are found, listened to, judged in the last second, settled and booked; the tape replays byte for byte', async () => {
    const { bot, facts, lines, settings, path } = await session({
      windowSec: 15,
      firstCloseSec: 15,
      assets: ['btc', 'eth'],
      seed: 3,
    })
    await bot.start()
    await bot.done
    await bot.stop()
    const settled = facts.filter((fact) => fact.kind === 'settled')
    expect(settled.map((fact) => fact.settlement.market.asset).sort()).toEqual(['btc', 'eth'])
    expect(facts.filter((fact) => fact.kind === 'armed')).toHaveLength(2)
    for (const { settlement } of settled) {
      const decided = facts
        .filter((fact) => fact.kind === 'decided')
        .filter((fact) => fact.decision.conditionId === settlement.market.conditionId)
      expect(decided.length).toBeGreaterThan(0)
      // Earlier only where an order would otherwise come too late, as on a machine that is slow to answer.
      const isSlow = decided.some(({ decision }) => decision.deadline.totalMicros > 900_000)
      for (const { decision } of decided) {
        expect(decision.leftMicros).toBeLessThanOrEqual(isSlow ? 15_000_000 : 1_000_000)
        const sources = decision.prices.map(({ feed, series }) => `${feed} ${series}`)
        expect(sources.sort()).toEqual(['binance spot', 'rtds spot', 'rtds twap30', 'rtds twap60'])
      }
      expect(settlement.decision === 'fired' || settlement.reason.includes(': ')).toBe(true)
    }
    const replayed = createEngine(settings)
    const previewed = createEngine(settings)
    const tape = parseTape(lines.join('\n'))
    const said = tape.flatMap((event) => replayed.step(event).facts)
    expect(JSON.stringify(said)).toBe(JSON.stringify(facts))
    // As a live bot keeps itself warm: a decision for nothing leaves no trace in those that count.
    const unmoved = tape.flatMap((event) => {
      for (const laterMs of [0, 3, 60]) previewed.preview(micros(event.recvAt + laterMs * 1_000))
      return previewed.step(event).facts
    })
    expect(JSON.stringify(unmoved)).toBe(JSON.stringify(facts))
    const cash =
      settled.reduce((sum, { settlement }) => sum + settlement.pnl, 0) + settings.startingCash
    const again = await openLedger({ path, startingCash: 0 as MicroUsdc, log })
    expect(await again.restore()).toMatchObject({ cash, paused: false, halted: false, shots: [] })
    await again.close()
  })

  test('a socket cut without a frame and a lost change heal before the shot', async () => {
    const { bot, facts } = await session({
      windowSec: 25,
      firstCloseSec: 25,
      assets: ['btc'],
      seed: 5,
    })
    const saw = (state: 'open' | 'lost') =>
      until(() => facts.some((fact) => fact.kind === 'listener' && fact.state === state), 20)
    await bot.start()
    const control = venue?.endpoints.control ?? ''
    const fault = (name: string, forMs: number) =>
      fetch(`${control}/faults`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name, forMs, probability: 1 }),
      })
    expect((await fault('lost-delta', 1_000)).ok).toBe(true)
    await saw('open')
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    expect((await fault('close-without-frame', 300)).ok).toBe(true)
    await saw('lost')
    await bot.done
    await bot.stop()
    expect(facts.some((fact) => fact.kind === 'listener' && fact.state === 'lost')).toBe(true)
    const last = facts.filter((fact) => fact.kind === 'decided').at(-1)
    expect(last?.decision.up.state).toBe('live')
    expect(last?.decision.down.state).toBe('live')
    expect(facts.filter((fact) => fact.kind === 'settled')).toHaveLength(1)
  })
})

test('a shot whose embedded venue is gone is void, and its stake comes back', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'bot-')), 'ledger.db')
  const before = createHarness(someSettings())
  const market = aMarket()
  before.clock(at(600))
  before.list(market, at(600))
  before.runTo(at(898))
  before.books(market, at(898), 9_500, 9_600)
  before.runTo(at(899))
  const order = before.asked('submit')[0]?.order
  if (order === undefined) throw new Error('no shot')
  const outcome = {
    state: 'filled',
    fills: [],
    shares: order.shares,
    cost: order.spend,
    fee: 13_440 as MicroUsdc,
    finality: 'confirmed',
  } as const
  before.send({
    kind: 'order_outcome',
    venueId: null,
    orderId: order.id,
    outcome,
    recvAt: at(899.2),
    venueAt: null,
  })
  const ledger = await openLedger({ path, startingCash: before.engine.view().cash, log })
  for (const fact of before.facts) ledger.accept(fact)
  await ledger.close()
  const { bot, facts } = await session({
    windowSec: 60,
    firstCloseSec: 60,
    assets: ['btc'],
    seed: 1,
    ledger: path,
    venueIsNew: true,
  })
  await bot.start()
  await bot.stop()
  expect(facts.filter((fact) => fact.kind === 'settled')).toMatchObject([
    { settlement: { winner: 'VOID', pnl: 0, payout: order.spend + 13_440 } },
  ])
})
