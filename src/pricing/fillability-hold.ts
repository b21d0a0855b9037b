/**
 * What being held costs, from the chance alone: as `odds.ts` has it, for windows of which no more is kept than how likely the side was. The window is
 * taken to settle on an average, which is the dearer case: the fewer prints are still to come, the more of them moves together.
 */
import { normalCdf, normalDensity } from './normal.ts'
import { MEAN_SIZE, WARY } from './odds.ts'

const SCORE_MAX = 6
const STEP = 0.01

let chances: number[] | null = null

/** How dense the outcomes lie at the border, for a side that is this likely. */
export function densityOf(chance: number): number {
  const tail = Math.max(chance, 1 - chance)
  chances ??= Array.from({ length: SCORE_MAX / STEP + 1 }, (_, at) => normalCdf(at * STEP))
  let low = 0
  let high = chances.length
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if ((chances[middle] as number) <= tail) low = middle
    else high = middle
  }
  return normalDensity(low * STEP)
}

/** As probability; multiplied with the density, which is the window's own. */
export function holdFactor(leftSec: number, holdSec: number): number {
  return WARY * MEAN_SIZE * Math.min(1, Math.sqrt((3 * holdSec) / leftSec))
}
