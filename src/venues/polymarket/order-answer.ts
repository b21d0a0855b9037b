/**
 * What the venue's answer to an order means. There are only six meanings, and the dangerous mistake is to call something dead that may live:
 * whatever is not a clear word of the venue is `unknown` and has to be asked for.
 */
import { z } from 'zod'
import { parseUsdc } from '../../domain/units.ts'
import type { WireAnswer } from '../../net/order-wire.ts'

export type OrderAnswer =
  /** What was given and what was had for it, in millionths; dollars without the fee. */
  | {
      readonly kind: 'matched'
      readonly venueId: string
      readonly gave: number
      readonly got: number
      readonly tradeIds: readonly string[]
    }
  /** It waits at the venue now. */
  | { readonly kind: 'waits'; readonly venueId: string }
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

/** The venue looked, and there was not enough. */
const KILLED = [
  "couldn't be fully filled",
  'fok orders are filled or killed',
  'fok_order_not_filled',
  'no orders found to match',
  'there are no matching orders',
]
/** Whatever the status says: the order is there already, may still be matched, or the one who answers stopped waiting for the one who knows. */
const MAYBE_ALIVE = [
  'duplicated',
  'already exists',
  'delay',
  'execution',
  'context',
  'deadline',
  'timeout',
  'timed out',
  'internal',
]
/** Statuses with which the venue, or what stands in front of it, turns a request away before anybody looks at it. */
const TURNED_AWAY = [400, 401, 403, 404, 413, 422, 425, 429]
/** The same statuses without a word of the venue; 400 and the like could be half an answer. */
const TURNED_AWAY_AT_THE_DOOR = [401, 403, 425, 429]
/** What the venue says of itself when it takes no orders, and that it did not place one. */
const NOT_PLACED: Readonly<Record<number, readonly string[]>> = {
  500: ['order timed out'],
  503: ['trading is currently', 'post-only mode'],
}

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

/** One entry of an answer to several orders. */
export function readOrderEntry(entry: unknown): OrderAnswer {
  return readAccepted(entry, JSON.stringify(entry))
}

function readAccepted(json: unknown, body: string): OrderAnswer {
  const parsed = accepted.safeParse(json)
  if (!parsed.success) {
    const said = errorOf(json)
    if (said !== null && isRefusal(json)) return refused(said, null)
    return { kind: 'unknown', reason: `an answer that cannot be read: ${shown(body)}` }
  }
  const { orderID, errorMsg, status, makingAmount, takingAmount, tradeIDs } = parsed.data
  if (errorMsg) {
    // An answer without an id and with a complaint is the venue's way to refuse politely; with an id there is an order.
    if (orderID === '') return refused(errorMsg, null)
    return { kind: 'unknown', reason: `the venue took it and said: ${errorMsg}` }
  }
  if (status === 'live') return { kind: 'waits', venueId: orderID }
  if (status !== 'matched') return { kind: 'unknown', reason: `the venue answered "${status}"` }
  const gave = amountOf(makingAmount)
  const got = amountOf(takingAmount)
  if (gave === null || got === null || gave === 0 || got === 0)
    return { kind: 'unknown', reason: 'matched, without amounts that can be read' }
  return { kind: 'matched', venueId: orderID, gave, got, tradeIds: tradeIDs ?? [] }
}

function readRefusal(status: number, json: unknown, body: string): OrderAnswer {
  const said = errorOf(json)
  if (said === null) {
    // A page instead of JSON comes from something in front of the venue, which never saw the order; unless it gave up waiting for it.
    const kind = TURNED_AWAY_AT_THE_DOOR.includes(status) ? 'refused' : 'unknown'
    return { kind, reason: `HTTP ${status}: ${shown(body)}` }
  }
  if (TURNED_AWAY.includes(status)) return refused(said, status)
  if (status >= 500 && includesOne(said, KILLED)) return { kind: 'killed', reason: said }
  const kind = includesOne(said, NOT_PLACED[status] ?? []) ? 'refused' : 'unknown'
  return { kind, reason: `HTTP ${status}: ${said}` }
}

/** Null is the status of an answer that was no error by HTTP. */
function refused(said: string, status: number | null): OrderAnswer {
  if (includesOne(said, KILLED)) return { kind: 'killed', reason: said }
  const reason = status === null ? said : `HTTP ${status}: ${said}`
  return { kind: includesOne(said, MAYBE_ALIVE) ? 'unknown' : 'refused', reason }
}

function includesOne(said: string, words: readonly string[]): boolean {
  const lower = said.toLowerCase()
  return words.some((word) => lower.includes(word))
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

/** It says no, and names no order. */
function isRefusal(json: unknown): boolean {
  const { success, orderID } = (json ?? {}) as { success?: unknown; orderID?: unknown }
  return success === false && (orderID === undefined || orderID === '' || orderID === null)
}

function shown(body: string): string {
  const text = body.trimStart().startsWith('<') ? 'a web page' : body.slice(0, SHOWN_CHARS)
  return text === '' ? 'an empty body' : text
}
