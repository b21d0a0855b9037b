/** A live bot on trial: small orders whatever is wanted, each of them played on paper as well, and a ladder that a restart remembers. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'libsql'
import { expect, test } from 'vitest'
import type { StakeState } from '../../src/domain/stakes.ts'
import { startLocalVenue } from '../../src/local-venue/venue.ts'
import { until } from '../support/until.ts'
import { GATES_OFF } from './shooting.ts'

const CHILD = fileURLToPath(new URL('./child.mjs', import.meta.url))
const WINDOW_SEC = 12

test('a canary buys little, and what its orders did on paper is written down', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stakes-'))
  const venue = await startLocalVenue({
    profile: 'demo',
    seed: 3,
    windowSec: WINDOW_SEC,
    firstCloseSec: WINDOW_SEC + 3,
    resolutionDelayMs: 300,
  })
  const config = join(folder, 'bot.yaml')
  const venueJson = join(folder, 'venue.json')
  writeFileSync(
    venueJson,
    JSON.stringify({ ...venue.endpoints, account: venue.account, chainId: 137 }),
  )
  writeFileSync(
    config,
    [
      'assets: [btc, eth, sol, xrp]',
      'intervals: [5m, 15m]',
      'discovery: { minTimeToStartSec: 1, startBufferSec: 10, warmUpSec: 1, pollIntervalSec: 5, cleanUpSec: 1 }',
      "params: { fireAt: 4, winner: book, maxAsk: '0.99', shares: 20 }",
      'stakes: { ladder: on, trialShares: 6, windows: 500 }',
      GATES_OFF,
      'control: { port: 0 }',
      `dataDir: ${folder}/data`,
      `log: { dir: ${folder}/log, marketDir: ${folder}/logs }`,
      '',
    ].join('\n'),
  )
  const asked = <Row>(sql: string): Row[] => {
    try {
      const database = new Database(join(folder, 'data/local/live/ledger.db'), { readonly: true })
      try {
        return database.prepare(sql).all() as Row[]
      } finally {
        database.close()
      }
    } catch {
      return []
    }
  }
  const stakes = (): StakeState | null => {
    const [row] = asked<{ value: string }>("SELECT value FROM meta WHERE key = 'stakes'")
    return row === undefined ? null : (JSON.parse(row.value) as StakeState)
  }
  const compared = (): boolean[] =>
    (stakes()?.shots ?? []).flatMap(({ asOnPaper }) => (asOnPaper === null ? [] : [asOnPaper]))
  const start = (): ChildProcess =>
    spawn(process.execPath, [CHILD, config, venueJson], { stdio: 'ignore' })
  let bot = start()
  try {
    await until(() => compared().length >= 6, 240)
    const before = stakes()?.count ?? 0
    bot.kill('SIGKILL')
    bot = start()
    // What was counted before the kill still counts.
    await until(() => (stakes()?.count ?? 0) > before, 240)
    const orders = asked<{ shares: number; json: string }>(
      'SELECT shares_micro AS shares, order_json AS json FROM orders',
    )
    expect(orders.length).toBeGreaterThan(6)
    for (const { json } of orders)
      expect((JSON.parse(json) as { shares: number }).shares).toBeLessThan(6_500_000)
    const notes = asked<{ json: string }>(
      'SELECT decision_json AS json FROM decisions WHERE refused_by IS NULL',
    )
    expect(notes[0]?.json).toContain('a canary buys 6 shares of a side and not 20')
    // The two share no code. How often they agree is measured by the ladder; on a crowded machine less than otherwise.
    expect(compared().filter(Boolean).length).toBeGreaterThan(0)
  } finally {
    bot.kill('SIGKILL')
    await venue.close()
    rmSync(folder, { recursive: true, force: true })
  }
}, 600_000)
