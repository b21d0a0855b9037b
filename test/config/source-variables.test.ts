/** Every variable of the systems that this bot takes the place of works under its own name, or is told. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bindStrategy, engineSettings } from '../../src/cli/bot-setup.ts'
import { passLiveLocks } from '../../src/cli/live-lock.ts'
import { loadConfig } from '../../src/config/load.ts'
import { SECRET_NAMES } from '../../src/config/schema.ts'
import { SOURCE_VARIABLES } from '../../src/config/source-variables.ts'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'sources-'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

function load(env: Record<string, string>, flags: Record<string, unknown> = {}) {
  return loadConfig({ cwd, env, flags })
}

function refusal(env: Record<string, string>): string {
  try {
    load(env)
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

function at(config: object, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((node, name) => (node as Record<string, unknown>)[name], config)
}

const ALWAYS_DRY = 'not obeyed: a run is dry unless --live is given'
/** Written, where it goes, what it is there; and one that is refused. */
const SETTINGS: readonly [string, string, string, unknown, string][] = [
  ['PM_STRATEGY', 'balanced_arb', 'strategy', 'balanced_arb', ''],
  ['PM_TRADE_ENABLED', '0', 'tradeEnabled', false, 'perhaps'],
  ['PM_WATCHLIST', 'BTC:15m,ETH:5m', 'watch', ['btc:15m', 'eth:5m'], 'BTC-15m'],
  ['PM_TRADELIST', 'BTC:15m', 'trade', ['btc:15m'], 'BTC:15'],
  ['PM_WARMUP_SECONDS', '5.0', 'discovery.startWaitSec', 5, '-1'],
  ['PM_MIN_REQUOTE_SECONDS', '1.5', 'quotes.minRequoteSec', 1.5, '0'],
  ['PM_REQUOTE_MIN_TICKS', '3', 'quotes.minTicks', 3, '3.5'],
  ['PM_REQUOTE_MAX_AGE_SECONDS', '12', 'quotes.maxAgeSec', 12, 'ten'],
  ['PM_PAPER_STARTING_CASH', '2500', 'paper.startingCashUsd', 2_500_000_000, 'much'],
  ['PM_PAPER_POST_LATENCY_MS', '50', 'paper.postMs', 50, '-50'],
  ['PM_PAPER_CANCEL_REQ_LATENCY_MS', '60', 'paper.cancelRequestMs', 60, '60ms'],
  ['PM_PAPER_CANCEL_CLEAR_LATENCY_MS', '70', 'paper.cancelClearMs', 70, '70000'],
  ['PM_PAPER_QUEUE_ADD_AHEAD_FRAC', '0.3', 'paper.queueAddAhead', 0.3, '3'],
  ['PM_PAPER_FLOW_BASE', '5', 'paper.flowBase', 5, '-5'],
  ['PM_PAPER_SEED', '7', 'paper.seed', 7, '7.5'],
  ['RUST_LOG', 'debug', 'log.level', 'debug', ''],
  ['ASSET', 'SOL', 'assets', ['sol'], 'doge'],
  ['INTERVAL', '5m', 'intervals', ['5m'], '5'],
  ['MAX_POSITION_USD', '100', 'limits.maxPositionUsd', 100_000_000, '$100'],
  ['MAX_ORDERS_PER_MARKET', '10', 'limits.maxOrdersPerMarket', 10, '0'],
  ['COOLDOWN_MS', '5000', 'limits.cooldownMs', 5_000, '5s'],
  ['POLL_INTERVAL', '60', 'discovery.pollIntervalSec', 60, '1'],
  ['TRADER_START_BUFFER', '120', 'discovery.startBufferSec', 120, 'soon'],
  ['MIN_TIME_TO_START', '20', 'discovery.minTimeToStartSec', 20, '0'],
  ['MAX_MINUTES_AHEAD', '30', 'discovery.maxMinutesAhead', 30, '0'],
  ['TRIGGER_SECONDS', '1.5', 'params.fireAt', 1.5, '90'],
]
const SECRETS = [
  'POLYMARKET_PRIVATE_KEY',
  'DASHBOARD_API_KEY',
  'PRIVATE_KEY',
  'CLOB_API_KEY',
  'CLOB_SECRET',
  'CLOB_PASSPHRASE',
]
const TOLD = ['PM_DRY_RUN', 'PM_PAPER_TRADING']

test('this is the whole list', () => {
  const known = Object.values(SOURCE_VARIABLES).flatMap((variables) => Object.keys(variables))
  expect([...SETTINGS.map(([name]) => name), ...SECRETS, ...TOLD].sort()).toEqual(known.sort())
  for (const name of SECRETS) expect(SECRET_NAMES).toContain(name)
})

describe.each(SETTINGS)('%s', (name, written, path, value) => {
  test('sets what it means, from the environment and from .env', () => {
    expect(at(load({ [name]: written }).config, path)).toEqual(value)
    writeFileSync(join(cwd, '.env'), `${name}=${written}\n`)
    const fromFile = load({})
    expect(at(fromFile.config, path)).toEqual(value)
    expect(fromFile.origins.get(path)).toEqual({ kind: 'env_file', name, file: '.env' })
  })
})

test.each(SETTINGS.filter(([, , , , bad]) => bad !== ''))(
  '%s is refused by name where it makes no sense',
  (name, _, path, __, bad) => {
    const said = refusal({ [name]: bad })
    expect(said).toMatch(new RegExp(`^${path.replace('.', '[.]')} must be `))
    expect(said.replaceAll('"', '')).toContain(
      `, got ${bad} (from the environment variable ${name})`,
    )
  },
)

test('a strategy that is not there is refused by its name', () => {
  expect(() => bindStrategy(load({ PM_STRATEGY: 'martingale' }).config)).toThrow(
    'there is no strategy "martingale"; there are: last-second, ',
  )
})

describe('switches', () => {
  test.each(TOLD)(
    '%s never makes a run live, and one that says play stops a live one',
    async (name) => {
      const off = load({ [name]: '0' })
      expect([off.saysDry, off.notes]).toEqual([null, [`${name} is set but ${ALWAYS_DRY}`]])
      const on = load({ [name]: '1' })
      expect(on.saysDry).toBe(`${name} is 1 (from the environment variable ${name})`)
      await expect(passLiveLocks(on, new AbortController().signal)).rejects.toThrow(
        `${name} is 1 (from the environment variable ${name}), which says that no order is for real; take it away to trade live`,
      )
      expect(() => load({ [name]: 'maybe' })).toThrow(
        `${name} must be 1 or 0, true or false, got "maybe" (from the environment variable ${name})`,
      )
    },
  )

  test('the environment speaks before .env', () => {
    writeFileSync(join(cwd, '.env'), 'PM_DRY_RUN=1\n')
    expect(load({ PM_DRY_RUN: '0' }).saysDry).toBeNull()
    expect(load({}).saysDry).toBe('PM_DRY_RUN is 1 (from PM_DRY_RUN in .env)')
  })

  test('a part that is not there is told in one line', () => {
    expect(load({ TELEGRAM_BOT_TOKEN: 'x' }).notes).toEqual([
      'TELEGRAM_BOT_TOKEN is set but not obeyed: messages to Telegram are not built yet',
    ])
  })
})

describe('which windows', () => {
  const series = (env: Record<string, string>, flags = {}) => {
    const { config } = load(env, flags)
    return engineSettings(config, bindStrategy(config), false).series.map(
      ({ asset, interval }) => `${asset}:${interval}`,
    )
  }

  test('a watch list is these pairs and no others; feeds hear their assets', () => {
    const env = { PM_WATCHLIST: 'ETH:5m, btc:15M' }
    expect(series(env)).toEqual(['eth:5m', 'btc:15m'])
    const { config, origins } = load(env)
    expect([config.assets, config.intervals]).toEqual([
      ['btc', 'eth'],
      ['5m', '15m'],
    ])
    expect(origins.get('assets')).toEqual({ kind: 'environment', name: 'PM_WATCHLIST' })
  })

  test('what is stronger is right and the other is told; as strong is a contradiction', () => {
    const env = { PM_WATCHLIST: 'eth:5m', PM_TRADELIST: 'eth:5m' }
    expect(series(env, { assets: 'sol' })).toEqual(['sol:15m'])
    expect(load(env, { assets: 'sol' }).notes).toEqual([
      'watch (from the environment variable PM_WATCHLIST) is not used: assets is set from --asset on the command line',
      'trade (from the environment variable PM_TRADELIST) is not used, as watch is not',
    ])
    expect(() => load({ ...env, ASSET: 'eth' })).toThrow(
      'watch (from the environment variable PM_WATCHLIST) and assets (from the environment variable ASSET) both say which windows; set one of them',
    )
  })

  test('what is traded has to be watched', () => {
    expect(() => load({ PM_WATCHLIST: 'btc:15m', PM_TRADELIST: 'sol:15m' })).toThrow(
      'trade names sol:15m (from the environment variable PM_TRADELIST), which is not watched; watched: btc:15m',
    )
  })
})

describe('borrowed', () => {
  test('LOG_LEVEL goes before RUST_LOG of the same layer, and not of a weaker one', () => {
    expect(load({ RUST_LOG: 'debug', LOG_LEVEL: 'warn' }).config.log.level).toBe('warn')
    writeFileSync(join(cwd, '.env'), 'LOG_LEVEL=warn\n')
    expect(load({ RUST_LOG: 'debug' }).config.log.level).toBe('debug')
  })

  test.each([
    ['wire=trace,INFO', 'info'],
    ['info,wire=trace', 'info'],
  ])('RUST_LOG=%s is %s', (text, level) => {
    expect(load({ RUST_LOG: text }).config.log.level).toBe(level)
  })

  test('what means nothing here is told and refuses nothing', () => {
    const { config, notes } = load(
      { RUST_LOG: 'wire=trace', TRIGGER_SECONDS: '1' },
      { strategy: 'noop' },
    )
    expect(config.log.level).toBe('info')
    expect(notes).toEqual([
      'TRIGGER_SECONDS is set but not obeyed: noop has no params.fireAt',
      'RUST_LOG is set but not obeyed: it names no level of all modules',
    ])
  })

  test('made-up takers that nobody asked for are told', () => {
    const flow = 'paper.flowBase (from the environment variable PM_PAPER_FLOW_BASE) is not used'
    expect(load({ PM_PAPER_FLOW_BASE: '5' }).notes[0]).toContain(flow)
    expect(load({ PM_PAPER_FLOW_BASE: '5' }, { 'paper.flow': 'model' }).notes).toEqual([])
  })
})

test('other systems write strategies with underscores', () => {
  expect(bindStrategy(load({ PM_STRATEGY: 'balanced_arb' }).config).name).toBe('balanced-arb')
})
