/**
 * Takers made up for a book whose trades nobody tells: a base rate, more where there is more to take, and noise. They come at the best price and work their
 * way down; an order of ours is only reached when everything better is gone.
 */
import type { Random } from '../random.ts'

export type FlowSettings = {
  /** Shares a second that come to each side in any case. */
  readonly base: number
  /** ... and this share of what waits at the best price. */
  readonly depthShare: number
  /** How wildly it varies: the standard deviation of its logarithm. */
  readonly noise: number
}

/** Millionths of a share that come to one side within so many seconds. */
export function flowOf(
  { base, depthShare, noise }: FlowSettings,
  bestSize: number,
  seconds: number,
  random: Random,
): number {
  const mean = (base * 1_000_000 + depthShare * bestSize) * seconds
  // Its mean is the mean: a log-normal with its middle moved down by half its variance.
  return mean <= 0
    ? 0
    : Math.floor(mean * random.logNormal(1, noise) * Math.exp(-(noise * noise) / 2))
}
