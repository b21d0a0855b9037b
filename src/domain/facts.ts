/**
 * Everything worth telling. Logs, ledger, live table, CSV files and metrics are subscribers to facts; the engine itself
 * never logs. A fact carries all that is needed to explain it.
 */
import type { AccountState, Halt, OperatorAction } from './account.ts'
import type { Judged, Trail } from './certificate.ts'
import type { Change } from './change.ts'
import type {
  ConditionId,
  FeedName,
  FeedState,
  OrderId,
  PriceSeries,
  Side,
  TokenId,
} from './ids.ts'
import type { FeeSchedule, Market, Winner } from './market.ts'
import type { Order, SubmitOutcome } from './order.ts'
import type { StakeMove, StakeState } from './stakes.ts'
import type { Check, FireAt, Wanted } from './strategy.ts'
import type { Truth } from './truth.ts'
import type { MicroShares, Micros, MicroUsdc, Ticks } from './units.ts'

export type BookView = {
  readonly state: 'absent' | 'live' | 'drifted'
  readonly bestBid: Ticks | null
  readonly bestAsk: Ticks | null
  readonly bidSize: MicroShares
  readonly askSize: MicroShares
  /** Microseconds since the last frame for this token; null before the first. */
  readonly ageMicros: number | null
}

/** The latest price of an asset from one source, as it stood at a decision. */
export type QuotedPrice = {
  readonly feed: FeedName
  readonly series: PriceSeries
  readonly price: string
  /** Microseconds since it was received. */
  readonly ageMicros: number
  /** Of the sources of its role this is the one that counted. */
  readonly isLive: boolean
  /** The source gave a float only. */
  readonly rounded?: true
}

/** What has to pass between sending an order and its match: an order sent later than their sum before the close is too late. */
export type Deadline = {
  readonly roundTripMicros: number
  readonly holdMicros: number
  readonly clockErrorMicros: number
  readonly jitterMicros: number
  readonly totalMicros: number
}

/** One evaluation of one window: the inputs, every check with its margin, and what came of it. */
export type Decision = {
  readonly conditionId: ConditionId
  readonly slug: string
  readonly strategy: string
  readonly at: Micros
  /** Microseconds to the close by the venue's clock. */
  readonly leftMicros: number
  readonly up: BookView
  readonly down: BookView
  readonly prices: readonly QuotedPrice[]
  readonly deadline: Deadline
  /** Null while it was not chosen yet. */
  readonly fireAt: FireAt | null
  readonly truth: Truth
  readonly side: Side | null
  readonly limit: Ticks | null
  readonly spend: MicroUsdc | null
  /** What a shot would have bought, also where it was refused. */
  readonly wanted: Wanted | null
  readonly why: string
  /** All of them, in their fixed order, also those after the first refusal. */
  readonly checks: readonly Check[]
  /** The name of the first check that refused, or null when the order was let through. */
  readonly refusedBy: string | null
}

/** Microseconds, from the decision on where nothing else is said; null where the step did not happen, or nobody saw it. */
export type ShotLatency = {
  /** How late the event that caused the shot was handled, against its due time or receive time. */
  readonly triggerErrorMicros: number | null
  /** How old the book was at the decision. */
  readonly bookAgeMicros: number | null
  /** Until the write returned. */
  readonly writeMicros: number | null
  readonly firstByteMicros: number | null
  readonly answerMicros: number | null
  /** Until the first outcome of whatever kind. */
  readonly decisionToOutcomeMicros: number | null
  /** Until we heard of it: by the answer, the user channel or the list of trades, whichever came first. */
  readonly matchedMicros: number | null
  readonly minedMicros: number | null
  /** Of the last of its trades. */
  readonly confirmedMicros: number | null
  /** The longest that the event loop was late between the decision and the answer. */
  readonly loopLagMicros: number | null
  /** How much of that time the collection of garbage took. */
  readonly gcMicros: number | null
}

export const NO_LATENCY: ShotLatency = {
  triggerErrorMicros: null,
  bookAgeMicros: null,
  writeMicros: null,
  firstByteMicros: null,
  answerMicros: null,
  decisionToOutcomeMicros: null,
  matchedMicros: null,
  minedMicros: null,
  confirmedMicros: null,
  loopLagMicros: null,
  gcMicros: null,
}

export type Settlement = {
  readonly market: Market
  readonly decision: 'fired' | 'passed'
  /** Why it fired, or the refusal that stood when the window closed. */
  readonly reason: string
  readonly winner: Winner
  readonly winnerSource: string
  readonly side: Side | null
  /** Of several orders the last one that was to be taken at once. */
  readonly order: Order | null
  readonly outcome: SubmitOutcome | null
  /** How many orders the window had. Settlements of before do not say. */
  readonly orders?: number
  /** Shares of each side when the winner was named. */
  readonly held?: Readonly<Record<Side, MicroShares>>
  readonly payout: MicroUsdc
  readonly pnl: MicroUsdc
  readonly cash: MicroUsdc
  readonly latency: ShotLatency
}

/** A window as it stood at its close, before anybody knew who won. */
export type Sealed = {
  readonly conditionId: ConditionId
  readonly slug: string
  readonly endAt: Micros
  readonly fee: FeeSchedule
  /** Why there was no shot; null where there was one. */
  readonly passed: string | null
  /** The last judgement while a shot was still possible; null where nothing was judged. */
  readonly decision: Decision | null
  /** What was known of the venue's clock. */
  readonly clock: { readonly offsetMicros: number; readonly errorMicros: number } | null
  /** Seconds before the close from which it might fire, as chosen for this window. */
  readonly triggerSec: number
  readonly trail: Trail
}

export type EngineFact = { readonly at: Micros } & (
  | { readonly kind: 'found'; readonly market: Market }
  | { readonly kind: 'skipped'; readonly market: Market; readonly reason: string }
  | { readonly kind: 'listening'; readonly market: Market }
  | { readonly kind: 'armed'; readonly market: Market }
  /** The second was chosen from which this window is shot at. */
  | { readonly kind: 'fire_at'; readonly market: Market; readonly fireAt: FireAt }
  | {
      readonly kind: 'listener'
      readonly conditionId: ConditionId
      readonly side: Side
      readonly state: 'open' | 'lost' | 'closed'
      readonly detail: string
    }
  | {
      readonly kind: 'book_doubt'
      readonly conditionId: ConditionId
      readonly token: TokenId
      readonly doubt: string
    }
  | {
      readonly kind: 'tick_size'
      readonly conditionId: ConditionId
      readonly token: TokenId
      readonly tickSize: Ticks
    }
  | {
      readonly kind: 'stale'
      readonly conditionId: ConditionId
      readonly side: Side
      readonly ageMicros: number
    }
  | { readonly kind: 'decided'; readonly decision: Decision }
  | { readonly kind: 'submitted'; readonly order: Order; readonly market: Market }
  | {
      readonly kind: 'outcome'
      readonly order: Order
      readonly market: Market
      readonly venueId: string | null
      readonly outcome: SubmitOutcome
      readonly cash: MicroUsdc
    }
  /** An outcome for an order that is not ours, or that was already decided: told, never obeyed. */
  | {
      readonly kind: 'stray_outcome'
      readonly orderId: OrderId
      readonly outcome: SubmitOutcome
      /** What the books have of it; null where they have no such order. */
      readonly known: MicroShares | null
    }
  | { readonly kind: 'passed'; readonly market: Market; readonly reason: string }
  | { readonly kind: 'awaiting_resolution'; readonly market: Market }
  | { readonly kind: 'settled'; readonly settlement: Settlement }
  /** A watched window has closed: what is kept of it, before its result. */
  | { readonly kind: 'sealed'; readonly sealed: Sealed }
  /** A window has its result: what we thought of it, and what a shot that was not taken would have earned. */
  | { readonly kind: 'judged'; readonly judged: Judged }
  | {
      readonly kind: 'feed'
      readonly feed: FeedName
      /** `live`: what is named in the detail is taken from this source from now on. */
      readonly state: FeedState | 'live'
      readonly detail: string
    }
  | { readonly kind: 'clock'; readonly offsetMicros: number; readonly errorMicros: number }
  | { readonly kind: 'venue_closed'; readonly until: Micros; readonly reason: string }
  | { readonly kind: 'operator'; readonly action: OperatorAction }
  /** A person changed settings; from now on all of them are as the text says. */
  | {
      readonly kind: 'parameters'
      readonly changes: readonly Change[]
      readonly by: string
      readonly settings: string
    }
  /** The bot ended the trading itself, as a kill does. */
  | { readonly kind: 'halted'; readonly halt: Halt }
  /** What a restart must know of the account has changed. */
  | { readonly kind: 'account'; readonly account: AccountState }
  /** Where a live bot stands on the ladder of stakes, and whether it went up or down. */
  | { readonly kind: 'stakes'; readonly stakes: StakeState; readonly move: StakeMove | null }
  | {
      readonly kind: 'restored'
      readonly cash: MicroUsdc
      readonly shots: number
      readonly barred: number
      /** Windows of before that were passed over, and wait for their winner. */
      readonly unjudged: readonly ConditionId[]
    }
)

export type FactKind = EngineFact['kind']
