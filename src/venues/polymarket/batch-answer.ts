/**
 * What the venue's answer to several orders in one request means for each of them, in the order in which they were sent. It counts only where it is
 * certain which entry speaks of which order: an answer of another length, or one in which an entry names another order than the one at its place, is
 * no answer to any of them.
 */
import type { WireAnswer } from '../../net/order-wire.ts'
import { type OrderAnswer, readOrderAnswer, readOrderEntry } from './order-answer.ts'

/** The most that the venue takes in one request. */
export const BATCH_ORDERS_MAX = 15
/** Statuses with which the request is turned away before anybody looks at an order in it. A 400 or a 500 may be about one order only. */
const TURNED_AWAY_WHOLE = [401, 403, 413, 425, 429, 503]
const ORDER_ID = /0x[0-9a-f]{64}/gi

export function readBatchAnswer(answer: WireAnswer, venueIds: readonly string[]): OrderAnswer[] {
  if (answer.kind === 'lost') return venueIds.map(() => readOrderAnswer(answer))
  const { status, body } = answer
  if (status !== 200) return venueIds.map(() => readWhole(answer, status))
  const entries = listIn(body)
  if (entries === null || entries.length !== venueIds.length)
    return doubtful(venueIds, 'the answer is not one entry for each order')
  if (!entries.every((entry, at) => speaksOf(entry, venueIds[at] as string)))
    return doubtful(venueIds, 'the answer names another order than the one at its place')
  return entries.map(readOrderEntry)
}

function readWhole(answer: WireAnswer, status: number): OrderAnswer {
  const read = readOrderAnswer(answer)
  if (read.kind === 'unknown') return read
  if (read.kind === 'refused' && TURNED_AWAY_WHOLE.includes(status)) return read
  const said = 'reason' in read ? read.reason : `HTTP ${status}`
  return { kind: 'unknown', reason: `of several orders the venue said: ${said}` }
}

function doubtful(venueIds: readonly string[], reason: string): OrderAnswer[] {
  return venueIds.map(() => ({ kind: 'unknown', reason }))
}

/** It may name none: what is refused often has no id. */
function speaksOf(entry: unknown, venueId: string): boolean {
  const { orderID = '', errorMsg = '' } = (entry ?? {}) as Readonly<Record<string, unknown>>
  const isOurs = (id: string): boolean => id.toLowerCase() === venueId.toLowerCase()
  const named = String(errorMsg).match(ORDER_ID) ?? []
  return (orderID === '' || orderID === null || isOurs(String(orderID))) && named.every(isOurs)
}

function listIn(body: string): readonly unknown[] | null {
  try {
    const json: unknown = JSON.parse(body)
    return Array.isArray(json) ? json : null
  } catch {
    // A web page, or half an answer.
    return null
  }
}
