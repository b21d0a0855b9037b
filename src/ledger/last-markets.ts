/** Windows that the ledger heard of: the latest of each series, which a new process compares the next ones with, and any one by its name. */
import Database from 'libsql'
import type { ConditionId } from '../domain/ids.ts'
import type { Market } from '../domain/market.ts'

const LAST = `SELECT market_json, MAX(start_at_micros) FROM windows GROUP BY asset, interval`
const ONE = 'SELECT market_json FROM windows WHERE condition_id = ? COLLATE NOCASE'

export function knownMarket(path: string, conditionId: ConditionId): Market | null {
  const database = new Database(path, { readonly: true })
  try {
    const row = database.prepare(ONE).get(conditionId) as { market_json: string } | undefined
    return row === undefined ? null : (JSON.parse(row.market_json) as Market)
  } finally {
    database.close()
  }
}

export function lastMarkets(path: string): readonly Market[] {
  const database = new Database(path, { readonly: true })
  try {
    const rows = database.prepare(LAST).all() as { market_json: string }[]
    return rows.map((row) => JSON.parse(row.market_json) as Market)
  } finally {
    database.close()
  }
}
