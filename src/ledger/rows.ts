/** A fact -> the statements that keep it. Facts that no one would look up later keep nothing. */

import type { OperatorAction } from '../domain/account.ts'
import type { Judged } from '../domain/certificate.ts'
import { type Change, changesText } from '../domain/change.ts'
import type { Decision, EngineFact, Sealed, Settlement } from '../domain/facts.ts'
import { assertNever } from '../domain/invariant.ts'
import type { Market } from '../domain/market.ts'
import { filledOf, outcomeWords } from '../domain/order.ts'
import { LEFT_BEHIND, missedRows } from './missed.ts'

export type Statement = {
  readonly sql: string
  readonly values: readonly (string | number | null)[]
}

/** A person's word about the settings. */
export type ParameterChange = { readonly changes: readonly Change[]; readonly by: string }

/** What joins the chain; its number and its hash are those of the moment in which it is written. */
export type Certificate = { readonly conditionId: string; readonly at: number } & (
  | { readonly kind: 'sealed'; readonly body: Sealed }
  | { readonly kind: 'judged'; readonly body: Judged }
  | { readonly kind: 'parameters'; readonly body: ParameterChange }
)

/** The settings that were in force when what follows was written, as one text. */
export type Setting = { readonly settings: string }

export type Write = Statement | { readonly certificate: Certificate } | Setting

/** Of a link that is about all windows. */
const NO_WINDOW = ''

const WINDOW = `INSERT INTO windows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (condition_id) DO UPDATE SET state = excluded.state, reason = excluded.reason, market_json = excluded.market_json`
const DECISION = `INSERT INTO decisions (condition_id, at_micros, left_micros, strategy, side, limit_ticks, spend_micro_usd, refused_by, why, decision_json)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
/** A window of the embedded venue may be played again by the same seed and time: what was written of it then gives way. */
const NO_FILLS = 'DELETE FROM fills WHERE order_id = ?'
const ORDER = `INSERT OR REPLACE INTO orders (order_id, condition_id, strategy, side, token_id, limit_ticks, spend_micro_usd, shares_micro, decided_at_micros, state, order_json)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'sent', ?)`
const OUTCOME = `UPDATE orders SET state = ?, reason = ?, cost_micro_usd = ?, fee_micro_usd = ?, filled_micro = ?, outcome_json = ?, venue_id = COALESCE(?, venue_id) WHERE order_id = ?`
const FILL = 'INSERT INTO fills VALUES (?, ?, ?, ?)'
const SETTLEMENT = `INSERT OR REPLACE INTO settlements VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
const EQUITY = 'INSERT INTO equity VALUES (?, ?, ?)'
const REDEEMED = 'INSERT OR REPLACE INTO redemptions VALUES (?, ?)'
const TRANSFER = 'INSERT INTO transfers VALUES (?, ?, ?)'
const OPERATOR = 'INSERT INTO operator_actions VALUES (?, ?)'
/** A resume that ends a halt has the account counted anew. */
const ANEW = `DELETE FROM meta WHERE key = 'account' AND EXISTS (SELECT 1 FROM meta WHERE key = 'halted' AND value = '1')`
const META = `INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`

/** Every statement there is, so that the worker prepares each once. */
export const STATEMENTS: readonly string[] = [
  WINDOW,
  DECISION,
  NO_FILLS,
  ORDER,
  OUTCOME,
  FILL,
  SETTLEMENT,
  EQUITY,
  REDEEMED,
  TRANSFER,
  OPERATOR,
  ANEW,
  META,
  LEFT_BEHIND,
]

/** The shares of a finished window were changed for dollars. */
export function redeemedRow(conditionId: string, at: number): Write {
  return { sql: REDEEMED, values: [conditionId, at] }
}

/** Money came in or went out without a trade of ours. */
export function transferRow(at: number, micro: number, why: string): Write {
  return { sql: TRANSFER, values: [at, micro, why] }
}

/** What the next process must know of a person's word. A stop ends with the process that was stopped. */
const REMEMBERED: Readonly<Record<OperatorAction, readonly [key: string, value: string][]>> = {
  pause: [['paused', '1']],
  resume: [
    ['paused', '0'],
    ['halted', '0'],
    ['halt', ''],
  ],
  stop: [],
  kill: [
    ['halted', '1'],
    ['halt', ''],
  ],
}

export function writesOf(fact: EngineFact): Write[] {
  switch (fact.kind) {
    case 'found':
    case 'listening':
    case 'armed':
    case 'awaiting_resolution':
      return [windowRow(fact.market, fact.kind, null)]
    case 'skipped':
    case 'passed':
      return [windowRow(fact.market, fact.kind, fact.reason)]
    case 'decided':
      return [decisionRow(fact.decision)]
    case 'submitted':
      return submittedRows(fact)
    case 'outcome':
      return outcomeRows(fact)
    case 'settled':
      return settlementRows(fact.settlement, fact.at)
    case 'sealed': {
      const { kind, at, sealed: body } = fact
      return [{ certificate: { kind, at, conditionId: body.conditionId, body } }]
    }
    case 'judged': {
      const { kind, at, judged: body } = fact
      return [{ certificate: { kind, at, conditionId: body.conditionId, body } }]
    }
    case 'operator':
      return [
        { sql: OPERATOR, values: [fact.at, fact.action] },
        ...(fact.action === 'resume' ? [{ sql: ANEW, values: [] }] : []),
        ...REMEMBERED[fact.action].map((values) => ({ sql: META, values })),
      ]
    case 'parameters':
      return parameterRows(fact)
    case 'halted':
      return [
        { sql: META, values: ['halted', '1'] },
        { sql: META, values: ['halt', JSON.stringify(fact.halt)] },
      ]
    case 'stakes':
      return [{ sql: META, values: ['stakes', JSON.stringify(fact.stakes)] }]
    case 'account':
      return [{ sql: META, values: ['account', JSON.stringify(fact.account)] }]
    case 'restored':
      return [
        { sql: EQUITY, values: [fact.at, fact.cash, 'started'] },
        ...missedRows(fact.unjudged),
      ]
    case 'book_doubt':
    case 'clock':
    case 'feed':
    case 'fire_at':
    case 'listener':
    case 'stale':
    case 'stray_outcome':
    case 'tick_size':
    case 'venue_closed':
      return []
    default:
      return assertNever(fact)
  }
}

/** For people in a table of its own words; for proofs in the chain, whose later links name the new settings. */
function parameterRows(fact: Extract<EngineFact, { kind: 'parameters' }>): Write[] {
  const { kind, at, changes, by, settings } = fact
  return [
    { settings },
    { certificate: { kind, at, conditionId: NO_WINDOW, body: { changes, by } } },
    { sql: OPERATOR, values: [at, `set ${changesText(changes)} (${by})`] },
  ]
}

function windowRow(market: Market, state: string, reason: string | null): Write {
  const { conditionId, slug, asset, interval, startAt, endAt } = market
  return {
    sql: WINDOW,
    values: [
      conditionId,
      slug,
      asset,
      interval,
      startAt,
      endAt,
      JSON.stringify(market),
      state,
      reason,
    ],
  }
}

function submittedRows({ order: o, market }: Extract<EngineFact, { kind: 'submitted' }>): Write[] {
  const values = [
    o.id,
    o.conditionId,
    o.strategy,
    o.side,
    o.token,
    o.limit,
    o.spend,
    o.shares,
    o.decidedAt,
    JSON.stringify(o),
  ]
  return [
    { sql: NO_FILLS, values: [o.id] },
    { sql: ORDER, values },
    windowRow(market, 'fired', null),
  ]
}

function outcomeRows(fact: Extract<EngineFact, { kind: 'outcome' }>): Write[] {
  const { order, outcome } = fact
  const filled = filledOf(outcome)
  const reason = outcome.state === 'filled' ? null : outcomeWords(outcome)
  const values = [
    outcome.state,
    reason,
    // Below zero for what a sale brought, so that the sum of all orders is what was spent.
    (order.action === 'SELL' ? -1 : 1) * (filled?.cost ?? 0) || 0,
    filled?.fee ?? 0,
    filled?.shares ?? 0,
    JSON.stringify(outcome),
    fact.venueId,
    order.id,
  ]
  const fills = (filled?.fills ?? []).map((fill) => ({
    sql: FILL,
    values: [order.id, fill.price, fill.shares, fact.at],
  }))
  const equity =
    filled === null && outcome.state !== 'reverted'
      ? []
      : [{ sql: EQUITY, values: [fact.at, fact.cash, `${outcome.state} ${order.id}`] }]
  // What is learned later of the same order replaces what was known.
  return [{ sql: OUTCOME, values }, { sql: NO_FILLS, values: [order.id] }, ...fills, ...equity]
}

function decisionRow(d: Decision): Write {
  const values = [
    d.conditionId,
    d.at,
    d.leftMicros,
    d.strategy,
    d.side,
    d.limit,
    d.spend,
    d.refusedBy,
    d.why,
    JSON.stringify(d),
  ]
  return { sql: DECISION, values }
}

function settlementRows(s: Settlement, at: number): Write[] {
  const { market: m } = s
  const values = [
    m.conditionId,
    m.slug,
    m.asset,
    m.interval,
    at,
    s.decision,
    s.reason,
    s.winner,
    s.winnerSource,
    s.side,
    s.payout,
    s.pnl,
    s.cash,
    JSON.stringify(s),
  ]
  return [
    { sql: SETTLEMENT, values },
    { sql: EQUITY, values: [at, s.cash, `settled ${m.slug}`] },
    windowRow(m, 'settled', s.reason),
  ]
}
