/**
 * One engine in virtual time. It is fed the events of a source; what the engine asks for (wakes, books, orders) comes back to it at its own instant,
 * exactly, between those events. Many players can hear one source.
 */
import type { EngineCommand } from '../domain/commands.ts'
import type { EngineEvent } from '../domain/events.ts'
import type { EngineFact } from '../domain/facts.ts'
import { MICROS_PER_MS, type Micros, micros } from '../domain/units.ts'
import { createEngine } from '../engine/engine.ts'
import type { EngineSettings } from '../engine/settings.ts'
import { createPaperExchange } from '../sim/paper/exchange.ts'
import type { Execution } from './execution.ts'
import type { EventSource } from './source.ts'

export type Player = {
  feed(event: EngineEvent): void
  /** An event of the player's own, at its own time. */
  later(event: EngineEvent): void
}

export type PlayerDeps = {
  readonly settings: EngineSettings
  readonly source: Pick<EventSource, 'snapshot'>
  readonly execution: Execution
  onFact(fact: EngineFact): void
}

type Due = { readonly at: number; readonly key: string | null; run(): readonly EngineEvent[] }

/** A book that is asked for comes after so long. */
const BOOK_AFTER_MICROS = 60 * MICROS_PER_MS

export function createPlayer({ settings, source, execution, onFact }: PlayerDeps): Player {
  const engine = createEngine(settings)
  const exchange = createPaperExchange({
    settings: execution.paper,
    book: engine.book,
    balance: () => engine.view().free,
    sharesOf: (market, side) => engine.held(market.conditionId, side),
    offsetMicros: () => offsetMicros,
    roundTripMicros: execution.roundTripMicros,
    holdMicros: execution.holdMicros,
  })
  /** By time; those of one instant in the order in which they were asked for. */
  const dues: Due[] = []
  let now = 0 as Micros
  let offsetMicros = 0

  function step(event: EngineEvent): void {
    now = event.recvAt
    if (event.kind === 'clock') offsetMicros = event.offsetMicros
    const { commands, facts } = engine.step(event)
    for (const command of commands) act(command)
    exchange.hear(event)
    planExchange()
    for (const fact of facts) onFact(fact)
  }

  function plan(due: Due): void {
    if (due.key !== null) {
      const known = dues.findIndex((one) => one.key === due.key)
      if (known >= 0) dues.splice(known, 1)
    }
    let place = dues.length
    while (place > 0 && (dues[place - 1] as Due).at > due.at) place -= 1
    dues.splice(place, 0, due)
  }

  function act(command: EngineCommand): void {
    switch (command.kind) {
      case 'wake': {
        const { purpose, conditionId, at: dueAt } = command
        const at = Math.max(dueAt, now)
        const recvAt = micros(at)
        const run = (): EngineEvent[] => [
          { kind: 'timer', purpose, conditionId, dueAt, recvAt, venueAt: null },
        ]
        return plan({ at, key: `${purpose}/${conditionId}`, run })
      }
      case 'watch':
        snapshotOf(command.market.up)
        return snapshotOf(command.market.down)
      case 'resync':
        return snapshotOf(command.token)
      case 'submit':
        return exchange.submit(command, now)
      case 'cancel':
        return exchange.cancel(command, now)
      case 'cancel_market':
        return exchange.cancelMarket(command, now)
      case 'cancel_all':
        return exchange.cancelAll(now)
      case 'unwatch':
      case 'await_resolution':
      case 'arm':
      case 'retire':
        // The source says who won, and nothing was opened that would have to be closed.
        return
    }
  }

  /** What the venue on paper does next, and what it has to tell by now. */
  function planExchange(): void {
    const tell = (): readonly EngineEvent[] =>
      exchange.news().map(({ orderId, outcome }) => ({
        kind: 'order_outcome',
        orderId,
        venueId: null,
        outcome,
        recvAt: now,
        venueAt: null,
      }))
    const told = tell()
    if (told.length > 0) plan({ at: now, key: null, run: () => told })
    const next = exchange.nextAt()
    if (next === null) return
    const at = micros(Math.max(next, now))
    const run = (): readonly EngineEvent[] => {
      now = at
      exchange.advance(at)
      return tell()
    }
    plan({ at, key: 'exchange', run })
  }

  function snapshotOf(token: Parameters<EventSource['snapshot']>[0]): void {
    const at = micros(now + BOOK_AFTER_MICROS)
    plan({ at, key: null, run: () => [source.snapshot(token, at) ?? []].flat() })
  }

  return {
    feed(event) {
      for (let due = dues[0]; due !== undefined && due.at <= event.recvAt; due = dues[0]) {
        dues.shift()
        for (const own of due.run()) step(own)
      }
      step(event)
    },
    later: (event) => plan({ at: event.recvAt, key: null, run: () => [event] }),
  }
}
