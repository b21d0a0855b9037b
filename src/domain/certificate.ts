/**
 * What is kept of a window for good: second by second what could have been bought and who was ahead, and what the last judgement was. Sealed at the close,
 * before anybody knows the winner; the result is added afterwards as a record of its own.
 */
import type { ConditionId, Side } from './ids.ts'
import type { Winner } from './market.ts'
import type { MicroShares, MicroUsdc, Ticks } from './units.ts'

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

/** Who won by our own arithmetic, with all prices that were heard until the result. */
export type OwnResult = {
  /** Null where not all was heard that decides. */
  readonly winner: Side | null
  readonly final: string | null
  readonly strike: string | null
  /** How sure the strike is. */
  readonly certainty: string | null
  readonly doubt: string | null
}

/** A shot that was not taken, or that bought nothing, as if it had been filled at the ask that was seen. */
export type Otherwise = {
  readonly cause: 'refused' | 'killed' | 'rejected' | 'reverted'
  readonly side: Side
  readonly shares: MicroShares
  readonly ask: Ticks
  readonly cost: MicroUsdc
  readonly fee: MicroUsdc
  readonly payout: MicroUsdc
  readonly pnl: MicroUsdc
}

/** The result of a window, and what we thought of it. */
export type Judged = {
  readonly conditionId: ConditionId
  readonly slug: string
  readonly winner: Winner
  readonly winnerSource: string
  readonly own: OwnResult
  /** Whether the two name the same side; null where one of them names none. */
  readonly agrees: boolean | null
  /** The first check that refused; null where there was a shot, or where nothing was judged. */
  readonly refusedBy: string | null
  /** Every check that refused for a reason of its own. */
  readonly refusals: readonly string[]
  /** Null where there is nothing to compare: no side, nothing for sale, a fill, or no result. */
  readonly otherwise: Otherwise | null
}
