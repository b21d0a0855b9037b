/**
 * The price to beat of a window, from the best that is known of it: the settlement source's own word for the start second, the mean of our own
 * prints, what the venue's site says, or, marked as approximate, a rounded word of the source or an exchange. Also how far others are from the one taken.
 */
import { dollarsForProbability, type PriceE18, priceE18 } from '../domain/price.ts'
import type { BasisEstimate } from './basis.ts'
import type { Prints } from './prints.ts'
import type { SettlementRule } from './settlement-rule.ts'
import { spanOf } from './settlement-span.ts'
import { estimateSpan } from './span-estimate.ts'
import {
  compareStrike,
  SITE_SHARE,
  type StrikeRange,
  UNKNOWN_BASIS_SHARE,
} from './strike-conflict.ts'

export type StrikeSource =
  | 'tick'
  | 'prints'
  | 'candle_open'
  | 'cross_check'
  | 'rounded_tick'
  | 'exchange'

/**
 * `exact`: the number that the venue compares with; `estimated`: off by very little; `approximate`: demands distance; `disputed`: somebody says
 * another by more than both may be off.
 */
export type StrikeCertainty = 'exact' | 'estimated' | 'approximate' | 'disputed'

export type Strike = {
  readonly price: PriceE18
  readonly source: StrikeSource
  readonly certainty: StrikeCertainty
  /** One standard deviation in dollars. */
  readonly error: number
  /** Prints that its mean had to do without. */
  readonly missing: number
  /** What the site says less this, where it says something and is not the source itself; else an exchange's minute. Whole 10^-18 dollars. */
  readonly crossCheckGap: bigint | null
  /** Why it is disputed, or null. */
  readonly conflict: string | null
}

export type StrikeEvidence = {
  readonly startSec: number
  /** The settlement source's averages, stamped with the second that they end at, of the rule's own look-back. */
  readonly averages: Prints | null
  /** Those of which only a float is known. */
  readonly roundedAverages: Prints | null
  /** The settlement source's prints. */
  readonly prints: Prints
  /** The open of the exchange's own candle. */
  readonly candleOpen: PriceE18 | null
  readonly crossCheck: PriceE18 | null
  /** An exchange's prices while the average was made. */
  readonly range: StrikeRange | null
  readonly exchange: Prints | null
  readonly basis: BasisEstimate | null
  /** The usual move of one second as a share of the price; null while it is not known. */
  readonly sigma: number | null
}

const PRESENT_SHARE = 57 / 60
/** A float of the source, cut off nobody knows where. */
const ROUNDED_SHARE = 0.000_001
/** A restless second, for gaps of which nothing better is known. */
const UNKNOWN_SIGMA = 0.000_1

type Found = Omit<Strike, 'crossCheckGap' | 'conflict'>

/** Null when nothing is known: no shot by price. */
export function findStrike(rule: SettlementRule, evidence: StrikeEvidence): Strike | null {
  const found = best(rule, evidence)
  if (found === null) return null
  const { gap, conflict } = compareStrike(
    { ...found, isExact: found.certainty === 'exact' },
    {
      site: found.source === 'cross_check' ? null : evidence.crossCheck,
      range: evidence.range,
      move: (evidence.sigma ?? UNKNOWN_SIGMA) * dollarsForProbability(found.price),
    },
  )
  const certainty = conflict === null ? found.certainty : 'disputed'
  return { ...found, certainty, crossCheckGap: gap, conflict }
}

function best(rule: SettlementRule, evidence: StrikeEvidence): Found | null {
  return (
    own(rule, evidence) ??
    fromSite(evidence) ??
    fromRounded(evidence) ??
    fromExchange(rule, evidence)
  )
}

function own(rule: SettlementRule, evidence: StrikeEvidence): Found | null {
  const { startSec, prints, candleOpen } = evidence
  switch (rule.kind) {
    case 'candle':
      return candleOpen === null ? null : exact(candleOpen, 'candle_open')
    case 'spot': {
      const tick = prints.at(startSec)
      return tick === null ? null : exact(tick, 'tick')
    }
    case 'twap': {
      const tick = evidence.averages?.at(startSec) ?? null
      return tick === null ? fromPrints(rule, evidence) : exact(tick, 'tick')
    }
  }
}

function exact(price: PriceE18, source: StrikeSource): Found {
  return { price, source, certainty: 'exact', error: 0, missing: 0 }
}

function fromPrints(rule: SettlementRule, evidence: StrikeEvidence): Found | null {
  const span = spanOf(rule, evidence.startSec)
  const count = span.toSec - span.fromSec
  const { mean, missing } = evidence.prints.meanBefore(span.toSec, count)
  if (mean === null || count - missing < count * PRESENT_SHARE) return null
  // The missing ones are worth their bridge's variance, or their walk's at an end; the mean itself is of those that are there.
  const variance = estimateSpan(evidence.prints, span, null)?.walk.squares ?? 0
  const move = (evidence.sigma ?? UNKNOWN_SIGMA) * dollarsForProbability(mean)
  const error = (Math.sqrt(variance) / count) * move
  return { price: mean, source: 'prints', certainty: 'estimated', error, missing }
}

function fromSite({ crossCheck: price }: StrikeEvidence): Found | null {
  if (price === null) return null
  const error = dollarsForProbability(price) * SITE_SHARE
  return { price, source: 'cross_check', certainty: 'estimated', error, missing: 0 }
}

function fromRounded({ roundedAverages, startSec }: StrikeEvidence): Found | null {
  const price = roundedAverages?.at(startSec) ?? null
  if (price === null) return null
  const error = dollarsForProbability(price) * ROUNDED_SHARE
  return { price, source: 'rounded_tick', certainty: 'approximate', error, missing: 0 }
}

function fromExchange(rule: SettlementRule, evidence: StrikeEvidence): Found | null {
  const { exchange, startSec, basis } = evidence
  if (exchange === null) return null
  if (rule.kind === 'candle') return fromCandleSecond(exchange, startSec)
  const span = spanOf(rule, startSec)
  const estimate = estimateSpan(exchange, span, null)
  if (estimate === null || estimate.known < estimate.count * PRESENT_SHARE) return null
  const price = estimate.sum / BigInt(estimate.count) + (basis?.offset ?? 0n)
  if (price <= 0n) return null
  const dollars = dollarsForProbability(price)
  const move = (evidence.sigma ?? UNKNOWN_SIGMA) * dollars
  const ofGaps = (Math.sqrt(estimate.walk.squares) / estimate.count) * move
  const ofBasis = basis === null ? UNKNOWN_BASIS_SHARE * dollars : basis.error
  return {
    price: priceE18(price),
    source: 'exchange',
    certainty: 'approximate',
    error: Math.sqrt(ofGaps * ofGaps + ofBasis * ofBasis),
    missing: estimate.count - estimate.known,
  }
}

/** The last trade of the candle's first second stands for its first. */
function fromCandleSecond(exchange: Prints, startSec: number): Found | null {
  const price = exchange.at(startSec)
  if (price === null) return null
  const error = dollarsForProbability(price) * UNKNOWN_SIGMA
  return { price, source: 'exchange', certainty: 'approximate', error, missing: 0 }
}
