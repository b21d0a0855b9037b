/** A JSON line of the bot's log as a person reads it: windows by name, amounts in dollars, no id longer than one can compare. */
import { outcomeWords, type SubmitOutcome } from '../domain/order.ts'
import type { Check } from '../domain/strategy.ts'
import { dollars, exactDollars, shares } from './amounts.ts'
import { shortened } from './text-table.ts'

/** What the log itself says of ids: the window of a condition, the side of a token. */
export type KnownIds = {
  windowOf(conditionId: string): string | null
  sideOf(token: string): string | null
}

type Fields = Readonly<Record<string, unknown>>

const HIDDEN_FIELDS = new Set(['time', 'level', 'msg', 'pid', 'venue', 'mode'])
const CONDITION_FIELDS = new Set(['conditionId', 'condition_id'])
const DOLLAR_FIELDS = new Set(['cash', 'spend', 'pnl'])
/** Where a line has one of these, the id beside it says nothing more. */
const NAME_FIELDS = ['slug', 'ticker'] as const
const LONG_ID = /\b0x[0-9a-fA-F]{40,}\b|\b\d{30,}\b/g

/** A line that is not JSON is shown as it is: it may be the very thing one looks for. */
export function readableLine(line: string, ids: KnownIds): string {
  let data: Fields
  try {
    data = JSON.parse(line) as Fields
  } catch {
    return line
  }
  if (typeof data !== 'object' || data === null) return line
  const named = NAME_FIELDS.some((name) => typeof data[name] === 'string')
  const rest = Object.entries(data)
    .filter(([key]) => !HIDDEN_FIELDS.has(key) && !(named && CONDITION_FIELDS.has(key)))
    .map(([key, value]) => field(key, value, ids))
  const level = String(data['level']).toUpperCase().padEnd(5)
  const message = withoutLongIds(String(data['msg']), ids)
  return `${String(data['time'])}  ${level}  ${message}  ${rest.join(' ')}`.trimEnd()
}

function field(key: string, value: unknown, ids: KnownIds): string {
  if (CONDITION_FIELDS.has(key)) {
    const window = ids.windowOf(String(value))
    return window === null ? `${key}=${shortened(String(value))}` : `slug=${window}`
  }
  if (key === 'token') return `token=${ids.sideOf(String(value)) ?? shortened(String(value))}`
  if (DOLLAR_FIELDS.has(key) && typeof value === 'string')
    return `${key}=${exactDollars(value)} USD`
  if (key === 'outcome' && isRecord(value)) return `outcome=${outcomeText(value as SubmitOutcome)}`
  if (key === 'checks' && Array.isArray(value)) return `checks=${checksText(value as Check[])}`
  if (key === 'error' && isRecord(value)) return `error=${quoted(String(value['message']), ids)}`
  return `${key}=${typeof value === 'string' ? quoted(value, ids) : withoutLongIds(JSON.stringify(value), ids)}`
}

function outcomeText(outcome: SubmitOutcome): string {
  return outcome.state === 'filled'
    ? `"filled ${shares(outcome.shares)} for ${dollars(outcome.cost)}, fee ${dollars(outcome.fee)}"`
    : `"${outcome.state}: ${outcomeWords(outcome)}"`
}

function checksText(checks: readonly Check[]): string {
  const refused = checks.filter(({ ok }) => !ok).map(({ name }) => name)
  return refused.length === 0
    ? `"all ${checks.length} ok"`
    : `"${refused.join(', ')} of ${checks.length} refused"`
}

/** A text of several words is held together. */
function quoted(text: string, ids: KnownIds): string {
  const clean = withoutLongIds(text, ids)
  return /\s/.test(clean) ? `"${clean}"` : clean
}

function withoutLongIds(text: string, ids: KnownIds): string {
  return text.replace(LONG_ID, (id) => ids.windowOf(id) ?? shortened(id))
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
