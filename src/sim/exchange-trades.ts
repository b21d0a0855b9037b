/**
 * Trades of the assets on exchanges, made from the venue's one price. The first and the last trade of a second are at its print, so
 * that candles open and close at prints; those between stray a little.
 */
import type { Asset } from '../domain/ids.ts'
import { createRandom } from './random.ts'

/** The exchange's price of each second, in hundred-millionths of a dollar. */
export type ExchangePrints = {
  print(asset: Asset, sec: number): number
  /** Nothing is known before it. */
  oldestSec(asset: Asset): number
}

export type ExchangeTrade = {
  readonly asset: Asset
  /** The taker's order in its second: one may be filled in parts. */
  readonly order: number
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
const SEVERAL_FILLS_CHANCE = 0.25
/** So that three fills of each never need more ids than a second has. */
const ORDERS_MAX = 25
/** Ids of one second stand together. */
const IDS_PER_SEC = 100

export function tradesOf(
  seed: number,
  prints: Pick<ExchangePrints, 'print'>,
  asset: Asset,
  sec: number,
): ExchangeTrade[] {
  const random = createRandom(seed, 'exchange', asset, sec)
  const print = prints.print(asset, sec)
  const between = Math.min(random.poisson(BETWEEN_MEAN), ORDERS_MAX)
  const offsets = [
    random.below(20),
    ...Array.from({ length: between }, () => 20 + random.below(960)),
    980 + random.below(20),
  ]
  offsets.sort((a, b) => a - b)
  const trades: ExchangeTrade[] = []
  for (const [order, offset] of offsets.entries()) {
    const edge = order === 0 || order === offsets.length - 1
    const price = edge ? print : Math.round(print * (1 + STRAY * random.normal()))
    const takerSells = random.chance(0.5)
    const fills = random.chance(SEVERAL_FILLS_CHANCE) ? 2 + random.below(2) : 1
    for (let fill = 0; fill < fills; fill += 1) {
      const dollars = random.logNormal(TRADE_DOLLARS.median, TRADE_DOLLARS.spread) / fills
      trades.push({
        asset,
        order,
        atMs: sec * SECOND_MS + offset,
        id: sec * IDS_PER_SEC + trades.length,
        price,
        quantity: Math.max(1, Math.round((dollars * QUANTITY_SCALE * QUANTITY_SCALE) / price)),
        takerSells,
      })
    }
  }
  return trades
}

/** The trades of each taker's order, as one. */
export function ordersOf(trades: readonly ExchangeTrade[]): ExchangeTrade[][] {
  const orders: ExchangeTrade[][] = []
  for (const trade of trades) {
    const last = orders.at(-1)
    if (last?.[0]?.order === trade.order) last.push(trade)
    else orders.push([trade])
  }
  return orders
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
  prints: ExchangePrints,
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
