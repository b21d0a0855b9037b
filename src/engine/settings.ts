/** All that a person may set of the engine. */
import type { Asset, Interval } from '../domain/ids.ts'
import type { StakeSettings } from '../domain/stakes.ts'
import type { BoundStrategy } from '../domain/strategy.ts'
import type { MicroUsdc } from '../domain/units.ts'
import type { SizingRule } from '../pricing/sizing.ts'
import type { GateSettings } from '../risk/gates/settings.ts'
import type { Limits } from '../risk/limits.ts'
import type { PriceSettings } from './price-sources.ts'
import type { QuoteRules } from './slots.ts'

/** How many shares a single purchase gets, and what it may spend at most. */
export type Sizing = {
  readonly rule: SizingRule
  readonly spendMax: MicroUsdc
  /** What one order may spend on an asset whose books bear less. */
  readonly capacity: Readonly<Partial<Record<Asset, MicroUsdc>>>
}

export type EngineSettings = {
  readonly strategy: BoundStrategy
  readonly limits: Limits
  /** Left out: whole orders from the first one on. */
  readonly stakes?: StakeSettings | null
  /** Null: as many shares as the strategy asks for. */
  readonly sizing: Sizing | null
  readonly gates: GateSettings
  /** When an order that waits is replaced; left out, as usual. */
  readonly quotes?: QuoteRules
  readonly startingCash: MicroUsdc
  /** Listeners open this long before they are needed. */
  readonly warmUpSec: number
  /** They stay open this long after the close. */
  readonly cleanUpSec: number
  /** A window with less than this left when it is found is not traded. */
  readonly minTimeToStartSec: number
  /** How long the venue holds a taker order, where the market says that it does. */
  readonly holdMs: number
  /** Silence on a token longer than this is told as stale. */
  readonly staleAfterMs: number
  /** Who tells the assets' own prices. */
  readonly prices: PriceSettings
  /** One window of each series, then no more. */
  readonly once: boolean
  readonly series: readonly { readonly asset: Asset; readonly interval: Interval }[]
  /** What holds once these settings, by their names, have these values, and all others those of the start; left out, nothing changes. */
  readonly changed?: (values: ReadonlyMap<string, string>) => Changed
}

/** What may change while the engine runs. */
export type Changeable = Pick<
  EngineSettings,
  'strategy' | 'limits' | 'sizing' | 'gates' | 'staleAfterMs'
>

export type Changed = {
  readonly parts: Changeable
  /** Everything that is set then, in canonical words, for whoever keeps account of it. */
  readonly text: string
}
