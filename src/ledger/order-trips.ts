/** How long the orders of a live ledger took until the venue's answer: what a venue on paper takes its own ways from. */
import { existsSync } from 'node:fs'
import Database from 'libsql'
import type { Settlement } from '../domain/facts.ts'
import type { Market } from '../domain/market.ts'

/** Whoever only looked at the file too early may have left an empty one. */
const HAS_SETTLEMENTS = `SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'settlements'`
const TIMED = `SELECT settlement_json AS json FROM settlements
  WHERE json_extract(settlement_json, '$.latency.answerMicros') IS NOT NULL
  ORDER BY at_micros DESC LIMIT ?`

/** Of the latest `limit` windows with a timed shot, in microseconds, the shortest first, without the venue's hold. */
export function orderTrips(
  path: string,
  limit: number,
  holdMicros: (market: Market) => number,
): number[] {
  if (!existsSync(path)) return []
  const database = new Database(path, { readonly: true } as Database.Options)
  try {
    if (database.prepare(HAS_SETTLEMENTS).get() === undefined) return []
    const rows = database.prepare(TIMED).all(limit) as { json: string }[]
    const trips = rows.map(({ json }) => tripOf(JSON.parse(json) as Settlement, holdMicros))
    return trips.sort((a, b) => a - b)
  } finally {
    database.close()
  }
}

function tripOf({ market, order, latency }: Settlement, hold: (market: Market) => number): number {
  const answer = latency.answerMicros ?? 0
  const held = order?.postOnly === true ? 0 : hold(market)
  // What was answered sooner than the hold lasts was not held: it was refused at the door.
  return answer >= held ? answer - held : answer
}
