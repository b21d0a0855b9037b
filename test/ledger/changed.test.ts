/** Settings that were changed while the bot ran, as the ledger keeps them: who, what, when, and certificates that name the settings they were made under. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'libsql'
import { expect, test } from 'vitest'
import { liveSettings } from '../../src/cli/live-settings.ts'
import { originOf, settingsText } from '../../src/cli/origin.ts'
import { changedConfig } from '../../src/config/change.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { EngineFact } from '../../src/domain/facts.ts'
import type { Log } from '../../src/domain/ports.ts'
import { microUsdc } from '../../src/domain/units.ts'
import { settingsHash, verifyChain } from '../../src/ledger/chain.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { at } from '../support/builders.ts'

const nothing = () => undefined
const log: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing }
const { config } = loadConfig({ cwd: '/', env: {} })

/** Only its place in the chain matters here. */
function sealed(second: number, id: string): EngineFact {
  return { kind: 'sealed', at: at(second), sealed: { conditionId: id } as never }
}

test('a certificate sealed after a change names the settings in force, those of before name the old ones, and a restart the ones it reads', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'changed-')), 'ledger.db')
  const options = {
    path,
    startingCash: microUsdc(1_000_000),
    log,
    origin: originOf(config, 'dry'),
  }
  const changes = [{ key: 'params.maxAsk', from: '0.99', to: '0.95' }]
  const values = new Map([['params.maxAsk', '0.95']])
  const { text } = liveSettings(config, 'dry', false).changed(values)
  const ledger = await openLedger(options)
  ledger.accept(sealed(1, 'one'))
  ledger.accept({ kind: 'parameters', at: at(2), changes, by: 'somebody', settings: text })
  ledger.accept(sealed(3, 'two'))
  await ledger.close()
  const again = await openLedger(options)
  again.accept(sealed(4, 'three'))
  await again.close()

  const database = new Database(path)
  const links = database
    .prepare('SELECT kind, at_micros, body_json FROM certificates ORDER BY seq')
    .all() as { kind: string; at_micros: number; body_json: string }[]
  const bodies = links.map(({ body_json: body }) => JSON.parse(body) as Record<string, unknown>)
  const before = options.origin.config
  const after = settingsHash(text)
  expect(links.map(({ kind }) => kind)).toEqual(['sealed', 'parameters', 'sealed', 'sealed'])
  expect(bodies.map((body) => body['config'])).toEqual([before, after, after, before])
  expect(after).not.toBe(before)
  // Whoever starts with these settings has the same hash.
  expect(settingsText(changedConfig(config, values), 'dry')).toBe(text)
  expect(bodies[1]?.['parameters']).toEqual({ changes, by: 'somebody' })
  expect(verifyChain(database)).toMatchObject({ count: 4, broken: null })
  const said = database.prepare('SELECT at_micros, action FROM operator_actions').all()
  expect(said).toEqual([{ at_micros: at(2), action: 'set params.maxAsk 0.99 -> 0.95 (somebody)' }])
  database.close()
})
