import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CONFIG_KEYS } from '../../src/config/keys.ts'
import { type LoadArgs, loadConfig } from '../../src/config/load.ts'
import { originText } from '../../src/config/origin.ts'
import { UserError } from '../../src/domain/user-error.ts'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'lastsecond-config-'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

function load(args: LoadArgs = {}) {
  return loadConfig({ cwd, env: {}, ...args })
}

function write(file: string, text: string): void {
  writeFileSync(join(cwd, file), text)
}

/** The sentence a person would read. */
function refusal(args: LoadArgs = {}): string {
  try {
    load(args)
  } catch (error) {
    if (error instanceof UserError && error.kind === 'config') return error.message
    throw error
  }
  throw new Error('it was accepted')
}

describe('layers', () => {
  test('with nothing given every value is its default', () => {
    const { config, origins, files, notes } = load()
    expect(config).toMatchObject({
      venue: 'local',
      assets: ['btc', 'eth'],
      intervals: ['15m'],
      strategy: 'last-second',
      params: {},
      discovery: {
        pollIntervalSec: 90,
        maxMinutesAhead: 20,
        startBufferSec: 180,
        minTimeToStartSec: 30,
      },
      paper: {
        startingCashUsd: 10_000_000_000,
        fill: 'shadow',
        holdMs: 'auto',
        postMs: 'auto',
        cancelRequestMs: 50,
        cancelClearMs: 0,
        queueAddAhead: 0.2,
        flow: 'trades',
        flowBase: 5,
        flowDepthShare: 0.01,
        flowNoise: 0.5,
        seed: 1,
      },
      limits: { maxOrdersPerMarket: 1, maxPositionUsd: 100_000_000 },
      control: { host: '127.0.0.1', port: 8002 },
      log: { level: 'info', dir: 'log', marketDir: 'logs', maxMb: 20, keep: 10 },
      dataDir: 'data',
    })
    expect(files).toEqual([])
    expect(notes).toEqual([])
    for (const key of CONFIG_KEYS) expect(origins.get(key.path)).toEqual({ kind: 'default' })
  })

  test('flag beats environment beats .env beats file beats profile', () => {
    mkdirSync(join(cwd, 'profiles'))
    write(
      'profiles/mine.yaml',
      'log: { level: trace, keep: 3, maxMb: 7 }\nlimits: { maxBookAgeMs: 7 }',
    )
    write('lastsecond.yaml', 'log: { level: debug, keep: 4 }\nstrategy: a\nassets: [sol]')
    write('.env', 'LOG_LEVEL=warn\nSTRATEGY=b\nASSET=xrp')
    const env = { LOG_LEVEL: 'error', STRATEGY: 'c' }
    const { config, origins, files } = load({ profile: 'mine', env, logLevel: 'fatal' })
    expect(config.log).toMatchObject({ level: 'fatal', keep: 4, maxMb: 7 })
    expect(config.strategy).toBe('c')
    expect(config.assets).toEqual(['xrp'])
    expect(config.limits.maxBookAgeMs).toBe(7)
    expect([...origins].filter(([, origin]) => origin.kind !== 'default')).toEqual([
      ['log.level', { kind: 'flag', name: '--log-level' }],
      ['strategy', { kind: 'environment', name: 'STRATEGY' }],
      ['assets', { kind: 'env_file', name: 'ASSET', file: '.env' }],
      ['log.keep', { kind: 'file', file: 'lastsecond.yaml' }],
      ['log.maxMb', { kind: 'profile', name: 'mine', file: join(cwd, 'profiles/mine.yaml') }],
      [
        'limits.maxBookAgeMs',
        { kind: 'profile', name: 'mine', file: join(cwd, 'profiles/mine.yaml') },
      ],
    ])
    expect(files).toHaveLength(3)
  })

  test('--config replaces the default file', () => {
    write('lastsecond.yaml', 'strategy: a')
    write('other.yaml', 'dataDir: elsewhere')
    const { config } = load({ config: 'other.yaml' })
    expect(config.strategy).toBe('last-second')
    expect(config.dataDir).toBe('elsewhere')
  })

  test('an empty variable and an empty file set nothing', () => {
    write('lastsecond.yaml', '# nothing yet\n')
    expect(load({ env: { LOG_LEVEL: '', ASSET: ' ' } }).config).toEqual(load().config)
  })

  test('the shipped profile loads and holds only what it says', () => {
    const { config, origins } = load({ profile: 'last-second' })
    expect(config.discovery.startBufferSec).toBe(180)
    expect(origins.get('discovery.startBufferSec')?.kind).toBe('profile')
  })

  test('parameters of the strategy keep their names and types', () => {
    write('lastsecond.yaml', 'strategy: mine\nparams: { maxAsk: "0.97", fireAt: 2, careful: true }')
    const { config, origins } = load({ flags: { 'params.fireAt': '1.5', 'params.word': 'auto' } })
    expect(config.params).toEqual({ maxAsk: 0.97, fireAt: 1.5, careful: true, word: 'auto' })
    expect(origins.get('params.fireAt')?.kind).toBe('flag')
    expect(origins.get('params.careful')?.kind).toBe('file')
  })

  test('words of other programs are understood', () => {
    expect(load({ env: { LOG_LEVEL: 'CRITICAL' } }).config.log.level).toBe('fatal')
    expect(load({ env: { ASSET: 'BTC, sol' } }).config.assets).toEqual(['btc', 'sol'])
  })

  test('a decimal may be a number in a file and keeps every digit as text', () => {
    write(
      'lastsecond.yaml',
      'paper: { startingCashUsd: 250.5 }\nlimits: { maxPositionUsd: "12.000001" }',
    )
    const { config } = load()
    expect(config.paper.startingCashUsd).toBe(250_500_000)
    expect(config.limits.maxPositionUsd).toBe(12_000_001)
  })

  test('a switch of another bot that we do not obey is told', () => {
    expect(load({ env: { PM_DRY_RUN: 'false' } }).notes).toEqual([
      'PM_DRY_RUN is set but not obeyed: a run is dry unless --live is given',
    ])
  })
})

describe('refusals name the setting, its range and where it came from', () => {
  test.each<[string, LoadArgs, string]>([
    [
      'environment',
      { env: { LOG_LEVEL: 'x' } },
      'log.level must be one of trace, debug, info, warn, error, fatal, got "x" (from the environment variable LOG_LEVEL)',
    ],
    [
      'flag',
      { flags: { venue: 'moon' } },
      'venue must be one of local, polymarket, got "moon" (from --venue on the command line)',
    ],
    [
      'out of range is not clamped',
      { flags: { 'discovery.pollIntervalSec': 4 } },
      'discovery.pollIntervalSec must be a whole number, 5 to 3600, got 4 (from --discovery.pollIntervalSec on the command line)',
    ],
    [
      'a fraction where a whole number is due',
      { env: { CONTROL_PORT: '80.5' } },
      'control.port must be a whole number, 0 to 65535, got "80.5" (from the environment variable CONTROL_PORT)',
    ],
    [
      'money with too many places',
      { env: { MAX_POSITION_USD: '1.0000001' } },
      'limits.maxPositionUsd must be a decimal of at most 6 places, 0.01 to 1000000000, got "1.0000001" (from the environment variable MAX_POSITION_USD)',
    ],
    [
      'an asset twice',
      { env: { ASSET: 'btc,btc' } },
      'assets must be a list of different ones of btc, eth, sol, xrp, got "btc,btc" (from the environment variable ASSET)',
    ],
    [
      'hold',
      { flags: { 'paper.holdMs': 'soon' } },
      'paper.holdMs must be auto or a whole number, 0 to 1000, got "soon" (from --paper.holdMs on the command line)',
    ],
  ])('%s', (_, args, sentence) => {
    expect(refusal(args)).toBe(sentence)
  })

  test('a wrong value is told even when a stronger layer overrides it', () => {
    write('lastsecond.yaml', 'log: { level: loud }')
    expect(refusal({ logLevel: 'info' })).toContain('got "loud" (from lastsecond.yaml)')
  })

  test.each([
    ['discovery: { pollIntervalSecs: 90 }', 'did you mean discovery.pollIntervalSec?'],
    ['logg: { level: info }', 'did you mean log?'],
    ['strateggy: last-second', 'did you mean strategy?'],
    [
      'prices:\n  feeds: [rtds]',
      'prices.feeds in lastsecond.yaml has become prices.settlement (rtds) and prices.spot (binance)',
    ],
    ['zzzzzzzzzzzz: 1', 'zzzzzzzzzzzz in lastsecond.yaml is not a known setting'],
    ['log.level: debug', 'write log.level as a section "log:" with "level:" indented below it'],
    ['log: debug', 'log in lastsecond.yaml must be a section'],
    ['params: 3', 'params in lastsecond.yaml must be a section'],
    [
      'params: { a: [1] }',
      "params.a must be a number, a word, true or false, within the strategy's own range, got [1]",
    ],
    ['- venue', 'lastsecond.yaml must hold settings by name'],
    ['venue: local\nvenue: polymarket', 'lastsecond.yaml is not valid YAML: '],
    ['venue:', 'venue must be one of local, polymarket, got nothing (from lastsecond.yaml)'],
  ])('file %j', (text, part) => {
    write('lastsecond.yaml', text)
    expect(refusal()).toContain(part)
  })

  test('missing file and missing profile', () => {
    expect(refusal({ config: 'gone.yaml' })).toBe(
      `configuration file ${join(cwd, 'gone.yaml')}: there is no such file`,
    )
    expect(refusal({ profile: 'last-secnd' })).toContain('did you mean last-second?')
  })

  test.each<[Record<string, unknown>, string]>([
    [{ 'discovery.minTimeToStartSec': 200 }, 'must be less than discovery.startBufferSec (180)'],
    [{ 'discovery.maxMinutesAhead': 2 }, 'must reach at least discovery.startBufferSec'],
    [{ 'discovery.pollIntervalSec': 1300 }, 'must not be longer than discovery.maxMinutesAhead'],
    [{ 'control.host': '0.0.0.0' }, 'set control.allowRemote to true'],
  ])('contradiction %j', (flags, part) => {
    expect(refusal({ flags })).toContain(part)
  })
})

describe('secrets', () => {
  test('are looked up by name; their values are nowhere in the result', () => {
    write('.env', 'PRIVATE_KEY=canary-in-file\nCLOB_SECRET=\nLOG_LEVEL=warn')
    let reads = 0
    const env = {
      LOG_LEVEL: 'error',
      get CLOB_API_KEY() {
        reads += 1
        return 'canary-in-environment'
      },
    }
    const loaded = load({ env })
    expect(reads).toBe(0)
    expect(loaded.secrets.PRIVATE_KEY?.kind).toBe('env_file')
    expect(loaded.secrets.CLOB_API_KEY?.kind).toBe('environment')
    expect(loaded.secrets.CLOB_SECRET).toBeNull()
    expect(JSON.stringify([loaded, [...loaded.origins]])).not.toContain('canary')
    expect(Object.values(process.env)).not.toContain('canary-in-file')
  })
})

test('every origin can be told in words', () => {
  expect(originText({ kind: 'profile', name: 'a', file: 'profiles/a.yaml' })).toBe(
    'from the profile a, profiles/a.yaml',
  )
  expect(originText({ kind: 'env_file', name: 'A', file: '.env' })).toBe('from A in .env')
})
