/**
 * What Up and Down are worth when the price walks like a geometric Brownian motion until the end and one last price decides: N(d2). It knows nothing of
 * averages; `settlement.ts` does.
 */
import { dollarsForProbability, type PriceE18 } from '../domain/price.ts'
import { normalCdf } from './normal.ts'

export type FairValue = {
  readonly yes: number
  readonly no: number
  /** 1 when the volatility's own doubt moves nothing, 0 when it moves everything. */
  readonly confidence: number
}

export type FairValueInput = {
  readonly price: PriceE18
  readonly strike: PriceE18
  /** Per square root of a second, as a share of the price; and the standard deviation of that, as a share of it. */
  readonly sigma: number
  readonly sigmaError: number
  readonly leftSec: number
}

const Z_95 = 1.959963984540054

export function fairValue(input: FairValueInput): FairValue {
  const yes = upChance(input, input.sigma)
  const spread = Math.min(1, Z_95 * input.sigmaError)
  const calm = upChance(input, input.sigma * (1 - spread))
  const wild = upChance(input, input.sigma * (1 + spread))
  return { yes, no: 1 - yes, confidence: 1 - Math.abs(calm - wild) }
}

function upChance({ price, strike, leftSec }: FairValueInput, sigma: number): number {
  const deviation = sigma * Math.sqrt(Math.max(0, leftSec))
  // A tie is Up, and without time or moves nothing is left to chance.
  if (deviation === 0) return price >= strike ? 1 : 0
  // The difference is exact before it becomes a float: the logarithm of a quotient near one would lose it.
  const ahead = Math.log1p(dollarsForProbability(price - strike) / dollarsForProbability(strike))
  return normalCdf(ahead / deviation - deviation / 2)
}
