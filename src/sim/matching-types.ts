/** What comes into the matching engine and what comes out of it. Prices are ten-thousandths of a dollar, shares and dollars millionths. */
import type { BookSide, Side } from '../domain/ids.ts'
import type { Accounts } from './matching-accounts.ts'
import type { Holds } from './matching-holds.ts'

export type OrderType = 'GTC' | 'GTD' | 'FOK' | 'FAK'
export type Way = 'BUY' | 'SELL'

export type VenueOrder = {
  /** The hash of the signed order. */
  readonly id: string
  readonly account: string
  readonly token: Side
  readonly way: Way
  /** Buying: dollars for shares. Selling: shares for dollars. */
  readonly makerAmount: number
  readonly takerAmount: number
  readonly type: OrderType
  readonly postOnly: boolean
  /** Seconds; 0 for none. */
  readonly expiresSec: number
  readonly atMs: number
}

/** Why an order is not taken: the status and the words of the venue. */
export type Refusal = { readonly status: number; readonly error: string }

export type MakerFill = {
  /** Null is the crowd. */
  readonly orderId: string | null
  readonly account: string
  readonly token: Side
  readonly way: Way
  /** In the maker's own token. */
  readonly price: number
  readonly shares: number
}

export type Trade = {
  readonly id: string
  /** Null is the crowd. */
  readonly takerOrderId: string | null
  readonly taker: string
  readonly token: Side
  readonly way: Way
  /** In the taker's token. */
  readonly price: number
  readonly shares: number
  readonly dollars: number
  readonly fee: number
  readonly maker: MakerFill
  readonly kind: 'complementary' | 'mint' | 'merge'
  readonly atMs: number
}

export type OrderState = 'LIVE' | 'MATCHED' | 'CANCELED' | 'CANCELED_MARKET_RESOLVED'

/** An order as the venue remembers it. */
export type OrderRecord = {
  readonly order: VenueOrder
  /** Of the limit, in its own token. */
  readonly price: number
  /** What was asked for, in shares. */
  readonly shares: number
  matched: number
  state: OrderState
  readonly trades: string[]
}

export type Outcome = {
  readonly record: OrderRecord
  readonly trades: readonly Trade[]
  /** Dollars and shares that changed hands, without the fee. */
  readonly dollars: number
  readonly shares: number
}

export type MatchingDeps = {
  readonly market: string
  readonly accounts: Accounts
  /** Of all markets. */
  readonly holds: Holds
  /** Dollars that an account is given before its first order is taken. */
  welcome(account: string): number
  tick(): number
  /** Told of every level whose size changed because somebody traded, came or left; not of the crowd's own sizes. */
  onLevel(side: BookSide, price: number, onDown: boolean): void
  onTrade(trade: Trade): void
  onOrder(record: OrderRecord, what: 'PLACEMENT' | 'UPDATE' | 'CANCELLATION'): void
}

export type Matching = {
  /** Everything that can be said against an order now. */
  check(order: VenueOrder, nowMs: number): Refusal | null
  /** Checks again, then matches. What is refused changes nothing, but a fill-or-kill that was killed is remembered. */
  submit(order: VenueOrder, nowMs: number): Outcome | Refusal
  /** Null when it is not there to be cancelled. */
  cancel(id: string): OrderRecord | null
  /** Orders whose time is over are gone. */
  expire(nowSec: number): void
  /** Orders of an account that lost what they need are gone, the newest first. */
  shed(account: string): void
  order(id: string): OrderRecord | undefined
  orders(): Iterable<OrderRecord>
  /** The crowd's whole size at a price; where people stand on the other side, it trades with them. */
  setCrowd(side: BookSide, price: number, size: number, atMs: number): void
  /** Somebody of the crowd takes from a level, in the order of the line. */
  crowdTakes(side: BookSide, price: number, shares: number, atMs: number): void
  sizeAt(side: BookSide, price: number): number
  resolve(winner: Side): void
  isResolved(): boolean
}
