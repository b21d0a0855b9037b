/** Whether it is the time to shoot, and whether we know what time it is. */
import { MICROS_PER_MS } from '../../domain/units.ts'
import { check, offCheck } from './check.ts'
import type { Situation, WorldGate } from './gate.ts'

export const clock: WorldGate = {
  name: 'CLOCK',
  asks: "the venue's clock is known precisely enough",
  settings: ['limits.maxClockErrorMs'],
  always: 'without the time, "before the close" means nothing',
  judge({ clockErrorMicros: error, limits }) {
    const most = limits.maxClockErrorMs * MICROS_PER_MS
    return check(
      'CLOCK',
      error !== null && error <= most,
      error === null ? null : most - error,
      'micros',
      "the venue's clock is known well enough",
      "the venue's clock is not known well enough",
    )
  },
}

const ZONE_OFF = offCheck('ZONE')

export const zone: WorldGate = {
  name: 'ZONE',
  asks: "the window's own trading zone: neither too early nor too late before the close",
  settings: ['gates.zoneFromSec', 'gates.zoneToSec'],
  always: null,
  judge({ gates, leftMicros }) {
    const { zoneFromMicros: from, zoneToMicros: to } = gates
    if (from === null && to === null) return ZONE_OFF
    const sinceOpen = from === null ? Number.POSITIVE_INFINITY : from - leftMicros
    const tillShut = to === null ? Number.POSITIVE_INFINITY : leftMicros - to
    return check(
      'ZONE',
      sinceOpen >= 0 && tillShut >= 0,
      Math.min(sinceOpen, tillShut),
      'micros',
      'within the trading zone',
      sinceOpen < 0 ? 'before the trading zone' : 'after the trading zone',
    )
  },
}

export const deadline: WorldGate = {
  name: 'DEADLINE',
  asks: 'there is time for the round trip, the hold, the clock error and the jitter',
  settings: [],
  always: 'an order that cannot be matched before the close is only a risk',
  judge({ deadline: { totalMicros: need }, leftMicros }) {
    return check(
      'DEADLINE',
      leftMicros >= need,
      leftMicros - need,
      'micros',
      'there is time for the round trip, the hold, the clock error and the jitter',
      'too late for the round trip, the hold, the clock error and the jitter',
    )
  },
}

/** From here on no answer matters: nothing can make it a shot any more. */
export function isTooLate({ deadline: { totalMicros }, leftMicros, gates }: Situation): boolean {
  return (
    leftMicros < totalMicros || (gates.zoneToMicros !== null && leftMicros < gates.zoneToMicros)
  )
}
