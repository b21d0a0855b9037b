/** The tables of the ledger. Instants are microseconds since the epoch; money, sizes and prices say their unit in the column's name. */

export const SCHEMA_VERSION = 4

const CERTIFICATES = `
CREATE TABLE certificates (
  seq INTEGER PRIMARY KEY, condition_id TEXT NOT NULL, kind TEXT NOT NULL, at_micros INTEGER NOT NULL,
  prev_hash TEXT NOT NULL, hash TEXT NOT NULL, body_json TEXT NOT NULL
);
CREATE INDEX certificates_of_window ON certificates (condition_id, seq);
`

export const SCHEMA = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE windows (
  condition_id TEXT PRIMARY KEY, slug TEXT NOT NULL, asset TEXT NOT NULL, interval TEXT NOT NULL,
  start_at_micros INTEGER NOT NULL, end_at_micros INTEGER NOT NULL, market_json TEXT NOT NULL, state TEXT NOT NULL, reason TEXT
);
CREATE TABLE decisions (
  id INTEGER PRIMARY KEY, condition_id TEXT NOT NULL, at_micros INTEGER NOT NULL, left_micros INTEGER NOT NULL,
  strategy TEXT NOT NULL, side TEXT, limit_ticks INTEGER, spend_micro_usd INTEGER, refused_by TEXT, why TEXT NOT NULL,
  decision_json TEXT NOT NULL
);
CREATE INDEX decisions_of_window ON decisions (condition_id, id);
CREATE TABLE orders (
  order_id TEXT PRIMARY KEY, condition_id TEXT NOT NULL, strategy TEXT NOT NULL, side TEXT NOT NULL, token_id TEXT NOT NULL,
  limit_ticks INTEGER NOT NULL, spend_micro_usd INTEGER NOT NULL, shares_micro INTEGER NOT NULL, decided_at_micros INTEGER NOT NULL,
  state TEXT NOT NULL, reason TEXT, cost_micro_usd INTEGER NOT NULL DEFAULT 0, fee_micro_usd INTEGER NOT NULL DEFAULT 0,
  filled_micro INTEGER NOT NULL DEFAULT 0, order_json TEXT NOT NULL, outcome_json TEXT, venue_id TEXT
);
CREATE TABLE fills (
  order_id TEXT NOT NULL, price_ticks INTEGER NOT NULL, shares_micro INTEGER NOT NULL, at_micros INTEGER NOT NULL
);
CREATE TABLE settlements (
  condition_id TEXT PRIMARY KEY, slug TEXT NOT NULL, asset TEXT NOT NULL, interval TEXT NOT NULL, at_micros INTEGER NOT NULL,
  decision TEXT NOT NULL, reason TEXT NOT NULL, winner TEXT NOT NULL, winner_source TEXT NOT NULL, side TEXT,
  payout_micro_usd INTEGER NOT NULL, pnl_micro_usd INTEGER NOT NULL, cash_micro_usd INTEGER NOT NULL, settlement_json TEXT NOT NULL
);
CREATE TABLE redemptions (condition_id TEXT PRIMARY KEY, at_micros INTEGER NOT NULL);
CREATE TABLE transfers (at_micros INTEGER NOT NULL, micro_usd INTEGER NOT NULL, why TEXT NOT NULL);
CREATE TABLE equity (at_micros INTEGER NOT NULL, cash_micro_usd INTEGER NOT NULL, why TEXT NOT NULL);
CREATE TABLE operator_actions (at_micros INTEGER NOT NULL, action TEXT NOT NULL);
CREATE VIEW trades AS
  SELECT strftime('%Y-%m-%d %H:%M:%f', s.at_micros / 1000000.0, 'unixepoch') AS settled_utc, s.slug, s.asset, s.interval,
    s.decision, s.side, s.winner, o.state AS fill_state,
    CASE WHEN o.filled_micro > 0 THEN o.cost_micro_usd * 1.0 / o.filled_micro END AS price,
    o.filled_micro / 1000000.0 AS shares, o.cost_micro_usd / 1000000.0 AS cost_usd, o.fee_micro_usd / 1000000.0 AS fee_usd,
    s.pnl_micro_usd / 1000000.0 AS pnl_usd, s.cash_micro_usd / 1000000.0 AS cash_usd, s.reason
  FROM settlements s LEFT JOIN orders o ON o.condition_id = s.condition_id
  ORDER BY s.at_micros;
${CERTIFICATES}`

/** From each older version to the next. */
export const MIGRATIONS: Readonly<Record<number, string>> = {
  1: `ALTER TABLE orders ADD COLUMN venue_id TEXT;
    CREATE TABLE redemptions (condition_id TEXT PRIMARY KEY, at_micros INTEGER NOT NULL);
    CREATE TABLE transfers (at_micros INTEGER NOT NULL, micro_usd INTEGER NOT NULL, why TEXT NOT NULL);`,
  2: CERTIFICATES,
  // What a sale brought was written down as if it had been paid.
  3: `UPDATE orders SET cost_micro_usd = -cost_micro_usd WHERE cost_micro_usd > 0 AND json_extract(order_json, '$.action') = 'SELL';`,
}
