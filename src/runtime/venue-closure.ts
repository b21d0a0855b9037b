/** A venue that takes no orders is not asked again by the next window: what an answer says of that becomes an event. */
import type { EventSink } from '../domain/ports.ts'
import { MICROS_PER_SECOND, type Micros, micros } from '../domain/units.ts'
import type { WireAnswer } from '../net/order-wire.ts'
import { closureOf } from '../venues/polymarket/venue-closed.ts'

export function tellClosure(
  answer: WireAnswer,
  { emit, now }: { readonly emit: EventSink; readonly now: () => Micros },
): void {
  const closure = closureOf(answer)
  if (closure === null) return
  const at = now()
  const until = micros(at + closure.seconds * MICROS_PER_SECOND)
  emit({ kind: 'venue_closed', until, reason: closure.reason, recvAt: at, venueAt: null })
}
