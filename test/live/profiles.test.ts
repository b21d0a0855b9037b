/**
 * Each profile as it stands, dry and live on an embedded venue with sixteen markets at a time; the live ones end with books equal to the venue's. It prints one
 * table. PROFILE_WINDOWS and PROFILE_WINDOW_SEC make it as long as one likes; windows of 90 s and more are traded behind all gates.
 */
import { readdirSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { textTable } from '../../src/cli/text-table.ts'
import type { Settlement } from '../../src/domain/facts.ts'
import { formatMicro, microUsdc } from '../../src/domain/units.ts'
import { tally } from '../../src/ledger/tally.ts'
import { aLiveRun, GATES_OFF, type LiveRun } from './harness.ts'

const WINDOWS = Number(process.env['PROFILE_WINDOWS'] ?? 10)
const WINDOW_SEC = Number(process.env['PROFILE_WINDOW_SEC'] ?? 12)
/** Sixteen close together; twice as long as they take, and the start of everything. */
const PATIENCE_MS = 2 * Math.ceil(WINDOWS / 16) * WINDOW_SEC * 1_000 + 240_000
const ENOUGH_FILLS = 30
/** Shorter windows than any real one have no time for most of what the gates ask. */
const isShort = WINDOW_SEC < 90
const PROFILES = readdirSync(new URL('../../profiles/', import.meta.url))
  .map((file) => file.replace('.yaml', ''))
  .sort()
const HEAD = [
  ...['PROFILE', 'MODE', 'STRATEGY', 'WINDOWS', 'FIRED', 'FILLED', 'HIT RATE', 'BREAK-EVEN'],
  ...['INTERVAL', 'PNL USD', 'DRAWDOWN USD'],
]
const rows: string[][] = []

afterAll(() => console.log(textTable(HEAD, rows)))

test.each(PROFILES.flatMap((name) => [[name, 'dry'] as const, [name, 'live'] as const]))(
  '%s, %s',
  async (profile, mode) => {
    const run = await aLiveRun({
      ...{ profile, mode, windowSec: WINDOW_SEC, assets: 'btc, eth, sol, xrp' },
      intervals: '5m, 15m, 1h, 4h',
      settings: [
        // Halts would end the run; what they do is tested elsewhere.
        'limits: { maxClockErrorMs: 1000, maxDailyLossUsd: off, maxDrawdownUsd: off, tripwire: off }',
        ...(isShort ? [GATES_OFF] : []),
      ],
    })
    try {
      const bot = run.start()
      await run.until(bot, () => run.count('settlements') >= WINDOWS, PATIENCE_MS)
      if (mode === 'live') {
        await run.settleAll(bot)
        await run.expectBalanced()
      } else await run.end(bot)
      expect(drawnUp(run, profile, mode)).toBeGreaterThanOrEqual(WINDOWS)
      expect(cashOf(run)).toBe(cashBy(run))
    } finally {
      await run.close()
    }
  },
  3_600_000 * 3,
)

/** A row for each strategy; how many windows were settled in all. */
function drawnUp(run: LiveRun, profile: string, mode: string): number {
  const settled = run
    .ask<{ json: string }>('SELECT settlement_json AS json FROM settlements ORDER BY at_micros')
    .map(({ json }) => JSON.parse(json) as Settlement)
  const names = new Set(settled.flatMap(({ order }) => (order === null ? [] : [order.strategy])))
  for (const name of names.size === 0 ? ['-'] : names)
    rows.push(rowOf(profile, mode, name, settled))
  return settled.length
}

function rowOf(
  profile: string,
  mode: string,
  name: string,
  settled: readonly Settlement[],
): string[] {
  const own = settled.filter(({ order }) => order !== null && order.strategy === name)
  const { fired, filled, hitRate, breakEven, low, high, pnlMicro } = tally(own)
  const counts = [settled.length, fired, filled].map(String)
  const rates =
    filled < ENOUGH_FILLS
      ? ['too few', 'too few', 'too few']
      : [percent(hitRate), percent(breakEven), `${percent(low)} to ${percent(high)}`]
  return [profile, mode, name, ...counts, ...rates, dollars(pnlMicro), dollars(drawdownOf(own))]
}

function drawdownOf(settled: readonly Settlement[]): number {
  let [sum, peak, deepest] = [0, 0, 0]
  for (const { pnl } of settled) {
    sum += pnl
    peak = Math.max(peak, sum)
    deepest = Math.max(deepest, peak - sum)
  }
  return deepest
}

/** The cash of the last settlement, and the same by what every settlement won and lost. */
function cashOf(run: LiveRun): number {
  return run.ask<{ cash: number }>(
    'SELECT cash_micro_usd AS cash FROM equity ORDER BY rowid DESC LIMIT 1',
  )[0]?.cash as number
}

function cashBy(run: LiveRun): number {
  return run.ask<{ cash: number }>(
    `SELECT (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'starting_cash_micro_usd')
      - (SELECT COALESCE(SUM(cost_micro_usd + fee_micro_usd), 0) FROM orders)
      + (SELECT COALESCE(SUM(payout_micro_usd), 0) FROM settlements) AS cash`,
  )[0]?.cash as number
}

function percent(share: number | null): string {
  return share === null ? '-' : `${(share * 100).toFixed(1)} %`
}

function dollars(micro: number): string {
  return formatMicro(microUsdc(micro))
}
