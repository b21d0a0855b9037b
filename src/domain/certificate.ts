/**
 * What is kept of a window for good: second by second what could have been bought and who was ahead, and what the last judgement was. Sealed at the close,
 * before anybody knows the winner; the result is added afterwards as a record of its own.
 */
import type { ConditionId, Side } from './ids.ts'
import type { MicroShares, Ticks } from './units.ts'

/** One side of a window at a second: what its sellers ask. */
export type Offer = {
  readonly best: Ticks
  /** At the best price. */
  readonly size: MicroShares
  /** The worst price to be paid for the strategy's size; null where so much is not for sale. */
  readonly forSize: Ticks | null
}

/** A window at a whole second before its close. An offer is null where nobody sells, or where the book is not to be trusted. */
export type SecondSeen = {
  readonly leftSec: number
  readonly up: Offer | null
  readonly down: Offer | null
  /** Who is ahead by the rule that settles the window, and the lower end and middle of his chance. */
  readonly winner: Side | null
  readonly low: number | null
  readonly mid: number | null
  /** Who is ahead by the latest price alone. */
  readonly spot: Side | null
  readonly sigma: number | null
}

/** The seconds of one window, from the earliest to the last. */
export type Trail = {
  readonly conditionId: ConditionId
  readonly shares: MicroShares
  readonly seconds: readonly SecondSeen[]
}
