/**
 * What the venue's answer to an order means. There are only five meanings, and the dangerous mistake is to call something dead that may live:
 * whatever is not a clear word of the venue is `unknown` and has to be asked for.
 */
import { z } from 'zod'
import { parseUsdc } from '../../domain/units.ts'
import type { WireAnswer } from '../../net/order-wire.ts'

export type OrderAnswer =
  /** Amounts in millionths: dollars spent without the fee, and shares. */
  | {
      readonly kind: 'matched'
      readonly venueId: string
      readonly spent: number
      readonly shares: number
      readonly tradeIds: readonly string[]
    }
  /** The venue looked and killed it. */
  | { readonly kind: 'killed'; readonly reason: string }
  /** The venue did not take it, or it never left this machine. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string }

const accepted = z.object({
  success: z.literal(true),
  errorMsg: z.string().nullish(),
  orderID: z.string(),
  status: z.string(),
  makingAmount: z.string().nullish(),
  takingAmount: z.string().nullish(),
  tradeIDs: z.array(z.string()).nullish(),
})
const refusal = z.object({
  error: z.union([z.string(), z.object({}).loose()]).optional(),
  errorMsg: z.string().optional(),
})

/** A whole number this large is no amount of dollars of ours: some examples of the documentation count in millionths. */
const BASE_UNITS_FROM = 100_000
const SHOWN_CHARS = 200

const KILLED = [
  "couldn't be fully filled",
  'fok orders are filled or killed',
  'no orders found to match',
  'there are no matching orders',
]
/** The venue says that it did not place it. */
const NOT_PLACED = ['order timed out']

export function readOrderAnswer(answer: WireAnswer): OrderAnswer {
  if (answer.kind === 'lost') {
    return answer.unsent
      ? { kind: 'refused', reason: `it was not sent: ${answer.reason}` }
      : { kind: 'unknown', reason: `no answer came: ${answer.reason}` }
  }
  const { status, body } = answer
  const json = parse(body)
  if (status === 200) return readAccepted(json, body)
  return readRefusal(status, json, body)
}

function readAccepted(json: unknown, body: string): OrderAnswer {
  const parsed = accepted.safeParse(json)
  if (!parsed.success) {
    const said = errorOf(json)
    if (said !== null && isSuccessFalse(json)) return { kind: 'refused', reason: said }
    return { kind: 'unknown', reason: `an answer that cannot be read: ${shown(body)}` }
  }
  const { orderID, errorMsg, status, makingAmount, takingAmount, tradeIDs } = parsed.data
  // An answer without an id and with a complaint is the venue's way to refuse politely.
  if (orderID === '' && errorMsg) return refused(errorMsg)
  if (status !== 'matched') return { kind: 'unknown', reason: `the venue answered "${status}"` }
  const spent = amountOf(makingAmount)
  const shares = amountOf(takingAmount)
  if (spent === null || shares === null || spent === 0 || shares === 0)
    return { kind: 'unknown', reason: 'matched, without amounts that can be read' }
  return { kind: 'matched', venueId: orderID, spent, shares, tradeIds: tradeIDs ?? [] }
}

function readRefusal(status: number, json: unknown, body: string): OrderAnswer {
  const said = errorOf(json)
  if (said === null) {
    // A page instead of JSON comes from something in front of the venue, which never saw the order; unless it gave up waiting for it.
    if (status === 403 || status === 425 || status === 429 || status === 401)
      return { kind: 'refused', reason: `HTTP ${status}: ${shown(body)}` }
    return { kind: 'unknown', reason: `HTTP ${status}: ${shown(body)}` }
  }
  if (status < 500) return refused(said, status)
  const lower = said.toLowerCase()
  if (KILLED.some((words) => lower.includes(words))) return { kind: 'killed', reason: said }
  if (status === 503 || NOT_PLACED.some((words) => lower.includes(words)))
    return { kind: 'refused', reason: `HTTP ${status}: ${said}` }
  return { kind: 'unknown', reason: `HTTP ${status}: ${said}` }
}

function refused(said: string, status = 200): OrderAnswer {
  const lower = said.toLowerCase()
  if (KILLED.some((words) => lower.includes(words))) return { kind: 'killed', reason: said }
  // It is there already: sent before, or by somebody with our key.
  if (lower.includes('duplicated') || lower.includes('already exists'))
    return { kind: 'unknown', reason: said }
  if (lower.includes('delayed')) return { kind: 'unknown', reason: said }
  return { kind: 'refused', reason: status === 200 ? said : `HTTP ${status}: ${said}` }
}

function amountOf(text: string | null | undefined): number | null {
  if (text === null || text === undefined || text === '') return null
  const value = parseUsdc(text)
  if (value === null) return null
  return /^\d+$/.test(text) && Number(text) >= BASE_UNITS_FROM ? Number(text) : value
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    // A web page, or half an answer: the caller judges by the status.
    return null
  }
}

function errorOf(json: unknown): string | null {
  const parsed = refusal.safeParse(json)
  if (!parsed.success) return null
  const { error, errorMsg } = parsed.data
  const said =
    typeof error === 'string' ? error : error === undefined ? errorMsg : JSON.stringify(error)
  return said === undefined || said === '' ? null : said
}

function isSuccessFalse(json: unknown): boolean {
  return (json as { success?: unknown } | null)?.success === false
}

function shown(body: string): string {
  const text = body.trimStart().startsWith('<') ? 'a web page' : body.slice(0, SHOWN_CHARS)
  return text === '' ? 'an empty body' : text
}
