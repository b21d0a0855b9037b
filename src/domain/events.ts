/**
 * Everything that can happen, as one union: the only way into the engine. Events are immutable and carry their own time,
 * so a list of them is a tape and a tape is a bug report.
 *
 * `recvAt` is our clock (monotonic, never backwards); `venueAt` is the venue's own stamp where it gave one.
 */
import type { AccountState, Halt, OperatorAction, Result } from './account.ts'
import type { AskWindow } from './asks.ts'
import type { Change } from './change.ts'
import type { Decision } from './facts.ts'
import type {
  Asset,
  BookSide,
  ConditionId,
  FeedName,
  FeedState,
  OrderId,
  PriceSeries,
  Side,
  TokenId,
} from './ids.ts'
import type { Market, Winner } from './market.ts'
import type { Order, SubmitOutcome } from './order.ts'
import type { StakeState } from './stakes.ts'
import type { MicroShares, Micros, MicroUsdc, Ticks } from './units.ts'

export type Stamp = { readonly recvAt: Micros; readonly venueAt: Micros | null }

/** Replaces the whole book of one token. Levels are flat: price, size, price, size, in any order. */
export type BookSnapshot = Stamp & {
  readonly kind: 'book_snapshot'
  readonly token: TokenId
  readonly source: 'channel' | 'rest'
  readonly bids: readonly number[]
  readonly asks: readonly number[]
  /** Null where the frame did not carry it. */
  readonly tickSize: Ticks | null
}

/** The new absolute size of one level; zero removes it. The claimed top is the venue's own view after the change. */
export type BookDelta = Stamp & {
  readonly kind: 'book_delta'
  readonly token: TokenId
  readonly side: BookSide
  readonly price: Ticks
  readonly size: MicroShares
  /** 0 when there are no bids, 10,000 when there are no asks; null when the frame did not say. */
  readonly bestBid: Ticks | null
  readonly bestAsk: Ticks | null
}

export type TopOfBook = Stamp & {
  readonly kind: 'top_of_book'
  readonly token: TokenId
  readonly bestBid: Ticks | null
  readonly bestAsk: Ticks | null
}

export type TradePrint = Stamp & {
  readonly kind: 'trade_print'
  readonly token: TokenId
  readonly price: Ticks
  readonly size: MicroShares
  readonly takerSide: 'BUY' | 'SELL'
}

export type TickSizeChange = Stamp & {
  readonly kind: 'tick_size_change'
  readonly token: TokenId
  readonly tickSize: Ticks
}

export type MarketListed = Stamp & { readonly kind: 'market_listed'; readonly market: Market }

export type MarketResolved = Stamp & {
  readonly kind: 'market_resolved'
  readonly conditionId: ConditionId
  readonly winner: Winner
  readonly source: string
}

/** The state of the YES or the NO listener of one window. */
export type ListenerChanged = Stamp & {
  readonly kind: 'listener'
  readonly conditionId: ConditionId
  readonly side: Side
  readonly state: 'open' | 'lost' | 'closed'
  readonly detail: string
}

/** The venue's clock is ours plus `offset`, to within `error`. Both in microseconds. */
export type ClockSynced = Stamp & {
  readonly kind: 'clock'
  readonly offsetMicros: number
  readonly errorMicros: number
}

/** How long a request to the venue takes, there and back. */
export type RoundTrip = Stamp & {
  readonly kind: 'round_trip'
  readonly p50Micros: number
  readonly p99Micros: number
}

export type OrderOutcome = Stamp & {
  readonly kind: 'order_outcome'
  readonly orderId: OrderId
  /** What the venue calls the order; null on paper. */
  readonly venueId: string | null
  readonly outcome: SubmitOutcome
}

/** When something happened to an order, by our own clock; and what held us up meanwhile, in microseconds. */
export type OrderTiming = {
  readonly wroteAt: Micros
  readonly firstByteAt: Micros
  readonly answeredAt: Micros
  readonly matchedAt: Micros
  readonly minedAt: Micros
  readonly confirmedAt: Micros
  readonly loopLagMicros: number
  readonly gcMicros: number
}

/** More is known of how long an order took. It changes nothing but the record. */
export type OrderTimed = Stamp & {
  readonly kind: 'order_timed'
  readonly orderId: OrderId
  readonly timing: Partial<OrderTiming>
}

/** Of a single trade at an exchange: how much of the asset, and who came to whom. */
export type Taken = { readonly size: string; readonly taker: 'BUY' | 'SELL' }

/** A price of an asset. `venueAt` is the source's own time of it. */
export type PriceTick = Stamp & {
  readonly kind: 'price_tick'
  readonly feed: FeedName
  readonly asset: Asset
  readonly series: PriceSeries
  /** Dollars as a plain decimal, every digit that the source gave. */
  readonly price: string
  /** Left out where the source does not tell. */
  readonly size?: string
  readonly taker?: 'BUY' | 'SELL'
  /** True where the source gave a float only: near enough to watch, not to compare with a strike. */
  readonly rounded?: true
}

/** What the venue's website says is the price to beat. A float as text: a cross-check, not what is compared. */
export type StrikeQuote = Stamp & {
  readonly kind: 'strike_quote'
  readonly conditionId: ConditionId
  readonly price: string
}

/** A candle of an exchange that has to do with a window's strike or its end. */
export type StrikeCandle = Stamp & {
  readonly kind: 'strike_candle'
  readonly conditionId: ConditionId
  readonly asset: Asset
  readonly feed: FeedName
  readonly openAt: Micros
  readonly seconds: number
  readonly open: string
  readonly high: string
  readonly low: string
  readonly close: string
  /** It was asked for when its time was over: its close is the last word. */
  readonly isOver: boolean
}

/** The state of a source of prices. */
export type FeedChanged = Stamp & {
  readonly kind: 'feed'
  readonly feed: FeedName
  readonly state: FeedState
  readonly detail: string
}

/** The venue answered that it takes no orders for a while. */
export type VenueClosed = Stamp & {
  readonly kind: 'venue_closed'
  /** By our own clock. */
  readonly until: Micros
  readonly reason: string
}

/** What a wake was asked for. `stale` belongs to no market; `look` asks a strategy that goes on after its shot. */
export type WakePurpose = 'listen' | 'arm' | 'trigger' | 'look' | 'close' | 'clean_up' | 'stale'

export type Timer = Stamp & {
  readonly kind: 'timer'
  readonly purpose: WakePurpose
  readonly conditionId: ConditionId | null
  /** When it was asked to fire: the difference to `recvAt` is the timer's error. */
  readonly dueAt: Micros
}

/** A person changed settings while the bot ran. They were checked against the configuration before. */
export type ParametersChanged = Stamp & {
  readonly kind: 'parameters'
  readonly changes: readonly Change[]
  /** Who said it, and by which way. */
  readonly by: string
}

export type Operator = Stamp & { readonly kind: 'operator'; readonly action: OperatorAction }

/** What the ledger knew when the process started: a restart must not forget a shot. */
export type Restored = Stamp & {
  readonly kind: 'restored'
  readonly cash: MicroUsdc
  readonly paused: boolean
  readonly halted: boolean
  readonly shots: readonly RestoredShot[]
  /** Windows that were made ready when the process ended, without any sign of a shot: nobody can prove that there is none. */
  readonly barred: readonly Market[]
  /** Windows without a shot that were sealed at their close, and whose winner nobody had named yet. Old tapes do not say. */
  readonly unjudged?: readonly RestoredPass[]
  /** Windows that are over and done with. */
  readonly settled: readonly ConditionId[]
  /** Left out where there is nothing to know of it. */
  readonly account?: RestoredAccount
}

/** What the paper exchange did with an order that also went to the venue. */
export type Twin = Stamp & {
  readonly kind: 'twin'
  readonly orderId: OrderId
  readonly outcome: SubmitOutcome
}

export type RestoredAccount = {
  /** Null where a person killed the trading, or nobody did. */
  readonly halt: Halt | null
  /** Null where nothing was counted yet. */
  readonly state: AccountState | null
  /** Where a live bot stood on the ladder of stakes; left out before there was one. */
  readonly stakes?: StakeState | null
  /** What was settled after the state was written down. */
  readonly unheard: readonly RestoredResult[]
  /** And after the standing on the ladder was. */
  readonly unclimbed?: readonly RestoredResult[]
}

export type RestoredResult = { readonly at: Micros; readonly settlement: Result }

/** As it was sealed: what its refusals cost is known when its winner is. */
export type RestoredPass = {
  readonly market: Market
  readonly reason: string | null
  readonly decision: Decision | null
}

export type RestoredShot = {
  readonly market: Market
  readonly order: Order
  /** Null when the process died before it knew. */
  readonly outcome: SubmitOutcome | null
  /** The books of before do not know it: the process died before they were told. */
  readonly isNews: boolean
  /** What the venue calls the order; null on paper, or where nobody wrote down whether it was sent. */
  readonly venueId: string | null
}

/** What is remembered of windows of before, in the order of time: when to fire is learned from it. */
export type Learned = Stamp & { readonly kind: 'learned'; readonly windows: readonly AskWindow[] }

/** A new day of the account has begun; told again at each start of the process. `startedAt` is by our own clock. */
export type DayStarted = Stamp & { readonly kind: 'day'; readonly startedAt: Micros }

export type EngineEvent =
  | BookSnapshot
  | BookDelta
  | TopOfBook
  | TradePrint
  | TickSizeChange
  | MarketListed
  | MarketResolved
  | ListenerChanged
  | ClockSynced
  | RoundTrip
  | OrderOutcome
  | OrderTimed
  | Twin
  | PriceTick
  | StrikeQuote
  | StrikeCandle
  | FeedChanged
  | VenueClosed
  | Timer
  | Operator
  | ParametersChanged
  | Restored
  | Learned
  | DayStarted

export type EventKind = EngineEvent['kind']
