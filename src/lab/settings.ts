/** The engine as a laboratory runs it: its usual settings and limits, one strategy. */
import type { Asset } from '../domain/ids.ts'
import type { BoundStrategy } from '../domain/strategy.ts'
import { microShares, microUsdc, ticks } from '../domain/units.ts'
import type { EngineSettings } from '../engine/settings.ts'
import type { GateSettings } from '../risk/gates/settings.ts'
import { HOLD_MS } from './execution.ts'

/** Never the reason why nothing is bought. */
const CASH = 1_000_000_000_000

/** The bot's own defaults; a test compares them. */
export const USUAL_GATES: GateSettings = {
  rule: true,
  lateJoinMicros: 5_000_000,
  zoneFromMicros: 60_000_000,
  zoneToMicros: 0,
  bookWholeMicros: 1_000_000,
  badBookGap: ticks(2_000),
  strikeAtLeast: 'estimated',
  strikeConflictMax: 0.000_5,
  printAgeMaxMicros: 10_000_000,
  printGapsMax: 6,
  printRepeatsMax: 10,
  volatilityMin: null,
  volatilityMax: 0.001,
  feedDivergenceMax: 0.002,
  bookDivergenceMax: ticks(3_000),
  impactSec: 3,
  impactSigmas: 8,
  impactBook: ticks(4_000),
  spreadMaxTicks: null,
  liquidityMin: microShares(5_000_000),
  priceMin: ticks(5_000),
  priceMax: ticks(9_990),
}

/** None: rules are compared by what they name, not by what holds them back. */
export const NO_GATES: GateSettings = {
  rule: false,
  lateJoinMicros: null,
  zoneFromMicros: null,
  zoneToMicros: null,
  bookWholeMicros: null,
  badBookGap: null,
  strikeAtLeast: null,
  strikeConflictMax: null,
  printAgeMaxMicros: null,
  printGapsMax: null,
  printRepeatsMax: null,
  volatilityMin: null,
  volatilityMax: null,
  feedDivergenceMax: null,
  bookDivergenceMax: null,
  impactSec: 3,
  impactSigmas: null,
  impactBook: null,
  spreadMaxTicks: null,
  liquidityMin: null,
  priceMin: null,
  priceMax: null,
}

export function labSettings(
  asset: Asset,
  strategy: BoundStrategy,
  gates: GateSettings,
): EngineSettings {
  return {
    strategy,
    limits: {
      maxOrdersPerMarket: 1,
      maxBookAgeMs: 5_000,
      maxClockErrorMs: 250,
      maxPosition: microUsdc(100_000_000),
    },
    sizing: null,
    gates,
    startingCash: microUsdc(CASH),
    warmUpSec: 5,
    cleanUpSec: 1,
    minTimeToStartSec: 30,
    holdMs: HOLD_MS,
    staleAfterMs: 5_000,
    prices: {
      order: { settlement: ['polybolt', 'rtds'], spot: ['binance', 'coinbase'] },
      lostAfterMs: 15_000,
    },
    once: false,
    series: [
      { asset, interval: '5m' },
      { asset, interval: '15m' },
    ],
  }
}
