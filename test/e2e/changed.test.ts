/** A dry bot on the embedded venue over real sockets, whose settings a program changes by HTTP: the next window obeys, and the tape says it all again. */
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bindStrategy, engineSettings, venueParts } from '../../src/cli/bot-setup.ts'
import { liveSettings } from '../../src/cli/live-settings.ts'
import { createHand } from '../../src/cli/operator-hand.ts'
import { loadConfig } from '../../src/config/load.ts'
import { startControl } from '../../src/control/server.ts'
import type { EngineEvent } from '../../src/domain/events.ts'
import type { EngineFact } from '../../src/domain/facts.ts'
import type { Log } from '../../src/domain/ports.ts'
import { createEngine } from '../../src/engine/engine.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { startLocalVenue } from '../../src/local-venue/venue.ts'
import { nowMicros } from '../../src/net/clock.ts'
import { parseTape } from '../../src/recorder/tape.ts'
import { createBot } from '../../src/runtime/bot.ts'
import { SOME_PAPER } from '../support/builders.ts'
import { until } from '../support/until.ts'

const nothing = () => undefined
const log: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing }

async function running() {
  const venue = await startLocalVenue({
    profile: 'demo',
    port: 0,
    resolutionDelayMs: 500,
    windowSec: 15,
    firstCloseSec: 15,
    seed: 3,
  })
  const config = { ...loadConfig({ env: {}, cwd: tmpdir() }).config, assets: ['btc'] as const }
  const { changed, plan } = liveSettings(config, 'dry', false)
  const settings = {
    ...engineSettings(config, bindStrategy(config), false),
    changed,
    minTimeToStartSec: 9,
    cleanUpSec: 1,
  }
  const folder = mkdtempSync(join(tmpdir(), 'changed-'))
  const ledger = await openLedger({
    path: join(folder, 'ledger.db'),
    startingCash: settings.startingCash,
    log,
  })
  const facts: EngineFact[] = []
  const lines: string[] = []
  const hand = createHand()
  const control = await startControl({
    host: '127.0.0.1',
    port: 0,
    explicitPort: true,
    runFile: join(folder, 'run.json'),
    log,
    apiKey: null,
    answerMs: 60_000,
    operate: hand.operate,
    change: hand.change,
  })
  const bot = createBot({
    settings,
    plan,
    orders: { mode: 'dry', fill: 'shadow', paper: SOME_PAPER },
    now: nowMicros,
    log,
    keeper: ledger,
    sinks: [{ accept: (fact) => void facts.push(fact), close: () => Promise.resolve() }],
    tape: {
      append: (event: EngineEvent) => void lines.push(JSON.stringify(event)),
      close: () => Promise.resolve(),
    },
    venueIsNew: false,
    venue: venueParts(config, venue.endpoints, log),
  })
  hand.holds(bot, ledger)
  const key = readFileSync(join(folder, 'control.key'), 'utf8').trim()
  const patch = (body: object) =>
    fetch(`http://127.0.0.1:${control.port}/parameters`, {
      method: 'PATCH',
      headers: { 'x-api-key': key },
      body: JSON.stringify(body),
    })
  const close = async () => {
    await bot.stop()
    await control.close()
    await venue.close()
  }
  return { bot, facts, lines, settings, patch, close }
}

test('the window after the change is shot at from the second that was set', async () => {
  const { bot, facts, lines, settings, patch, close } = await running()
  const sealed = () => facts.filter((fact) => fact.kind === 'sealed')
  await bot.start()
  await until(() => sealed().length > 0, 60)
  const refused = await patch({ 'params.fireAt': '6', 'limits.maxPositionUsd': 'much' })
  expect([refused.status, bot.snapshot().changed]).toEqual([400, []])
  const answer = await patch({ 'params.fireAt': '6' })
  const change = { key: 'params.fireAt', from: '1', to: '6' }
  expect(await answer.json()).toMatchObject({ ok: true, changed: [change] })
  expect(bot.snapshot().changed).toEqual([change])
  const known = sealed().length
  await until(() => sealed().length > known + 1, 60)
  const later = sealed()
    .slice(known)
    .map(({ sealed: one }) => one.triggerSec)
  expect(sealed()[0]?.sealed.triggerSec).toBeLessThan(6)
  expect(later.at(-1)).toBeGreaterThanOrEqual(6)
  await close()

  const replayed = createEngine(settings)
  const said = parseTape(lines.join('\n')).flatMap((event) => replayed.step(event).facts)
  expect(said.filter(({ kind }) => kind === 'parameters')).toHaveLength(1)
  expect(JSON.stringify(said)).toBe(JSON.stringify(facts))
}, 150_000)
