/**
 * The price of an asset in whole 10^-18 dollars: what windows are settled on is compared at this accuracy, so it is never rounded. Floats
 * begin where probability begins.
 */
import { isPositiveDecimal } from './decimal-text.ts'
import { invariant } from './invariant.ts'

declare const unit: unique symbol

export type PriceE18 = bigint & { readonly [unit]: 'PriceE18' }

const PLACES = 18
const E18 = 1e18

export function priceE18(value: bigint): PriceE18 {
  invariant(value > 0n, `a price must be above zero, got ${value}`)
  return value as PriceE18
}

/** Null when the text is no plain decimal above zero, or has digits beyond the eighteenth: rounding them could name another winner. */
export function parsePriceE18(text: string): PriceE18 | null {
  if (!isPositiveDecimal(text)) return null
  const point = text.indexOf('.')
  const whole = point < 0 ? text : text.slice(0, point)
  const tail = point < 0 ? '' : text.slice(point + 1).replace(/0+$/, '')
  return tail.length > PLACES ? null : (BigInt(whole + tail.padEnd(PLACES, '0')) as PriceE18)
}

/** The shortest decimal. Takes differences of prices too, so it knows the minus. */
export function formatE18(value: bigint): string {
  const digits = String(value < 0n ? -value : value).padStart(PLACES + 1, '0')
  const tail = digits.slice(-PLACES).replace(/0+$/, '')
  const whole = digits.slice(0, -PLACES)
  return `${value < 0n ? '-' : ''}${whole}${tail === '' ? '' : `.${tail}`}`
}

/** Dollars as a float, for probabilities and for nothing that is compared or paid. */
export function dollarsForProbability(value: bigint): number {
  return Number(value) / E18
}
