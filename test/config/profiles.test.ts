/** The profiles that come with the program: each says what the description of its system says, binds its strategy, and trades a window on made prices. */
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { bindStrategy, engineSettings, paperSettings } from '../../src/cli/bot-setup.ts'
import { loadConfig } from '../../src/config/load.ts'
import { USUAL_CROWD } from '../../src/lab/crowd-worth.ts'
import { playWhole } from '../../src/lab/whole-play.ts'

const EXCHANGE = ['binance']
const FOUR = ['btc:15m', 'eth:15m', 'sol:15m', 'xrp:15m']

/** The words of the description, the setting, its value. Money is in millionths. */
type Stated = readonly [words: string, path: string, value: unknown]

const PROFILES: Readonly<Record<string, { strategy: string; stated: readonly Stated[] }>> = {
  'last-second': {
    strategy: 'last-second',
    stated: [
      ['POLL_INTERVAL = 90', 'discovery.pollIntervalSec', 90],
      ['TRADER_START_BUFFER = 180', 'discovery.startBufferSec', 180],
      ['MIN_TIME_TO_START = 30', 'discovery.minTimeToStartSec', 30],
      ['max_minutes_ahead (20 minutes)', 'discovery.maxMinutesAhead', 20],
      ['Bitcoin/Ethereum', 'assets', ['btc', 'eth']],
      ['Order not yet executed', 'limits.maxOrdersPerMarket', 1],
    ],
  },
  quesquant: {
    strategy: 'market-maker',
    stated: [
      ['Crypto binary markets (Bitcoin, Ethereum, Solana)', 'assets', ['btc', 'eth', 'sol']],
      ['real-time spot prices from Binance', 'prices.spot', EXCHANGE],
      ['deviates > 0.8% from theoretical fair value', 'params.divergence', 0.008],
      ['stdev > 0.01', 'params.guardSigma', 0.01],
      ['max_position limit (default: 50 contracts)', 'params.maxPosition', 50],
      ['Bid = Midpoint - Spread / Ask = Midpoint + Spread', 'params.around', 'mid'],
      ['Port 8002', 'control.port', 8002],
    ],
  },
  'poly-hft': {
    strategy: 'fair-value-edge',
    stated: [
      ['active 15-minute BTC up/down markets', 'assets', ['btc']],
      ['active 15-minute BTC up/down markets', 'intervals', ['15m']],
      ['Polls Gamma API every 30 seconds', 'discovery.pollIntervalSec', 30],
      ['Connects to Binance WebSocket', 'prices.spot', EXCHANGE],
      ['min_edge (0.5%)', 'params.minEdge', 0.005],
      ['max_edge (10%)', 'params.maxEdge', 0.1],
      ['quarter-Kelly (0.25x)', 'sizing.rule', 'kelly'],
      ['quarter-Kelly (0.25x)', 'sizing.kellyPart', 0.25],
      ['Max 1% of bankroll per trade', 'limits.maxBankrollShare', 0.01],
      ['max 3 concurrent positions', 'limits.maxOpenPositions', 3],
      ['Max exposure: 10%, of 10,000', 'limits.maxExposureUsd', 1_000_000_000],
      ['Max daily loss: 5%, of 10,000', 'limits.maxDailyLossUsd', 500_000_000],
      ['Max drawdown: 10%, of 10,000', 'limits.maxDrawdownUsd', 1_000_000_000],
    ],
  },
  pk8: {
    strategy: 'noop',
    stated: [
      ['PM_STRATEGY noop', 'strategy', 'noop'],
      ['PM_TRADE_ENABLED 1', 'tradeEnabled', true],
      ['PM_WATCHLIST BTC:15m,...', 'watch', FOUR],
      ['PM_TRADELIST BTC:15m,...', 'trade', FOUR],
      ['PM_WARMUP_SECONDS 5.0', 'discovery.startWaitSec', 5],
      ['PM_MIN_REQUOTE_SECONDS 1.0', 'quotes.minRequoteSec', 1],
      ['PM_REQUOTE_MIN_TICKS 3', 'quotes.minTicks', 3],
      ['PM_REQUOTE_MAX_AGE_SECONDS 10', 'quotes.maxAgeSec', 10],
      ['PM_PAPER_STARTING_CASH 10000', 'paper.startingCashUsd', 10_000_000_000],
      ['PM_PAPER_POST_LATENCY_MS 50', 'paper.postMs', 50],
      ['PM_PAPER_CANCEL_REQ_LATENCY_MS 50', 'paper.cancelRequestMs', 50],
      ['Simulates sell-side flow hitting your bids', 'paper.flow', 'model'],
      ['PM_PAPER_FLOW_BASE 5', 'paper.flowBase', 5],
      ['PM_PAPER_SEED 1', 'paper.seed', 1],
      ['Price out of bounds (0.01-0.99)', 'gates.priceMin', 0.01],
      ['Price out of bounds (0.01-0.99)', 'gates.priceMax', 0.99],
      ['info - Normal operation (default)', 'log.level', 'info'],
    ],
  },
  'polymarket-crypto': {
    strategy: 'distance-fade+momentum+settlement-sniper',
    stated: [
      ['ASSET btc', 'assets', ['btc']],
      ['INTERVAL 5m', 'intervals', ['5m']],
      ['Connect Binance WS', 'prices.spot', EXCHANGE],
      ['Sleep until 10s before market start', 'discovery.warmUpSec', 10],
      ['until market.end_ms + 10s', 'discovery.cleanUpSec', 10],
      ['Half-Kelly position sizing', 'sizing.rule', 'kelly'],
      ['Half-Kelly position sizing', 'sizing.kellyPart', 0.5],
      ['MAX_POSITION_USD $100', 'limits.maxPositionUsd', 100_000_000],
      ['MAX_ORDERS_PER_MARKET 10', 'limits.maxOrdersPerMarket', 10],
      ['COOLDOWN_MS 5000ms', 'limits.cooldownMs', 5_000],
    ],
  },
}

function load(profile: string, flags: Record<string, unknown> = {}) {
  return loadConfig({ profile, cwd: tmpdir(), env: {}, flags })
}

test('these are all of them', () => {
  const folder = fileURLToPath(new URL('../../profiles', import.meta.url))
  expect(readdirSync(folder).sort()).toEqual(
    Object.keys(PROFILES)
      .map((name) => `${name}.yaml`)
      .sort(),
  )
})

describe.each(Object.entries(PROFILES))('%s', (profile, { strategy, stated }) => {
  test.each(stated)('"%s" is %s', (_, path, value) => {
    const { config } = load(profile)
    const found = path
      .split('.')
      .reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], config)
    expect(found).toEqual(value)
  })

  test('binds its strategy and has nothing to warn of', () => {
    const { config, notes } = load(profile)
    expect(bindStrategy(config).name).toBe(strategy)
    expect(notes).toEqual([])
  })

  test('plays a window dry, from its beginning to its result', () => {
    const { config } = load(profile)
    const { settlements } = playWhole({
      settings: engineSettings(config, bindStrategy(config), false),
      paper: paperSettings(config),
      seed: 1,
      windows: 1,
      crowd: USUAL_CROWD,
      resume: false,
    })
    expect(settlements).toHaveLength(1)
    expect(settlements[0]?.market.interval).toBe(profile === 'polymarket-crypto' ? '5m' : '15m')
    expect(settlements[0]?.reason).not.toBe('')
  })
})

test('"Time remaining ≤ 1.0 second", "Best ask ≤ $0.99"', () => {
  const { span, ladder } = bindStrategy(load('last-second').config)
  expect([span.fromSec, ladder?.highest]).toEqual([1, 9_900])
})

test('a flag is stronger than a profile, also over its list of windows', () => {
  const { config, notes } = load('pk8', { assets: 'eth', strategy: 'balanced_arb' })
  expect([config.watch, config.trade, config.assets]).toEqual([[], [], ['eth']])
  expect(bindStrategy(config).name).toBe('balanced-arb')
  expect(notes).toHaveLength(2)
})
