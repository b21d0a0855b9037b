/** 95 % intervals of what a study counts: of a sum over groups that may be alike inside, and of the difference of two rates on the same windows. */

export type Interval = { readonly low: number; readonly high: number }
export type Estimate = Interval & { readonly value: number }

const Z_95 = 1.959963984540054

/** The sum of values that are independent of each other. An interval needs two. */
export function sumOf(values: readonly number[]): Estimate {
  const count = values.length
  let value = 0
  for (const one of values) value += one
  if (count < 2) return { value, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }
  const mean = value / count
  let squares = 0
  for (const one of values) squares += (one - mean) * (one - mean)
  const half = Z_95 * Math.sqrt((squares * count) / (count - 1))
  return { value, low: value - half, high: value + half }
}

/**
 * How much more often the first is right than the second, from the windows in which only one of them is. Half a window is added to each of four cells,
 * so that two rules that never differ are not called equal for sure.
 */
export function pairedDifference(
  onlyFirst: number,
  onlySecond: number,
  windows: number,
): Estimate | null {
  if (windows === 0) return null
  const count = windows + 2
  const [first, second] = [onlyFirst + 0.5, onlySecond + 0.5]
  const middle = (first - second) / count
  const half = (Z_95 * Math.sqrt((first + second) / count - middle * middle)) / Math.sqrt(count)
  return { value: (onlyFirst - onlySecond) / windows, low: middle - half, high: middle + half }
}
