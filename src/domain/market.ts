/** A market is one window of one asset: two tokens that pay one dollar between them when the venue names the winner. */
import type { Asset, ConditionId, Interval, Side, TokenId } from './ids.ts'
import type { MicroShares, Micros, Ticks } from './units.ts'

/** fee = shares * rate * (p * (1 - p))^exponent, for takers only. The rate is in millionths: 70,000 is 0.07. */
export type FeeSchedule = {
  readonly rateMicro: number
  readonly exponent: number
}

export type Market = {
  readonly conditionId: ConditionId
  readonly slug: string
  readonly title: string
  readonly asset: Asset
  readonly interval: Interval
  /** The window, from the market's own times, never from its name. */
  readonly startAt: Micros
  readonly endAt: Micros
  readonly up: TokenId
  readonly down: TokenId
  /** Null when the `outcomes` text proves which token is Up; else the doubt, and a doubted market is never shot at. */
  readonly mappingDoubt: string | null
  readonly tickSize: Ticks
  readonly minShares: MicroShares
  readonly fee: FeeSchedule
  /** The venue holds taker orders on this market before it matches them; null when the venue did not say. */
  readonly takerHold: boolean | null
  /** Counts protocol generations as Gamma does: it selects the id field and, later, the signing domain. */
  readonly version: 'v1' | 'v2'
  readonly resolutionSource: string | null
  /** The market's own words and settings about how it is settled. */
  readonly rules: {
    readonly description: string | null
    readonly averaging: {
      readonly twapEnabled: boolean
      readonly lookbackSeconds: number | null
    } | null
  }
}

export function tokenOf(market: Market, side: Side): TokenId {
  return side === 'UP' ? market.up : market.down
}

/**
 * What became of a finished window. A split pays half to each side. Void is said only of windows of an embedded venue that is gone:
 * nobody can name their winner any more, and the play money comes back.
 */
export type Winner = Side | 'SPLIT' | 'VOID'
