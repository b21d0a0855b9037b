/**
 * Waiting for a condition, with one patience for all tests: long enough for a machine that puts a process aside for seconds and starts a program in ten.
 * What comes soon is seen soon; only what never comes costs this long.
 */
import { vi } from 'vitest'

/** Two closes of a window of the demo, and a program that starts slowly before them. */
const PATIENCE_MS = 240_000

/** Resolves with the first answer that counts as true. */
export function until<T>(look: () => T | Promise<T>, interval = 50, timeout = PATIENCE_MS) {
  return vi.waitUntil(look, { timeout, interval })
}

/** The same for what is said by expectations: the last refusal is told when they never hold. */
export function untilHolds<T>(expectations: () => T | Promise<T>, interval = 100) {
  return vi.waitFor(expectations, { timeout: PATIENCE_MS, interval })
}
