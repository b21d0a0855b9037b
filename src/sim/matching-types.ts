/** What comes into the matching engine and what comes out of it. Prices are ten-thousandths of a dollar, shares and dollars millionths. */
import type { Side } from '../domain/ids.ts'

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
