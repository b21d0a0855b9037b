/**
 * The ledger: every order, fill, decision and settlement, in a SQL database that ordinary tools open. The trading thread only queues; a worker
 * writes. One process writes at a time.
 */
import { existsSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import Database from 'libsql'
import type { EngineFact } from '../domain/facts.ts'
import { type ConditionId, conditionId } from '../domain/ids.ts'
import type { Market } from '../domain/market.ts'
import { completeOrder, type Order, type SubmitOutcome } from '../domain/order.ts'
import type { Keeper, Log, Remembered } from '../domain/ports.ts'
import type { Micros, MicroUsdc } from '../domain/units.ts'
import { UserError } from '../domain/user-error.ts'
import { accountOf } from './account.ts'
import { booksOf, type Unredeemed } from './books.ts'
import { type Origin, UNKNOWN_ORIGIN } from './chain.ts'
import type { FromLedgerWorker, ToLedgerWorker } from './ledger-worker.ts'
import { unjudgedIn } from './missed.ts'
import { redeemedRow, transferRow, type Write, writesOf } from './rows.ts'
import { MIGRATIONS, SCHEMA, SCHEMA_VERSION } from './schema.ts'

/** A few seconds of the busiest bot. More waiting means that the disk is gone, and money facts are never dropped. */
const QUEUE_MAX = 10_000

/** Windows that are over are not listed for longer than a day; this is days of them. */
const SETTLED_KEPT = 5_000

export type Ledger = Keeper & {
  /** Wins whose shares were not changed for dollars yet. */
  unredeemed(): readonly Unredeemed[]
  redeemed(conditionId: ConditionId, at: Micros): void
  /** Money came in or went out without a trade of ours; negative when it went out. */
  transferred(micro: number, why: string, at: Micros): void
  /** Resolves when everything accepted so far is on the disk. */
  flush(): Promise<void>
}

export type LedgerOptions = {
  readonly path: string
  readonly startingCash: MicroUsdc
  readonly log: Log
  /** What writes, for the certificates. */
  readonly origin?: Origin
}

export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const { path, startingCash } = options
  const unlock = lock(`${path}.lock`)
  try {
    const remembered = prepareDatabase(path, startingCash)
    return startLedger(options, remembered, unlock)
  } catch (error) {
    unlock()
    throw error
  }
}

type Found = { readonly memory: Remembered; readonly unredeemed: readonly Unredeemed[] }

function startLedger(options: LedgerOptions, remembered: Found, unlock: () => void): Ledger {
  const { path, log, origin = UNKNOWN_ORIGIN } = options
  const worker = new Worker(workerFile(), { workerData: { path, origin } })
  const unredeemed = new Map(remembered.unredeemed.map((one) => [one.conditionId, one]))
  const waiters: { id: number; resolve: () => void }[] = []
  let turn: Write[] = []
  let sent = 0
  let done = 0
  let failure: Error | null = null
  let closed: (() => void) | null = null

  worker.on('message', (message: FromLedgerWorker) => {
    if (message.kind === 'closed') return closed?.()
    if (message.kind === 'failed')
      return fail(new Error(`the ledger cannot be written: ${message.message}`))
    done = message.id
    while (waiters[0] !== undefined && waiters[0].id <= done) waiters.shift()?.resolve()
  })
  worker.on('error', fail)

  function fail(error: Error): void {
    failure = error
    log.error('the ledger failed; the bot stops rather than trade without books', { error })
    // Thrown on its own turn, so that it ends the process whoever was calling.
    setImmediate(() => {
      throw error
    })
  }

  /** All that is told in one turn is on the disk together or not at all: a settlement never without the counters that know of it. */
  function write(writes: readonly Write[]): void {
    if (writes.length === 0 || failure !== null) return
    if (turn.length === 0) queueMicrotask(send)
    turn.push(...writes)
  }

  function send(): void {
    if (turn.length === 0 || failure !== null) return
    const writes = turn
    turn = []
    sent += 1
    if (sent - done > QUEUE_MAX)
      return fail(new Error(`more than ${QUEUE_MAX} writes wait for the ledger`))
    worker.postMessage({ kind: 'write', id: sent, writes } satisfies ToLedgerWorker)
  }

  function flush(): Promise<void> {
    send()
    if (failure !== null) return Promise.reject(failure)
    if (done >= sent) return Promise.resolve()
    return new Promise((resolve) => waiters.push({ id: sent, resolve }))
  }

  return {
    accept: (fact: EngineFact) => write(writesOf(fact)),
    unredeemed: () => [...unredeemed.values()],
    redeemed(id, at) {
      unredeemed.delete(id)
      write([redeemedRow(id, at)])
    },
    transferred: (micro, why, at) => write([transferRow(at, micro, why)]),
    restore: () => Promise.resolve(remembered.memory),
    flush,
    async close() {
      await flush()
      await new Promise<void>((resolve) => {
        closed = resolve
        worker.postMessage({ kind: 'close' } satisfies ToLedgerWorker)
      })
      await worker.terminate()
      unlock()
    },
  }
}

/** Beside this file when built. Node 20 cannot run a TypeScript worker, so from source the built one is started. */
function workerFile(): string {
  const here = fileURLToPath(import.meta.url)
  if (extname(here) === '.js') return fileURLToPath(new URL('./ledger-worker.js', import.meta.url))
  return fileURLToPath(new URL('../../dist/ledger/ledger-worker.js', import.meta.url))
}

/** Makes or checks the database and reads what must not be forgotten. */
function prepareDatabase(path: string, startingCash: MicroUsdc): Found {
  let database: Database.Database | null = null
  try {
    database = new Database(path)
    database.exec('PRAGMA busy_timeout = 5000')
    database.exec('PRAGMA journal_mode = WAL')
    if (isEmpty(database)) create(database, startingCash)
    const memory = read(database, path)
    return { memory, unredeemed: booksOf(database).unredeemed }
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(
      'general',
      `the ledger ${path} cannot be opened: ${(error as Error).message}; move it away to begin a new one`,
    )
  } finally {
    database?.close()
  }
}

/** Whoever only looked at the file too early may have left an empty one. */
function isEmpty(database: Database.Database): boolean {
  const tables = database.prepare('SELECT COUNT(*) AS count FROM sqlite_master').get()
  return (tables as { count: number }).count === 0
}

function create(database: Database.Database, startingCash: MicroUsdc): void {
  // Whole or not at all: a process may be killed in the middle of it.
  database.exec('BEGIN IMMEDIATE')
  database.exec(SCHEMA)
  const put = database.prepare('INSERT INTO meta VALUES (?, ?)')
  put.run('schema_version', String(SCHEMA_VERSION))
  put.run('starting_cash_micro_usd', String(startingCash))
  put.run('paused', '0')
  put.run('halted', '0')
  database.exec('COMMIT')
}

function read(database: Database.Database, path: string): Remembered {
  const meta = (key: string): string | undefined =>
    (
      database.prepare('SELECT value FROM meta WHERE key = ?').get(key) as
        | { value: string }
        | undefined
    )?.value
  migrate(database, Number(meta('schema_version')))
  const version = Number(meta('schema_version'))
  if (version !== SCHEMA_VERSION) {
    throw new UserError(
      'general',
      `the ledger ${path} has schema ${version}, this version of lastsecond writes ${SCHEMA_VERSION}; move it away or use the version that wrote it`,
    )
  }
  const open = database
    .prepare(`SELECT o.order_json, o.outcome_json, o.venue_id, w.market_json FROM orders o JOIN windows w ON w.condition_id = o.condition_id
    WHERE o.condition_id NOT IN (SELECT condition_id FROM settlements) ORDER BY o.decided_at_micros`)
    .all() as {
    order_json: string
    outcome_json: string | null
    venue_id: string | null
    market_json: string
  }[]
  const settled = database
    .prepare('SELECT condition_id FROM settlements ORDER BY at_micros DESC LIMIT ?')
    .all(SETTLED_KEPT) as { condition_id: string }[]
  return {
    cash: booksOf(database).cash,
    paused: meta('paused') === '1',
    halted: meta('halted') === '1',
    shots: open.map((row) => ({
      market: JSON.parse(row.market_json) as Market,
      order: completeOrder(JSON.parse(row.order_json) as Partial<Order>),
      outcome: row.outcome_json === null ? null : outcomeOf(row.outcome_json),
      isNews: false,
      venueId: row.venue_id,
    })),
    barred: [],
    unjudged: unjudgedIn(database),
    settled: settled.map(({ condition_id: id }) => conditionId(id)),
    account: accountOf(database),
  }
}

/** Outcomes of the first version were final when they were written. */
function outcomeOf(json: string): SubmitOutcome {
  const outcome = JSON.parse(json) as SubmitOutcome
  return outcome.state === 'filled'
    ? { ...outcome, finality: outcome.finality ?? 'confirmed' }
    : outcome
}

function migrate(database: Database.Database, from: number): void {
  for (let version = from; MIGRATIONS[version] !== undefined; version += 1) {
    // Whole or not at all, as it was made.
    database.exec('BEGIN IMMEDIATE')
    database.exec(MIGRATIONS[version] as string)
    database
      .prepare("UPDATE meta SET value = ? WHERE key = 'schema_version'")
      .run(String(version + 1))
    database.exec('COMMIT')
  }
}

/** One writer: the lock file holds the pid of its owner, and a dead owner's lock is taken over. */
function lock(file: string): () => void {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' })
      return () => unlinkSync(file)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw new UserError(
          'general',
          `the ledger's folder cannot be written: ${(error as Error).message}`,
        )
      }
      const owner = Number(readFileSync(file, 'utf8'))
      if (isAlive(owner)) {
        throw new UserError(
          'general',
          `another lastsecond (process ${owner}) writes this ledger; stop it first, or choose another dataDir`,
        )
      }
      unlinkSync(file)
    }
  }
  throw new UserError(
    'general',
    `the lock ${file} cannot be taken; is another lastsecond starting right now?`,
  )
}

/** The process that writes this ledger right now, if it is another one. */
export function writerOf(path: string): number | null {
  const file = `${path}.lock`
  if (!existsSync(file)) return null
  const owner = Number(readFileSync(file, 'utf8'))
  return isAlive(owner) ? owner : null
}

function isAlive(pid: number): boolean {
  // Our own pid in a lock is that of a process that died before us.
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
