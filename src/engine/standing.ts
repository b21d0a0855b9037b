/**
 * Whether shots are allowed at all: what a person said, and what the account says of itself. A halt is one of the two, and only a person's resume
 * ends it; one that ends a halt counts the losses anew from then on, else the bot would halt again at once.
 */
import type { Halt } from '../domain/account.ts'
import type { EngineCommand } from '../domain/commands.ts'
import type { DayStarted, Operator, Restored } from '../domain/events.ts'
import type { EngineFact } from '../domain/facts.ts'
import type { Micros } from '../domain/units.ts'
import { createRiskAccount } from '../risk/account.ts'
import type { Hold } from '../risk/gates/gate.ts'
import type { AccountLimits } from '../risk/limits.ts'

export type StandingDeps = {
  readonly limits: AccountLimits | undefined
  command(next: EngineCommand): void
  fact(next: EngineFact): void
}

export type Standing = ReturnType<typeof createStanding>

export function createStanding({ limits, command, fact }: StandingDeps) {
  const account = createRiskAccount(limits)
  let paused = false
  let halted = false
  let stopping = false
  let halt: Halt | null = null

  function tell(at: Micros): void {
    fact({ kind: 'account', at, account: account.state() })
  }

  return {
    /** Every fact of the engine. */
    hear(next: EngineFact): void {
      if (account.hear(next)) tell(next.at)
    },

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
    },

    startDay({ startedAt, recvAt }: DayStarted): void {
      if (account.startDay(startedAt, recvAt)) tell(recvAt)
    },

    /** After each event: the same halt as a kill, with its reason. */
    check(at: Micros): void {
      const due = halted ? null : account.shouldHalt()
      if (due === null) return
      halted = true
      halt = due
      command({ kind: 'cancel_all' })
      fact({ kind: 'halted', at, halt })
    },

    hold(): Hold | null {
      if (halted) return halt?.cause ?? 'halted'
      if (stopping) return 'stopping'
      return paused ? 'paused' : null
    },

    stakesOf: account.stakesOf,
    view: () => ({ paused, halted, stopping, halt, account: account.view() }),
    get halted() {
      return halted
    },
    get stopping() {
      return stopping
    },
  }
}
