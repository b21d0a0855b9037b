/** Read-only questions to a ledger, also while the bot writes it. */
import { existsSync } from 'node:fs'
import Database from 'libsql'
import type { AccountState } from '../domain/account.ts'
import type { Judged } from '../domain/certificate.ts'
import type { Decision, Sealed, Settlement } from '../domain/facts.ts'
import type { Market } from '../domain/market.ts'
import type { Micros } from '../domain/units.ts'
import { UserError } from '../domain/user-error.ts'
import { accountOf } from './account.ts'
import { type Books, booksOf } from './books.ts'
import { type Certificates, type Certified, certificatesOf } from './certificates.ts'

export type WindowStory = {
  readonly market: Market
  readonly state: string
  readonly reason: string | null
  readonly decisions: readonly Decision[]
  readonly settlement: Settlement | null
  /** When a person stopped the bot that had this window, before its close; null when nobody did, or when the clocks cannot tell. */
  readonly stoppedAt: Micros | null
  /** What was sealed at its close; null before it, and where nobody watched. */
  readonly certificate: Certified<Sealed> | null
  /** What was said of it when its result was known. */
  readonly judgement: Certified<Judged> | null
}

export type LedgerReader = {
  /** The latest first. */
  settlements(limit: number): Settlement[]
  /** `last` for the latest window that was judged, or a slug, a condition id, or a part that only one window has. */
  story(which: string): WindowStory
  books(): Books
  /** The counters of the account; null where nothing was counted yet. */
  account(): AccountState | null
  readonly certificates: Pick<Certificates, 'audits' | 'verify'>
  close(): void
}

/** With what was said of the shot when it was taken: a bot that was restarted after it does not remember, the ledger does. */
const SETTLEMENTS = `SELECT settlement_json AS json, (SELECT why FROM decisions d
  WHERE d.condition_id = s.condition_id AND d.refused_by IS NULL ORDER BY d.id DESC LIMIT 1) AS why FROM settlements s`
/** The stop that ended the last session that began before the close. */
const STOPPED = `SELECT MAX(at_micros) AS at FROM operator_actions WHERE action = 'stop' AND at_micros <= ?
  AND at_micros > (SELECT MAX(at_micros) FROM equity WHERE why = 'started' AND at_micros <= ?)`
/** A window is found at most a day before its close. A stop further off was told by another clock than the venue's. */
const DAY_MICROS = 86_400_000_000
const RESTORED = 'restored'

type SettlementRow = { readonly json: string; readonly why: string | null }

function settlementOf({ json, why }: SettlementRow): Settlement {
  const settlement = JSON.parse(json) as Settlement
  return { ...settlement, reason: remembered(settlement.reason, why) }
}

function remembered(reason: string, why: string | null): string {
  return why === null ? reason : reason.replace(new RegExp(`^${RESTORED}(?=$|;)`), () => why)
}

export function openReader(path: string): LedgerReader {
  if (!existsSync(path)) {
    throw new UserError(
      'not_running',
      `there is no ledger at ${path} yet; start the bot with: lastsecond run`,
    )
  }
  const database = openDatabase(path)
  const certificates = certificatesOf(database)

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
      const rows = database.prepare(`${SETTLEMENTS} ORDER BY s.at_micros DESC LIMIT ?`).all(limit)
      return (rows as SettlementRow[]).map(settlementOf)
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
      const settled = database.prepare(`${SETTLEMENTS} WHERE s.condition_id = ?`).get(id) as
        | SettlementRow
        | undefined
      const market = JSON.parse(window.market_json) as Market
      const settlement = settled === undefined ? null : settlementOf(settled)
      const stop = database.prepare(STOPPED).get(market.endAt, market.endAt) as {
        at: Micros | null
      }
      return {
        market,
        state: window.state,
        reason: settlement?.reason ?? window.reason,
        decisions: (decisions as { decision_json: string }[]).map(
          (row) => JSON.parse(row.decision_json) as Decision,
        ),
        settlement,
        stoppedAt: stop.at !== null && market.endAt - stop.at <= DAY_MICROS ? stop.at : null,
        ...certificates.ofWindow(id),
      }
    },
    books: () => booksOf(database),
    account: () => accountOf(database).state,
    certificates,
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
