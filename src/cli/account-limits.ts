/** The limits of the account, from what a person writes to what the engine compares: off is null. */
import type { Config } from '../config/schema.ts'
import { MICROS_PER_MS, type MicroUsdc } from '../domain/units.ts'
import type { EngineSettings } from '../engine/settings.ts'

export function accountLimits(
  limits: Config['limits'],
): NonNullable<EngineSettings['limits']['account']> {
  return {
    maxExposureMarket: moneyOf(limits.maxExposureMarketUsd),
    maxExposureAsset: moneyOf(limits.maxExposureAssetUsd),
    maxExposureStrategy: moneyOf(limits.maxExposureStrategyUsd),
    maxExposure: moneyOf(limits.maxExposureUsd),
    maxOpenPositions: plain(limits.maxOpenPositions),
    cooldownMicros: limits.cooldownMs === 'off' ? null : limits.cooldownMs * MICROS_PER_MS,
    maxBankrollShare: plain(limits.maxBankrollShare),
    maxTogether: moneyOf(limits.maxTogetherUsd),
    maxDailyLoss: moneyOf(limits.maxDailyLossUsd),
    maxDrawdown: moneyOf(limits.maxDrawdownUsd),
    tripwireAlpha: plain(limits.tripwire),
  }
}

function plain(value: number | 'off'): number | null {
  return value === 'off' ? null : value
}

function moneyOf(value: number | 'off'): MicroUsdc | null {
  return plain(value) as MicroUsdc | null
}
