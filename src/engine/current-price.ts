/** The latest price of an asset in terms of what a window is settled on, with its error: where the rest of the way starts. */
import { dollarsForProbability, type PriceE18 } from '../domain/price.ts'
import { MICROS_PER_SECOND, type Micros } from '../domain/units.ts'
import type { Basis } from '../pricing/basis.ts'
import type { Prints } from '../pricing/prints.ts'
import type { CurrentPrice } from '../pricing/settlement-outlook.ts'
import { UNKNOWN_BASIS_SHARE } from '../pricing/strike-conflict.ts'

export type LastTrade = { readonly price: PriceE18; readonly at: Micros }

type Known = {
  readonly prints: Prints
  readonly basis: Basis
  readonly lastTrade: LastTrade | null
  readonly lastCandleTrade: LastTrade | null
}

/** An exchange price older than this is no current price. */
const EXCHANGE_AGE_MAX_MICROS = 3 * MICROS_PER_SECOND

/** An exchange's word, moved by the basis where that is known. */
export function currentOf(one: Known, nowSec: number, venueNow: Micros): CurrentPrice | null {
  const trade = fresh(one.lastTrade, venueNow)
  const basis = one.basis.at(nowSec)
  if (trade !== null && basis !== null) {
    const price = trade.price + basis.offset
    const { error } = basis
    if (price > 0n) return { price: price as PriceE18, at: trade.at, source: 'exchange', error }
  }
  const newest = one.prints.newest()
  if (newest === null) return null
  const at = (newest.sec * MICROS_PER_SECOND) as Micros
  return { price: newest.price, at, source: 'settlement', error: 0 }
}

function fresh(trade: LastTrade | null, venueNow: Micros): LastTrade | null {
  return trade === null || venueNow - trade.at > EXCHANGE_AGE_MAX_MICROS ? null : trade
}

/** Where the exchange of the candle is silent another one speaks for it, off by what nobody compared. */
export function candleTrade(one: Known, venueNow: Micros): CurrentPrice | null {
  const own = fresh(one.lastCandleTrade, venueNow)
  if (own !== null) return { price: own.price, at: own.at, source: 'exchange', error: 0 }
  const other = fresh(one.lastTrade, venueNow)
  if (other === null) return null
  const { price, at } = other
  const error = UNKNOWN_BASIS_SHARE * dollarsForProbability(price)
  return { price, at, source: 'exchange', error }
}
