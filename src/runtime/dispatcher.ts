/**
 * One queue, one owner. An event goes to the tape, then through `engine.step`, then its commands to the world and its facts to
 * the sinks; an event raised meanwhile waits its turn. There is no await in here, so what was checked still holds when the
 * order is sent.
 */
import type { EngineCommand } from '../domain/commands.ts'
import type { EngineEvent } from '../domain/events.ts'
import type { EngineFact } from '../domain/facts.ts'
import { invariant } from '../domain/invariant.ts'
import type { FactSink, Tape } from '../domain/ports.ts'
import type { Micros } from '../domain/units.ts'
import type { Engine } from '../engine/engine.ts'

/** Node hands over one frame at a time, so the inbox is nearly always empty; this many waiting means a loop, not a burst. */
const INBOX_MAX = 4096

export type Dispatcher = {
  dispatch(event: EngineEvent): void
  readonly counts: { events: number; deepest: number }
}

export type DispatcherDeps = {
  readonly engine: Engine
  readonly tape: Tape | null
  readonly sinks: readonly FactSink[]
  act(command: EngineCommand): void
  /** Told of each event once the engine has taken it. */
  readonly hear?: (event: EngineEvent) => void
}

export function createDispatcher({ engine, tape, sinks, act, hear }: DispatcherDeps): Dispatcher {
  const inbox: EngineEvent[] = []
  const counts = { events: 0, deepest: 0 }
  let running = false
  let lastAt = 0 as Micros

  function tell(fact: EngineFact): void {
    for (const sink of sinks) sink.accept(fact)
  }

  /** What is told of a frame may come between two events of that frame, and an answer is known before all of it was read: the queue's time does not go back. */
  function inTurn(event: EngineEvent): EngineEvent {
    return event.recvAt >= lastAt ? event : { ...event, recvAt: lastAt }
  }

  function process(told: EngineEvent): void {
    const event = inTurn(told)
    lastAt = event.recvAt
    counts.events += 1
    tape?.append(event)
    const { commands, facts } = engine.step(event)
    // The order leaves before anybody is told about it.
    for (const command of commands) act(command)
    hear?.(event)
    for (const fact of facts) tell(fact)
  }

  function dispatch(event: EngineEvent): void {
    if (running) {
      inbox.push(event)
      counts.deepest = Math.max(counts.deepest, inbox.length)
      invariant(inbox.length <= INBOX_MAX, `more than ${INBOX_MAX} events wait in the inbox`)
      return
    }
    running = true
    try {
      process(event)
      for (let next = inbox.shift(); next !== undefined; next = inbox.shift()) process(next)
    } finally {
      running = false
    }
  }

  return { dispatch, counts }
}
