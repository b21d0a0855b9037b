/**
 * Whether shots are allowed at all: what a person said, and what the account says of itself. A halt is one of the two, and only a person's resume
 * ends it; one that ends a halt counts the losses anew from then on, else the bot would halt again at once.
 */
import type { Halt } from '../domain/account.ts'
import type { EngineCommand } from '../domain/commands.ts'
import type { DayStarted, Operator, Restored } from '../domain/events.ts'
import type { EngineFact } from '../domain/facts.ts'
import type { OrderId } from '../domain/ids.ts'
import type { Order, SubmitOutcome } from '../domain/order.ts'
import type { Micros } from '../domain/units.ts'
import { createRiskAccount } from '../risk/account.ts'
import type { Hold } from '../risk/gates/gate.ts'
import { overfillOf } from '../risk/overfill.ts'
import type { EngineSettings } from './settings.ts'
import { createStakes } from './stakes.ts'

export type StandingDeps = {
  command(next: EngineCommand): void
  fact(next: EngineFact): void
}

export type Standing = ReturnType<typeof createStanding>

export function createStanding(
  { limits, stakes: ladder = null }: Pick<EngineSettings, 'limits' | 'stakes'>,
  { command, fact }: StandingDeps,
) {
  const account = createRiskAccount(limits.account)
  const stakes = createStakes(ladder)
  let paused = false
  let halted = false
  let stopping = false
  let halt: Halt | null = null
  /** What was just heard that ends the trading: a fall back to paper, or a fill that cannot be. */
  let heard: Halt | null = null
  /** Said once of each order. */
  const overfilled = new Set<OrderId>()

  function tell(at: Micros): void {
    fact({ kind: 'account', at, account: account.state() })
  }

  function compare(order: Order, outcome: SubmitOutcome): void {
    const why = overfillOf(order, outcome)
    if (why === null || overfilled.has(order.id)) return
    overfilled.add(order.id)
    heard = { cause: 'overfill', why }
  }

  function shouldHalt(): Halt | null {
    return account.shouldHalt() ?? heard
  }

  return {
    /** Every fact of the engine. */
    hear(next: EngineFact): void {
      if (account.hear(next)) tell(next.at)
      if (next.kind === 'outcome') compare(next.order, next.outcome)
      const climbed = stakes.hear(next)
      if (climbed === null) return
      fact({ kind: 'stakes', at: next.at, stakes: climbed.state, move: climbed.move })
      if (climbed.move === null) return
      if (climbed.move.to === 'paper') heard = { cause: 'stakes', why: climbed.move.why }
      // What waits is of the size before; what is wanted of the new one is placed anew.
      if (climbed.move.to !== 'full') command({ kind: 'cancel_all' })
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
      const anew = stakes.restore(event)
      if (anew !== null) fact({ kind: 'stakes', at: event.recvAt, stakes: anew, move: null })
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
