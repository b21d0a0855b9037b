/** How lively an asset is, against itself: a volatility that is calm for one is wild for another. */

export const REGIMES = ['calm', 'usual', 'wild'] as const
export type Regime = (typeof REGIMES)[number]

/** The windows whose middle one is the measure. */
export const SIGMAS_KEPT = 100
/** With fewer nobody knows what is usual. */
const RECENT_MIN = 10
/** Of the middle one. Plain thresholds, not fitted to anything. */
const CALM_BELOW = 0.7
const WILD_ABOVE = 1.5

/** `before` are the volatilities of the windows of the same asset that came before, so that a window is judged by nothing that came after it. */
export function regimeOf(sigma: number, before: readonly number[]): Regime {
  const recent = before.slice(-SIGMAS_KEPT).sort((a, b) => a - b)
  if (recent.length < RECENT_MIN) return 'usual'
  const middle = recent[Math.floor(recent.length / 2)] as number
  if (sigma < CALM_BELOW * middle) return 'calm'
  return sigma > WILD_ABOVE * middle ? 'wild' : 'usual'
}
