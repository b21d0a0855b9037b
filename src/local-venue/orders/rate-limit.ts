/** Orders or cancels a second of one key: a bucket of tokens, as the venue counts for its standard tier. */
import { type Reply, refusal } from '../http.ts'

export type Bucket = { readonly perSec: number; readonly burst: number }
export const ORDERS: Bucket = { perSec: 40, burst: 60 }
export const CANCELS: Bucket = { perSec: 80, burst: 120 }
export const TIER = 'standard'

export type RateLimit = {
  /** Null when there were enough tokens, or at least so many; all that it costs are gone then. */
  spend(key: string, cost: number, least?: number): Reply | null
  headers(key: string): Readonly<Record<string, string>>
}

export function createRateLimit(nowMs: () => number, { perSec, burst }: Bucket): RateLimit {
  const buckets = new Map<string, { tokens: number; atMs: number }>()

  function filled(key: string): { tokens: number; atMs: number } {
    const atMs = nowMs()
    const bucket = buckets.get(key) ?? { tokens: burst, atMs }
    bucket.tokens = Math.min(burst, bucket.tokens + ((atMs - bucket.atMs) / 1_000) * perSec)
    bucket.atMs = atMs
    buckets.set(key, bucket)
    return bucket
  }

  function headers(key: string): Record<string, string> {
    const { tokens, atMs } = filled(key)
    return {
      'Poly-RateLimit-Remaining': String(Math.floor(tokens)),
      'Poly-RateLimit-Reset': String(Math.ceil(atMs / 1_000 + (burst - tokens) / perSec)),
      'Poly-RateLimit-Tier': TIER,
    }
  }

  return {
    headers,
    spend(key, cost, least = cost) {
      const bucket = filled(key)
      // More than a full bucket holds is let through once it is full, and owed.
      if (bucket.tokens >= Math.min(least, burst)) {
        bucket.tokens -= cost
        return null
      }
      const waitSec = Math.ceil((least - bucket.tokens) / perSec)
      return {
        ...refusal(429, 'Too Many Requests'),
        headers: { ...headers(key), 'Retry-After': String(waitSec) },
      }
    },
  }
}
