/** A fill-or-kill order and everything that can become of it. */
import type { ConditionId, OrderId, Side, TokenId } from './ids.ts'
import type { MicroShares, Micros, MicroUsdc, Ticks } from './units.ts'

/** A fill-or-kill buy is sized in dollars: it spends `spend` at prices up to `limit`, wholly or not at all. */
export type Order = {
  readonly id: OrderId
  readonly conditionId: ConditionId
  readonly strategy: string
  readonly side: Side
  readonly token: TokenId
  readonly limit: Ticks
  readonly spend: MicroUsdc
  /** The shares that `spend` buys when every one of them costs the limit; better prices buy more. */
  readonly shares: MicroShares
  readonly decidedAt: Micros
}

export type Fill = {
  readonly price: Ticks
  readonly shares: MicroShares
}

export type SubmitOutcome =
  | {
      readonly state: 'filled'
      readonly fills: readonly Fill[]
      readonly shares: MicroShares
      readonly cost: MicroUsdc
      readonly fee: MicroUsdc
    }
  /** The venue looked and could not fill it: no money moved. */
  | { readonly state: 'killed'; readonly reason: string }
  /** The venue would not look at it: no money moved. */
  | { readonly state: 'rejected'; readonly reason: string }
  /** Nobody knows yet. Counts as open until proven otherwise. */
  | { readonly state: 'unknown'; readonly reason: string }
