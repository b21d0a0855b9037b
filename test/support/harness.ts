/** Drives the pure engine by hand: events in, everything it said kept, wakes turned into timer events when time is moved on. */
import type { EngineCommand } from '../../src/domain/commands.ts'
import type { EngineEvent } from '../../src/domain/events.ts'
import type { EngineFact, FactKind } from '../../src/domain/facts.ts'
import type { Side } from '../../src/domain/ids.ts'
import { type Market, tokenOf, type Winner } from '../../src/domain/market.ts'
import { type MicroShares, type Micros, micros, type Ticks } from '../../src/domain/units.ts'
import { createEngine, type Engine } from '../../src/engine/engine.ts'
import type { EngineSettings } from '../../src/engine/settings.ts'

type Wake = Extract<EngineCommand, { kind: 'wake' }>

export function createHarness(settings: EngineSettings) {
  const engine: Engine = createEngine(settings)
  const commands: EngineCommand[] = []
  const facts: EngineFact[] = []
  const tape: EngineEvent[] = []
  const wakes = new Map<string, Wake>()

  function send(event: EngineEvent): void {
    tape.push(event)
    const step = engine.step(event)
    for (const command of step.commands) {
      commands.push(command)
      if (command.kind === 'wake') wakes.set(`${command.conditionId}/${command.purpose}`, command)
    }
    facts.push(...step.facts)
  }

  /** Fires every wake up to and including this instant, in order. */
  function runTo(until: Micros): void {
    for (;;) {
      const next = [...wakes.entries()].sort(([, a], [, b]) => a.at - b.at)[0]
      if (next === undefined || next[1].at > until) return
      wakes.delete(next[0])
      const { purpose, conditionId, at } = next[1]
      // A wake for the past comes at once, which is now.
      const recvAt = micros(Math.max(at, tape.at(-1)?.recvAt ?? at))
      send({ kind: 'timer', purpose, conditionId, dueAt: at, recvAt, venueAt: null })
    }
  }

  return {
    engine,
    commands,
    facts,
    tape,
    send,
    runTo,
    clock(recvAt: Micros, offsetMicros = 0, errorMicros = 5_000): void {
      send({ kind: 'clock', offsetMicros, errorMicros, recvAt, venueAt: null })
    },
    list(market: Market, recvAt: Micros): void {
      send({ kind: 'market_listed', market, recvAt, venueAt: null })
    },
    /** Both books, mirrored: Up's bid and ask in ticks, with this many micro-shares everywhere. */
    books(
      market: Market,
      recvAt: Micros,
      bid: number | null,
      ask: number | null,
      size = 50_000_000,
    ): void {
      const level = (price: number | null) => (price === null ? [] : [price, size])
      const mirror = (price: number | null) => (price === null ? null : 10_000 - price)
      const snapshot = (side: Side, bids: number[], asks: number[]) =>
        send({
          kind: 'book_snapshot',
          token: tokenOf(market, side),
          source: 'channel',
          bids,
          asks,
          tickSize: null,
          recvAt,
          venueAt: recvAt,
        })
      snapshot('UP', level(bid), level(ask))
      snapshot('DOWN', level(mirror(ask)), level(mirror(bid)))
    },
    delta(
      market: Market,
      side: Side,
      bookSide: 'BID' | 'ASK',
      price: number,
      size: number,
      recvAt: Micros,
      claimed: [number, number] | null = null,
    ): void {
      send({
        kind: 'book_delta',
        token: tokenOf(market, side),
        side: bookSide,
        price: price as Ticks,
        size: size as MicroShares,
        bestBid: (claimed?.[0] ?? null) as Ticks | null,
        bestAsk: (claimed?.[1] ?? null) as Ticks | null,
        recvAt,
        venueAt: recvAt,
      })
    },
    of<Kind extends FactKind>(kind: Kind): Extract<EngineFact, { kind: Kind }>[] {
      return facts.filter((fact): fact is Extract<EngineFact, { kind: Kind }> => fact.kind === kind)
    },
    asked<Kind extends EngineCommand['kind']>(
      kind: Kind,
    ): Extract<EngineCommand, { kind: Kind }>[] {
      return commands.filter(
        (one): one is Extract<EngineCommand, { kind: Kind }> => one.kind === kind,
      )
    },
    resolve(market: Market, winner: Winner, recvAt: Micros): void {
      send({
        kind: 'market_resolved',
        conditionId: market.conditionId,
        winner,
        source: 'test',
        recvAt,
        venueAt: null,
      })
    },
    later: (recvAt: Micros, ms: number) => micros(recvAt + ms * 1_000),
  }
}
