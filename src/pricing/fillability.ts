/**
 * What can still be bought near the close, and what it brings: for each asset, interval, regime, price cap and second, how often the named side was for
 * sale and what it was worth after the fee and the hold.
 *
 * A cell speaks for itself once it has `ENOUGH` windows. One that has fewer is filled up to that many from ever coarser cells: the other regimes of the
 * same series, the other intervals of the same asset, then what is shipped. Each lends its rates, at the weight of the windows that are missing and of no
 * more than it has; so a cell passes from what others saw to what it saw itself without a jump, and no window counts twice.
 */
import type { AskWindow } from '../domain/asks.ts'
import type { Asset, ConditionId, Interval } from '../domain/ids.ts'
import type { FeeSchedule } from '../domain/market.ts'
import type { Likelihood } from '../domain/truth.ts'
import { MICRO, type Ticks } from '../domain/units.ts'
import { ASK_SEC_MAX } from './ask-window.ts'
import { breakEvenMicro } from './fees.ts'
import { densityOf, holdFactor } from './fillability-hold.ts'
import { type Regime, regimeOf, SIGMAS_KEPT } from './fillability-regime.ts'
import { shippedAt } from './fillability-shipped.ts'
import { wilson } from './wilson.ts'

export const ENOUGH = 30
/** Of each series; the market of long ago was another one. */
export const WINDOWS_KEPT = 500
/** Orders are made ready a minute before the close, and that takes its time. */
export const EARLIEST_SEC = 45

export type FillQuery = {
  readonly asset: Asset
  readonly interval: Interval
  /** Null takes all of them together. */
  readonly regime: Regime | null
  readonly cap: Ticks
  /** How long the venue holds a taker's order. */
  readonly holdSec: number
}

export type Fillable = {
  readonly leftSec: number
  /** The chance that the whole size is for sale at the cap or below. */
  readonly fill: Likelihood
  /** Dollars of a share that was bought, after the fee and the hold; null where none ever was. */
  readonly perFill: Likelihood | null
  /** Dollars of a share for each shot that was tried. */
  readonly perShot: Likelihood
  /** What a share cost, fee and hold included, as the share of wins that pays for it. */
  readonly breakEven: number | null
  readonly data: FillData
}

/** How many windows an answer rests on. */
export type FillData = {
  readonly own: number
  /** Of other regimes and intervals, at their weight. */
  readonly lent: number
  readonly shipped: number
}

export type BestQuery = FillQuery & {
  readonly latestSafeSec: number
  readonly earliestSec?: number
}

export type Fillability = {
  /** In the order of time. One that is known already changes nothing. */
  learn(window: AskWindow): void
  regime(asset: Asset, sigma: number | null): Regime | null
  at(query: FillQuery, leftSec: number): Fillable
  /** The cell's own windows alone; null where it has none. */
  seen(query: FillQuery, leftSec: number): Fillable | null
  /** The whole second that brings most for each shot, the later one of equals, never later than the latest safe one. */
  best(query: BestQuery): Fillable
  windows(asset: Asset, interval: Interval): number
}

type Ask = {
  readonly price: Ticks | null
  readonly paid: number
  readonly breakEven: number
  readonly density: number
}
type Kept = {
  readonly id: ConditionId
  readonly interval: Interval
  readonly regime: Regime | null
  /** By the second. */
  readonly asks: readonly (Ask | undefined)[]
}
type Tally = { count: number; fills: number; paid: number; cost: number }

export function createFillability(): Fillability {
  const kept = new Map<Asset, Kept[]>()
  const sigmas = new Map<Asset, number[]>()

  function of(asset: Asset): Kept[] {
    const list = kept.get(asset) ?? []
    kept.set(asset, list)
    return list
  }

  function regime(asset: Asset, sigma: number | null): Regime | null {
    return sigma === null ? null : regimeOf(sigma, sigmas.get(asset) ?? [])
  }

  function learn(window: AskWindow): void {
    const { asset, interval, conditionId, sigma } = window
    const list = of(asset)
    if (list.some(({ id }) => id === conditionId)) return
    list.push({ id: conditionId, interval, regime: regime(asset, sigma), asks: bySecond(window) })
    if (sigma !== null) sigmas.set(asset, [...(sigmas.get(asset) ?? []), sigma].slice(-SIGMAS_KEPT))
    if (windows(asset, interval) <= WINDOWS_KEPT) return
    list.splice(
      list.findIndex((one) => one.interval === interval),
      1,
    )
  }

  function windows(asset: Asset, interval: Interval): number {
    return of(asset).filter((one) => one.interval === interval).length
  }

  /** The cell itself, the other regimes, the other intervals. */
  function ringsOf(query: FillQuery, leftSec: number): readonly [Tally, Tally, Tally] {
    const { interval, regime: wanted, cap, holdSec } = query
    const factor = holdFactor(leftSec, holdSec)
    const rings = [nothing(), nothing(), nothing()] as const
    for (const one of of(query.asset)) {
      const ask = one.asks[leftSec]
      if (ask === undefined) continue
      const [own, regimes, intervals] = rings
      const isSeries = one.interval === interval
      const isOwn = isSeries && (wanted === null || one.regime === wanted)
      count(isOwn ? own : isSeries ? regimes : intervals, ask, cap, factor)
    }
    return rings
  }

  function at(query: FillQuery, leftSec: number): Fillable {
    const rings = ringsOf(query, leftSec)
    const shipped = shippedTally(leftSec, query.cap, query.holdSec)
    const total = { ...rings[0] }
    const lent = lend(total, rings[1]) + lend(total, rings[2])
    const data = { own: rings[0].count, lent, shipped: lend(total, shipped) }
    return told(leftSec, total, data)
  }

  function seen(query: FillQuery, leftSec: number): Fillable | null {
    const [own] = ringsOf(query, leftSec)
    return own.count === 0 ? null : told(leftSec, own, { own: own.count, lent: 0, shipped: 0 })
  }

  function best({ latestSafeSec, earliestSec = EARLIEST_SEC, ...query }: BestQuery): Fillable {
    const last = Math.max(1, Math.ceil(latestSafeSec))
    let found = at(query, last)
    for (let sec = last + 1; sec <= Math.min(earliestSec, ASK_SEC_MAX); sec += 1) {
      const other = at(query, sec)
      if (other.perShot.mid > found.perShot.mid + CLOSE) found = other
    }
    return found
  }

  return { learn, regime, at, seen, best, windows }
}

/** Less is the last digits of a float. */
const CLOSE = 1e-9

function bySecond({ asks, fee }: AskWindow): (Ask | undefined)[] {
  const list: (Ask | undefined)[] = []
  for (const [leftSec, price, paidMicro, chance] of asks)
    list[leftSec] = {
      price,
      paid: paidMicro / MICRO,
      breakEven: price === null ? 0 : breakEvenOf(fee, price),
      density: chance === null ? 0 : densityOf(chance),
    }
  return list
}

const breakEvens = new Map<string, number>()

/** There are few prices and many windows. */
function breakEvenOf(fee: FeeSchedule, price: Ticks): number {
  const key = `${fee.rateMicro}/${fee.exponent}/${price}`
  const value = breakEvens.get(key) ?? breakEvenMicro(fee, price) / MICRO
  breakEvens.set(key, value)
  return value
}

function nothing(): Tally {
  return { count: 0, fills: 0, paid: 0, cost: 0 }
}

function count(tally: Tally, ask: Ask, cap: Ticks, factor: number): void {
  tally.count += 1
  if (ask.price === null || ask.price > cap) return
  tally.fills += 1
  tally.paid += ask.paid
  tally.cost += ask.breakEven + factor * ask.density
}

function shippedTally(leftSec: number, cap: Ticks, holdSec: number): Tally {
  const { leftSec: measured, windows, asks, paid, breakEven } = shippedAt(leftSec, cap)
  const hold = holdFactor(measured, holdSec) * densityOf(paid)
  return { count: windows, fills: asks, paid: asks * paid, cost: asks * (breakEven + hold) }
}

/** Adds what is missing to be enough, and no more than there is; says how much that was. */
function lend(total: Tally, from: Tally): number {
  const weight = Math.min(from.count, Math.max(0, ENOUGH - total.count))
  if (weight === 0) return 0
  const share = weight / from.count
  total.count += weight
  total.fills += share * from.fills
  total.paid += share * from.paid
  total.cost += share * from.cost
  return weight
}

function told(leftSec: number, total: Tally, data: FillData): Fillable {
  const { count: tries, fills, paid, cost } = total
  const fill = { ...wilson(fills, tries), mid: fills / tries }
  if (fills === 0) {
    // Nothing is known of what is never for sale but that a share gains or loses a dollar at most.
    const perShot = { low: -fill.high, mid: 0, high: fill.high }
    return { leftSec, fill, perFill: null, perShot, breakEven: null, data }
  }
  const breakEven = cost / fills
  const win = wilson(paid, fills)
  const perFill = {
    low: win.low - breakEven,
    mid: paid / fills - breakEven,
    high: win.high - breakEven,
  }
  const perShot = {
    low: Math.min(fill.low * perFill.low, fill.high * perFill.low),
    mid: fill.mid * perFill.mid,
    high: Math.max(fill.low * perFill.high, fill.high * perFill.high),
  }
  return { leftSec, fill, perFill, perShot, breakEven, data }
}
