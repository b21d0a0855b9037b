/**
 * Windows that a process left behind: it ended, and nobody saw their close, or who won them. They are called what they are when the next one has taken up
 * its work, not when it opens the ledger: a start may fail after that, and then the one after it has to find them as they were. One that is still open is
 * found again, and then it is what it is then; one with an order is not of this kind.
 */
import type Database from 'libsql'
import type { RestoredPass } from '../domain/events.ts'
import type { Sealed } from '../domain/facts.ts'
import type { ConditionId } from '../domain/ids.ts'
import type { Market } from '../domain/market.ts'

/** But those whose winner the new process waits for: they are left behind no longer. */
export const LEFT_BEHIND = `UPDATE windows SET state = 'passed', reason = ? WHERE state = ?
  AND condition_id NOT IN (SELECT condition_id FROM orders) AND condition_id NOT IN (SELECT value FROM json_each(?))`

/** Those of them that were sealed: as long as the venue goes on their winners will be named. */
const UNJUDGED = `SELECT w.market_json AS market, (SELECT c.body_json FROM certificates c
    WHERE c.condition_id = w.condition_id AND c.kind = 'sealed' ORDER BY c.seq DESC LIMIT 1) AS sealed
  FROM windows w WHERE w.state = 'awaiting_resolution' AND w.condition_id NOT IN (SELECT condition_id FROM orders)
  ORDER BY w.end_at_micros`

const MISSED = 'MISSED: the bot ended before this window did'
const UNSEEN = 'no shot; the bot ended before the winner was known'
const REASONS = [
  ['found', MISSED],
  ['listening', MISSED],
  ['armed', MISSED],
  ['awaiting_resolution', UNSEEN],
] as const

export function missedRows(awaited: readonly ConditionId[]) {
  const ids = JSON.stringify(awaited)
  return REASONS.map(([state, reason]) => ({ sql: LEFT_BEHIND, values: [reason, state, ids] }))
}

export function unjudgedIn(database: Database.Database): RestoredPass[] {
  const rows = database.prepare(UNJUDGED).all() as { market: string; sealed: string | null }[]
  return rows.flatMap((row) => {
    if (row.sealed === null) return []
    const { sealed } = JSON.parse(row.sealed) as { sealed: Sealed }
    const { passed: reason, decision } = sealed
    return [{ market: JSON.parse(row.market) as Market, reason, decision }]
  })
}
