/** The queue's time: what is told of a frame, or of an answer that was long in coming, may be told with an instant that is past. */
import { expect, test } from 'vitest'
import type { EngineEvent } from '../../src/domain/events.ts'
import type { EngineFact } from '../../src/domain/facts.ts'
import { createEngine } from '../../src/engine/engine.ts'
import { createDispatcher } from '../../src/runtime/dispatcher.ts'
import { at, someSettings } from '../support/builders.ts'

const clock = (sec: number): EngineEvent => ({
  ...{ kind: 'clock', offsetMicros: 0, errorMicros: 5_000 },
  ...{ recvAt: at(sec), venueAt: null },
})

function aQueue(hear: (event: EngineEvent) => void = () => undefined) {
  const taped: EngineEvent[] = []
  const facts: { readonly at: number }[] = []
  const dispatcher = createDispatcher({
    engine: createEngine(someSettings()),
    tape: { append: (event: EngineEvent) => void taped.push(event) } as never,
    sinks: [{ accept: (fact: EngineFact) => void facts.push(fact) } as never],
    act: () => undefined,
    hear,
  })
  return { ...dispatcher, taped, facts }
}

test('an event that was seen before the one before it comes in its turn, on the tape as well', () => {
  const { dispatch, taped, facts } = aQueue()
  dispatch(clock(600))
  dispatch(clock(599))
  dispatch(clock(601))
  expect(taped.map(({ recvAt }) => recvAt)).toEqual([at(600), at(600), at(601)])
  expect(facts.map((fact) => fact.at)).toEqual([at(600), at(600), at(601)])
})

test('what is told in the middle of a frame does not end the rest of it', () => {
  let told = false
  const queue = aQueue(() => {
    if (told) return
    told = true
    queue.dispatch(clock(600.001))
  })
  queue.dispatch(clock(600))
  // The next entry of the same frame.
  expect(() => queue.dispatch(clock(600))).not.toThrow()
  expect(queue.taped).toHaveLength(3)
  expect(queue.counts.events).toBe(3)
})
