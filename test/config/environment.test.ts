/** A variable that does nothing is never silent where it looks like one that does. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { meantBy } from '../../src/config/environment.ts'
import { CONFIG_KEYS } from '../../src/config/keys.ts'
import { loadConfig } from '../../src/config/load.ts'
import { SECRET_NAMES } from '../../src/config/schema.ts'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'environment-'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

function withEnvFile(text: string, env: Record<string, string> = {}) {
  writeFileSync(join(cwd, '.env'), text)
  return loadConfig({ cwd, env })
}

test.each([
  ['MAX_POSITON_USD', 'MAX_POSITION_USD'],
  ['MAX_POSITION', 'MAX_POSITION_USD'],
  ['PM_MAX_POSITION_USD', 'MAX_POSITION_USD'],
  ['max_position_usd', 'MAX_POSITION_USD'],
  ['POLL_INTERVAL_SEC', 'POLL_INTERVAL'],
  ['DISCOVERY_START_BUFFER_SEC', 'TRADER_START_BUFFER'],
  ['PAPER_STARTING_CASH', 'PM_PAPER_STARTING_CASH'],
  ['ASSETS', 'ASSET'],
  ['LOGLEVEL', 'LOG_LEVEL'],
  ['POLYMARKET_PRIVATEKEY', 'POLYMARKET_PRIVATE_KEY'],
  ['MAX_ASK', 'params.maxAsk in lastsecond.yaml'],
  ['PARAMS_SHARES', 'params.shares in lastsecond.yaml'],
  ['LIMITS_MAX_BOOK_AGE_MS', 'limits.maxBookAgeMs in lastsecond.yaml'],
  ['DATA_DIR', 'dataDir in lastsecond.yaml'],
])('%s was meant to be %s', (name, meant) => {
  expect(meantBy(name)).toBe(meant)
})

test.each([
  'PATH',
  'HOME',
  'PORT',
  'HOST',
  'LEVEL',
  'SHELL',
  'EDITOR',
  'NODE_ENV',
  'PRIVATE_KEY_PATH',
  'TELEGRAM_TOKEN',
  'POLYMARKET_API_KEY',
  'PM2_HOME',
  'pm_id',
  'pm_cwd',
  'WINNER',
  'LOG_FILE',
  'DRY_RUN',
])('%s is nobody’s business here', (name) => {
  expect(meantBy(name)).toBeNull()
})

test('every name that is obeyed is no lookalike', () => {
  for (const name of [...CONFIG_KEYS.flatMap((key) => key.env), ...SECRET_NAMES])
    expect(meantBy(name)).toBeNull()
})

describe('.env', () => {
  test('a lookalike is refused with the name that was meant, and never with its value', () => {
    expect(() => withEnvFile('MAX_POSITON_USD=3')).toThrow(
      'MAX_POSITON_USD in .env is not a setting; did you mean MAX_POSITION_USD?',
    )
  })

  test('the variables of others are left alone, those of older bots are told', () => {
    const { notes } = withEnvFile('TELEGRAM_TOKEN=1\nDRY_RUN=false\nPM_WEBHOOK=x\nPM_EMPTY=')
    expect(notes).toEqual([
      'DRY_RUN is set but not obeyed: a run is dry unless --live is given',
      'PM_WEBHOOK is set but is not a setting of this bot',
    ])
  })
})

test('in the environment a lookalike is told and nothing is refused', () => {
  const env = { MAX_POSITON_USD: '3', PM_WEBHOOK: 'x', PM2_HOME: '/x', HOME: '/x', VENUE: 'local' }
  expect(loadConfig({ cwd, env }).notes).toEqual([
    'MAX_POSITON_USD is set in the environment but is not a setting; did you mean MAX_POSITION_USD?',
    'PM_WEBHOOK is set but is not a setting of this bot',
  ])
})
