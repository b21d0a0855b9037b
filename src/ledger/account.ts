/** What a ledger knows of the account: its counters as they were last written, why it halted itself, and what was settled since. */
import type Database from 'libsql'
import type { AccountState, Halt, Result } from '../domain/account.ts'
import type { RestoredAccount, RestoredResult } from '../domain/events.ts'
import type { StakeState } from '../domain/stakes.ts'
import type { Micros } from '../domain/units.ts'

const UNHEARD =
  'SELECT at_micros, settlement_json FROM settlements WHERE at_micros > ? ORDER BY at_micros'

export function accountOf(database: Database.Database): RestoredAccount {
  const state = told<AccountState>(database, 'account')
  const stakes = told<StakeState>(database, 'stakes')
  return {
    halt: told<Halt>(database, 'halt'),
    state,
    stakes,
    // A process may end between a settlement and the counters that know of it.
    unheard: settledAfter(database, state?.heardAt),
    unclimbed: settledAfter(database, stakes?.heardAt),
  }
}

function settledAfter(database: Database.Database, at: Micros | undefined): RestoredResult[] {
  if (at === undefined) return []
  const rows = database.prepare(UNHEARD).all(at) as {
    at_micros: Micros
    settlement_json: string
  }[]
  return rows.map((row) => ({
    at: row.at_micros,
    settlement: JSON.parse(row.settlement_json) as Result,
  }))
}

function told<Value>(database: Database.Database, key: string): Value | null {
  const row = database.prepare('SELECT value FROM meta WHERE key = ?').get(key) as
    | { value: string }
    | undefined
  return row === undefined || row.value === '' ? null : (JSON.parse(row.value) as Value)
}
