/**
 * The price of an asset on an exchange: that of the settlement source, off by a basis that drifts (dollars are not quite dollar coins),
 * on the exchange's own grid. Hourly windows are settled by it, all others by the settlement source.
 */
import type { Asset } from '../domain/ids.ts'
import type { PricePath } from './price-process.ts'
import { createRandom } from './random.ts'

const BASIS_POINT = 0.0001
/** How far apart the two are in general, and how much that changes within minutes. */
const MEAN_POINTS = 2.5
const DRIFT_POINTS = 0.6
const KNOT_SEC = 120
const KNOTS_KEPT = 1_000
/** The exchange's smallest step, in hundred-millionths of a dollar. */
const STEP: Readonly<Record<Asset, number>> = {
  btc: 1_000_000,
  eth: 1_000_000,
  sol: 1_000_000,
  xrp: 10_000,
}

export function createExchangePath(seed: number, asset: Asset, path: PricePath): PricePath {
  const mean = MEAN_POINTS * createRandom(seed, 'basis', asset).normal()
  const knots = new Map<number, number>()
  const knotAt = (number: number): number => {
    let knot = knots.get(number)
    if (knot === undefined) {
      knot = mean + DRIFT_POINTS * createRandom(seed, 'basis', asset, number).normal()
      if (knots.size >= KNOTS_KEPT) knots.clear()
      knots.set(number, knot)
    }
    return knot
  }
  const basisAt = (sec: number): number => {
    const number = Math.floor(sec / KNOT_SEC)
    const share = sec / KNOT_SEC - number
    return (knotAt(number) * (1 - share) + knotAt(number + 1) * share) * BASIS_POINT
  }
  const printAt = (sec: number): number => {
    const step = STEP[asset]
    return Math.round((path.printAt(sec) * (1 + basisAt(sec))) / step) * step
  }
  return {
    oldestSec: path.oldestSec,
    printAt,
    sumBefore(sec, count) {
      let sum = 0
      for (let at = sec - count; at < sec; at += 1) sum += printAt(at)
      return sum
    },
    sigmaAt: path.sigmaAt,
  }
}
