/** What becomes of an order: it travels, is held, and meets the book as it then is. The same rules as a dry run's. */
import type { Book } from '../book/book.ts'
import type { Market } from '../domain/market.ts'
import type { Order, SubmitOutcome } from '../domain/order.ts'
import { MICROS_PER_MS, type Micros, type MicroUsdc, micros } from '../domain/units.ts'
import { judgeFillOrKill } from '../sim/exchange.ts'
import { createRandom } from '../sim/random.ts'

export type Execution = {
  /** When it is known what became of it. */
  answerAt(order: Order, market: Market): Micros
  judge(order: Order, market: Market, book: Book | undefined, cash: MicroUsdc): SubmitOutcome
}

/** Milliseconds. */
export const TRIP_MS = { least: 30, usual: 45, most: 80 }
export const HOLD_MS = 150

/** Each order's way is drawn by its name, so that the same order takes as long in every run. */
export function createPaperExecution(seed: number): Execution {
  return {
    answerAt(order, market) {
      const trip = createRandom(seed, 'trip', order.id).between(TRIP_MS.least, TRIP_MS.most)
      const hold = market.takerHold === false ? 0 : HOLD_MS
      return micros(order.decidedAt + Math.round((trip + hold) * MICROS_PER_MS))
    },
    judge: judgeFillOrKill,
  }
}
