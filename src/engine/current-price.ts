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
  const trade = ownTrade(one, venueNow)
  const basis = one.basis.at(nowSec)
  if (trade !== null && basis !== null) {
    const price = trade.price + basis.offset
    if (price > 0n) return { ...trade, price: price as PriceE18, error: basis.error }
  }
  const newest = one.prints.newest()
  if (newest === null) return null
  const at = (newest.sec * MICROS_PER_SECOND) as Micros
  return { price: newest.price, at, source: 'settlement', error: 0 }
}

function ownTrade({ lastTrade }: Known, venueNow: Micros): CurrentPrice | null {
  if (lastTrade === null || venueNow - lastTrade.at > EXCHANGE_AGE_MAX_MICROS) return null
  return { ...lastTrade, source: 'exchange', error: 0 }
}

/** Where the exchange of the candle is silent another one speaks for it, off by what nobody compared. */
export function candleTrade(one: Known, venueNow: Micros): CurrentPrice | null {
  const own = ownTrade({ ...one, lastTrade: one.lastCandleTrade }, venueNow)
  if (own !== null) return own
  const other = ownTrade(one, venueNow)
  if (other === null) return null
  return { ...other, error: UNKNOWN_BASIS_SHARE * dollarsForProbability(other.price) }
}
