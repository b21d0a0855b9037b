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

/** An order that could be sent: everything of it but the moment. */
export type Rung = Pick<Order, 'side' | 'token' | 'limit' | 'spend' | 'shares'>

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
      /** Matched is a position; only confirmed is a profit or a loss. Paper fills are confirmed at once. */
      readonly finality: 'matched' | 'confirmed'
    }
  /** The venue looked and could not fill it: no money moved. */
  | { readonly state: 'killed'; readonly reason: string }
  /** The venue would not look at it: no money moved. */
  | { readonly state: 'rejected'; readonly reason: string }
  /** It was matched, and the chain did not take it: the money is back. */
  | { readonly state: 'reverted'; readonly reason: string }
  /** Nobody knows yet. Counts as open until proven otherwise. */
  | { readonly state: 'unknown'; readonly reason: string }

/** What the outcome costs as far as it is known. */
export function spentOn(outcome: SubmitOutcome | null): number {
  return outcome?.state === 'filled' ? outcome.cost + outcome.fee : 0
}

/** Nothing that may still come changes it. */
export function isFinal(outcome: SubmitOutcome | null): boolean {
  if (outcome === null || outcome.state === 'unknown') return false
  return outcome.state !== 'filled' || outcome.finality === 'confirmed'
}
