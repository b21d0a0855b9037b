/**
 * The only reader of the system clock. Wall time is taken once, when the process starts, and then carried by the monotonic clock: a
 * step of the system's time while we run changes nothing here, and two readings never go backwards. The venue's own clock is
 * estimated against this one, so a wrong wall clock costs nothing but its looks.
 */
import { MICROS_PER_MS, type Micros } from '../domain/units.ts'

const origin = performance.timeOrigin
let last = 0

export function nowMicros(): Micros {
  const now = Math.floor((origin + performance.now()) * MICROS_PER_MS)
  if (now > last) last = now
  return last as Micros
}
