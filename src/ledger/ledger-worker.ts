/**
 * The thread that owns the database: one connection, statements prepared once, everything that is waiting in one transaction. A write is
 * answered when it is on the disk.
 */
import { parentPort, workerData } from 'node:worker_threads'
import Database from 'libsql'
import { invariant } from '../domain/invariant.ts'
import { createChain, type Origin } from './chain.ts'
import { STATEMENTS, type Write } from './rows.ts'

export type ToLedgerWorker =
  | { readonly kind: 'write'; readonly id: number; readonly writes: readonly Write[] }
  | { readonly kind: 'close' }
export type FromLedgerWorker =
  | { readonly kind: 'done'; readonly id: number }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'closed' }

const port = parentPort
invariant(port !== null, 'the ledger worker is started as a worker')
const { path, origin } = workerData as { path: string; origin: Origin }
const database = new Database(path)
// The time-out first: a reader, or the connection that checked the file just now, may still hold it for a moment.
for (const pragma of ['busy_timeout = 5000', 'journal_mode = WAL', 'synchronous = FULL']) {
  database.exec(`PRAGMA ${pragma}`)
}
const prepared = new Map(STATEMENTS.map((sql) => [sql, database.prepare(sql)]))
const chain = createChain(database, origin)
let waiting: Extract<ToLedgerWorker, { kind: 'write' }>[] = []

function commit(): void {
  const batch = waiting
  waiting = []
  const last = batch.at(-1)
  if (last === undefined) return
  try {
    database.exec('BEGIN IMMEDIATE')
    for (const { writes } of batch) {
      for (const write of writes) {
        if ('sql' in write) prepared.get(write.sql)?.run(...write.values)
        else if ('settings' in write) chain.setSettings(write.settings)
        else chain.append(write.certificate)
      }
    }
    database.exec('COMMIT')
    port?.postMessage({ kind: 'done', id: last.id } satisfies FromLedgerWorker)
  } catch (error) {
    port?.postMessage({
      kind: 'failed',
      message: (error as Error).message,
    } satisfies FromLedgerWorker)
  }
}

port.on('message', (message: ToLedgerWorker) => {
  if (message.kind === 'close') {
    commit()
    database.close()
    port?.postMessage({ kind: 'closed' } satisfies FromLedgerWorker)
    port?.close()
    return
  }
  // Everything that is already queued joins the same transaction.
  if (waiting.length === 0) setImmediate(commit)
  waiting.push(message)
})
