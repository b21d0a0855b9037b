/** The engine as a laboratory runs it: its usual settings and limits, one strategy. */
import type { Asset } from '../domain/ids.ts'
import type { BoundStrategy } from '../domain/strategy.ts'
import { microUsdc } from '../domain/units.ts'
import type { EngineSettings } from '../engine/settings.ts'
import { HOLD_MS } from './execution.ts'

/** Never the reason why nothing is bought. */
const CASH = 1_000_000_000_000

export function labSettings(asset: Asset, strategy: BoundStrategy): EngineSettings {
  return {
    strategy,
    limits: {
      maxOrdersPerMarket: 1,
      maxBookAgeMs: 5_000,
      maxClockErrorMs: 250,
      maxPosition: microUsdc(100_000_000),
    },
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
