/**
 * News moves a price further in one second than its usual moves add up to. A normal calls such a second impossible, and a share at 99 cents lives on what
 * is impossible. Such moves are rare; their sizes fall off with the third power.
 */
import type { Walk } from './span-estimate.ts'

export type Jumps = {
  /** Jumps in a second of at least `size`, of either sign. */
  readonly perSec: number
  /** So many at worst. */
  readonly perSecHigh: number
  /** As a share of the price. */
  readonly size: number
}

/**
 * Between two recorded days of bitcoin: of their one-second moves 99 in 100 were below 2.7 and 1.5 basis points, the largest were 17 and 11, which puts a
 * move of four at once in 400 and once in 2,700 seconds. The restless day is the worst that is assumed.
 */
export const USUAL_JUMPS: Jumps = { perSec: 0.001, perSecHigh: 0.0024, size: 0.0004 }

/**
 * The chance of a flip when a jump may come in any second of the walk. `distance` is how far away the flip is, counted in jumps of one print. A jump may turn
 * the outcome with one of its two signs; where the usual moves turn it more often than that it adds nothing.
 */
export function withJumps(usual: number, walk: Walk, distance: number, perSec: number): number {
  const expected = perSec * walk.seconds
  if (expected === 0) return usual
  const anyJump = Math.min(1, expected)
  const far = distance * distance * distance * walk.seconds
  const reaches = far <= walk.cubes ? 1 : walk.cubes / far
  return usual + anyJump * Math.max(0, reaches / 2 - usual)
}
