/**
 * Live trading on the embedded venue, held against the venue's own books: windows with faults drawn at random, and a bot that is killed at random
 * moments of such windows. LIVE_WINDOWS and LIVE_KILLS make it as long as one likes; LIVE_SEED draws other moments.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'libsql'
import { afterEach, expect, test } from 'vitest'
import { type RunningVenue, startLocalVenue } from '../../src/local-venue/venue.ts'
import { createRandom } from '../../src/sim/random.ts'
import { until } from '../support/until.ts'
import { GATES_OFF, paramsOf } from './shooting.ts'

const WINDOWS = Number(process.env['LIVE_WINDOWS'] ?? 12)
const KILLS = Number(process.env['LIVE_KILLS'] ?? 4)
const SEED = Number(process.env['LIVE_SEED'] ?? 1)
const WINDOW_SEC = 12

const CHILD = fileURLToPath(new URL('./child.mjs', import.meta.url))
const FAULTS = [
  'order-slow',
  'order-425',
  'order-429',
  'order-500',
  'order-html',
  'order-post-only',
  'order-reset-before',
  'order-reset-after',
  'order-delayed',
  'trade-failed',
  'trade-retrying',
  'silent-stall',
  'close-without-frame',
  'lost-delta',
  'duplicate-frames',
  'crossed-book',
  'tick-flip',
  'user-seconds',
] as const

type Ledger = {
  readonly dollars: number
  readonly trades: readonly { readonly status: string; readonly order?: string }[]
}
type Row = { readonly slug: string; readonly state: string; readonly spent: number }

let venue: RunningVenue
let folder: string
let bot: ChildProcess | null = null

afterEach(async () => {
  bot?.kill('SIGKILL')
  await venue.close()
  if (!kept) rmSync(folder, { recursive: true, force: true })
})

async function aVenue(): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'live-'))
  venue = await startLocalVenue({
    profile: 'demo',
    seed: SEED,
    windowSec: WINDOW_SEC,
    firstCloseSec: WINDOW_SEC + 3,
    resolutionDelayMs: 300,
  })
  writeFileSync(
    join(folder, 'venue.json'),
    JSON.stringify({ ...venue.endpoints, account: venue.account, chainId: venue.chainId }),
  )
  writeFileSync(
    join(folder, 'bot.yaml'),
    [
      'assets: [btc, eth, sol, xrp]',
      'intervals: [5m, 15m, 1h, 4h]',
      'discovery: { minTimeToStartSec: 1, startBufferSec: 10, warmUpSec: 1, pollIntervalSec: 5, cleanUpSec: 1 }',
      paramsOf({ maxAsk: '0.99' }),
      GATES_OFF,
      'control: { port: 0 }',
      `dataDir: ${folder}/data`,
      `log: { dir: ${folder}/log, marketDir: ${folder}/logs, level: debug }`,
      '',
    ].join('\n'),
  )
}

function startBot(): ChildProcess {
  const child = spawn(
    process.execPath,
    [CHILD, join(folder, 'bot.yaml'), join(folder, 'venue.json')],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  child.stderr?.on('data', (chunk: Buffer) => {
    complaints += chunk.toString()
  })
  bot = child
  return child
}
let complaints = ''
let kept = false
let lastStartMs = 0

/** Whoever looks for the reason finds both sides' books. */
function keep(ledger: Ledger): string {
  if (books() === ledger.dollars) return ''
  kept = true
  writeFileSync(join(folder, 'venue-ledger.json'), JSON.stringify(ledger, null, 2))
  return folder
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode)
    else child.once('exit', resolve)
  })
}

async function control<Answer>(path: string): Promise<Answer> {
  return (await (await fetch(`${venue.endpoints.control}${path}`)).json()) as Answer
}

function fault(body: object): Promise<unknown> {
  return fetch(`${venue.endpoints.control}/faults`, { method: 'POST', body: JSON.stringify(body) })
}

function ask<Shape>(sql: string): Shape[] {
  const database = new Database(join(folder, 'data/local/live/ledger.db'), { readonly: true })
  try {
    return database.prepare(sql).all() as Shape[]
  } finally {
    database.close()
  }
}

const orders = (): Row[] =>
  ask<Row>(
    'SELECT w.slug, o.state, o.cost_micro_usd + o.fee_micro_usd AS spent FROM orders o JOIN windows w USING (condition_id)',
  )
const settled = (): number =>
  ask<{ count: number }>('SELECT COUNT(*) AS count FROM settlements')[0]?.count ?? 0
const filled = (): number =>
  ask<{ count: number }>("SELECT COUNT(*) AS count FROM orders WHERE state = 'filled'")[0]?.count ??
  0

/** Our books' money, and what of it the venue has not paid for yet. */
function books(): number {
  const [row] = ask<{ money: number }>(
    `SELECT (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'starting_cash_micro_usd')
      - (SELECT COALESCE(SUM(cost_micro_usd + fee_micro_usd), 0) FROM orders)
      + (SELECT COALESCE(SUM(payout_micro_usd), 0) FROM settlements WHERE condition_id IN (SELECT condition_id FROM redemptions))
      + (SELECT COALESCE(SUM(micro_usd), 0) FROM transfers) AS money`,
  )
  return row?.money ?? Number.NaN
}

async function expectAgreement(): Promise<void> {
  const ledger = await control<Ledger>(`/ledger/${venue.account.address}`)
  const rows = orders()
  const perWindow = new Map<string, number>()
  for (const { slug } of rows) perWindow.set(slug, (perWindow.get(slug) ?? 0) + 1)
  expect([...perWindow].filter(([, count]) => count > 1)).toEqual([])
  expect(rows.filter(({ state }) => state === 'unknown' || state === 'sent')).toEqual([])
  expect(books(), `${complaints}\nkept in ${keep(ledger)}`).toBe(ledger.dollars)
  // What was missed is called that: nothing that is over is left as if it were still watched.
  const left = ask(
    `SELECT slug, state FROM windows WHERE state NOT IN ('passed', 'skipped', 'settled') AND end_at_micros < ${lastStartMs * 1_000}`,
  )
  expect(left).toEqual([])
  // Nothing but our own orders moved money there.
  expect(ask('SELECT * FROM transfers')).toEqual([])
  expect(rows.filter(({ state }) => state === 'filled').length).toBeGreaterThan(0)
  const log = readFileSync(join(folder, 'log/trades.log'), 'utf8').split('\n')
  expect(log.filter((line) => line.includes('the books differ'))).toEqual([])
}

/** Of a process that lived through it all; what one before it measured is gone with it. */
function expectTimings(): void {
  const steps = ['writeMicros', 'answerMicros', 'matchedMicros', 'minedMicros', 'confirmedMicros']
  const whole = ask<{ settlement_json: string }>('SELECT settlement_json FROM settlements').filter(
    ({ settlement_json: json }) => steps.every((step) => JSON.parse(json).latency[step] > 0),
  )
  expect(whole.length).toBeGreaterThan(0)
}

/** Runs on without faults until everything is proven and paid, then ends in order. */
async function settleAll(child: ChildProcess): Promise<void> {
  await fetch(`${venue.endpoints.control}/faults`, { method: 'DELETE' })
  const openRows = () =>
    ask<{ count: number }>(
      `SELECT COUNT(*) AS count FROM orders WHERE condition_id NOT IN (SELECT condition_id FROM settlements)`,
    )[0]?.count
  const unpaid = () =>
    ask<{ count: number }>(
      'SELECT COUNT(*) AS count FROM settlements WHERE payout_micro_usd > 0 AND condition_id NOT IN (SELECT condition_id FROM redemptions)',
    )[0]?.count
  child.kill('SIGTERM')
  await ended(child)
  // What was still open when it ended is carried over once more, without new shots.
  writeFileSync(join(folder, 'bot.yaml'), quieter(readFileSync(join(folder, 'bot.yaml'), 'utf8')))
  lastStartMs = venue.nowMs()
  const last = startBot()
  await until(() => openRows() === 0 && unpaid() === 0, 200)
  last.kill('SIGTERM')
  await ended(last)
}

/** The same bot, that takes no new shot. */
function quieter(yaml: string): string {
  return yaml.replace(paramsOf({ maxAsk: '0.99' }), paramsOf({ maxAsk: '0.01' }))
}

test('windows with faults drawn at random end with books equal to the venue', async () => {
  await aVenue()
  const random = createRandom(SEED, 'faults of the live test')
  const child = startBot()
  await until(() => safely(settled) > 0, 200).catch(why)
  // Sixteen windows close at once, and one fault may spoil them all: then it goes on.
  while (settled() < WINDOWS || filled() === 0) {
    const name = FAULTS[random.below(FAULTS.length)]
    await fault({ name, forMs: 1_500, probability: 1 })
    await new Promise((resolve) => setTimeout(resolve, 500 + random.below(2_000)))
    expect(child.exitCode, complaints).toBe(null)
  }
  await settleAll(child)
  await expectAgreement()
  expectTimings()
}, 3_600_000)

test('killed at random moments it takes no second shot and ends with books equal to the venue', async () => {
  await aVenue()
  const random = createRandom(SEED, 'kills of the live test')
  let child = startBot()
  await until(() => safely(() => orders().length) > 0).catch(why)
  for (let kill = 0; kill < KILLS; kill += 1) {
    // Most of the time near a shot: windows close together, every twelve seconds.
    const now = venue.nowMs()
    const { windows } = await control<{ windows: { endsAt: number; phase: string }[] }>('/state')
    const ends = windows.filter(({ phase }) => phase === 'open').map(({ endsAt }) => endsAt)
    const shotAt = Math.min(...ends.filter((at) => at - 4_000 > now), now + 15_000) - 4_000
    const moment = shotAt - 300 + random.below(900)
    const name = FAULTS[random.below(FAULTS.length)]
    await fault({ name, forMs: Math.max(1_500, moment - now + 1_000), probability: 0.5 })
    await new Promise((resolve) => setTimeout(resolve, Math.max(random.below(500), moment - now)))
    child.kill('SIGKILL')
    await ended(child)
    child = startBot()
  }
  await settleAll(child)
  await expectAgreement()
  // Kills that meet no shot prove nothing.
  expect(orders().length).toBeGreaterThan(KILLS / 8)
}, 3_600_000)

/** The ledger is not there before the bot has made it. */
function safely(count: () => number): number {
  try {
    return count()
  } catch (error) {
    lastError = error
    return 0
  }
}
let lastError: unknown = null

function why(error: unknown): never {
  throw new Error(`nothing happened: ${String(lastError)} ${complaints}`, { cause: error })
}
