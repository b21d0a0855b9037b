/**
 * Wakes that must come never early and within microseconds. A Node timer brings the loop near, then the loop polls, so that
 * frames are still handled, and the last stretch is spun. All triggers share one queue and one pursuit: two that fall into one
 * stretch are served each at its own instant, in order, and neither is spun past for the sake of the other.
 */
import type { EngineCommand } from '../domain/commands.ts'
import type { EventSink } from '../domain/ports.ts'
import { MICROS_PER_MS, type Micros } from '../domain/units.ts'
import { spin, warmSpin } from './spin.ts'

export type Wake = Extract<EngineCommand, { kind: 'wake' }>

/**
 * Covers what a Node timer is late by. Not longer: a process that has been busy for some milliseconds is the one that the system
 * puts aside when others want the core. With 10 ms more than twice as many triggers were late on a busy machine.
 */
const POLL_FROM_MICROS = 2 * MICROS_PER_MS
/** Nothing else runs during the spin, so it is short; and the longest that one turn is blind, however many triggers are due. */
const SPIN_FROM_MICROS = MICROS_PER_MS
/** Longer delays overflow a Node timer and would fire at once. */
export const DELAY_MAX_MS = 2_000_000_000

type Trigger = { readonly wake: Wake; readonly turn: number }

export type Triggers = {
  /** Never emits by itself: the event comes in a turn of its own. Replaces the wake of the same window and purpose. */
  add(wake: Wake): void
  forget(conditionId: string): void
  clear(): void
}

export function createTriggers(emit: EventSink, now: () => Micros): Triggers {
  /** By instant; those of one instant as they were asked for. */
  let queue: Trigger[] = []
  let turn = 0
  let timeout: NodeJS.Timeout | undefined
  let immediate: NodeJS.Immediate | undefined
  warmSpin(now)

  function approach(): void {
    clearTimeout(timeout)
    const next = queue[0]
    // A poll that is already on its way is left alone: put back at each new wish it might never come.
    if (next === undefined || immediate !== undefined) return
    const left = next.wake.at - now() - POLL_FROM_MICROS
    if (left <= 0) immediate = setImmediate(poll)
    else timeout = setTimeout(approach, Math.min(Math.ceil(left / MICROS_PER_MS), DELAY_MAX_MS))
  }

  function poll(): void {
    immediate = undefined
    turn += 1
    const until = now() + SPIN_FROM_MICROS
    try {
      for (let next = queue[0]; next !== undefined; next = queue[0]) {
        // What was asked for in this turn waits for the next, else a wish repeated at each answer would hold the loop.
        if (next.wake.at > until || next.turn === turn) break
        // Whatever can be done before the instant is done before it.
        queue.shift()
        const { purpose, conditionId, at: dueAt } = next.wake
        emit({
          kind: 'timer',
          purpose,
          conditionId,
          dueAt,
          venueAt: null,
          recvAt: spin(now, dueAt),
        })
      }
    } finally {
      approach()
    }
  }

  function keep(wanted: (wake: Wake) => boolean): void {
    queue = queue.filter(({ wake }) => wanted(wake))
  }

  return {
    add(wake) {
      keep((w) => w.conditionId !== wake.conditionId || w.purpose !== wake.purpose)
      const place = queue.findIndex((other) => other.wake.at > wake.at)
      queue.splice(place < 0 ? queue.length : place, 0, { wake, turn })
      approach()
    },
    forget(conditionId) {
      keep((wake) => wake.conditionId !== conditionId)
      approach()
    },
    clear() {
      queue = []
      clearTimeout(timeout)
      clearImmediate(immediate)
      immediate = undefined
    },
  }
}
