/** The normal distribution to the last digits of a float, also far out: the chance of a flip is a tail, and one in a million must not read as none. */

const HALF_LOG_TAU = 0.9189385332046727
/** Below it the series is quick, above it the fraction. */
const SERIES_MAX = 3
const FRACTION_DEPTH = 80

export function normalDensity(score: number): number {
  return Math.exp(-(score * score) / 2 - HALF_LOG_TAU)
}

/** The chance of a standard normal below the score. */
export function normalCdf(score: number): number {
  return score < 0 ? upperTail(-score) : 1 - upperTail(score)
}

/** The chance above a score that is not negative. */
function upperTail(score: number): number {
  const density = normalDensity(score)
  if (density === 0) return 0
  return score < SERIES_MAX ? 0.5 - density * oddSeries(score) : density * millsRatio(score)
}

/** x + x^3/3 + x^5/(3*5) + ... */
function oddSeries(score: number): number {
  let term = score
  let sum = score
  for (let odd = 3; term > sum * 1e-17; odd += 2) {
    term *= (score * score) / odd
    sum += term
  }
  return sum
}

/** 1/(x + 1/(x + 2/(x + 3/(x + ...)))), from the inside out. */
function millsRatio(score: number): number {
  let rest = score
  for (let depth = FRACTION_DEPTH; depth >= 1; depth -= 1) rest = score + depth / rest
  return 1 / rest
}
