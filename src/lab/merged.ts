/** The worlds of several assets as one source: one bot hears all of them, and its limits hold over all of them. */
import type { DayStarted, EngineEvent } from '../domain/events.ts'
import { MICROS_PER_SECOND, type Micros, micros } from '../domain/units.ts'
import type { EventSource } from './source.ts'

const DAY_MICROS = 86_400 * MICROS_PER_SECOND

/** By the time of receipt; of one instant in the order of the sources. */
export function merged(sources: readonly EventSource[]): EventSource {
  function* events(): Generator<EngineEvent> {
    const heads = sources.flatMap((source) => {
      const iterator = source.events()[Symbol.iterator]()
      const first = iterator.next()
      return first.done === true ? [] : [{ iterator, event: first.value }]
    })
    let dayStart = -1
    while (heads.length > 0) {
      let first = heads[0] as (typeof heads)[number]
      for (const head of heads) if (head.event.recvAt < first.event.recvAt) first = head
      const { recvAt } = first.event
      const started = Math.floor(recvAt / DAY_MICROS) * DAY_MICROS
      if (started !== dayStart) {
        dayStart = started
        yield dayOf(micros(started), recvAt)
      }
      yield first.event
      const next = first.iterator.next()
      if (next.done === true) heads.splice(heads.indexOf(first), 1)
      else first.event = next.value
    }
  }

  return {
    events,
    snapshot(token, recvAt) {
      for (const source of sources) {
        const found = source.snapshot(token, recvAt)
        if (found !== null) return found
      }
      return null
    },
  }
}

function dayOf(startedAt: Micros, recvAt: Micros): DayStarted {
  return { kind: 'day', startedAt, recvAt, venueAt: null }
}
