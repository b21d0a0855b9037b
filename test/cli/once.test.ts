/** A whole run on the embedded venue, twice. Runs what was built. */
import { expect, test } from 'vitest'
import { cli, folder } from './program.ts'

/** Of the windows that close 45 s after the epoch. */
const FIRST_START_SEC = 1_795_229_955

type Row = Record<string, unknown>

/** A run that met the first windows and was in time for their orders; another one where the machine was too slow for that. */
async function inTime(args: readonly string[]): Promise<{ cwd: string; rows: Row[] }> {
  for (let tries = 1; ; tries += 1) {
    const cwd = folder()
    const { code, out, err } = await cli(args, cwd)
    expect(code, err).toBe(0)
    const rows = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Row)
    const isFirst = rows.every(({ market }) => String(market).endsWith(`-${FIRST_START_SEC}`))
    const isLate = rows.some(({ reason }) => String(reason).startsWith('DEADLINE'))
    if ((isFirst && !isLate) || tries === 5) return { cwd, rows }
  }
}

test('run --once --json is the same twice for a seed and an epoch, and every line is whole', async () => {
  const args = [
    'run',
    '--venue',
    'local',
    '--once',
    '--json',
    '--seed',
    '11',
    '--epoch',
    '1795230000000',
    '--asset',
    'btc,eth',
    '--interval',
    '5m,15m',
    '--first-close',
    '45',
  ]
  const [one, other] = await Promise.all([inTime(args), inTime(args)])
  const rows = [one.rows, other.rows]
  const stable = (list: Record<string, unknown>[]) =>
    list.map(({ market, side, decision, reason, price, shares, pnl, fillState }) => ({
      market,
      side,
      decision,
      reason,
      price,
      shares,
      pnl,
      fillState,
    }))
  expect(stable(rows[0] ?? [])).toEqual(stable(rows[1] ?? []))
  expect(rows[0]).toHaveLength(4)
  for (const row of rows[0] ?? []) {
    expect(Object.keys(row)).toEqual(
      expect.arrayContaining([
        'market',
        'asset',
        'interval',
        'side',
        'decision',
        'reason',
        'price',
        'shares',
        'pnl',
        'breakEven',
        'fillState',
        'latency',
      ]),
    )
    expect(['fired', 'passed']).toContain(row['decision'])
    expect(row['pnl']).toMatch(/^-?\d+(\.\d+)?$/)
  }
  const { cwd } = one
  const trades = await cli(['trades', '--json'], cwd)
  expect(trades.out.trim().split('\n')).toHaveLength(4)
  const why = await cli(['explain', 'last'], cwd)
  expect(why.out).toMatch(/CHECK +ANSWER +MARGIN/)
  expect((await cli(['pnl'], cwd)).out).toMatch(/too few/)
})
