/** Whether something just happened: a burst of the asset's price, or of the books. What was known a moment ago may not hold, and others know it first. */
import { check, offCheck, refusal } from './check.ts'
import type { WorldGate } from './gate.ts'

const PRICE = 'IMPACT_PRICE'
const PRICE_OFF = offCheck(PRICE)

export const impactPrice: WorldGate = {
  name: PRICE,
  asks: "the asset's price has not moved by far more than usual within the last seconds",
  settings: ['gates.impactSigmas', 'gates.impactSec'],
  always: null,
  judge({ gates: { impactSigmas: most }, truth: { health } }) {
    if (most === null) return PRICE_OFF
    const { burst } = health
    if (burst === null) return refusal(PRICE, 'it is not known how much the price moved lately')
    return check(
      PRICE,
      burst <= most,
      most - burst,
      'usual moves',
      'the price has not leapt',
      'the price has just leapt',
    )
  },
}

const BOOK = 'IMPACT_BOOK'
const BOOK_OFF = offCheck(BOOK)

export const impactBook: WorldGate = {
  name: BOOK,
  asks: 'neither book has moved by more than so much within the last seconds',
  settings: ['gates.impactBook', 'gates.impactSec'],
  always: null,
  judge({ gates: { impactBook: most }, upPast, downPast }) {
    if (most === null) return BOOK_OFF
    const moved = Math.max(upPast.moved, downPast.moved)
    return check(
      BOOK,
      moved <= most,
      most - moved,
      'ticks',
      'the books have not leapt',
      'a book has just leapt',
    )
  },
}
