/** Feeds the control server with a plain snapshot, four times a second at most, and counts what was settled. */
import type { StatusSnapshot } from '../control/contract.ts'
import type { EngineFact } from '../domain/facts.ts'
import type { FactSink } from '../domain/ports.ts'
import { formatMicro, type MicroUsdc } from '../domain/units.ts'
import type { Bot } from '../runtime/bot.ts'

const PUBLISH_MS = 250

export type StatusFeed = {
  readonly sink: FactSink
  /** Begins to publish; the returned function ends it. */
  start(publish: (snapshot: StatusSnapshot) => void): () => void
}

export function createStatusFeed(
  who: {
    readonly mode: 'dry' | 'live'
    readonly venue: 'local' | 'polymarket'
    readonly strategy: string
  },
  bot: () => Bot | null,
): StatusFeed {
  const startedAt = new Date().toISOString()
  const totals = { settled: 0, fired: 0, filled: 0, wins: 0 }
  let pnl = 0

  function accept(fact: EngineFact): void {
    if (fact.kind !== 'settled') return
    const { settlement } = fact
    totals.settled += 1
    pnl += settlement.pnl
    if (settlement.decision === 'fired') totals.fired += 1
    if (settlement.outcome?.state !== 'filled') return
    totals.filled += 1
    if (settlement.winner === settlement.side) totals.wins += 1
  }

  function snapshot(running: Bot): StatusSnapshot {
    const { ready, notReady } = running.readiness()
    return {
      ...who,
      startedAt,
      ready,
      notReady: [...notReady],
      totals: { ...totals, pnl: formatMicro(pnl as MicroUsdc) },
      engine: running.snapshot(),
    }
  }

  return {
    sink: { accept, close: () => Promise.resolve() },
    start(publish) {
      const timer = setInterval(() => {
        const running = bot()
        if (running !== null) publish(snapshot(running))
      }, PUBLISH_MS)
      return () => clearInterval(timer)
    },
  }
}
