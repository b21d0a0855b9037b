/**
 * Whether what others say of a strike can be true beside the one taken. Each word has its own usual error; what lies beyond three of them is a conflict,
 * and a strike in conflict names no winner.
 */
import { dollarsForProbability, type PriceE18 } from '../domain/price.ts'
import type { BasisEstimate } from './basis.ts'

/** Between which prices an exchange traded while the strike's average was made; the basis leads from there to the settlement source. */
export type StrikeRange = {
  readonly from: string
  readonly low: PriceE18
  readonly high: PriceE18
  readonly basis: BasisEstimate | null
}

/** How far an exchange may be off that was never compared. */
export const UNKNOWN_BASIS_SHARE = 0.000_5
/** The site says floats, and has been seen to be wrong. */
export const SITE_SHARE = 0.000_001
const ERRORS = 3
/** An average that is taken a little earlier or later moves by a second's usual move, hardly more. */
const ALIGNMENT_MOVES = 1.5

export type Taken = {
  readonly price: PriceE18
  /** One standard deviation in dollars. */
  readonly error: number
  readonly isExact: boolean
}

export type Others = {
  /** Null where the strike is the site's word itself. */
  readonly site: PriceE18 | null
  readonly range: StrikeRange | null
  /** The usual move of a second in dollars. */
  readonly move: number
}

export type Compared = {
  /** What the other says less the strike: the site, else the middle of the range. Whole 10^-18 dollars. */
  readonly gap: bigint | null
  /** Who cannot be right beside it, in words without numbers; null where all can. */
  readonly conflict: string | null
}

export function compareStrike(taken: Taken, { site, range, move }: Others): Compared {
  const slack = ERRORS * taken.error + (taken.isExact ? 0 : ALIGNMENT_MOVES * move)
  const ofSite = site === null ? null : site - taken.price
  const middle = range === null ? null : middleOf(range)
  const ofRange = middle === null ? null : middle - taken.price
  const gap = ofSite ?? ofRange
  if (ofSite !== null && apart(ofSite) > slack + ERRORS * SITE_SHARE * dollars(taken.price))
    return { gap, conflict: "the venue's site says another strike" }
  if (range !== null && ofRange !== null && apart(ofRange) > slack + halfOf(range))
    return { gap: ofRange, conflict: `${range.from} did not trade at the strike in its minute` }
  return { gap, conflict: null }
}

function middleOf({ low, high, basis }: StrikeRange): bigint {
  return (low + high) / 2n + (basis?.offset ?? 0n)
}

function halfOf({ low, high, basis }: StrikeRange): number {
  const error = basis?.error ?? UNKNOWN_BASIS_SHARE * dollars(high)
  return apart(high - low) / 2 + ERRORS * error
}

function apart(gap: bigint): number {
  return Math.abs(dollars(gap))
}

function dollars(value: bigint): number {
  return dollarsForProbability(value)
}
