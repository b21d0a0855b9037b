/** The lines that no order crosses. */
import type { MicroUsdc } from '../domain/units.ts'

export type Limits = {
  /** Killed orders count: a fill-or-kill that missed was the market's shot. */
  readonly maxOrdersPerMarket: number
  readonly maxBookAgeMs: number
  readonly maxClockErrorMs: number
  readonly maxPosition: MicroUsdc
}
