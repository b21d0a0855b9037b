/**
 * A power cut takes back what was written and not yet synced. The bot is killed just after it shot, then its disk is made to look as after such a cut,
 * in every way that it may; the next start finds the order at the venue, and the books end equal.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'libsql'
import { afterEach, expect, test, vi } from 'vitest'
import { type RunningVenue, startLocalVenue } from '../../src/local-venue/venue.ts'
import { GATES_OFF, paramsOf } from './shooting.ts'

const CHILD = fileURLToPath(new URL('./child.mjs', import.meta.url))
/** The ledger is told of a shot by then, and the venue has matched it. */
const AFTER_SHOT_MS = 700
const SETTLES_WITHIN_MS = 240_000

let venue: RunningVenue
let folder: string
let bot: ChildProcess
let complaints = ''

afterEach(async () => {
  bot.kill('SIGKILL')
  await venue.close()
  rmSync(folder, { recursive: true, force: true })
})

const journal = (): string => join(folder, 'data/local/live/journal')
const sent = (): string => join(journal(), 'sent.jsonl')
const armed = (): string[] =>
  readdirSync(journal())
    .filter((name) => name.startsWith('armed-') && name.endsWith('.json'))
    .map((name) => join(journal(), name))

/** The windows that were shot at, by the journal. */
function shotAt(): string[] {
  if (!existsSync(sent())) return []
  return [...readFileSync(sent(), 'utf8').matchAll(/"conditionId":"(0x[0-9a-f]+)"/g)].map(
    ([, id]) => id as string,
  )
}

function sql<Row>(text: string): Row[] {
  const database = new Database(join(folder, 'data/local/live/ledger.db'))
  try {
    return database.prepare(text).all() as Row[]
  } finally {
    database.close()
  }
}

function run(text: string): void {
  const database = new Database(join(folder, 'data/local/live/ledger.db'))
  database.exec(text)
  database.close()
}

function config(maxAsk: string): void {
  writeFileSync(
    join(folder, 'bot.yaml'),
    [
      'assets: [btc, eth, sol, xrp]',
      'intervals: [5m, 15m]',
      'discovery: { minTimeToStartSec: 1, startBufferSec: 10, warmUpSec: 1, pollIntervalSec: 5, cleanUpSec: 1 }',
      paramsOf({ maxAsk }),
      GATES_OFF,
      'control: { port: 0 }',
      `dataDir: ${folder}/data`,
      `log: { dir: ${folder}/log, marketDir: ${folder}/logs }`,
      '',
    ].join('\n'),
  )
}

function start(): void {
  bot = spawn(process.execPath, [CHILD, join(folder, 'bot.yaml'), join(folder, 'venue.json')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  bot.stderr?.on('data', (chunk: Buffer) => (complaints += chunk.toString()))
}

const ended = (): Promise<unknown> => new Promise((resolve) => bot.once('exit', resolve))

/** Once more where everything it shot at was over by then. */
async function shootAndDie(): Promise<void> {
  await shootAndDieOnce()
  while (open() === 0) {
    await venue.close()
    rmSync(folder, { recursive: true, force: true })
    await shootAndDieOnce()
  }
}

/** Until it shot; then it is killed. */
async function shootAndDieOnce(): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'power-'))
  complaints = ''
  venue = await startLocalVenue({
    ...{ profile: 'demo', seed: 3, windowSec: 12, firstCloseSec: 15, resolutionDelayMs: 300 },
  })
  const json = { ...venue.endpoints, account: venue.account, chainId: venue.chainId }
  writeFileSync(join(folder, 'venue.json'), JSON.stringify(json))
  config('0.99')
  start()
  await vi.waitUntil(() => shotAt().length > 0, { timeout: 240_000, interval: 20 })
  await new Promise((resolve) => setTimeout(resolve, AFTER_SHOT_MS))
  const over = ended()
  bot.kill('SIGKILL')
  await over
}

/** What is settled was on the disk long before: on a slow machine some windows are, when the bot is killed. */
const OPEN = 'condition_id NOT IN (SELECT condition_id FROM settlements)'
/** The ledger knows that they were sent, and nothing more. */
const onlySent = () =>
  run(`DELETE FROM fills WHERE order_id IN (SELECT order_id FROM orders WHERE ${OPEN});
    UPDATE orders SET state = 'sent', reason = NULL, cost_micro_usd = 0, fee_micro_usd = 0, filled_micro = 0, outcome_json = NULL, venue_id = NULL WHERE ${OPEN}`)
const noRows = () =>
  run(`DELETE FROM fills WHERE order_id IN (SELECT order_id FROM orders WHERE ${OPEN});
    DELETE FROM orders WHERE ${OPEN}; UPDATE windows SET state = 'armed' WHERE ${OPEN}`)
const emptyJournal = () => truncateSync(sent(), 0)
const tornJournal = () => {
  const text = readFileSync(sent(), 'utf8')
  writeFileSync(sent(), text.slice(0, text.indexOf('"venueId"') + 20))
}
const truncatedArmed = () => {
  for (const file of armed()) truncateSync(file, 40)
}
const anotherBoot = () => {
  for (const file of armed())
    writeFileSync(
      file,
      JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), boot: 'before' }),
    )
}

test.each<[string, (() => void)[]]>([
  ['the line is gone, the row is there', [onlySent, emptyJournal]],
  ['the journal is gone, the row is there', [onlySent, () => rmSync(sent())]],
  ['the line is torn, the row is gone', [noRows, tornJournal]],
  ['line and row are gone', [noRows, emptyJournal, anotherBoot]],
  ['the line is gone, the names are torn', [onlySent, emptyJournal, truncatedArmed]],
  ['line and row are gone, the names are torn', [noRows, emptyJournal, truncatedArmed]],
])(
  '%s',
  async (_name, cuts) => {
    await shootAndDie()
    for (const cut of cuts) cut()
    config('0.01')
    start()
    const ledger = async (): Promise<{ dollars: number; trades: readonly object[] }> => {
      const url = `${venue.endpoints.control}/ledger/${venue.account.address}`
      return (await (await fetch(url)).json()) as never
    }
    expect((await ledger()).trades.length).toBeGreaterThan(0)
    await vi
      .waitUntil(() => count('orders') > 0 && open() === 0 && unpaid() === 0, {
        ...{ timeout: SETTLES_WITHIN_MS, interval: 200 },
      })
      .catch((error: unknown) => {
        throw new Error(`${complaints}\n${JSON.stringify(sql('SELECT * FROM orders'))}`, {
          cause: error,
        })
      })
    const over = ended()
    bot.kill('SIGTERM')
    await over
    expect(books(), complaints).toBe((await ledger()).dollars)
    expect(sql('SELECT * FROM transfers')).toEqual([])
    expect(count("orders WHERE state = 'filled'")).toBeGreaterThan(0)
    expect(
      sql('SELECT condition_id FROM orders GROUP BY condition_id HAVING COUNT(*) > 1'),
    ).toEqual([])
  },
  600_000,
)

const count = (what: string): number =>
  sql<{ count: number }>(`SELECT COUNT(*) AS count FROM ${what}`)[0]?.count ?? -1
const open = (): number =>
  count('orders WHERE condition_id NOT IN (SELECT condition_id FROM settlements)')
const unpaid = (): number =>
  count(
    'settlements WHERE payout_micro_usd > 0 AND condition_id NOT IN (SELECT condition_id FROM redemptions)',
  )

/** Our books' money, and what of it the venue has not paid for yet. */
function books(): number {
  const [row] = sql<{ money: number }>(
    `SELECT (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'starting_cash_micro_usd')
      - (SELECT COALESCE(SUM(cost_micro_usd + fee_micro_usd), 0) FROM orders)
      + (SELECT COALESCE(SUM(payout_micro_usd), 0) FROM settlements WHERE condition_id IN (SELECT condition_id FROM redemptions)) AS money`,
  )
  return row?.money ?? Number.NaN
}
