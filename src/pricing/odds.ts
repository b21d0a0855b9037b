/**
 * What a share is worth at a price, fee included, with the interval that the doubt about the winner gives it. Judged is the lower end: the payoff is so
 * lopsided that the middle flatters.
 */
import type { Side } from '../domain/ids.ts'
import { invariant } from '../domain/invariant.ts'
import type { FeeSchedule } from '../domain/market.ts'
import { dollarsForProbability } from '../domain/price.ts'
import { MICRO, type Ticks } from '../domain/units.ts'
import { breakEvenMicro } from './fees.ts'
import { normalDensity } from './normal.ts'
import type { Chance, Projection } from './settlement.ts'

export type Odds = {
  /** The share of wins at which the price neither gains nor loses, fee included. */
  readonly breakEven: number
  /** The chance that the share pays, less the haircut. */
  readonly win: Chance
  /** Dollars of a share. */
  readonly expected: Chance
  /** How many wins one loss eats; infinite when a win gains nothing. */
  readonly winsPerLoss: number
}

export type OddsInput = {
  readonly fee: FeeSchedule
  readonly price: Ticks
  /** The chance that the side bought wins. */
  readonly win: Chance
  /** What the venue's hold costs, as probability. */
  readonly haircut: number
}

/** The chance that a side pays: the projected winner does unless it flips. */
export function winChance(
  { winner, flip }: Pick<Projection, 'winner' | 'flip'>,
  side: Side,
): Chance {
  return side === winner ? { low: 1 - flip.high, mid: 1 - flip.mid, high: 1 - flip.low } : flip
}

export function oddsOf({ fee, price, win: raw, haircut }: OddsInput): Odds {
  invariant(raw.low <= raw.mid && raw.mid <= raw.high, 'an interval out of order')
  invariant(haircut >= 0, `a haircut cannot add, got ${haircut}`)
  const breakEven = breakEvenMicro(fee, price) / MICRO
  const win = each(raw, (chance) => Math.max(0, chance - haircut))
  return {
    breakEven,
    win,
    expected: each(win, (chance) => chance - breakEven),
    winsPerLoss: breakEven < 1 ? breakEven / (1 - breakEven) : Number.POSITIVE_INFINITY,
  }
}

/** Whether even the lower end is worth so many dollars of a share. */
export function clears(odds: Odds, expectedMin: number): boolean {
  return odds.expected.low >= expectedMin
}

/** The middle of a normal's size: E|x| of a standard normal. */
export const MEAN_SIZE = 0.7978845608028654

/** Of sellers, those who leave while we are held when the price moves for us: nobody measured it. */
export const WARY = 0.5

export type HoldInput = {
  readonly projection: Pick<Projection, 'distance' | 'deviation' | 'remaining' | 'count' | 'strike'>
  readonly sigma: number
  readonly holdSec: number
  /** The share of sellers who take their ask away when the price moves against them while we are held: 1 is all of them. */
  readonly wary: number
}

/**
 * While a taker order is held, those who see the price move for us leave, and those who see it move against us stay: a fill is bad news by what the win
 * chance usually moves within the hold.
 */
export function holdHaircut({ projection, sigma, holdSec, wary }: HoldInput): number {
  const { deviation, remaining, count } = projection
  if (deviation === 0 || remaining === 0) return 0
  const dollars = dollarsForProbability(projection.strike.price)
  const moved = (sigma * dollars * Math.sqrt(holdSec) * remaining) / count
  const score = dollarsForProbability(projection.distance) / deviation
  // No more than the moves still to come can be moved within the hold.
  const share = Math.min(1, moved / deviation)
  return wary * MEAN_SIZE * normalDensity(score) * share
}

function each(chance: Chance, change: (one: number) => number): Chance {
  return { low: change(chance.low), mid: change(chance.mid), high: change(chance.high) }
}
