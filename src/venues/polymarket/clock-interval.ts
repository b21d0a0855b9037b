/**
 * What is known about the venue's clock: not a guess but an interval that holds the true offset (venue minus ours, microseconds).
 * Every sample cuts it, time widens it again, and a sample that contradicts it starts it anew.
 */
import { MICROS_PER_SECOND } from '../../domain/units.ts'

/** Two ordinary quartz clocks part by less than this. */
export const DRIFT_PPM = 50

export type OffsetInterval = {
  readonly lo: number
  readonly hi: number
  /** Our clock when this was true; from here it widens. */
  readonly at: number
}

export type Bounds = { readonly lo: number; readonly hi: number }

/**
 * A clock that tells whole seconds said `seconds` at some moment between our sending and our receiving: its true time was then
 * within [seconds, seconds + 1), and the extremes of both spans bound the offset.
 */
export function boundsOfSecond(seconds: number, sentAt: number, recvAt: number): Bounds {
  const from = seconds * MICROS_PER_SECOND
  return { lo: from - recvAt, hi: from + MICROS_PER_SECOND - sentAt }
}

export function widened(interval: OffsetInterval, now: number, ppm = DRIFT_PPM): OffsetInterval {
  const drift = Math.ceil((Math.max(0, now - interval.at) * ppm) / 1_000_000)
  return { lo: interval.lo - drift, hi: interval.hi + drift, at: Math.max(now, interval.at) }
}

/** Null when the two exclude each other. */
export function intersection(a: Bounds, b: Bounds): Bounds | null {
  const lo = Math.max(a.lo, b.lo)
  const hi = Math.min(a.hi, b.hi)
  return lo <= hi ? { lo, hi } : null
}

export function estimateOf({ lo, hi }: Bounds): { offsetMicros: number; errorMicros: number } {
  return { offsetMicros: Math.floor((lo + hi) / 2), errorMicros: Math.ceil((hi - lo) / 2) }
}

/**
 * When to send so that the next edge of the venue's second is expected in the middle of what is still possible: whichever side
 * of the edge the answer falls on, half of the interval is gone.
 */
export function sendAtEdge(bounds: Bounds, roundTripMicros: number, earliest: number): number {
  const lead = estimateOf(bounds).offsetMicros + Math.round(roundTripMicros / 2)
  const edge = Math.ceil((earliest + lead) / MICROS_PER_SECOND) * MICROS_PER_SECOND
  return edge - lead
}
