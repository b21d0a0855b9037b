/** The bot under a real pm2 daemon: started, ready, interrupted, killed in the middle of a window and brought back. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'libsql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const pm2 = join(root, 'node_modules/pm2/bin/pm2')
const folder = mkdtempSync(join(tmpdir(), 'pm2-'))
const env = { ...process.env, PM2_HOME: join(folder, 'home') }
let venue: ChildProcess

type App = { name: string; pid: number; pm2_env: { status: string; restart_time: number } }

function run(...args: string[]): string {
  return execFileSync(process.execPath, [pm2, ...args], { cwd: folder, env, encoding: 'utf8' })
}

function app(): App | undefined {
  const text = run('jlist')
  return (JSON.parse(text.slice(text.indexOf('['))) as App[]).find(
    ({ name }) => name === 'lastsecond',
  )
}

async function until<T>(look: () => T | undefined | null | false): Promise<T> {
  for (let tries = 0; tries < 480; tries += 1) {
    const seen = look()
    if (seen !== undefined && seen !== null && seen !== false) return seen
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  throw new Error('it did not come')
}

function tradesLog(): string {
  try {
    return readFileSync(join(folder, 'log/trades.log'), 'utf8')
  } catch {
    return ''
  }
}

beforeAll(async () => {
  // The venue lives on its own, so that a restart of the bot meets the same windows again.
  venue = spawn(
    process.execPath,
    [
      join(root, 'dist/cli/main.js'),
      'venue',
      '--port',
      '0',
      '--json',
      '--profile',
      'demo',
      '--first-close',
      '60',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const line = await new Promise<string>((resolve) =>
    venue.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString())),
  )
  writeFileSync(join(folder, 'venue.json'), line)
  const shipped = readFileSync(join(root, 'ecosystem.config.cjs'), 'utf8')
  const changed = shipped
    .replace('cwd: __dirname', `cwd: ${JSON.stringify(folder)}`)
    .replace(
      "script: 'dist/cli/main.js'",
      `script: ${JSON.stringify(join(root, 'dist/cli/main.js'))}`,
    )
    .replace("args: 'run'", "args: 'run --venue-json venue.json'")
  expect(changed).not.toBe(shipped)
  writeFileSync(join(folder, 'ecosystem.config.cjs'), changed)
})

afterAll(() => {
  run('kill')
  venue.kill('SIGTERM')
})

describe('under pm2', () => {
  test('the dry app starts and the live app does not; it is ready, survives kill -9 in mid-window and keeps its books', async () => {
    run('start', 'ecosystem.config.cjs')
    const first = await until(() => app()?.pm2_env.status === 'online' && app())
    expect(run('jlist')).not.toContain('lastsecond-live')
    await until(() => tradesLog().includes('armed'))
    process.kill(first.pid, 'SIGKILL')
    const second = await until(() => {
      const now = app()
      return (
        now !== undefined &&
        now.pid !== first.pid &&
        now.pid > 0 &&
        now.pm2_env.status === 'online' &&
        now
      )
    })
    expect(second.pm2_env.restart_time).toBeGreaterThan(0)
    await until(() => (tradesLog().match(/"msg":"settled"/g) ?? []).length >= 2)
    run('stop', 'lastsecond')
    expect(app()?.pm2_env.status).toBe('stopped')
    expect(tradesLog()).toContain('operator: stop')
    const database = new Database(join(folder, 'data/local/dry/ledger.db'), {
      readonly: true,
    } as Database.Options)
    const orders = database
      .prepare('SELECT condition_id, COUNT(*) AS n FROM orders GROUP BY condition_id')
      .all() as { n: number }[]
    for (const { n } of orders) expect(n).toBe(1)
    const { gap } = database
      .prepare(`SELECT (SELECT cash_micro_usd FROM equity ORDER BY rowid DESC LIMIT 1) - (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'starting_cash_micro_usd')
      - (SELECT COALESCE(SUM(payout_micro_usd), 0) FROM settlements) + (SELECT COALESCE(SUM(cost_micro_usd + fee_micro_usd), 0) FROM orders) AS gap`)
      .get() as { gap: number }
    expect(gap).toBe(0)
    database.close()
  })

  test('a wrong configuration stops it for good', async () => {
    run('delete', 'all')
    writeFileSync(join(folder, 'lastsecond.yaml'), 'assets: [doge]\n')
    try {
      run('start', 'ecosystem.config.cjs')
    } catch {
      // pm2 may report the failed start by its own exit code.
    }
    await until(() => app()?.pid === 0)
    // pm2 may go on calling it "waiting restart"; what counts is that no restart comes. The first one would after half a second.
    await new Promise((resolve) => setTimeout(resolve, 5_000))
    expect([app()?.pid, app()?.pm2_env.restart_time]).toEqual([0, 0])
  })
})
