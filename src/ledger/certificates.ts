/** Certificates as they are read back: of one window, or of all that have their result. */
import type Database from 'libsql'
import type { Judged } from '../domain/certificate.ts'
import type { Sealed } from '../domain/facts.ts'
import { type ChainState, type Origin, verifyChain } from './chain.ts'

export type Certified<Body> = {
  readonly seq: number
  readonly hash: string
  readonly at: number
  readonly origin: Origin
  readonly body: Body
}

/** A window with its result. What was sealed of it is missing where another process watched it, or none did. */
export type Audit = { readonly sealed: Sealed | null; readonly judged: Judged }

export type Certificates = {
  /** The latest seal of a window, and the result that followed it. */
  ofWindow(conditionId: string): {
    readonly certificate: Certified<Sealed> | null
    readonly judgement: Certified<Judged> | null
  }
  /** In the order of their results, each window once. */
  audits(): Iterable<Audit>
  verify(upTo?: number): ChainState
}

const LATEST = `SELECT * FROM certificates WHERE condition_id = ? AND kind = ? AND seq > ? ORDER BY seq DESC LIMIT 1`
/** A window of the embedded venue may be played again: its latest result counts. */
const AUDITS = `SELECT j.seq, j.body_json AS judged, (SELECT s.body_json FROM certificates s
    WHERE s.condition_id = j.condition_id AND s.kind = 'sealed' AND s.seq < j.seq ORDER BY s.seq DESC LIMIT 1) AS sealed
  FROM certificates j WHERE j.kind = 'judged' AND j.seq > ?
    AND NOT EXISTS (SELECT 1 FROM certificates l WHERE l.condition_id = j.condition_id AND l.kind = 'judged' AND l.seq > j.seq)
  ORDER BY j.seq LIMIT ?`
const PAGE = 200
const NONE: Certificates = {
  ofWindow: () => ({ certificate: null, judgement: null }),
  audits: () => [],
  verify: () => ({ count: 0, head: '', broken: null }),
}

type Row = { seq: number; hash: string; at_micros: number; body_json: string }

export function certificatesOf(database: Database.Database): Certificates {
  // A ledger that only earlier versions wrote has none.
  const table = database
    .prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'certificates'")
    .get()
  if (table === undefined) return NONE

  function latest<Body>(id: string, kind: 'sealed' | 'judged', after: number) {
    const row = database.prepare(LATEST).get(id, kind, after) as Row | undefined
    if (row === undefined) return null
    const { [kind]: body, ...origin } = JSON.parse(row.body_json) as Origin & Record<string, Body>
    const { seq, hash, at_micros: at } = row
    return { seq, hash, at, origin, body: body as Body }
  }

  function* audits(): Iterable<Audit> {
    const page = database.prepare(AUDITS)
    let after = 0
    for (;;) {
      const rows = page.all(after, PAGE) as { seq: number; judged: string; sealed: string | null }[]
      for (const { judged, sealed } of rows) {
        yield {
          judged: (JSON.parse(judged) as { judged: Judged }).judged,
          sealed: sealed === null ? null : (JSON.parse(sealed) as { sealed: Sealed }).sealed,
        }
      }
      if (rows.length < PAGE) return
      after = rows.at(-1)?.seq ?? after
    }
  }

  return {
    ofWindow(id) {
      const certificate = latest<Sealed>(id, 'sealed', 0)
      return { certificate, judgement: latest<Judged>(id, 'judged', certificate?.seq ?? 0) }
    },
    audits,
    verify: (upTo) => verifyChain(database, upTo),
  }
}
