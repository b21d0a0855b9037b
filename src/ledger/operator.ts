/**
 * A person's word written straight into a ledger, past the bot: for when none is running, or the one that runs does not answer. The
 * next start reads it. Safe beside a running bot: one short transaction of the same statements that the bot itself writes.
 */
import { existsSync } from 'node:fs'
import Database from 'libsql'
import type { OperatorAction } from '../domain/account.ts'
import type { Micros } from '../domain/units.ts'
import { UserError } from '../domain/user-error.ts'
import { type LedgerOptions, openLedger } from './ledger.ts'
import { writesOf } from './rows.ts'

export async function writeOperatorAction(
  options: LedgerOptions,
  action: OperatorAction,
  at: Micros,
): Promise<void> {
  if (!existsSync(options.path)) await (await openLedger(options)).close()
  try {
    write(options.path, action, at)
  } catch (error) {
    throw new UserError(
      'general',
      `"${action}" could not be written into the ledger ${options.path}: ${(error as Error).message}`,
    )
  }
}

function write(path: string, action: OperatorAction, at: Micros): void {
  const database = new Database(path)
  try {
    database.exec('PRAGMA busy_timeout = 5000')
    database.exec('PRAGMA synchronous = FULL')
    database.exec('BEGIN IMMEDIATE')
    for (const write of writesOf({ kind: 'operator', at, action }))
      if ('sql' in write) database.prepare(write.sql).run(...write.values)
    database.exec('COMMIT')
  } finally {
    database.close()
  }
}
