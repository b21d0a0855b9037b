/** The lines that no order crosses. */
import type { MicroUsdc } from '../domain/units.ts'
import type { ClosedSpan } from './calendar.ts'

export type Limits = {
  /** Killed orders count: a fill-or-kill that missed was the market's shot. */
  readonly maxOrdersPerMarket: number
  readonly maxBookAgeMs: number
  readonly maxClockErrorMs: number
  readonly maxPosition: MicroUsdc
  /** When the venue takes no orders, as far as that is known ahead; left out, it always does. */
  readonly closed?: readonly ClosedSpan[]
  /** Over all windows; left out, none of it is limited. */
  readonly account?: AccountLimits
}

/** Null is off. Money is the price of shares, without the fee on top, as in `maxPosition`; of losses it is all of it. */
export type AccountLimits = {
  readonly maxExposureMarket: MicroUsdc | null
  readonly maxExposureAsset: MicroUsdc | null
  readonly maxExposureStrategy: MicroUsdc | null
  readonly maxExposure: MicroUsdc | null
  readonly maxOpenPositions: number | null
  readonly cooldownMicros: number | null
  readonly maxBankrollShare: number | null
  /** What may be lost by all windows that close in the same minute. */
  readonly maxTogether: MicroUsdc | null
  readonly maxDailyLoss: MicroUsdc | null
  readonly maxDrawdown: MicroUsdc | null
  /** How often the tripwire may halt a bot that is as good as its prices. */
  readonly tripwireAlpha: number | null
}

export const UNLIMITED: AccountLimits = {
  maxExposureMarket: null,
  maxExposureAsset: null,
  maxExposureStrategy: null,
  maxExposure: null,
  maxOpenPositions: null,
  cooldownMicros: null,
  maxBankrollShare: null,
  maxTogether: null,
  maxDailyLoss: null,
  maxDrawdown: null,
  tripwireAlpha: null,
}
