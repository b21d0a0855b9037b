/** What the shell must provide. The engine knows none of these; the dispatcher and the modes do. */
import type { Arm, Cancel, CancelMarket, Submit } from './commands.ts'
import type { EngineEvent, Restored, RestoredShot } from './events.ts'
import type { EngineFact } from './facts.ts'
import type { Asset, ConditionId, FeedName, FeedState, Side, TokenId } from './ids.ts'
import type { Market } from './market.ts'
import type { Fill } from './order.ts'
import type { MicroShares, Micros, MicroUsdc, Ticks } from './units.ts'

export type EventSink = (event: EngineEvent) => void

/**
 * Carries an order to whoever judges it. `submit` returns at once and never throws; what becomes of it comes back as
 * `order_outcome` events, each with all that is known of the order by then.
 */
export interface Gateway {
  submit(command: Submit): void
  /** Withdraws one order that rests; it ends with an outcome as well. Returns at once and never throws. */
  cancel(command: Cancel): void
  /** The same for every order that rests in a market. */
  cancelMarket(command: CancelMarket): void
  /** Hears every event once the engine has taken it: who plays the venue looks at its books. */
  hear(event: EngineEvent): void
  /** Makes ready what can be made ready; never throws. */
  arm(command: Arm): void
  /** Finds out what became of orders that were open when the process before this one ended. */
  recover(shots: readonly RestoredShot[]): void
  /** Withdraws every order that rests at the venue. Returns at once and never throws. */
  cancelAll(): void
  /** Settles what is in flight, then closes. */
  close(): Promise<void>
}

/** Keeps every event in order; called before the engine sees it, so that a crash leaves its cause on the tape. */
export interface Tape {
  append(event: EngineEvent): void
  close(): Promise<void>
}

/** Hears every fact. Must not block and must not throw; `close` returns when all it heard is safe. */
export interface FactSink {
  accept(fact: EngineFact): void
  close(): Promise<void>
}

/** One socket on the market channel for one side of one window. Emits book events, and `listener` events for its state. */
export interface Listener {
  readonly side: Side
  /** Drops the connection and makes a new one; a fresh snapshot follows. */
  reconnect(reason: string): void
  close(): Promise<void>
}

/** What a source of asset prices is given. */
export type PriceFeedDeps = {
  readonly url: string
  readonly assets: readonly Asset[]
  readonly silenceMs: number
  readonly emit: EventSink
  readonly now: () => Micros
  readonly random: () => number
  /** Told of each change of its state. */
  tell(state: FeedState, detail: string): void
  /** Told of each frame that did not parse and was dropped. */
  unreadable(frame: Uint8Array, error: unknown): void
}

/** A source of asset prices. Emits `price_tick` events, and `feed` events for its state. */
export interface PriceFeed {
  start(): void
  close(): Promise<void>
}

/** A stretch of time of an exchange. */
export type CandleSpan = {
  readonly asset: Asset
  readonly openAt: Micros
  readonly seconds: number
}

/** Its first, highest, lowest and last trade, in plain decimals. */
export type Candle = {
  readonly open: string
  readonly high: string
  readonly low: string
  readonly close: string
}

/** Tells the candles of an exchange. Every question may fail, as its transport does. */
export interface CandleSource {
  readonly feed: FeedName
  serves(seconds: number): boolean
  /** Null where there is none of just that stretch, or not yet. */
  fetch(span: CandleSpan, signal: AbortSignal): Promise<Candle | null>
}

/** Finds windows and who won them. */
export interface Finder {
  /** Emits `market_listed` for every window of the watched series, again and again, until stopped. */
  start(): void
  /** Emits one `market_resolved` when the venue names the winner. */
  awaitResolution(market: Market): void
  /** Emits what others say of the price to beat: one `strike_quote` of the venue's website, and `strike_candle`s of an exchange. */
  askStrike(market: Market): void
  forget(conditionId: ConditionId): void
  stop(): Promise<void>
}

/** Opens listeners and fetches snapshots. */
export interface BookSource {
  listen(market: Market, side: Side): Listener
  /** Fetches the token's book by REST and emits it as a `book_snapshot`; failure is told, not thrown. */
  resync(token: TokenId, reason: string): void
}

/** Structured logging as the edges see it. Data is plain and is redacted before it is written. */
export interface Log {
  debug(message: string, data?: Readonly<Record<string, unknown>>): void
  info(message: string, data?: Readonly<Record<string, unknown>>): void
  warn(message: string, data?: Readonly<Record<string, unknown>>): void
  error(message: string, data?: Readonly<Record<string, unknown>>): void
}

/** What a restart must not forget. */
export type Remembered = Pick<
  Restored,
  'cash' | 'paused' | 'halted' | 'shots' | 'barred' | 'unjudged' | 'settled' | 'account'
>

/** The ledger as the bot needs it: it hears every fact, and knows at the start what must not be forgotten. */
export interface Keeper extends FactSink {
  restore(): Promise<Remembered>
}

/** An order as the venue knows it. */
export type VenueOrderView = {
  readonly status: string
  /** Of it, so much was matched; left out where the venue does not say. */
  readonly matched?: MicroShares
}

/** What an order of ours had of a trade. */
export type TradeView = {
  readonly id: string
  /** It waited for the others: at its own price, and without a fee. */
  readonly isMaker: boolean
  readonly status: 'MATCHED' | 'MINED' | 'CONFIRMED' | 'RETRYING' | 'FAILED'
  /** At the makers' prices, in the order's own token. */
  readonly fills: readonly Fill[]
  readonly transactionHash: string
}

/** One in which it was the taker: with the name of our order, the token that it bought, and when the venue matched it, where it says so. */
export type TakerTrade = TradeView & {
  readonly venueId: string
  readonly token: TokenId
  readonly matchedAt: Micros | null
}

/** A trade of an order of ours, by the order's name. */
export type NamedFill = {
  readonly venueId: string
  readonly token: TokenId
  readonly price: Ticks
  readonly isMaker: boolean
}

/** What the venue knows of our own money, orders and trades. Every question may fail; failing says nothing. */
export interface Account {
  /** Whose money it is. */
  readonly address: string
  balance(): Promise<MicroUsdc>
  /** Has the venue look at the chain again. */
  refresh(): Promise<void>
  order(venueId: string): Promise<VenueOrderView | null>
  tradesOf(conditionId: ConditionId, venueId: string): Promise<readonly TradeView[]>
  /** Every trade in a window in which an order of ours was the taker. */
  takenIn(conditionId: ConditionId): Promise<readonly TakerTrade[]>
  /** Everything in a window that orders of ours had, whether they took or waited. */
  filledIn(conditionId: ConditionId): Promise<readonly NamedFill[]>
  openOrders(): Promise<readonly string[]>
  cancelAll(): Promise<void>
}

/** An estimate of the venue's clock. */
export interface VenueClock {
  /** Resolves when the first bound is known. */
  start(): Promise<void>
  stop(): void
  venueNow(): Micros
  estimate(): { readonly offsetMicros: number; readonly errorMicros: number } | null
  /** The venue stamped something with this time and we received it then: its clock was at least that far. */
  observe(venueAt: Micros, recvAt: Micros): void
}
