/** Everything the engine may ask of the world. */

import type { WakePurpose } from './events.ts'
import type { ConditionId, TokenId } from './ids.ts'
import type { Market } from './market.ts'
import type { Order, Rung } from './order.ts'
import type { Micros } from './units.ts'

export type EngineCommand =
  /** Open the YES and the NO listener of a window. */
  | { readonly kind: 'watch'; readonly market: Market }
  /** Close them; nothing more of this window's books is wanted. */
  | { readonly kind: 'unwatch'; readonly conditionId: ConditionId }
  /** This token's book cannot be trusted: fetch a fresh snapshot. */
  | { readonly kind: 'resync'; readonly token: TokenId; readonly reason: string }
  /** Find out who won, and say so by a `market_resolved` event. */
  | { readonly kind: 'await_resolution'; readonly market: Market }
  /** Orders that may be wanted soon: what can be made ready ahead, is. */
  | {
      readonly kind: 'arm'
      readonly market: Market
      readonly rungs: readonly Rung[]
      /** By the venue's clock: one of them may be wanted from then on. */
      readonly from: Micros
    }
  | { readonly kind: 'submit'; readonly order: Order; readonly market: Market }
  /** Withdraw an order that rests. What was filled until then is told by its outcome. */
  | { readonly kind: 'cancel'; readonly order: Order }
  /** Nothing is to wait in this market any more: every order of ours that rests in it is withdrawn, these above all. */
  | {
      readonly kind: 'cancel_market'
      readonly conditionId: ConditionId
      readonly orders: readonly Order[]
    }
  /** A person ended the trading: whatever of ours still waits at the venue is withdrawn. */
  | { readonly kind: 'cancel_all' }
  /** Call back with a `timer` event at this instant of our own clock. */
  | {
      readonly kind: 'wake'
      readonly purpose: WakePurpose
      readonly conditionId: ConditionId | null
      readonly at: Micros
    }
  /** The window is done with: forget it everywhere. */
  | { readonly kind: 'retire'; readonly conditionId: ConditionId }

export type Arm = Extract<EngineCommand, { kind: 'arm' }>
export type Cancel = Extract<EngineCommand, { kind: 'cancel' }>
export type CancelMarket = Extract<EngineCommand, { kind: 'cancel_market' }>
export type Submit = Extract<EngineCommand, { kind: 'submit' }>
