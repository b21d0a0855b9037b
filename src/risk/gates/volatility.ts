/** Whether the price moves as prices do: without a measure of it no chance means anything, and a price that never moves is a feed that stands still. */
import { check, offCheck, refusal } from './check.ts'
import type { WorldGate } from './gate.ts'

const NAME = 'VOLATILITY'
const OFF = offCheck(NAME)
const UNIT = 'of the price'

export const volatility: WorldGate = {
  name: NAME,
  asks: 'the usual move of one second is known, not zero, and within its range',
  settings: ['gates.volatilityMin', 'gates.volatilityMax'],
  always: null,
  judge({ gates: { volatilityMin: least, volatilityMax: most }, truth: { sigma } }) {
    if (least === null && most === null) return OFF
    if (sigma === null) return refusal(NAME, 'the volatility is not known')
    if (!(sigma > 0)) return refusal(NAME, 'the volatility is zero: the price stands still')
    const above = least === null ? Number.POSITIVE_INFINITY : sigma - least
    const below = most === null ? Number.POSITIVE_INFINITY : most - sigma
    return check(
      NAME,
      above >= 0 && below >= 0,
      Math.min(above, below),
      UNIT,
      'the price moves as usual',
      above < 0 ? 'the price moves too little' : 'the price moves too much',
    )
  },
}
