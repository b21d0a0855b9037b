/**
 * How much a live bot is trusted with: it begins with the smallest orders, gets its whole ones when it has proved itself, and goes back by itself when it
 * does worse. Plain data that a restart brings back.
 */
import type { TripwireState } from './account.ts'
import type { MicroShares, Micros, MicroUsdc } from './units.ts'

/** `paper`: no order at all, until a dry run has shown what it can do. */
export type Rung = 'paper' | 'canary' | 'full'

/** A window with orders, as it ended. */
export type StakeShot = {
  readonly pnl: MicroUsdc
  /** Whether the venue did with its orders what the paper exchange did with them; null where nobody can compare. */
  readonly asOnPaper: boolean | null
}

export type StakeState = {
  /** Which strategy, or strategies, have come so far: another one begins anew. */
  readonly strategy: string
  readonly rung: Rung
  readonly since: Micros
  /** The latest settlement that is counted. States of before do not say. */
  readonly heardAt?: Micros
  /** The latest ones of this rung. */
  readonly shots: readonly StakeShot[]
  /** All of this rung. */
  readonly count: number
  /** A sequential test like the tripwire's that bets on us. */
  readonly proof: TripwireState
}

/** From one rung to another, and why. */
export type StakeMove = { readonly from: Rung; readonly to: Rung; readonly why: string }

export type StakeSettings = {
  /** As the configuration names it. */
  readonly strategy: string
  /** The most that a canary buys of a side of a window, in one order or in many. */
  readonly canaryShares: MicroShares
  /** How many windows with orders a rung looks back, and at least takes. */
  readonly windows: number
  /** The share of shots, or of windows, that have to end as they did on paper. */
  readonly parity: number
  /** How often a bot that is no better than its prices may be believed in, at most. */
  readonly alpha: number
}

/** What a dry run showed of a strategy. */
export type PaperProof = {
  /** Windows in which something was filled. */
  readonly shots: number
  readonly net: MicroUsdc
  /** Those of them in which we named the winner that the venue named. */
  readonly right: number
}
