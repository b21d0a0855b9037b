/** Times at which the venue is known to take no orders of ours, as a list that whoever knows clocks and zones has made. */
import type { Micros } from '../domain/units.ts'

/** From and up to, but not including; by the venue's clock. */
export type ClosedSpan = { readonly from: Micros; readonly to: Micros; readonly why: string }

/** The span that the instant lies in. The spans stand in order and do not overlap. */
export function closedAt(spans: readonly ClosedSpan[], at: Micros): ClosedSpan | null {
  let low = 0
  let high = spans.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((spans[middle] as ClosedSpan).to <= at) low = middle + 1
    else high = middle
  }
  const next = spans[low]
  return next !== undefined && next.from <= at ? next : null
}
