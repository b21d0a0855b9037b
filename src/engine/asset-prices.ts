/** What was heard of one asset's price: prints, averages, trades, and what is measured on them as they come. */
import type { PriceTick } from '../domain/events.ts'
import { dollarsForProbability, parsePriceE18 } from '../domain/price.ts'
import { MICROS_PER_SECOND, type Micros } from '../domain/units.ts'
import { type Basis, createBasis } from '../pricing/basis.ts'
import { createPrints, type Prints } from '../pricing/prints.ts'
import { createVolatility, type VolatilityTracker } from '../pricing/volatility.ts'
import type { LastTrade } from './current-price.ts'
import { createPastSigmas, type PastSigmas } from './past-sigmas.ts'

const CANDLE_EXCHANGE = 'binance'

export type AssetPrices = {
  /** The settlement source's prints and its own averages by their second. */
  readonly prints: Prints
  readonly averages: Prints
  readonly roundedAverages: Prints
  /** The exchange's last trade of each second. */
  readonly exchange: Prints
  /** Of the one whose candles settle windows: another one's dollars are not its dollars. */
  readonly candleExchange: Prints
  readonly basis: Basis
  readonly volatility: VolatilityTracker
  readonly pastSigmas: PastSigmas
  lastTrade: LastTrade | null
  lastCandleTrade: LastTrade | null
  /** By our own clock: the settlement source's last print, and its last one of a second that was new. */
  heardAt: Micros | null
  newAt: Micros | null
  /** How many seconds in a row have had the price of the second before. */
  repeats: number
  version: number
  /** Without the exchange's trades: those come a hundred times a second, and say nothing of what is fixed already. */
  settledVersion: number
}

export function createAssetPrices(): AssetPrices {
  return {
    prints: createPrints(),
    averages: createPrints(),
    roundedAverages: createPrints(),
    exchange: createPrints(),
    candleExchange: createPrints(),
    basis: createBasis(),
    volatility: createVolatility(),
    pastSigmas: createPastSigmas(),
    lastTrade: null,
    lastCandleTrade: null,
    heardAt: null,
    newAt: null,
    repeats: 0,
    version: 0,
    settledVersion: 0,
  }
}

export function hearTick(one: AssetPrices, tick: PriceTick): void {
  const price = parsePriceE18(tick.price)
  if (price === null || tick.venueAt === null) return
  one.version += 1
  const { venueAt, recvAt } = tick
  const sec = Math.floor(venueAt / MICROS_PER_SECOND)
  const print = { sec, price, recvAt }
  const isSettlement = tick.feed === 'rtds' || tick.feed === 'polybolt'
  if (isSettlement) one.settledVersion += 1
  // A float is near enough to watch, not to be settled on.
  if (tick.rounded === true && tick.series === 'twap60') one.roundedAverages.add(print, sec)
  if (tick.rounded === true && (tick.series !== 'spot' || one.prints.at(sec) !== null)) return
  if (!isSettlement) {
    one.exchange.add(print, sec)
    const isLast = (last: LastTrade | null): boolean => last === null || last.at <= venueAt
    if (isLast(one.lastTrade)) one.lastTrade = { price, at: venueAt }
    if (tick.feed !== CANDLE_EXCHANGE) return
    one.candleExchange.add(print, sec)
    if (isLast(one.lastCandleTrade)) one.lastCandleTrade = { price, at: venueAt }
    return
  }
  if (tick.series === 'twap60') one.averages.add(print, sec)
  if (tick.series !== 'spot') return
  one.heardAt = recvAt
  const before = one.prints.newest()
  if (before === null || sec > before.sec) {
    one.newAt = recvAt
    one.repeats = before?.price === price ? one.repeats + 1 : 0
  }
  one.prints.add(print, sec)
  one.volatility.add(sec, dollarsForProbability(price))
  one.pastSigmas.add(sec, one.volatility.at(sec)?.sigma ?? null)
  const trade = one.exchange.at(sec)
  if (trade !== null) one.basis.add(sec, price, trade)
}
