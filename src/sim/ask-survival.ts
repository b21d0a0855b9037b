/**
 * How long the favourite still has somebody who sells it. Near the close the sellers of the side that is winning go away,
 * and after it there is none; when they go decides whether a late buyer gets anything.
 */

/** A share of windows whose favourite still has an ask with so many seconds left; from far to near, falling. */
type SurvivalPoint = readonly [secondsLeft: number, share: number]
export type SurvivalCurve = readonly SurvivalPoint[]

/** Counted in 203 windows of BTC 5m in July 2026: 148 at T-40, 128 at T-25, 95 at T-10, 15 at T-1, none after T+2. */
export const MEASURED_SURVIVAL: SurvivalCurve = [
  [66, 1],
  [60, 0.8],
  [40, 148 / 203],
  [25, 128 / 203],
  [10, 95 / 203],
  [1, 15 / 203],
  [-2, 0],
]

/** Kinder than the real venue on purpose: about half of the windows can still be bought a second before the close. */
export const LINGERING_SURVIVAL: SurvivalCurve = [
  [66, 1],
  [40, 0.97],
  [25, 0.92],
  [10, 0.8],
  [1, 0.55],
  [-2, 0],
]

/** With how many seconds left the asks are gone, for a uniform draw. A draw near 0 keeps them to the end. */
export function askGoneAt(curve: SurvivalCurve, draw: number): number {
  for (let at = 1; at < curve.length; at += 1) {
    const [nearLeft, nearShare] = curve[at] as SurvivalPoint
    if (draw < nearShare) continue
    const [farLeft, farShare] = curve[at - 1] as SurvivalPoint
    if (farShare === nearShare) return nearLeft
    return nearLeft + ((draw - nearShare) / (farShare - nearShare)) * (farLeft - nearLeft)
  }
  return (curve.at(-1) as SurvivalPoint)[0]
}
