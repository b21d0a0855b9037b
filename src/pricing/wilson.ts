/** The 95 % interval of a rate after Wilson: honest for few trials and for rates near one. */
import { invariant } from '../domain/invariant.ts'

const Z_95 = 1.959963984540054

/** Null without a trial. */
export function wilson(
  right: number,
  count: number,
): { readonly low: number; readonly high: number } | null {
  if (count === 0) return null
  invariant(right <= count, 'more right than there were')
  const rate = right / count
  const z2 = Z_95 * Z_95
  const middle = (rate + z2 / (2 * count)) / (1 + z2 / count)
  const half =
    (Z_95 * Math.sqrt((rate * (1 - rate)) / count + z2 / (4 * count * count))) / (1 + z2 / count)
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}
