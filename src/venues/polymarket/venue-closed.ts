/** Answers to an order that speak of the venue and not of the order: it takes none for a while, and often says for how long. */
import type { WireAnswer } from '../../net/order-wire.ts'

/** Where the venue does not say. */
const DEFAULT_SEC = 30
const MIN_SEC = 1
const MAX_SEC = 600

export type Closure = { readonly seconds: number; readonly reason: string }

export function closureOf(answer: WireAnswer): Closure | null {
  if (answer.kind === 'lost') return null
  const reason = reasonOf(answer)
  if (reason === null) return null
  const said = secondsOf(answer.headers['retry-after']) ?? inBody(answer.body)
  return { seconds: Math.min(Math.max(said ?? DEFAULT_SEC, MIN_SEC), MAX_SEC), reason }
}

function reasonOf({ status, body }: Extract<WireAnswer, { kind: 'answer' }>): string | null {
  if (status === 425) return 'its matching engine restarts'
  if (status !== 503) return null
  const lower = body.toLowerCase()
  if (lower.includes('post_only') || lower.includes('post-only'))
    return 'it takes only orders that rest'
  if (lower.includes('cancel-only')) return 'it takes only cancels'
  // Any other 503 may be a proxy's, and says nothing of the next order.
  return lower.includes('trading is currently disabled') ? 'its trading is switched off' : null
}

function inBody(body: string): number | null {
  try {
    const { retry_after_seconds: seconds } = JSON.parse(body) as { retry_after_seconds?: unknown }
    return secondsOf(String(seconds))
  } catch {
    return null
  }
}

function secondsOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,6}$/.test(text.trim()) ? Number(text) : null
}
