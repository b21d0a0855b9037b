/**
 * Numbers with units. Money, sizes, prices and instants are integers in branded types; a decimal string becomes an
 * integer digit by digit, never through a float.
 *
 * A price is counted in `Ticks` of one ten-thousandth of a dollar, the finest grid the venue has. Every market's own tick
 * (0.01, 0.001) is a multiple of it, so a price keeps its meaning when the market's tick changes under it.
 */
import { invariant } from './invariant.ts'

declare const unit: unique symbol
type Unit<Name extends string> = number & { readonly [unit]: Name }

/** An instant: microseconds since the epoch (epoch nanoseconds would not fit a safe integer). */
export type Micros = Unit<'Micros'>
/** A price: 10,000 ticks are one dollar. */
export type Ticks = Unit<'Ticks'>
/** A number of shares, in millionths. */
export type MicroShares = Unit<'MicroShares'>
/** An amount of collateral, in millionths of a dollar; negative for a loss. */
export type MicroUsdc = Unit<'MicroUsdc'>

export const TICKS_PER_DOLLAR = 10_000
export const MICRO = 1_000_000
export const MICROS_PER_SECOND = 1_000_000
export const MICROS_PER_MS = 1_000

export type Rounding = 'floor' | 'ceil' | 'half_up'

export function micros(value: number): Micros {
  invariant(
    Number.isSafeInteger(value),
    `an instant must be a whole number of microseconds, got ${value}`,
  )
  return value as Micros
}

export function ticks(value: number): Ticks {
  invariant(
    Number.isInteger(value) && value >= 0 && value <= TICKS_PER_DOLLAR,
    `a price must be 0 to ${TICKS_PER_DOLLAR} ticks, got ${value}`,
  )
  return value as Ticks
}

export function microShares(value: number): MicroShares {
  invariant(
    Number.isSafeInteger(value) && value >= 0,
    `a size must be a whole number >= 0, got ${value}`,
  )
  return value as MicroShares
}

export function microUsdc(value: number): MicroUsdc {
  invariant(Number.isSafeInteger(value), `an amount must be a whole number, got ${value}`)
  return value as MicroUsdc
}

/**
 * a * b / divisor without losing a unit: widened to bigint only where the product leaves the safe integers. The
 * rounding direction is the caller's decision, so it has no default.
 */
export function mulDiv(a: number, b: number, divisor: number, rounding: Rounding): number {
  invariant(divisor > 0, 'mulDiv needs a positive divisor')
  const product = a * b
  if (Number.isSafeInteger(product) && Number.isSafeInteger(product * 2 + divisor)) {
    const quotient = Math.floor(product / divisor)
    const remainder = product - quotient * divisor
    // The float division may land one off for large quotients; the remainder, computed exactly, tells.
    const floor = remainder < 0 ? quotient - 1 : remainder >= divisor ? quotient + 1 : quotient
    const rest = product - floor * divisor
    return floor + carry(rest * 2, divisor * 2, rounding)
  }
  return mulDivWide(a, b, divisor, rounding)
}

function carry(twiceRest: number, twiceDivisor: number, rounding: Rounding): number {
  if (rounding === 'floor') return 0
  if (rounding === 'ceil') return twiceRest > 0 ? 1 : 0
  return twiceRest * 2 >= twiceDivisor ? 1 : 0
}

function mulDivWide(a: number, b: number, divisor: number, rounding: Rounding): number {
  const product = BigInt(a) * BigInt(b)
  const by = BigInt(divisor)
  let quotient = product / by
  let rest = product % by
  if (rest < 0n) {
    quotient -= 1n
    rest += by
  }
  const up = rounding === 'ceil' ? rest > 0n : rounding === 'half_up' && rest * 2n >= by
  const result = Number(up ? quotient + 1n : quotient)
  invariant(Number.isSafeInteger(result), `${a} * ${b} / ${divisor} leaves the safe integers`)
  return result
}

/** What `size` shares cost at `price`. */
export function notional(price: Ticks, size: MicroShares, rounding: Rounding): MicroUsdc {
  return microUsdc(mulDiv(price, size, TICKS_PER_DOLLAR, rounding))
}

/**
 * Reads a decimal into an integer of 10^-places. Null when the text is not a plain non-negative decimal, carries more
 * places than the unit holds (a silent rounding would be a lie about somebody's money) or leaves the safe integers.
 */
export function parseDecimal(text: string, places: number): number | null {
  const length = text.length
  let value = 0
  let digits = 0
  let fraction = -1
  for (let index = 0; index < length; index += 1) {
    const code = text.charCodeAt(index)
    if (code === 46 && fraction < 0) {
      fraction = 0
      continue
    }
    if (code < 48 || code > 57) return null
    if (fraction >= places) {
      if (code !== 48) return null
      continue
    }
    value = value * 10 + (code - 48)
    digits += 1
    if (fraction >= 0) fraction += 1
  }
  if (digits === 0) return null
  for (let missing = places - Math.max(fraction, 0); missing > 0; missing -= 1) value *= 10
  return Number.isSafeInteger(value) ? value : null
}

/** The shortest decimal text of an integer of 10^-places: 485 at 2 places is "4.85", 500 is "5". */
export function formatDecimal(value: number, places: number): string {
  const sign = value < 0 ? '-' : ''
  const digits = String(Math.abs(value)).padStart(places + 1, '0')
  const whole = digits.slice(0, digits.length - places)
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '')
  return fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`
}

export function formatPrice(price: Ticks): string {
  return formatDecimal(price, 4)
}

/** Shares and dollars share six decimals. */
export function formatMicro(value: MicroShares | MicroUsdc): string {
  return formatDecimal(value, 6)
}

export function parsePrice(text: string): Ticks | null {
  const value = parseDecimal(text, 4)
  return value === null || value > TICKS_PER_DOLLAR ? null : (value as Ticks)
}

export function parseShares(text: string): MicroShares | null {
  return parseDecimal(text, 6) as MicroShares | null
}

export function parseUsdc(text: string): MicroUsdc | null {
  return parseDecimal(text, 6) as MicroUsdc | null
}
