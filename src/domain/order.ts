/** An order and everything that can become of it. */
import type { ConditionId, OrderId, Side, TokenId } from './ids.ts'
import {
  type MicroShares,
  type Micros,
  type MicroUsdc,
  microShares,
  notional,
  type Ticks,
} from './units.ts'

/** At once and wholly; at once, as much as there is; until withdrawn; until withdrawn or a moment has come. */
export type OrderKind = 'FOK' | 'FAK' | 'GTC' | 'GTD'
export type OrderAction = 'BUY' | 'SELL'

/**
 * A buy that is taken at once is sized in dollars: it spends `spend` at prices up to `limit`. Everything else is sized in shares, and `spend` is what
 * they cost, or bring, at the limit.
 */
export type Order = {
  readonly id: OrderId
  readonly conditionId: ConditionId
  readonly strategy: string
  readonly side: Side
  readonly token: TokenId
  readonly action: OrderAction
  readonly kind: OrderKind
  /** It would rather not be placed than take. */
  readonly postOnly: boolean
  /** By the venue's clock, of a GTD. */
  readonly expiresAt: Micros | null
  readonly limit: Ticks
  readonly spend: MicroUsdc
  /** The shares that `spend` buys when every one of them costs the limit; better prices buy more. */
  readonly shares: MicroShares
  readonly decidedAt: Micros
}

/** Orders that were written down when there were only fill-or-kill buys do not say what they are. */
export function completeOrder(written: Partial<Order>): Order {
  const shot = { action: 'BUY', kind: 'FOK', postOnly: false, expiresAt: null } as const
  return { ...shot, ...written } as Order
}

/** An order that could be sent: everything of it but the moment. */
export type Rung = Pick<Order, 'side' | 'token' | 'limit' | 'spend' | 'shares'>

export type Fill = {
  readonly price: Ticks
  readonly shares: MicroShares
}

const KIND_WORDS: Readonly<Record<OrderKind, string>> = {
  FOK: 'fill-or-kill',
  FAK: 'fill-and-kill',
  GTC: 'order that waits',
  GTD: 'order that waits',
}

/** What it is, for people. A purchase goes without saying. */
export function kindWords({ kind, action }: Pick<Order, 'kind' | 'action'>): string {
  return action === 'BUY' ? KIND_WORDS[kind] : `${KIND_WORDS[kind]} to sell`
}

/** A purchase that is filled at once and wholly, or not at all. */
export function isShot({ kind, action }: Pick<Order, 'kind' | 'action'>): boolean {
  return kind === 'FOK' && action === 'BUY'
}

/** It waits at the venue for somebody to take it. */
export function rests({ kind }: Pick<Order, 'kind'>): boolean {
  return kind === 'GTC' || kind === 'GTD'
}

export type SubmitOutcome =
  /** It rests, and so much of it was taken so far. `cost` is what was paid for it, or received. */
  | {
      readonly state: 'resting'
      readonly fills: readonly Fill[]
      readonly shares: MicroShares
      readonly cost: MicroUsdc
      readonly fee: MicroUsdc
    }
  /** It is gone, and so much of it was filled: all of a fill-or-kill, of others perhaps only a part. */
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

type Filled = Extract<SubmitOutcome, { state: 'resting' | 'filled' }>

/** What of an order was filled, whether the rest of it still waits or not. */
export function filledOf(outcome: SubmitOutcome | null): Filled | null {
  return outcome?.state === 'filled' || outcome?.state === 'resting' ? outcome : null
}

/** What the outcome costs as far as it is known; below zero where it brought money. */
export function spentOn({ action }: Pick<Order, 'action'>, outcome: SubmitOutcome | null): number {
  const filled = filledOf(outcome)
  if (filled === null) return 0
  return action === 'BUY' ? filled.cost + filled.fee : filled.fee - filled.cost
}

/** What still waits at the venue and would cost money if it were taken. */
export function reservedBy(order: Order, outcome: SubmitOutcome | null): number {
  if (order.action === 'SELL' || !rests(order) || isOver(outcome)) return 0
  // What was bought below the limit leaves no more to be paid for the rest.
  const left = Math.max(0, order.shares - (filledOf(outcome)?.shares ?? 0))
  return notional(order.limit, microShares(left), 'ceil')
}

/** Dust that a spend in dollars leaves at the makers' prices, and a count of shares in another number of decimals. */
export const DUST_MICRO = 10_000

/** Nothing of it is at the venue any more. */
export function isOver(outcome: SubmitOutcome | null): boolean {
  return outcome !== null && outcome.state !== 'unknown' && outcome.state !== 'resting'
}

/** Nothing that may still come changes it. */
export function isFinal(outcome: SubmitOutcome | null): boolean {
  if (outcome === null || !isOver(outcome)) return false
  return outcome.state !== 'filled' || outcome.finality === 'confirmed'
}

/** What is to be said of an outcome beside its state. */
export function outcomeWords(outcome: SubmitOutcome): string {
  if (outcome.state === 'filled') return 'filled'
  return outcome.state === 'resting' ? 'it waits at the venue' : outcome.reason
}
