/** By how much the settlement source lies above an exchange, from seconds in which both said a price: the mean of the last ones, and their spread. */
import { invariant } from '../domain/invariant.ts'
import { dollarsForProbability, type PriceE18 } from '../domain/price.ts'

export type BasisEstimate = {
  /** To be added to the exchange's price. Whole 10^-18 dollars. */
  readonly offset: bigint
  /** The standard deviation of one corrected price, in dollars. */
  readonly error: number
  readonly samples: number
}

export type Basis = {
  /** Prices of one second. Seconds that are not newer than the last are left out. */
  add(sec: number, settlement: PriceE18, exchange: PriceE18): void
  /** Null until there are enough. Older ones than the window do not count. */
  at(sec: number): BasisEstimate | null
}

type Sample = { readonly sec: number; readonly offset: bigint }

const WINDOW_SEC = 60
const SAMPLES_MIN = 10

export function createBasis(windowSec = WINDOW_SEC): Basis {
  invariant(windowSec >= SAMPLES_MIN, `a basis needs ${SAMPLES_MIN} seconds, got ${windowSec}`)
  let samples: Sample[] = []
  /** Asked for many times in a second, and only a new sample or another second changes it. */
  let kept: { readonly sec: number; readonly estimate: BasisEstimate | null } | null = null
  return {
    add(sec, settlement, exchange) {
      const last = samples.at(-1)
      if (last !== undefined && sec <= last.sec) return
      samples = samples.filter((one) => one.sec > sec - windowSec)
      samples.push({ sec, offset: settlement - exchange })
      kept = null
    },
    at(sec) {
      if (kept === null || kept.sec !== sec)
        kept = { sec, estimate: estimateOf(samples.filter((one) => one.sec > sec - windowSec)) }
      return kept.estimate
    },
  }
}

function estimateOf(young: readonly Sample[]): BasisEstimate | null {
  if (young.length < SAMPLES_MIN) return null
  const offset = young.reduce((sum, one) => sum + one.offset, 0n) / BigInt(young.length)
  let squares = 0
  for (const one of young) {
    const off = dollarsForProbability(one.offset - offset)
    squares += off * off
  }
  const error = Math.sqrt(squares / (young.length - 1))
  return { offset, error, samples: young.length }
}
