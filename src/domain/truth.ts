/** Who wins a window by the rule that settles it, as far as it is known at a moment. Plain data: prices are decimal texts, chances are floats. */
import type { Side } from './ids.ts'

/** A probability with the interval that doubt gives it. */
export type Likelihood = { readonly low: number; readonly mid: number; readonly high: number }

/** How good the prices are that it was made of. Whatever compares prices is a share of the price. */
export type PriceHealth = {
  /** Of the newest print of the source that settles, by its own stamp; null before the first. */
  readonly printAgeMicros: number | null
  /** That source has spoken since, but only of seconds that it had told before. */
  readonly saysOldAgain: boolean
  /** For how many seconds in a row it has now said the price of the second before. */
  readonly repeats: number
  /** Of the prints that decide, those that are missing between known ones; null while nothing is projected. */
  readonly missing: number | null
  /** The exchange's newest price, moved by the basis, less the newest print; null where one of the three is not known. */
  readonly feedGap: number | null
  /** The move of the last seconds, counted in moves that were usual before them; null while that is not known. */
  readonly burst: number | null
}

export type Truth = {
  /** What the window is settled on, in words; null when that is not known. */
  readonly rule: string | null
  /** Why there is no winner to name, or null. */
  readonly doubt: string | null
  readonly strike: {
    readonly price: string
    readonly source: string
    readonly certainty: 'exact' | 'estimated' | 'approximate' | 'disputed'
    /** What the venue's site, or else an exchange, says less this. */
    readonly crossCheckGap: string | null
    /** The same without its sign, as a share of the price; null where nobody else tells the strike. */
    readonly conflictShare: number | null
    /** Who cannot be right beside it. */
    readonly conflict: string | null
    /** It is a mean of prints, and those on one side of the window's first instant are missing. */
    readonly boundaryGap: boolean
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
  readonly health: PriceHealth
}
