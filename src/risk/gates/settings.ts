/** What a person may set of the gates, in the engine's units. Null switches a condition off; a gate whose conditions are all off is off. */
import type { MicroShares, Ticks } from '../../domain/units.ts'

/** From the strictest on. `checked`: not compared by the venue itself, but two sources agree. */
export const STRIKE_LEVELS = ['exact', 'checked', 'estimated', 'approximate'] as const
export type StrikeLevel = (typeof STRIKE_LEVELS)[number]

export type GateSettings = {
  readonly rule: boolean
  readonly lateJoinMicros: number | null
  readonly zoneFromMicros: number | null
  readonly zoneToMicros: number | null
  readonly bookWholeMicros: number | null
  readonly badBookGap: Ticks | null
  readonly strikeAtLeast: StrikeLevel | null
  /** A share of the price, as all that compares prices of an asset. */
  readonly strikeConflictMax: number | null
  readonly printAgeMaxMicros: number | null
  readonly printGapsMax: number | null
  readonly printRepeatsMax: number | null
  readonly volatilityMin: number | null
  readonly volatilityMax: number | null
  readonly feedDivergenceMax: number | null
  readonly bookDivergenceMax: Ticks | null
  /** Over how many seconds a burst is looked for. */
  readonly impactSec: number
  readonly impactSigmas: number | null
  readonly impactBook: Ticks | null
  /** Of the market's own grid. */
  readonly spreadMaxTicks: number | null
  readonly liquidityMin: MicroShares | null
  readonly priceMin: Ticks | null
  readonly priceMax: Ticks | null
}
