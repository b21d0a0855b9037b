/** The venue's clock: everything the venue does happens in its time, which runs as fast as ours and never backwards. */
import { performance } from 'node:perf_hooks'

export type VenueClock = {
  nowMs(): number
  /** The instant at which the venue began. */
  readonly startedAtMs: number
}

/** With an epoch, the venue's time is that instant plus what has passed since `sinceMonotonicMs`. */
export function createVenueClock(epochMs: number | null, sinceMonotonicMs: number): VenueClock {
  const startedAtMs = epochMs ?? Date.now() - Math.round(performance.now() - sinceMonotonicMs)
  return {
    nowMs: () => Math.floor(startedAtMs + performance.now() - sinceMonotonicMs),
    startedAtMs,
  }
}
