/** Things to test with, each complete and changeable in one place. */
import { gateSettings } from '../../src/cli/gate-settings.ts'
import { loadConfig } from '../../src/config/load.ts'
import { conditionId, tokenId } from '../../src/domain/ids.ts'
import type { Market } from '../../src/domain/market.ts'
import { type Micros, microShares, micros, microUsdc, ticks } from '../../src/domain/units.ts'
import type { EngineSettings } from '../../src/engine/settings.ts'
import type { GateSettings } from '../../src/risk/gates/settings.ts'
import type { PaperSettings } from '../../src/sim/paper/exchange.ts'
import { lastSecond } from '../../src/strategies/last-second.ts'

/** 2026-11-20 17:00:00 UTC. */
export const START = micros(1_795_194_000_000_000)
export const SECOND = 1_000_000

export function at(secondsAfterStart: number): Micros {
  return micros(START + Math.round(secondsAfterStart * SECOND))
}

export function aMarket(change: Partial<Market> = {}): Market {
  return {
    conditionId: conditionId(`0x${'c'.repeat(64)}`),
    slug: 'btc-updown-15m-1795194000',
    title: 'Bitcoin Up or Down',
    asset: 'btc',
    interval: '15m',
    startAt: START,
    endAt: at(900),
    up: tokenId('1'.repeat(77)),
    down: tokenId('2'.repeat(77)),
    mappingDoubt: null,
    tickSize: ticks(100),
    minShares: microShares(5_000_000),
    fee: { rateMicro: 70_000, exponent: 1 },
    takerHold: true,
    version: 'v1',
    resolutionSource: null,
    rules: { description: null, averaging: null },
    ...change,
  }
}

/** As they come. */
export const GATES: GateSettings = gateSettings(
  loadConfig({ cwd: '/', env: {} }).config.gates,
  lastSecond.bind({}).bounds,
)

/** Without those that ask for the assets' prices, of which most tests tell nothing, and for calm books. */
export const BOOK_GATES: GateSettings = {
  ...GATES,
  rule: false,
  strikeAtLeast: null,
  strikeConflictMax: null,
  printAgeMaxMicros: null,
  printGapsMax: null,
  volatilityMax: null,
  feedDivergenceMax: null,
  bookDivergenceMax: null,
  impactSigmas: null,
  impactBook: null,
}

export function someSettings(
  change: Partial<EngineSettings> = {},
  params: object = {},
): EngineSettings {
  return {
    // Most tests are about everything but the winner; the book's is the plain one.
    strategy: lastSecond.bind({ winner: 'book', ...params }),
    limits: {
      maxOrdersPerMarket: 1,
      maxBookAgeMs: 5_000,
      maxClockErrorMs: 250,
      maxPosition: microUsdc(100_000_000),
    },
    sizing: null,
    gates: BOOK_GATES,
    startingCash: microUsdc(10_000_000_000),
    warmUpSec: 10,
    cleanUpSec: 10,
    minTimeToStartSec: 30,
    holdMs: 150,
    staleAfterMs: 5_000,
    prices: {
      order: { settlement: ['polybolt', 'rtds'], spot: ['binance', 'coinbase'] },
      lostAfterMs: 15_000,
    },
    once: false,
    series: [{ asset: 'btc', interval: '15m' }],
    ...change,
  }
}

/** A venue on paper with nothing made up. */
export const SOME_PAPER: PaperSettings = {
  postMs: null,
  trips: [],
  cancelRequestMs: 50,
  cancelClearMs: 0,
  addAhead: 0,
  flow: null,
  seed: 1,
}
