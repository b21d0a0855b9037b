/**
 * When each window wants to be woken, by the venue's clock. Wakes are asked for in our own clock and asked for again whenever
 * the estimate of the venue's clock moves; a wake of the same window and purpose replaces the one before.
 */
import type { EngineCommand } from '../domain/commands.ts'
import type { WakePurpose } from '../domain/events.ts'
import type { Market } from '../domain/market.ts'
import { MICROS_PER_SECOND, type Micros, micros } from '../domain/units.ts'
import type { LastSecondTrader } from './last-second-trader.ts'
import type { EngineSettings } from './settings.ts'

/** The purposes that belong to a window, in the order in which they come. */
const PURPOSES = ['listen', 'trigger', 'close', 'clean_up'] as const
type Purpose = (typeof PURPOSES)[number]

export type Schedule = {
  listenAt(market: Market): Micros
  inSpan(market: Market, venueNow: Micros): boolean
  isDue(trader: LastSecondTrader, purpose: WakePurpose, venueNow: Micros): boolean
  /** Asks for every wake that is still to come and not asked for yet at that instant. */
  plan(trader: LastSecondTrader): void
  forget(trader: LastSecondTrader): void
}

export function createSchedule(
  settings: EngineSettings,
  offsetMicros: () => number,
  command: (next: EngineCommand) => void,
): Schedule {
  const done = new WeakMap<LastSecondTrader, Set<Purpose>>()
  const asked = new WeakMap<LastSecondTrader, Map<Purpose, Micros>>()
  const { strategy } = settings

  function before(market: Market, seconds: number): Micros {
    return micros(market.endAt - Math.round(seconds * MICROS_PER_SECOND))
  }

  /** Early enough for the warm-up, but the span of listening is clipped to the window. */
  function listenAt(market: Market): Micros {
    const from = Math.max(market.startAt, before(market, strategy.listenFromSec))
    return micros(from - Math.round(settings.warmUpSec * MICROS_PER_SECOND))
  }

  function dueAt(market: Market, purpose: Purpose): Micros {
    if (purpose === 'listen') return listenAt(market)
    if (purpose === 'trigger') return before(market, strategy.span.fromSec)
    return before(market, purpose === 'close' ? 0 : -settings.cleanUpSec)
  }

  function isDue(trader: LastSecondTrader, purpose: WakePurpose, venueNow: Micros): boolean {
    const known = PURPOSES.find((one) => one === purpose)
    if (known === undefined || venueNow < dueAt(trader.market, known)) {
      if (known !== undefined) asked.get(trader)?.delete(known)
      return false
    }
    const finished = done.get(trader) ?? new Set<Purpose>()
    done.set(trader, finished.add(known))
    return true
  }

  function plan(trader: LastSecondTrader): void {
    const finished = done.get(trader)
    const pending = asked.get(trader) ?? new Map<Purpose, Micros>()
    asked.set(trader, pending)
    for (const purpose of PURPOSES) {
      if (finished?.has(purpose) || !wants(trader, purpose)) continue
      const at = micros(dueAt(trader.market, purpose) - offsetMicros())
      if (pending.get(purpose) === at) continue
      pending.set(purpose, at)
      command({ kind: 'wake', purpose, conditionId: trader.market.conditionId, at })
    }
  }

  return {
    listenAt,
    inSpan: (market, venueNow) =>
      venueNow >= before(market, strategy.span.fromSec) &&
      venueNow < before(market, strategy.span.toSec),
    isDue,
    plan,
    forget(trader) {
      done.delete(trader)
      asked.delete(trader)
    },
  }
}

function wants(trader: LastSecondTrader, purpose: Purpose): boolean {
  if (purpose === 'listen') return trader.state === 'found'
  if (trader.state === 'skipped') return purpose === 'clean_up'
  return true
}
