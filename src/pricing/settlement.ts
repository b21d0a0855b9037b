/**
 * Who wins a window, as arithmetic: the part of the final value that is fixed, the current price for the rest, the one price at which the outcome turns,
 * and the chance that it does. Prices and winners are exact; a tie is Up. Only the chance is a float.
 *
 * A relay that is late by two seconds needs no term of its own: prints that it has not told yet count among the remaining ones.
 */
import type { Side } from '../domain/ids.ts'
import { dollarsForProbability, type PriceE18, priceE18 } from '../domain/price.ts'
import { MICROS_PER_SECOND, type Micros } from '../domain/units.ts'
import { type Jumps, withJumps } from './jumps.ts'
import { normalCdf } from './normal.ts'
import type { Prints } from './prints.ts'
import { type CurrentPrice, type Outlook, outlookOf, varianceOf } from './settlement-outlook.ts'
import type { SettlementRule } from './settlement-rule.ts'
import { spanOf } from './settlement-span.ts'
import type { Strike } from './strike.ts'

export type ProjectionInput = {
  readonly rule: SettlementRule
  readonly strike: Strike
  readonly endSec: number
  readonly now: Micros
  /** Of the source that settles: the exchange's own for a candle. */
  readonly prints: Prints
  /** The settlement source's own average stamped with the end, once it is there. */
  readonly finalTick: PriceE18 | null
  readonly current: CurrentPrice | null
  readonly volatility: { readonly sigma: number; readonly error: number } | null
  /** By how many seconds the source's average may lie beside ours: its sampling is not published. */
  readonly alignmentSec: number
  readonly jumps: Jumps | null
}

/** A probability and what the doubt about the volatility (95 %) and about jumps makes of it. */
export type Chance = { readonly low: number; readonly mid: number; readonly high: number }

export type Projection = {
  readonly winner: Side
  /** The projected final value, down to the last unit. */
  readonly final: PriceE18
  readonly strike: Strike
  /** Final less strike. Whole 10^-18 dollars. */
  readonly distance: bigint
  /** Of the prints that decide: known ones and gaps that will not be filled any more, of all. */
  readonly fixedShare: number
  readonly count: number
  readonly known: number
  /** Missing between known ones. */
  readonly filled: number
  readonly remaining: number
  /** Remaining ones whose second is over: they have happened, and nobody told. */
  readonly untold: number
  /** The price nearest to the projected one that turns the outcome if every remaining print stands at it; null when none can. */
  readonly flipPrice: PriceE18 | null
  readonly flip: Chance
  /** The chance that the winner wins. */
  readonly confidence: number
  /** One standard deviation of the distance, in dollars. */
  readonly deviation: number
  readonly basedOn: Outlook['basedOn']
}

export type Projected =
  | { readonly projection: Projection; readonly reason: null }
  | { readonly projection: null; readonly reason: string }

const Z_95 = 1.959963984540054

export function project(input: ProjectionInput): Projected {
  const { volatility, strike } = input
  const move = (volatility?.sigma ?? 0) * dollarsForProbability(strike.price)
  const outlook = outlookOf({ ...input, move })
  if (outlook === null) return unknown('no price of the settlement source or of an exchange')
  if (volatility === null && (outlook.remaining > 0 || outlook.filled > 0)) {
    return unknown('the volatility is not known yet')
  }
  const count = BigInt(outlook.count)
  const bar = strike.price * count
  const winner: Side = outlook.sum >= bar ? 'UP' : 'DOWN'
  const final = outlook.sum / count
  const flip = flipOf(input, outlook, outlook.sum - bar, move)
  const projection: Projection = {
    winner,
    final: priceE18(final),
    strike,
    distance: final - strike.price,
    fixedShare: (outlook.count - outlook.remaining) / outlook.count,
    count: outlook.count,
    known: outlook.known,
    filled: outlook.filled,
    remaining: outlook.remaining,
    untold: untoldOf(input, outlook),
    flipPrice: flipPriceOf(outlook, bar, winner),
    flip,
    confidence: 1 - flip.mid,
    deviation: deviationOf(input, outlook, move),
    basedOn: outlook.basedOn,
  }
  return { projection, reason: null }
}

/** Up needs the sum at the bar or above. The quotient is rounded towards the side that is turned to, so that one unit less does not turn it. */
function flipPriceOf(outlook: Outlook, bar: bigint, winner: Side): PriceE18 | null {
  if (outlook.remaining === 0) return null
  const need = bar - outlook.fixedSum
  // Nothing is cheaper than nothing.
  if (need <= 0n) return null
  const rest = BigInt(outlook.remaining)
  const lowestUp = (need + rest - 1n) / rest
  const price = winner === 'UP' ? lowestUp - 1n : lowestUp
  return price > 0n ? priceE18(price) : null
}

function deviationOf(input: ProjectionInput, outlook: Outlook, move: number): number {
  const ofSum = varianceOf(outlook, move) / (outlook.count * outlook.count)
  const ofStrike = input.strike.error * input.strike.error
  return Math.sqrt(ofSum + ofStrike + alignmentVariance(input, outlook, move))
}

/** An average that is taken a little earlier or later differs by the price's way over its length, times that little, shared by all its prints. */
function alignmentVariance(
  { rule, alignmentSec }: ProjectionInput,
  { basedOn }: Outlook,
  move: number,
): number {
  if (rule.kind !== 'twap' || basedOn === 'final') return 0
  return (alignmentSec * alignmentSec * move * move) / rule.lookbackSec
}

/** `ahead` is the distance of the sums. */
function flipOf(input: ProjectionInput, outlook: Outlook, ahead: bigint, move: number): Chance {
  const { volatility, jumps, strike } = input
  const sumDistance = Math.abs(dollarsForProbability(ahead))
  const jump = (jumps?.size ?? 0) * dollarsForProbability(strike.price)
  const chance = (factor: number, jumpsPerSec: number): number => {
    const deviation = deviationOf(input, outlook, move * factor)
    const usual = deviation === 0 ? 0 : normalCdf(-sumDistance / (outlook.count * deviation))
    return withJumps(usual, outlook.walk, sumDistance / jump, jumpsPerSec)
  }
  const doubt = Math.min(1, Z_95 * (volatility?.error ?? 0))
  return {
    low: chance(1 - doubt, 0),
    mid: chance(1, jumps?.perSec ?? 0),
    high: chance(1 + doubt, jumps?.perSecHigh ?? 0),
  }
}

function untoldOf({ rule, endSec, now }: ProjectionInput, { remaining }: Outlook): number {
  if (remaining === 0) return 0
  const { toSec } = spanOf(rule, endSec)
  const yetToCome = Math.max(0, toSec - 1 - Math.floor(now / MICROS_PER_SECOND))
  return Math.max(0, remaining - yetToCome)
}

function unknown(reason: string): Projected {
  return { projection: null, reason }
}
