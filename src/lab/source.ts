/** Where the events of a run come from: a made world, or later a recording. Whatever it is, it is played in the order of receipt. */
import type { BookSnapshot, EngineEvent } from '../domain/events.ts'
import type { TokenId } from '../domain/ids.ts'
import type { Micros } from '../domain/units.ts'

export type EventSource = {
  /** Once, in the order of receipt. Without wakes and outcomes, which depend on who plays. */
  events(): Iterable<EngineEvent>
  /** A book as it would be told to who asks now; null when there is none yet or any more. */
  snapshot(token: TokenId, recvAt: Micros): BookSnapshot | null
}
