/**
 * Trades of the assets on exchanges, made from the venue's one price. The first and the last trade of a second are at its print, so
 * that candles open and close at prints; those between stray a little.
 */
import type { Asset } from '../../domain/ids.ts'
import { createRandom } from '../../sim/random.ts'
import type { Prints } from './prints.ts'

export type ExchangeTrade = {
  readonly asset: Asset
  readonly atMs: number
  readonly id: number
  /** Hundred-millionths of a dollar. */
  readonly price: number
  /** Hundred-millionths of the asset. */
  readonly quantity: number
  readonly takerSells: boolean
}

const SECOND_MS = 1_000
const BETWEEN_MEAN = 3
const STRAY = 0.000_02
const TRADE_DOLLARS = { median: 400, spread: 1.2 }
const QUANTITY_SCALE = 100_000_000
/** Ids of one second stand together. */
const IDS_PER_SEC = 100

export function tradesOf(seed: number, prints: Prints, asset: Asset, sec: number): ExchangeTrade[] {
  const random = createRandom(seed, 'exchange', asset, sec)
  const print = prints.print(asset, sec)
  const between = Math.min(random.poisson(BETWEEN_MEAN), IDS_PER_SEC - 2)
  const offsets = [
    random.below(20),
    ...Array.from({ length: between }, () => 20 + random.below(960)),
    980 + random.below(20),
  ]
  offsets.sort((a, b) => a - b)
  return offsets.map((offset, index) => {
    const edge = index === 0 || index === offsets.length - 1
    const price = edge ? print : Math.round(print * (1 + STRAY * random.normal()))
    const dollars = random.logNormal(TRADE_DOLLARS.median, TRADE_DOLLARS.spread)
    return {
      asset,
      atMs: sec * SECOND_MS + offset,
      id: sec * IDS_PER_SEC + index,
      price,
      quantity: Math.max(1, Math.round((dollars * QUANTITY_SCALE * QUANTITY_SCALE) / price)),
      takerSells: random.chance(0.5),
    }
  })
}

/** A candle of prints, from the second it begins to the last second that is told of. */
export type Candle = {
  readonly openSec: number
  readonly closeSec: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
}

/** Null when nothing of it is known. */
export function candleOf(
  prints: Prints,
  asset: Asset,
  openSec: number,
  seconds: number,
  nowSec: number,
): Candle | null {
  const from = openSec
  const to = Math.min(openSec + seconds - 1, nowSec)
  // A candle that began before there were prints has no open.
  if (to < from || from < prints.oldestSec(asset)) return null
  const open = prints.print(asset, from)
  let [high, low, close] = [open, open, open]
  for (let sec = from; sec <= to; sec += 1) {
    close = prints.print(asset, sec)
    if (close > high) high = close
    if (close < low) low = close
  }
  return { openSec, closeSec: openSec + seconds - 1, open, high, low, close }
}
