/** Which of some windows a ledger has settled, however long ago. */
import Database from 'libsql'
import type { ConditionId } from '../domain/ids.ts'

export function settledAmong(path: string, asked: Iterable<ConditionId>): ConditionId[] {
  const database = new Database(path, { readonly: true } as Database.Options)
  try {
    const one = database.prepare('SELECT 1 FROM settlements WHERE condition_id = ?')
    return [...new Set(asked)].filter((id) => one.get(id) !== undefined)
  } finally {
    database.close()
  }
}
