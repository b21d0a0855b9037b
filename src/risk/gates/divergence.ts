/** Whether those who should say the same do: the settlement source and an exchange, the book and what we know of the winner. */
import type { TokenView } from '../../domain/strategy.ts'
import { TICKS_PER_DOLLAR } from '../../domain/units.ts'
import { check, NO_SIDE, offCheck, refusal } from './check.ts'
import type { OrderGate, WorldGate } from './gate.ts'

const FEED = 'DIVERGENCE_FEED'
const FEED_OFF = offCheck(FEED)

export const divergenceFeed: WorldGate = {
  name: FEED,
  asks: "the settlement source's newest print and the exchange's newest price, moved by the basis known between them, are close",
  settings: ['gates.feedDivergenceMax'],
  always: null,
  judge({ gates: { feedDivergenceMax: most }, truth: { health } }) {
    if (most === null) return FEED_OFF
    const gap = health.feedGap
    if (gap === null)
      return refusal(FEED, 'there is no exchange price to hold the settlement source against')
    const off = Math.abs(gap)
    return check(
      FEED,
      off <= most,
      most - off,
      'of the price',
      'the settlement source and the exchange agree',
      'the settlement source and the exchange disagree',
    )
  },
}

const BOOK = 'DIVERGENCE_BOOK'
const BOOK_OFF = offCheck(BOOK)

export const divergenceBook: OrderGate = {
  name: BOOK,
  asks: 'what the book thinks of the side that is wanted is close to its chance by the rule (by the last price, where the rule names none)',
  settings: ['gates.bookDivergenceMax'],
  always: null,
  judge({ gates: { bookDivergenceMax: most }, truth, up, down }, { side }) {
    if (most === null) return BOOK_OFF
    if (side === null) return refusal(BOOK, NO_SIDE)
    const implied = impliedPrice(side === 'UP' ? up : down)
    const chance =
      truth.win !== null && truth.winner !== null
        ? truth.winner === side
          ? truth.win.mid
          : 1 - truth.win.mid
        : truth.fairYes === null
          ? null
          : side === 'UP'
            ? truth.fairYes
            : 1 - truth.fairYes
    if (implied === null || chance === null)
      return refusal(BOOK, 'there is nothing to hold the book against')
    const off = Math.abs(implied - chance * TICKS_PER_DOLLAR)
    return check(
      BOOK,
      off <= most,
      Math.round(most - off),
      'ticks',
      'the book and the chance agree',
      'the book and the chance are far apart',
    )
  },
}

/** The middle; where one side of the book is gone, the other. */
function impliedPrice({ bestBid, bestAsk }: TokenView): number | null {
  if (bestBid === null) return bestAsk
  return bestAsk === null ? bestBid : (bestBid + bestAsk) / 2
}
