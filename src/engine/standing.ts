/**
 * Whether shots are allowed at all: what a person said, and what the account says of itself. A halt is one of the two, and only a person's resume
 * ends it; one that ends a halt counts the losses anew from then on, else the bot would halt again at once.
 */
import type { Halt } from '../domain/account.ts'
import type { EngineCommand } from '../domain/commands.ts'
import type { DayStarted, Operator, Restored } from '../domain/events.ts'
import type { EngineFact } from '../domain/facts.ts'
import type { ConditionId, Side } from '../domain/ids.ts'
import type { Micros } from '../domain/units.ts'
import { createRiskAccount } from '../risk/account.ts'
import type { Hold } from '../risk/gates/gate.ts'
import { negativeOf, overfillOf, strayFillOf } from '../risk/impossible-fills.ts'
import type { Play } from '../risk/window-bet.ts'
import type { EngineSettings } from './settings.ts'
import { type Climbed, createStakes } from './stakes.ts'

export type StandingDeps = {
  command(next: EngineCommand): void
  fact(next: EngineFact): void
  /** Shares bought of a side of a window, less those sold; null while a purchase may still bring some. */
  position(conditionId: ConditionId, side: Side): number | null
}

type StandingSettings = Pick<EngineSettings, 'limits' | 'stakes' | 'strategy' | 'series'>

export type Standing = ReturnType<typeof createStanding>

export function createStanding(
  { limits, stakes: ladder = null, strategy, series }: StandingSettings,
  { command, fact, position }: StandingDeps,
) {
  const account = createRiskAccount(limits.account)
  const stakes = createStakes(ladder, playOf({ strategy, series }))
  let paused = false
  let halted = false
  let stopping = false
  let halt: Halt | null = null
  /** What was just heard that ends the trading: a fall back to paper, or a fill that cannot be. */
  let heard: Halt | null = null
  /** Said once of each cause, and of each order or side of a window. */
  const doubted = new Set<string>()

  function tell(at: Micros): void {
    fact({ kind: 'account', at, account: account.state() })
  }

  function doubt(what: string, found: Halt | null): void {
    const key = `${found?.cause} ${what}`
    if (found === null || doubted.has(key)) return
    doubted.add(key)
    // The first thing that is wrong is the reason; what follows from it is in the log.
    heard ??= found
  }

  function compare(next: EngineFact): void {
    if (next.kind === 'stray_outcome')
      doubt(next.orderId, strayFillOf(next.orderId, next.outcome, next.known))
    if (next.kind !== 'outcome') return
    const { order, outcome } = next
    doubt(order.id, overfillOf(order, outcome))
    const { conditionId, side } = order
    doubt(`${conditionId} ${side}`, negativeOf(order, position(conditionId, side)))
  }

  function tellStakes({ state, move }: Climbed, at: Micros): void {
    fact({ kind: 'stakes', at, stakes: state, move })
    if (move === null) return
    if (move.to === 'paper') heard ??= { cause: 'stakes', why: move.why }
    // What waits is of the size before; what is wanted of the new one is placed anew.
    if (move.to !== 'full') command({ kind: 'cancel_all' })
  }

  function shouldHalt(): Halt | null {
    return account.shouldHalt() ?? heard
  }

  return {
    /** Every fact of the engine. */
    hear(next: EngineFact): void {
      if (account.hear(next)) tell(next.at)
      compare(next)
      const climbed = stakes.hear(next)
      if (climbed !== null) tellStakes(climbed, next.at)
    },
    hearTwin: stakes.hearTwin,
    stakeCap: stakes.cap,

    /** A stop is not taken back; a resume ends the pause and the halt, and nothing else ends the halt. */
    operate({ action, recvAt }: Operator): void {
      const endsHalt = action === 'resume' && halted
      if (action === 'pause' || action === 'resume') paused = action === 'pause'
      if (action === 'kill' || action === 'resume') {
        halted = action === 'kill'
        halt = null
        // What was heard meanwhile is what the person has looked at.
        heard = null
      }
      if (action === 'stop') stopping = true
      if (action === 'kill' || action === 'stop') command({ kind: 'cancel_all' })
      fact({ kind: 'operator', at: recvAt, action })
      if (!endsHalt) return
      account.startAnew(recvAt)
      tell(recvAt)
    },

    restore(event: Restored): void {
      paused = event.paused
      halted = event.halted
      halt = halted ? (event.account?.halt ?? null) : null
      account.restore(event)
      for (const climbed of stakes.restore(event)) tellStakes(climbed, event.recvAt)
    },

    startDay({ startedAt, recvAt }: DayStarted): void {
      if (account.startDay(startedAt, recvAt)) tell(recvAt)
    },

    /** After each event: the same halt as a kill, with its reason. */
    check(at: Micros): void {
      const due = halted ? null : shouldHalt()
      if (due === null) return
      heard = null
      halted = true
      halt = due
      command({ kind: 'cancel_all' })
      fact({ kind: 'halted', at, halt })
    },

    hold(): Hold | null {
      if (halted) return halt?.cause ?? 'halted'
      if (stopping) return 'stopping'
      // A resume ends the halt, not what led to it: the next start asks for the dry run again.
      if (stakes.isOnPaper()) return 'stakes'
      return paused ? 'paused' : null
    },

    limitTo: account.limitTo,
    stakesOf: account.stakesOf,
    view: () => ({
      paused,
      halted,
      stopping,
      halt,
      account: account.view(),
      stakes: stakes.view(),
    }),
    get halted() {
      return halted
    },
    get stopping() {
      return stopping
    },
  }
}

/** Null: one purchase a window, a bet on its winner. */
function playOf({ strategy, series }: Pick<EngineSettings, 'strategy' | 'series'>): Play | null {
  const { beyond } = strategy
  if (beyond.length === 0) return null
  return { sells: beyond.includes('sales'), series: Math.max(1, series.length) }
}
