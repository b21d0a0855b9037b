/** Orders a second of one key: a bucket of tokens, as the venue counts for its standard tier. */
import { type Reply, refusal } from '../http.ts'

const PER_SEC = 40
const BURST = 60
const TIER = 'standard'

export type RateLimit = {
  /** Null when there were enough tokens; they are gone then. */
  spend(key: string, cost: number): Reply | null
  headers(key: string): Readonly<Record<string, string>>
}

export function createRateLimit(nowMs: () => number): RateLimit {
  const buckets = new Map<string, { tokens: number; atMs: number }>()

  function filled(key: string): { tokens: number; atMs: number } {
    const atMs = nowMs()
    const bucket = buckets.get(key) ?? { tokens: BURST, atMs }
    bucket.tokens = Math.min(BURST, bucket.tokens + ((atMs - bucket.atMs) / 1_000) * PER_SEC)
    bucket.atMs = atMs
    buckets.set(key, bucket)
    return bucket
  }

  function headers(key: string): Record<string, string> {
    const { tokens, atMs } = filled(key)
    return {
      'Poly-RateLimit-Remaining': String(Math.floor(tokens)),
      'Poly-RateLimit-Reset': String(Math.ceil(atMs / 1_000 + (BURST - tokens) / PER_SEC)),
      'Poly-RateLimit-Tier': TIER,
    }
  }

  return {
    headers,
    spend(key, cost) {
      const bucket = filled(key)
      if (bucket.tokens >= cost) {
        bucket.tokens -= cost
        return null
      }
      const waitSec = Math.ceil((cost - bucket.tokens) / PER_SEC)
      return {
        ...refusal(429, 'Too Many Requests'),
        headers: { ...headers(key), 'Retry-After': String(waitSec) },
      }
    },
  }
}
