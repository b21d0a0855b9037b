/** The instants of an order -> how long each step took from the decision. What is not told leaves what was known. */
import type { OrderTiming } from '../domain/events.ts'
import type { ShotLatency } from '../domain/facts.ts'
import type { Micros } from '../domain/units.ts'

export function withTiming(
  known: ShotLatency,
  decidedAt: Micros,
  told: Partial<OrderTiming>,
): ShotLatency {
  const since = (at: Micros | undefined, before: number | null): number | null =>
    at === undefined ? before : at - decidedAt
  return {
    ...known,
    writeMicros: since(told.wroteAt, known.writeMicros),
    firstByteMicros: since(told.firstByteAt, known.firstByteMicros),
    answerMicros: since(told.answeredAt, known.answerMicros),
    matchedMicros: since(told.matchedAt, known.matchedMicros),
    minedMicros: since(told.minedAt, known.minedMicros),
    confirmedMicros: since(told.confirmedAt, known.confirmedMicros),
    loopLagMicros: told.loopLagMicros ?? known.loopLagMicros,
    gcMicros: told.gcMicros ?? known.gcMicros,
  }
}
