/** What a ledger says of how far a bot may be trusted: where the live one stands, and what the dry one has shown. */
import { existsSync } from 'node:fs'
import Database from 'libsql'
import type { Judged } from '../domain/certificate.ts'
import type { Settlement } from '../domain/facts.ts'
import type { PaperProof, StakeState } from '../domain/stakes.ts'
import { type Micros, microUsdc } from '../domain/units.ts'
import { accountOf } from './account.ts'

const SETTLED = `SELECT condition_id AS id, settlement_json AS json FROM settlements
  WHERE decision = 'fired' AND at_micros > ? ORDER BY at_micros DESC`
/** A settlement shows one order; another of its window may be the one that was filled. */
const FILLED = `SELECT 1 FROM orders WHERE condition_id = ? AND strategy = ? AND filled_micro > 0 LIMIT 1`
const JUDGED = `SELECT body_json AS body FROM certificates WHERE condition_id = ? AND kind = 'judged' ORDER BY seq DESC LIMIT 1`

/** Null where no live bot has traded yet. */
export function stakesIn(path: string): StakeState | null {
  return withLedger(path, (database) => accountOf(database).stakes ?? null) ?? null
}

/** Of the latest windows in which this strategy bought something, each with its whole result, however many orders it had. */
export function paperProof(
  path: string,
  asked: { readonly strategy: string; readonly since: Micros; readonly windows: number },
): PaperProof {
  const none: PaperProof = { shots: 0, net: microUsdc(0), right: 0 }
  const found = withLedger(path, (database) => proofIn(database, asked))
  return found ?? none
}

function proofIn(
  database: Database.Database,
  asked: { readonly strategy: string; readonly since: Micros; readonly windows: number },
): PaperProof {
  const [judgement, filled] = [database.prepare(JUDGED), database.prepare(FILLED)]
  let [shots, net, right] = [0, 0, 0]
  for (const row of database.prepare(SETTLED).all(asked.since) as { id: string; json: string }[]) {
    const { order, outcome, pnl } = JSON.parse(row.json) as Settlement
    // A killed order costs nothing and shows nothing.
    const isShown = order?.strategy === asked.strategy && outcome?.state === 'filled'
    if (!isShown && filled.get(row.id, asked.strategy) === undefined) continue
    shots += 1
    net += pnl
    const { body } = (judgement.get(row.id) ?? { body: null }) as { body: string | null }
    const agrees = body === null ? null : (JSON.parse(body) as { judged: Judged }).judged.agrees
    if (agrees === true) right += 1
    if (shots === asked.windows) break
  }
  return { shots, net: microUsdc(net), right }
}

function withLedger<Found>(
  path: string,
  look: (database: Database.Database) => Found,
): Found | null {
  if (!existsSync(path)) return null
  const database = new Database(path, { readonly: true } as Database.Options)
  try {
    return look(database)
  } finally {
    database.close()
  }
}
