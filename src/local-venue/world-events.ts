/** What the venue's world tells those who listen to it. */
import type { BookSide } from '../domain/ids.ts'
import type { VenueMarket } from './market.ts'

/** In the terms of the Up book; the top is the one after this change. */
export type AppliedChange = {
  readonly side: BookSide
  readonly price: number
  readonly size: number
  readonly onDown: boolean
  readonly bestBid: number
  readonly bestAsk: number
}

export type Print = {
  readonly onDown: boolean
  readonly buys: boolean
  /** In the taker's token. */
  readonly price: number
  readonly size: number
  readonly transactionHash: string
}

export type WorldEvent = { readonly market: VenueMarket; readonly atMs: number } & (
  | {
      readonly kind: 'changes'
      readonly changes: readonly AppliedChange[]
      readonly matched: boolean
    }
  | { readonly kind: 'top' }
  | { readonly kind: 'print'; readonly print: Print }
  | { readonly kind: 'tick'; readonly from: number; readonly to: number }
  | { readonly kind: 'listed' }
  | { readonly kind: 'resolved' }
)

/** A level set by somebody who is not of the crowd. */
export type OutsideLevel = {
  readonly side: BookSide
  readonly price: number
  readonly size: number
}
