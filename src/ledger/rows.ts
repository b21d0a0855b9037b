/** A fact -> the statements that keep it. Facts that no one would look up later keep nothing. */
import type { OperatorAction } from '../domain/events.ts'
import type { Decision, EngineFact, Settlement } from '../domain/facts.ts'
import { assertNever } from '../domain/invariant.ts'
import type { Market } from '../domain/market.ts'

export type Write = { readonly sql: string; readonly values: readonly (string | number | null)[] }

const WINDOW = `INSERT INTO windows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (condition_id) DO UPDATE SET state = excluded.state, reason = excluded.reason, market_json = excluded.market_json`
const DECISION = `INSERT INTO decisions (condition_id, at_micros, left_micros, strategy, side, limit_ticks, spend_micro_usd, refused_by, why, decision_json)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
const ORDER = `INSERT INTO orders (order_id, condition_id, strategy, side, token_id, limit_ticks, spend_micro_usd, shares_micro, decided_at_micros, state, order_json)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'sent', ?)`
const OUTCOME = `UPDATE orders SET state = ?, reason = ?, cost_micro_usd = ?, fee_micro_usd = ?, filled_micro = ?, outcome_json = ? WHERE order_id = ?`
const FILL = 'INSERT INTO fills VALUES (?, ?, ?, ?)'
const SETTLEMENT = `INSERT INTO settlements VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
const EQUITY = 'INSERT INTO equity VALUES (?, ?, ?)'
const OPERATOR = 'INSERT INTO operator_actions VALUES (?, ?)'
const META = `INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`

/** Every statement there is, so that the worker prepares each once. */
export const STATEMENTS: readonly string[] = [
  WINDOW,
  DECISION,
  ORDER,
  OUTCOME,
  FILL,
  SETTLEMENT,
  EQUITY,
  OPERATOR,
  META,
]

/** What the next process must know of a person's word. A stop ends with the process that was stopped. */
const REMEMBERED: Readonly<Record<OperatorAction, readonly [key: string, value: string][]>> = {
  pause: [['paused', '1']],
  resume: [
    ['paused', '0'],
    ['halted', '0'],
  ],
  stop: [],
  kill: [['halted', '1']],
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
    case 'submitted': {
      const { order: o } = fact
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
      return [{ sql: ORDER, values }, windowRow(fact.market, 'fired', null)]
    }
    case 'outcome':
      return outcomeRows(fact)
    case 'settled':
      return settlementRows(fact.settlement, fact.at)
    case 'operator':
      return [
        { sql: OPERATOR, values: [fact.at, fact.action] },
        ...REMEMBERED[fact.action].map((values) => ({ sql: META, values })),
      ]
    case 'restored':
      return [{ sql: EQUITY, values: [fact.at, fact.cash, 'started'] }]
    case 'book_doubt':
    case 'clock':
    case 'feed':
    case 'listener':
    case 'stale':
    case 'stray_outcome':
    case 'tick_size':
      return []
    default:
      return assertNever(fact)
  }
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

function outcomeRows(fact: Extract<EngineFact, { kind: 'outcome' }>): Write[] {
  const { order, outcome } = fact
  const filled = outcome.state === 'filled' ? outcome : null
  const reason = outcome.state === 'filled' ? null : outcome.reason
  const values = [
    outcome.state,
    reason,
    filled?.cost ?? 0,
    filled?.fee ?? 0,
    filled?.shares ?? 0,
    JSON.stringify(outcome),
    order.id,
  ]
  const fills = (filled?.fills ?? []).map((fill) => ({
    sql: FILL,
    values: [order.id, fill.price, fill.shares, fact.at],
  }))
  const equity =
    filled === null ? [] : [{ sql: EQUITY, values: [fact.at, fact.cash, `bought ${order.id}`] }]
  return [{ sql: OUTCOME, values }, ...fills, ...equity]
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
