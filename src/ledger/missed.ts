/**
 * Windows that a process left behind: it ended, and nobody saw their close, or who won them. They are called what they are when the ledger is opened
 * again. One that is still open is found again, and then it is what it is then; one with an order is not of this kind.
 */
import type Database from 'libsql'

const LEFT_BEHIND = `UPDATE windows SET state = 'passed', reason = ? WHERE state = ?
  AND condition_id NOT IN (SELECT condition_id FROM orders)`

const MISSED = 'MISSED: the bot ended before this window did'
const UNSEEN = 'no shot; the bot ended before the winner was known'
const REASONS = [
  ['found', MISSED],
  ['listening', MISSED],
  ['armed', MISSED],
  ['awaiting_resolution', UNSEEN],
] as const

export function nameMissed(database: Database.Database): void {
  const name = database.prepare(LEFT_BEHIND)
  for (const [state, reason] of REASONS) name.run(reason, state)
}
