/** What a ledger adds up to: the money of our books, and the part of it that nobody paid out yet. */
import type Database from 'libsql'
import { type ConditionId, conditionId } from '../domain/ids.ts'
import { type MicroUsdc, microUsdc } from '../domain/units.ts'

export type Unredeemed = { readonly conditionId: ConditionId; readonly payout: number }

export type Books = {
  readonly cash: MicroUsdc
  /** Wins whose shares were not changed for dollars yet. */
  readonly unredeemed: readonly Unredeemed[]
  /** Shots whose window is not settled. */
  readonly open: number
}

const SUMS = `SELECT (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'starting_cash_micro_usd') AS started,
  (SELECT COALESCE(SUM(cost_micro_usd + fee_micro_usd), 0) FROM orders) AS spent,
  (SELECT COALESCE(SUM(payout_micro_usd), 0) FROM settlements) AS paid,
  (SELECT COALESCE(SUM(micro_usd), 0) FROM transfers) AS moved,
  (SELECT COUNT(*) FROM orders WHERE condition_id NOT IN (SELECT condition_id FROM settlements)) AS open`
const UNREDEEMED = `SELECT condition_id, payout_micro_usd FROM settlements
  WHERE payout_micro_usd > 0 AND condition_id NOT IN (SELECT condition_id FROM redemptions)`

export function booksOf(database: Database.Database): Books {
  const sums = database.prepare(SUMS).get() as Record<
    'started' | 'spent' | 'paid' | 'moved' | 'open',
    number
  >
  const rows = database.prepare(UNREDEEMED).all() as {
    condition_id: string
    payout_micro_usd: number
  }[]
  return {
    cash: microUsdc(sums.started - sums.spent + sums.paid + sums.moved),
    unredeemed: rows.map((row) => ({
      conditionId: conditionId(row.condition_id),
      payout: row.payout_micro_usd,
    })),
    open: sums.open,
  }
}
