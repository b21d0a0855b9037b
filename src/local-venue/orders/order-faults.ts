/** The bad moods of orders and cancels: what is said instead of an answer, before anything is looked at and after it was done. */
import type { Faults } from '../faults.ts'
import { type Answer, refusal } from '../http.ts'

export const SLOW_MS = 3_000
const BLOCK_PAGE =
  '<!DOCTYPE html><html><head><title>Attention Required!</title></head><body>Sorry, you have been blocked</body></html>'
const RETRY_SEC = 1
const CLOSED_MS = 90_000
const POST_ONLY_MS = 120_000

/** Null lets the order in. */
export function moodBefore(faults: Faults, postOnly: boolean, nowMs: number): Answer | null {
  const restart = restartPhase(faults, nowMs)
  if (faults.strikes('order-reset-before')) return 'reset'
  if (faults.strikes('order-html')) return blocked()
  if (faults.strikes('order-429')) return tooMany()
  if (restart === 'closed' || faults.strikes('order-425')) return tooEarly()
  if (faults.strikes('order-500')) return refusal(500, 'order timed out')
  if (!postOnly && (restart === 'post-only' || faults.strikes('order-post-only'))) {
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

/** Resting orders can be taken back in post-only mode, but not while the engine is away. */
export function moodOfCancels(faults: Faults, nowMs: number): Answer | null {
  if (faults.strikes('cancel-reset-before')) return 'reset'
  if (faults.strikes('cancel-html')) return blocked()
  if (faults.strikes('cancel-429')) return tooMany()
  return restartPhase(faults, nowMs) === 'closed' || faults.strikes('order-425') ? tooEarly() : null
}

/** What is said, or not, once cancels were carried out. */
export async function afterCancels(
  { faults, later }: { readonly faults: Faults; later(afterMs: number, action: () => void): void },
  answer: Answer,
): Promise<Answer> {
  if (faults.strikes('cancel-slow')) await new Promise<void>((resolve) => later(SLOW_MS, resolve))
  return faults.strikes('cancel-reset-after') ? 'reset' : answer
}

/** Of several that are to be withdrawn, or placed, those that are where the venue does half its work. */
export function partOf<Item>(isPart: boolean, items: readonly Item[]): readonly Item[] {
  return isPart && items.length > 1 ? items.filter((_item, at) => at % 2 === 0) : items
}

function blocked(): Answer {
  const headers = { 'Content-Type': 'text/html; charset=utf-8' }
  return { status: 403, body: BLOCK_PAGE, headers }
}

function tooMany(): Answer {
  return { ...refusal(429, 'Too Many Requests'), headers: { 'Retry-After': String(RETRY_SEC) } }
}

function tooEarly(): Answer {
  return { ...refusal(425, 'Too Early'), headers: { 'Retry-After': String(RETRY_SEC) } }
}

/** Where a restart of the engine stands that was set as a fault. */
function restartPhase(faults: Faults, nowMs: number): 'closed' | 'post-only' | null {
  const set = faults.list().find(({ name }) => name === 'engine-restart')
  if (set === undefined) return null
  const passedMs = nowMs - (set.sinceMs ?? nowMs)
  if (passedMs < CLOSED_MS) return 'closed'
  return passedMs < CLOSED_MS + POST_ONLY_MS ? 'post-only' : null
}
