/** The query of a Gamma list: what to keep, in which order, which page. */
import type { GammaObject } from './gamma-parts.ts'

const LIMIT_DEFAULT = 20
const LIMIT_MAX = 500
const KEYSET_LIMIT_MAX = 100

/** A query that cannot be meant: Gamma says 422 and why. */
export class BadQuery extends Error {}

export function wholeNumber(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name)
  if (text === null || text === '') return otherwise
  if (!/^\d+$/.test(text)) throw new BadQuery(`${name} must be a whole number, got "${text}"`)
  return Number(text)
}

export function truth(query: URLSearchParams, name: string): boolean | null {
  const text = query.get(name)
  if (text === null || text === '') return null
  if (text === 'true' || text === '1') return true
  if (text === 'false' || text === '0') return false
  throw new BadQuery(`${name} must be true or false, got "${text}"`)
}

/** Repeated, or separated by commas. */
export function many(query: URLSearchParams, name: string): ReadonlySet<string> | null {
  const values = query.getAll(name).flatMap((value) => value.split(','))
  const given = values.map((value) => value.trim()).filter((value) => value !== '')
  return given.length === 0 ? null : new Set(given)
}

export function instant(query: URLSearchParams, name: string): number | null {
  const text = query.get(name)
  if (text === null || text === '') return null
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) throw new BadQuery(`${name} must be a date, got "${text}"`)
  return ms
}

/** Between two instants of a query, both included. */
export function within(query: URLSearchParams, name: string, ms: number): boolean {
  const least = instant(query, `${name}_min`)
  const most = instant(query, `${name}_max`)
  return (least === null || ms >= least) && (most === null || ms <= most)
}

export function ordered(
  query: URLSearchParams,
  rows: readonly GammaObject[],
): readonly GammaObject[] {
  const fields = many(query, 'order')
  const sign = truth(query, 'ascending') === false ? -1 : 1
  if (fields === null) return rows
  return [...rows].sort((a, b) => {
    for (const field of fields) {
      const order = compare(a[field], b[field])
      if (order !== 0) return order * sign
    }
    return 0
  })
}

export function paged<Row>(query: URLSearchParams, rows: readonly Row[]): readonly Row[] {
  const offset = wholeNumber(query, 'offset', 0)
  const limit = Math.min(wholeNumber(query, 'limit', LIMIT_DEFAULT), LIMIT_MAX)
  return rows.slice(offset, offset + limit)
}

/** The same list by pages that name their successor; the last page names none. */
export function keyset(
  query: URLSearchParams,
  name: 'events' | 'markets',
  list: (query: URLSearchParams) => readonly GammaObject[],
): GammaObject {
  const limit = Math.min(wholeNumber(query, 'limit', LIMIT_DEFAULT), KEYSET_LIMIT_MAX)
  const cursor = query.get('after_cursor') ?? ''
  const place = cursor === '' ? '0' : Buffer.from(cursor, 'base64url').toString()
  if (!/^\d{1,9}$/.test(place)) {
    throw new BadQuery(`after_cursor is not one that this venue gave: "${cursor}"`)
  }
  const offset = Number(place)
  const page = new URLSearchParams(query)
  page.set('offset', String(offset))
  // One more than asked for tells whether there is a next page.
  page.set('limit', String(limit + 1))
  const rows = list(page)
  const next = Buffer.from(String(offset + limit)).toString('base64url')
  return { [name]: rows.slice(0, limit), ...(rows.length > limit ? { next_cursor: next } : {}) }
}

function compare(a: unknown, b: unknown): number {
  const x = numeric(a)
  const y = numeric(b)
  if (x !== null && y !== null) return x - y
  const s = String(a ?? '')
  const t = String(b ?? '')
  return s < t ? -1 : s > t ? 1 : 0
}

/** Ids and volumes are numbers inside strings; dates are not. */
function numeric(value: unknown): number | null {
  if (typeof value === 'number') return value
  if (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)) return Number(value)
  return null
}
