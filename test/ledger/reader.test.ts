/** What the ledger remembers that a restarted bot does not. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type EngineFact, NO_LATENCY } from '../../src/domain/facts.ts'
import { type Micros, microUsdc } from '../../src/domain/units.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { openReader, type WindowStory } from '../../src/ledger/reader.ts'
import { aMarket, at, someSettings } from '../support/builders.ts'
import { createHarness } from '../support/harness.ts'
import { anOrder } from '../support/live.ts'

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}
const CASH = microUsdc(10_000_000_000)
const market = aMarket()

async function kept(facts: readonly EngineFact[]): Promise<string> {
  const path = join(mkdtempSync(join(tmpdir(), 'reader-')), 'ledger.db')
  const ledger = await openLedger({ path, startingCash: CASH, log: silent })
  for (const fact of facts) ledger.accept(fact)
  await ledger.close()
  return path
}

async function storyOf(facts: readonly EngineFact[]): Promise<WindowStory> {
  const reader = openReader(await kept(facts))
  const story = reader.story(market.slug)
  reader.close()
  return story
}

const started = (when: Micros): EngineFact => ({
  kind: 'restored',
  at: when,
  cash: CASH,
  shots: 0,
  barred: 0,
  unjudged: [],
})
const stopped = (when: Micros): EngineFact => ({ kind: 'operator', at: when, action: 'stop' })
const armed: EngineFact = { kind: 'armed', at: at(700), market }

test('a stop before the close broke the window off', async () => {
  expect((await storyOf([started(at(1)), armed, stopped(at(869))])).stoppedAt).toBe(at(869))
})

test('a stop of an earlier session, or after the close, did not', async () => {
  expect(
    (await storyOf([started(at(1)), stopped(at(5)), started(at(9)), armed])).stoppedAt,
  ).toBeNull()
  expect((await storyOf([started(at(1)), armed, stopped(at(901))])).stoppedAt).toBeNull()
})

test('a venue at a time of its own cannot be compared with', async () => {
  const longAgo = at(-400 * 86_400)
  const facts = [started(longAgo), armed, stopped(at(-399 * 86_400))]
  expect((await storyOf(facts)).stoppedAt).toBeNull()
})

test.each([
  ['restored', 'UP has the larger best ask'],
  ['restored; killed: gone', 'UP has the larger best ask; killed: gone'],
])('the reason of a shot outlives a restart: %s', async (forgotten, reason) => {
  const bot = createHarness(someSettings())
  bot.clock(at(0))
  bot.list(market, at(1))
  bot.runTo(at(898))
  bot.books(market, at(898), 9_500, 9_600)
  bot.runTo(at(911))
  // The outcome and the settlement, as a bot tells them that was restarted after the shot.
  const path = await kept([...bot.facts, settled(forgotten)])
  const reader = openReader(path)
  expect(reader.settlements(1)[0]?.reason).toBe(reason)
  expect(reader.story('last')).toMatchObject({ reason, settlement: { reason } })
  reader.close()
})

function settled(reason: string): EngineFact {
  return {
    kind: 'settled',
    at: at(912),
    settlement: {
      market,
      decision: 'fired',
      reason,
      winner: 'UP',
      winnerSource: 'channel',
      side: 'UP',
      order: null,
      outcome: null,
      payout: microUsdc(0),
      pnl: microUsdc(0),
      cash: CASH,
      latency: NO_LATENCY,
    },
  }
}

test('what a process left behind is called missed by the next, and what it had a shot in is not', async () => {
  const path = await kept([armed])
  const after = async (facts: readonly EngineFact[]) => {
    const again = await openLedger({ path, startingCash: CASH, log: silent })
    for (const fact of facts) again.accept(fact)
    await again.close()
    const reader = openReader(path)
    const { state, reason } = reader.story(market.slug)
    reader.close()
    return [state, reason]
  }
  // A start that failed before it took up the work names nothing.
  expect(await after([])).toEqual(['armed', null])
  expect(await after([started(at(950))])).toEqual([
    'passed',
    'MISSED: the bot ended before this window did',
  ])

  const order = anOrder()
  const shot = await kept([armed, { kind: 'submitted', at: at(899), order, market }, armed])
  const next = await openLedger({ path: shot, startingCash: CASH, log: silent })
  next.accept(started(at(950)))
  await next.close()
  const other = openReader(shot)
  expect(other.story(market.slug).state).toBe('armed')
  other.close()
})
