/**
 * The latest moment at which an order can still be sent: it travels, it is held, and neither the clock nor the timer is exact. Each part is
 * measured; an order that is due earlier by this sum is triggered earlier by it.
 */
import type { Deadline } from '../domain/facts.ts'
import { MICROS_PER_MS } from '../domain/units.ts'

/** How late our own timers were is remembered for this many triggers. */
const TRIGGERS_KEPT = 64
/** Before anything was measured. */
const JITTER_FIRST_MICROS = 2 * MICROS_PER_MS

export type Jitter = {
  add(triggerErrorMicros: number): void
  /** The worst of the remembered ones. */
  micros(): number
}

export function createJitter(): Jitter {
  const errors: number[] = []
  return {
    add(error) {
      errors.push(Math.max(0, error))
      if (errors.length > TRIGGERS_KEPT) errors.shift()
    },
    micros: () => (errors.length === 0 ? JITTER_FIRST_MICROS : Math.max(...errors)),
  }
}

export function deadlineOf(parts: {
  readonly roundTripMicros: number | null
  readonly holdMicros: number
  readonly clockErrorMicros: number | null
  readonly jitterMicros: number
}): Deadline {
  const roundTripMicros = parts.roundTripMicros ?? 0
  const clockErrorMicros = parts.clockErrorMicros ?? 0
  const { holdMicros, jitterMicros } = parts
  return {
    roundTripMicros,
    holdMicros,
    clockErrorMicros,
    jitterMicros,
    totalMicros: roundTripMicros + holdMicros + clockErrorMicros + jitterMicros,
  }
}
