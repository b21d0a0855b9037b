/** The bad moods of POST /order: what is said instead of an answer, before the order is looked at and after it was taken. */
import type { Faults } from '../faults.ts'
import { type Answer, refusal } from '../http.ts'

export const SLOW_MS = 3_000
const BLOCK_PAGE =
  '<!DOCTYPE html><html><head><title>Attention Required!</title></head><body>Sorry, you have been blocked</body></html>'
const RETRY_SEC = 1

/** Null lets the order in. */
export function moodBefore(faults: Faults, postOnly: boolean): Answer | null {
  if (faults.strikes('order-reset-before')) return 'reset'
  if (faults.strikes('order-html')) return { status: 403, body: BLOCK_PAGE }
  if (faults.strikes('order-429'))
    return { ...refusal(429, 'Too Many Requests'), headers: { 'Retry-After': String(RETRY_SEC) } }
  if (faults.strikes('order-425'))
    return { ...refusal(425, 'Too Early'), headers: { 'Retry-After': String(RETRY_SEC) } }
  if (faults.strikes('order-500')) return refusal(500, 'order timed out')
  if (!postOnly && faults.strikes('order-post-only')) {
    return {
      status: 503,
      body: {
        error: 'post-only mode: only post-only orders and cancels are allowed',
        code: 'post_only_mode',
        retry_after_seconds: RETRY_SEC,
      },
      headers: { 'Retry-After': String(RETRY_SEC) },
    }
  }
  return null
}
