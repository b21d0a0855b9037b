/**
 * What is known of the offset between two clocks, as an interval: venue = ours + offset, with the true offset always inside. Pure
 * arithmetic on microseconds; every observation can only narrow it, time widens it, and an observation that leaves it empty proves that one of
 * the clocks was moved.
 */

/** Quartz is good to some tens of parts in a million. */
const DRIFT_PPM = 50

export type ClockInterval = { readonly low: number; readonly high: number; readonly at: number }

/** A whole-second reading S, asked at `sentAt` and answered at `recvAt`: the venue's clock was in [S, S+1 s) at some moment between. */
export function fromSeconds(seconds: number, sentAt: number, recvAt: number): ClockInterval {
  const from = seconds * 1_000_000
  return { low: from - recvAt, high: from + 1_000_000 - sentAt, at: recvAt }
}

/** A stamp that the venue made before we received it: its clock was at least there. */
export function fromStamp(
  known: ClockInterval,
  venueAt: number,
  recvAt: number,
): ClockInterval | null {
  const now = widened(known, recvAt)
  const low = Math.max(now.low, venueAt - recvAt)
  return low > now.high ? null : { low, high: now.high, at: recvAt }
}

export function widened(known: ClockInterval, at: number): ClockInterval {
  const by = Math.ceil((Math.max(0, at - known.at) * DRIFT_PPM) / 1_000_000)
  return { low: known.low - by, high: known.high + by, at: Math.max(at, known.at) }
}

/** Null when the two exclude each other. */
export function narrowed(known: ClockInterval, seen: ClockInterval): ClockInterval | null {
  const now = widened(known, seen.at)
  const low = Math.max(now.low, seen.low)
  const high = Math.min(now.high, seen.high)
  return low > high ? null : { low, high, at: seen.at }
}

export function middle({ low, high }: ClockInterval): number {
  return Math.round((low + high) / 2)
}

export function halfWidth({ low, high }: ClockInterval): number {
  return Math.ceil((high - low) / 2)
}

/**
 * When to ask again so that the venue's next whole second falls in the middle of what is uncertain: the answer then halves it. The earliest
 * such instant of our clock that is not before `notBefore`, minus half a round trip.
 */
export function bestAskAt(known: ClockInterval, roundTrip: number, notBefore: number): number {
  const offset = middle(known)
  const edge = Math.ceil((notBefore + roundTrip / 2 + offset) / 1_000_000) * 1_000_000
  return edge - offset - Math.round(roundTrip / 2)
}
