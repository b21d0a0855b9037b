/** Wilson's interval of a rate: honest for few observations and for rates near one. */
import { invariant } from '../domain/invariant.ts'

const Z_95 = 1.959963984540054

export type Interval95 = { readonly low: number; readonly high: number }

/** Counts may be fractions: half a win, or observations that count for less. Of nothing nothing is known. */
export function wilson(successes: number, count: number): Interval95 {
  if (count === 0) return { low: 0, high: 1 }
  invariant(successes <= count * (1 + 1e-9) && successes >= 0, 'a rate outside of 0 to 1')
  const rate = Math.min(1, successes / count)
  const z2 = Z_95 * Z_95
  const middle = (rate + z2 / (2 * count)) / (1 + z2 / count)
  const half =
    (Z_95 * Math.sqrt((rate * (1 - rate)) / count + z2 / (4 * count * count))) / (1 + z2 / count)
  // At the ends the rate itself is the bound, which a float may miss by its last digit.
  return {
    low: Math.max(0, Math.min(rate, middle - half)),
    high: Math.min(1, Math.max(rate, middle + half)),
  }
}
