/** Who wins a window by the rule that settles it, as far as it is known at a moment. Plain data: prices are decimal texts, chances are floats. */
import type { Side } from './ids.ts'

/** A probability with the interval that doubt gives it. */
export type Likelihood = { readonly low: number; readonly mid: number; readonly high: number }

export type Truth = {
  /** What the window is settled on, in words; null when that is not known. */
  readonly rule: string | null
  /** Why there is no winner to name, or null. */
  readonly doubt: string | null
  readonly strike: {
    readonly price: string
    readonly source: string
    readonly certainty: string
    /** What the venue's site, or else an exchange, says less this. */
    readonly crossCheckGap: string | null
    /** Who cannot be right beside it; decisions of before do not say. */
    readonly conflict?: string | null
  } | null
  readonly winner: Side | null
  /** The projected final value. */
  readonly final: string | null
  /** The part of the final value that is fixed already, 0 to 1. */
  readonly fixedShare: number | null
  /** The price at which the rest would have to stand to turn the outcome; null when nothing can turn it any more. */
  readonly flipPrice: string | null
  /** The chance that the winner named here wins. */
  readonly win: Likelihood | null
  /** What Up would be worth if one last price decided, by a random walk; null while nothing is known of it. */
  readonly fairYes: number | null
  /** The side on which the latest price stands, were it to decide alone; a tie is Up. */
  readonly spot: Side | null
  /** How much the price usually moves within a second, as a fraction of itself; null before enough was heard. */
  readonly sigma: number | null
  /** What being held costs the taker, as probability. */
  readonly haircut: number
  readonly basedOn: string | null
}
