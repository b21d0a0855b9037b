/** What the venue's answer to a withdrawal means for one order. Whatever is not a clear word about that order says nothing. */
import { z } from 'zod'
import type { WireAnswer } from '../../net/order-wire.ts'

export type CancelAnswer =
  /** It rests no more. What was taken of it before is to be asked for. */
  | { readonly kind: 'withdrawn' }
  /** It was not there to be withdrawn: gone already, or not yet there. */
  | { readonly kind: 'not_there'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string }

const answered = z.object({
  canceled: z.array(z.string()).nullish(),
  not_canceled: z.record(z.string(), z.unknown()).nullish(),
})
const SHOWN_CHARS = 200

export function readCancelAnswer(answer: WireAnswer, venueId: string): CancelAnswer {
  if (answer.kind === 'lost') return { kind: 'unknown', reason: answer.reason }
  const { status, body } = answer
  if (status !== 200) return { kind: 'unknown', reason: `HTTP ${status}: ${shown(body)}` }
  const parsed = answered.safeParse(parse(body))
  if (!parsed.success) return { kind: 'unknown', reason: shown(body) }
  const isOurs = (id: string): boolean => id.toLowerCase() === venueId.toLowerCase()
  if (parsed.data.canceled?.some(isOurs) === true) return { kind: 'withdrawn' }
  const [, reason] = Object.entries(parsed.data.not_canceled ?? {}).find(([id]) => isOurs(id)) ?? []
  if (reason === undefined) return { kind: 'unknown', reason: 'it does not speak of this order' }
  return { kind: 'not_there', reason: String(reason) }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    // Not the venue's word.
    return null
  }
}

function shown(body: string): string {
  return body.trimStart().startsWith('<') ? 'a web page' : body.slice(0, SHOWN_CHARS)
}
