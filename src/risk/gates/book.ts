/** Whether each book is one to believe: there, whole, fresh, not crossed, and so for a while. */
import type { Check, TokenView } from '../../domain/strategy.ts'
import { MICROS_PER_MS } from '../../domain/units.ts'
import type { Limits } from '../limits.ts'
import { check } from './check.ts'
import type { BookPast, WorldGate } from './gate.ts'
import type { GateSettings } from './settings.ts'

const ASKS = 'is whole, fresh and uncrossed, and has been heard without a loss for a while'
const SETTINGS = ['limits.maxBookAgeMs', 'gates.bookWholeSec']
const ALWAYS = 'a price that is not there is no price; only the while can be switched off'

export const bookUp: WorldGate = {
  name: 'BOOK_UP',
  asks: `the book of Up ${ASKS}`,
  settings: SETTINGS,
  always: ALWAYS,
  judge: ({ up, upPast, crossed, limits, gates }) =>
    bookCheck('BOOK_UP', up, upPast, crossed, limits, gates),
}

export const bookDown: WorldGate = {
  name: 'BOOK_DOWN',
  asks: `the book of Down ${ASKS}`,
  settings: SETTINGS,
  always: ALWAYS,
  judge: ({ down, downPast, crossed, limits, gates }) =>
    bookCheck('BOOK_DOWN', down, downPast, crossed, limits, gates),
}

function bookCheck(
  name: string,
  book: TokenView,
  past: BookPast,
  crossed: boolean,
  limits: Limits,
  { bookWholeMicros }: GateSettings,
): Check {
  const maxAge = limits.maxBookAgeMs * MICROS_PER_MS
  const margin = book.ageMicros === null ? null : maxAge - book.ageMicros
  if (book.state !== 'live') {
    const why = book.state === 'absent' ? 'there is no book' : 'the book disagrees with the venue'
    return check(name, false, margin, 'micros', '', why)
  }
  if (crossed) return check(name, false, margin, 'micros', '', 'the book is crossed')
  if (margin === null || margin < 0)
    return check(name, false, margin, 'micros', '', 'the book is stale')
  const since = bookWholeMicros === null ? margin : (past.wholeMicros ?? 0) - bookWholeMicros
  return check(
    name,
    since >= 0,
    Math.min(margin, since),
    'micros',
    'the book is whole and fresh',
    'the book has not been whole for long enough',
  )
}
