/** By which share the settlement source lies above an exchange, of late: the mean over the seconds in which both said a price. A float, for models only. */
import type { PriceTick } from '../domain/events.ts'
import { MICROS_PER_SECOND, type Micros } from '../domain/units.ts'

export type Gap = {
  trade(tick: PriceTick, price: number): void
  print(tick: PriceTick): void
  /** Zero until enough is known, or when nothing was compared of late. */
  at(recvAt: Micros): number
}

/** A print is told some seconds after its own. */
const TRADES_KEPT_SEC = 32
const COMPARED = 60
const COMPARED_MIN = 10
const AGE_MAX_MICROS = 120 * MICROS_PER_SECOND

export function createGap(): Gap {
  const trades = Array.from({ length: TRADES_KEPT_SEC }, () => ({ sec: -1, price: 0 }))
  const gaps: number[] = []
  let lastSec = -1
  let comparedAt = Number.NEGATIVE_INFINITY
  let mean = 0

  return {
    trade(tick, price) {
      const sec = secondOf(tick)
      const kept = trades[sec % TRADES_KEPT_SEC] as (typeof trades)[number]
      if (sec < kept.sec) return
      kept.sec = sec
      kept.price = price
    },
    print(tick) {
      const sec = secondOf(tick)
      const price = Number(tick.price)
      const trade = trades[sec % TRADES_KEPT_SEC]
      if (sec <= lastSec || trade?.sec !== sec || !(price > 0)) return
      lastSec = sec
      comparedAt = tick.recvAt
      gaps.push(price / trade.price - 1)
      if (gaps.length > COMPARED) gaps.shift()
      mean = gaps.reduce((sum, one) => sum + one, 0) / gaps.length
    },
    at: (recvAt) => (gaps.length < COMPARED_MIN || recvAt - comparedAt > AGE_MAX_MICROS ? 0 : mean),
  }
}

function secondOf({ venueAt, recvAt }: PriceTick): number {
  return Math.floor((venueAt ?? recvAt) / MICROS_PER_SECOND)
}
