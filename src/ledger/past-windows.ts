/** The windows that the ledger kept second by second and of which the winner is known: what a new process learns from. */
import { existsSync } from 'node:fs'
import Database from 'libsql'
import type { PastWindow } from '../domain/asks.ts'
import type { Trail } from '../domain/certificate.ts'
import type { Market, Winner } from '../domain/market.ts'

export type Series = Pick<Market, 'asset' | 'interval'>

const HAS_CERTIFICATES = `SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'certificates'`
/** Whatever was judged last is what holds. */
const JUDGED = `SELECT condition_id AS id, body_json AS body FROM certificates WHERE kind = 'judged' ORDER BY seq`
const SEALED = `SELECT c.condition_id AS id, c.body_json AS body, w.market_json AS market FROM certificates c
  JOIN windows w ON w.condition_id = c.condition_id
  WHERE c.kind = 'sealed' AND w.asset = ? AND w.interval = ? ORDER BY c.seq DESC LIMIT ?`

type JudgedRow = { readonly id: string; readonly body: string }
type SealedRow = JudgedRow & { readonly market: string }

/** The last `limit` of each series, in the order of their closes. None where there is no ledger yet, or one of an earlier version. */
export function pastWindows(
  paths: readonly string[],
  series: readonly Series[],
  limit: number,
): PastWindow[] {
  const all = paths
    .filter((path) => existsSync(path))
    .flatMap((path) => windowsOf(path, series, limit))
  return all.sort((a, b) => a.market.endAt - b.market.endAt)
}

function windowsOf(path: string, series: readonly Series[], limit: number): PastWindow[] {
  const database = new Database(path, { readonly: true } as Database.Options)
  try {
    if (database.prepare(HAS_CERTIFICATES).get() === undefined) return []
    const judged = database.prepare(JUDGED).all() as JudgedRow[]
    const winners = new Map(judged.map(({ id, body }) => [id, winnerIn(body)]))
    const sealed = database.prepare(SEALED)
    return series.flatMap(({ asset, interval }) =>
      (sealed.all(asset, interval, limit) as SealedRow[]).flatMap((row) => {
        const winner = winners.get(row.id) ?? null
        const { sealed: seal } = JSON.parse(row.body) as { sealed?: { trail?: Trail } }
        const trail = seal?.trail
        if (winner === null || !Array.isArray(trail?.seconds)) return []
        return [{ market: JSON.parse(row.market) as Market, trail, winner }]
      }),
    )
  } finally {
    database.close()
  }
}

function winnerIn(body: string): Winner | null {
  return (JSON.parse(body) as { judged?: { winner?: Winner } }).judged?.winner ?? null
}
