/**
 * When each window wants to be woken, by the venue's clock. Wakes are asked for in our own clock and asked for again whenever
 * the estimate of the venue's clock moves; a wake of the same window and purpose replaces the one before.
 */
import type { EngineCommand } from '../domain/commands.ts'
import type { WakePurpose } from '../domain/events.ts'
import type { Market } from '../domain/market.ts'
import { MICROS_PER_SECOND, type Micros, micros } from '../domain/units.ts'
import type { LastSecondTrader } from './last-second-trader.ts'
import { shotOf } from './own-orders.ts'
import type { EngineSettings } from './settings.ts'

/** The purposes that belong to a window, in the order in which they come. */
const PURPOSES = ['listen', 'arm', 'trigger', 'close', 'clean_up'] as const

/** Orders are made ready this long before the close, or as soon as there are listeners. */
const ARM_SEC = 60
/** A deadline that moves is no reason to trigger earlier than this. */
const TRIGGER_EARLIEST_SEC = 15
/** Room for the decision itself. */
const SLACK_MICROS = 50_000
type Purpose = (typeof PURPOSES)[number]

export type Schedule = {
  listenAt(market: Market): Micros
  triggerAt(trader: LastSecondTrader): Micros
  /** How long before the close an order of this market has to be sent at the latest, with room for the decision. */
  latestSafeSec(market: Market): number
  inSpan(trader: LastSecondTrader, venueNow: Micros): boolean
  /** When the next of several strategies begins, by our own clock; null when there is none to come. */
  nextStart(trader: LastSecondTrader, venueNow: Micros): Micros | null
  isDue(trader: LastSecondTrader, purpose: WakePurpose, venueNow: Micros): boolean
  /** The moment of its shot is another one: one that has come, and is now still to come, has not come. */
  reconsider(trader: LastSecondTrader, venueNow: Micros): void
  /** Asks for every wake that is still to come and not asked for yet at that instant. */
  plan(trader: LastSecondTrader): void
  forget(trader: LastSecondTrader): void
}

export type ScheduleDeps = {
  offsetMicros(): number
  /** How long before the close an order of this market has to be sent at the latest. */
  leadMicros(market: Market): number
  command(next: EngineCommand): void
}

export function createSchedule(
  settings: EngineSettings,
  { offsetMicros, leadMicros, command }: ScheduleDeps,
): Schedule {
  const done = new WeakMap<LastSecondTrader, Set<Purpose>>()
  const asked = new WeakMap<LastSecondTrader, Map<Purpose, Micros>>()

  function before(market: Market, seconds: number): Micros {
    return micros(market.endAt - Math.round(seconds * MICROS_PER_SECOND))
  }

  /** Early enough for the warm-up, but the span of listening is clipped to the window. */
  function listenAt(market: Market): Micros {
    const from = Math.max(market.startAt, before(market, settings.strategy.listenFromSec))
    return micros(from - Math.round(settings.warmUpSec * MICROS_PER_SECOND))
  }

  function latestSafeSec(market: Market): number {
    const leadSec = (leadMicros(market) + SLACK_MICROS) / MICROS_PER_SECOND
    return Math.min(leadSec, TRIGGER_EARLIEST_SEC)
  }

  /** When the strategy says, or what was chosen; earlier where an order would otherwise come too late. */
  function triggerAt({ market, fireAt }: LastSecondTrader): Micros {
    const wanted = fireAt?.sec ?? settings.strategy.span.fromSec
    return before(market, Math.max(wanted, latestSafeSec(market)))
  }

  function dueAt(trader: LastSecondTrader, purpose: Purpose): Micros {
    const { market } = trader
    if (purpose === 'listen') return listenAt(market)
    if (purpose === 'arm') return micros(Math.max(listenAt(market), before(market, ARM_SEC)))
    if (purpose === 'trigger') return triggerAt(trader)
    return before(market, purpose === 'close' ? 0 : -settings.cleanUpSec)
  }

  function isDue(trader: LastSecondTrader, purpose: WakePurpose, venueNow: Micros): boolean {
    const known = PURPOSES.find((one) => one === purpose)
    if (known === undefined || venueNow < dueAt(trader, known)) {
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
      const at = micros(dueAt(trader, purpose) - offsetMicros())
      if (pending.get(purpose) === at) continue
      pending.set(purpose, at)
      command({ kind: 'wake', purpose, conditionId: trader.market.conditionId, at })
    }
  }

  return {
    listenAt,
    triggerAt,
    latestSafeSec,
    inSpan(trader, venueNow) {
      const { market } = trader
      if (venueNow >= before(market, settings.strategy.span.toSec)) return false
      // What the deadline demands may move; a span that has begun does not end because of it.
      return done.get(trader)?.has('trigger') === true || venueNow >= triggerAt(trader)
    },
    nextStart({ market }, venueNow) {
      const safe = latestSafeSec(market)
      const starts = settings.strategy.starts
        .map((sec) => before(market, Math.max(sec, safe)))
        .filter((at) => at > venueNow)
      return starts.length === 0 ? null : micros(Math.min(...starts) - offsetMicros())
    },
    isDue,
    reconsider(trader, venueNow) {
      if (venueNow < triggerAt(trader)) done.get(trader)?.delete('trigger')
    },
    plan,
    forget(trader) {
      done.delete(trader)
      asked.delete(trader)
    },
  }
}

function wants(trader: LastSecondTrader, purpose: Purpose): boolean {
  if (purpose === 'listen') return trader.state === 'found'
  if (purpose === 'arm' || purpose === 'trigger') {
    return trader.state !== 'skipped' && trader.state !== 'passed' && shotOf(trader) === null
  }
  if (trader.state === 'skipped') return purpose === 'clean_up'
  return true
}
