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
}
