/**
 * Prices that cannot be true are refused before anything is made of them: no price at all or one with digits beyond the eighteenth, one dated in the
 * future, one far from all that was heard. A price that stays far away for long enough is the price after all.
 */
import type { PriceTick } from '../domain/events.ts'
import { dollarsForProbability, parsePriceE18 } from '../domain/price.ts'
import { MICROS_PER_SECOND, type Micros } from '../domain/units.ts'

export type Refusal = 'NOT_A_PRICE' | 'FUTURE_PRINT' | 'JUMP'

export type Refused = { readonly name: Refusal; readonly why: string }

export type PrintGuard = {
  /** Null lets it through. `venueNow` is null while the venue's clock is not known. */
  judge(tick: PriceTick, venueNow: Micros | null): Refused | null
}

/** More than clocks differ by, of venues that keep time at all. */
const AHEAD_MAX_SEC = 5
const JUMP_SHARE = 0.2
/** What nobody spoke of for this long may have gone anywhere. */
const LEVEL_KEPT_SEC = 600
/** So long a price has to stay where it went. */
const STAYS_SEC = 10
const STAYS_SHARE = 0.02

type Level = { readonly price: number; readonly at: Micros }

export function createPrintGuard(): PrintGuard {
  /** By asset and series, whoever said it: wrong ones seldom agree. */
  const levels = new Map<string, Level>()
  /** Where a line jumped to, and when it first did. */
  const jumps = new Map<string, Level>()

  function jumped(tick: PriceTick, price: number): boolean {
    const { asset, series, feed, recvAt } = tick
    const level = levels.get(`${asset}/${series}`) ?? levels.get(`${asset}/spot`)
    const line = `${feed}/${asset}/${series}`
    const isFar =
      level !== undefined &&
      recvAt - level.at <= LEVEL_KEPT_SEC * MICROS_PER_SECOND &&
      apart(price, level.price) > JUMP_SHARE
    const since = jumps.get(line)
    if (isFar && (since === undefined || apart(price, since.price) > STAYS_SHARE)) {
      jumps.set(line, { price, at: recvAt })
      return true
    }
    if (isFar && since !== undefined && recvAt - since.at < STAYS_SEC * MICROS_PER_SECOND)
      return true
    jumps.delete(line)
    levels.set(`${asset}/${series}`, { price, at: recvAt })
    return false
  }

  return {
    judge(tick, venueNow) {
      const price = parsePriceE18(tick.price)
      if (price === null) return { name: 'NOT_A_PRICE', why: 'no decimal of 18 places above zero' }
      const aheadSec =
        tick.venueAt === null || venueNow === null
          ? 0
          : (tick.venueAt - venueNow) / MICROS_PER_SECOND
      if (aheadSec > AHEAD_MAX_SEC)
        return { name: 'FUTURE_PRINT', why: `dated ${Math.floor(aheadSec)} s ahead` }
      return jumped(tick, dollarsForProbability(price))
        ? { name: 'JUMP', why: 'far from all that was heard' }
        : null
    },
  }
}

function apart(price: number, level: number): number {
  return Math.abs(price / level - 1)
}
