/** Read-only questions to a ledger, also while the bot writes it. */
import { existsSync } from 'node:fs'
import Database from 'libsql'
import type { Decision, Settlement } from '../domain/facts.ts'
import type { Market } from '../domain/market.ts'
import { UserError } from '../domain/user-error.ts'

export type WindowStory = {
  readonly market: Market
  readonly state: string
  readonly reason: string | null
  readonly decisions: readonly Decision[]
  readonly settlement: Settlement | null
}

export type LedgerReader = {
  /** The latest first. */
  settlements(limit: number): Settlement[]
  /** `last` for the latest window that was judged, or a slug, a condition id, or a part that only one window has. */
  story(which: string): WindowStory
  close(): void
}

export function openReader(path: string): LedgerReader {
  if (!existsSync(path)) {
    throw new UserError(
      'not_running',
      `there is no ledger at ${path} yet; start the bot with: lastsecond run`,
    )
  }
  const database = openDatabase(path)

  function find(which: string): { condition_id: string } {
    if (which === 'last') {
      const last = database
        .prepare('SELECT condition_id FROM decisions ORDER BY id DESC LIMIT 1')
        .get()
      if (last === undefined) throw new UserError('general', 'no window has been judged yet')
      return last as { condition_id: string }
    }
    const exact = database
      .prepare('SELECT condition_id FROM windows WHERE slug = ? OR condition_id = ?')
      .get(which, which)
    if (exact !== undefined) return exact as { condition_id: string }
    const part = database
      .prepare(
        'SELECT condition_id, slug FROM windows WHERE instr(slug, ?) > 0 OR instr(condition_id, ?) > 0 ORDER BY end_at_micros DESC LIMIT 4',
      )
      .all(which, which) as { condition_id: string; slug: string }[]
    const [one, another] = part
    if (one === undefined)
      throw new UserError(
        'general',
        `no window in the ledger is called "${which}"; \`lastsecond trades\` lists them`,
      )
    if (another !== undefined) {
      throw new UserError(
        'general',
        `"${which}" is part of several windows, for example ${part.map(({ slug }) => slug).join(', ')}; say more of the name`,
      )
    }
    return one
  }

  return {
    settlements(limit) {
      const rows = database
        .prepare('SELECT settlement_json FROM settlements ORDER BY at_micros DESC LIMIT ?')
        .all(limit)
      return (rows as { settlement_json: string }[]).map(
        (row) => JSON.parse(row.settlement_json) as Settlement,
      )
    },
    story(which) {
      const { condition_id: id } = find(which)
      const window = database
        .prepare('SELECT market_json, state, reason FROM windows WHERE condition_id = ?')
        .get(id) as {
        market_json: string
        state: string
        reason: string | null
      }
      const decisions = database
        .prepare('SELECT decision_json FROM decisions WHERE condition_id = ? ORDER BY id')
        .all(id)
      const settled = database
        .prepare('SELECT settlement_json FROM settlements WHERE condition_id = ?')
        .get(id) as { settlement_json: string } | undefined
      return {
        market: JSON.parse(window.market_json) as Market,
        state: window.state,
        reason: window.reason,
        decisions: (decisions as { decision_json: string }[]).map(
          (row) => JSON.parse(row.decision_json) as Decision,
        ),
        settlement:
          settled === undefined ? null : (JSON.parse(settled.settlement_json) as Settlement),
      }
    },
    close: () => database.close(),
  }
}

function openDatabase(path: string): Database.Database {
  try {
    const database = new Database(path, { readonly: true } as Database.Options)
    database.prepare('SELECT value FROM meta LIMIT 1').get()
    return database
  } catch (error) {
    throw new UserError('general', `the ledger ${path} cannot be read: ${(error as Error).message}`)
  }
}
