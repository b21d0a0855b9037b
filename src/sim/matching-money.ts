/** What orders cost: prices to dollars, fees, and the most that an order may need. */
import { TICKS_PER_DOLLAR } from '../domain/units.ts'
import { amountsOf, isMarket, limitOf } from './matching-rules.ts'
import type { VenueOrder } from './matching-types.ts'

/** Fees are 0.07 * p * (1 - p) a share, to five decimals of a dollar. */
const FEE_RATE_MICRO = 70_000n
const FEE_STEP = 10n
const MICRO = 1_000_000n
const TICKS = BigInt(TICKS_PER_DOLLAR)

/** What shares cost at a price: down for whoever pays now, up for what is held back. */
export function dollarsFor(shares: number, price: number, up: boolean): number {
  const exact = BigInt(shares) * BigInt(price)
  return Number((exact + (up ? TICKS - 1n : 0n)) / TICKS)
}

export function feeOf(shares: number, price: number): number {
  return roundedFee(BigInt(shares) * BigInt(price), price)
}

/** The fee of a buy that spends dollars at a price. */
function feeOfSpend(dollars: number, price: number): number {
  return roundedFee(BigInt(dollars) * TICKS, price)
}

/** Of shares times price. */
function roundedFee(worth: bigint, price: number): number {
  const numerator = worth * FEE_RATE_MICRO * BigInt(TICKS_PER_DOLLAR - price)
  const step = MICRO * TICKS * TICKS * FEE_STEP
  return Number(((numerator * 2n + step) / (step * 2n)) * FEE_STEP)
}

/**
 * The dollars a buyer must have. A spend pays the larger fee the cheaper its shares are, so the cheapest price there is counts; a number of
 * shares costs the most, its fee with it, at the limit.
 */
export function mostNeeded(order: VenueOrder, crosses: boolean, tick: number): number {
  const [dollars, shares] = amountsOf(order)
  if (isMarket(order)) return dollars + feeOfSpend(dollars, tick)
  return dollars + (crosses ? feeOf(shares, limitOf(order)) : 0)
}
