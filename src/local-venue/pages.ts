/** Lists of the CLOB in pages. The cursor is the number of rows before the page, in base 64; one of its own says that there are no more. */
import { type Ask, ok, type Reply, refusal } from './http.ts'

const START = 'MA=='
const END = 'LTE='

export function pageOf(
  rows: readonly unknown[],
  ask: Ask,
  limit: number,
  complaint: string,
): Reply {
  const cursor = ask.query.get('next_cursor') || START
  const from = Number(Buffer.from(cursor, 'base64').toString('latin1') || Number.NaN)
  if (cursor !== END && !(Number.isInteger(from) && from >= 0)) return refusal(400, complaint)
  const data = cursor === END ? [] : rows.slice(from, from + limit)
  const next = from + limit
  const isLast = cursor === END || next >= rows.length
  const nextCursor = isLast ? END : Buffer.from(String(next)).toString('base64')
  return ok({ data, next_cursor: nextCursor, limit, count: data.length })
}
