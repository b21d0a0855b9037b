/** What an order's way is made of: it travels, is held, and meets the book as it then is. The venue on paper is that of a dry run. */
import type { Market } from '../domain/market.ts'
import type { Order } from '../domain/order.ts'
import { MICROS_PER_MS } from '../domain/units.ts'
import type { PaperSettings } from '../sim/paper/exchange.ts'
import { createRandom } from '../sim/random.ts'

export type Execution = {
  readonly paper: PaperSettings
  roundTripMicros(order: Order): number
  holdMicros(market: Market): number
}

/** Milliseconds. */
export const TRIP_MS = { least: 30, usual: 45, most: 80 }
export const HOLD_MS = 150
const CANCEL_MS = 50

/** Each order's way is drawn by its name, so that the same order takes as long in every run. */
export function createPaperExecution(seed: number): Execution {
  return {
    paper: {
      postMs: null,
      trips: [],
      cancelRequestMs: CANCEL_MS,
      cancelClearMs: 0,
      addAhead: 0.2,
      flow: null,
      seed,
    },
    roundTripMicros(order) {
      const trip = createRandom(seed, 'trip', order.id).between(TRIP_MS.least, TRIP_MS.most)
      return Math.round(trip * MICROS_PER_MS)
    },
    holdMicros: (market) => (market.takerHold === false ? 0 : HOLD_MS * MICROS_PER_MS),
  }
}
