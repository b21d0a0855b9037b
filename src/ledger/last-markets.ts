/** The latest window of each series that the ledger knows: what a new process compares the next ones with. */
import Database from 'libsql'
import type { Market } from '../domain/market.ts'

const LAST = `SELECT market_json, MAX(start_at_micros) FROM windows GROUP BY asset, interval`

export function lastMarkets(path: string): readonly Market[] {
  const database = new Database(path, { readonly: true })
  try {
    const rows = database.prepare(LAST).all() as { market_json: string }[]
    return rows.map((row) => JSON.parse(row.market_json) as Market)
  } finally {
    database.close()
  }
}
