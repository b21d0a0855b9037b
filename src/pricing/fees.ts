/** What a taker pays on top of a fill: shares * rate * (p * (1 - p))^exponent, to five decimals of a dollar. Makers pay nothing. */
import { invariant } from '../domain/invariant.ts'
import type { FeeSchedule } from '../domain/market.ts'
import {
  MICRO,
  type MicroShares,
  type MicroUsdc,
  microUsdc,
  TICKS_PER_DOLLAR,
  type Ticks,
} from '../domain/units.ts'

/** The venue charges in steps of 0.00001 dollars; which way it rounds a tie is not published, so up, against ourselves. */
const FEE_STEP_MICRO = 10n

export function takerFee(schedule: FeeSchedule, price: Ticks, shares: MicroShares): MicroUsdc {
  invariant(
    Number.isInteger(schedule.exponent) && schedule.exponent >= 0 && schedule.exponent <= 8,
    `a fee exponent must be a small whole number, got ${schedule.exponent}`,
  )
  const tail = BigInt(price) * BigInt(TICKS_PER_DOLLAR - price)
  let numerator = BigInt(shares) * BigInt(schedule.rateMicro)
  let divisor = BigInt(MICRO)
  for (let power = 0; power < schedule.exponent; power += 1) {
    numerator *= tail
    divisor *= BigInt(TICKS_PER_DOLLAR) * BigInt(TICKS_PER_DOLLAR)
  }
  const step = divisor * FEE_STEP_MICRO
  const steps = (numerator * 2n + step) / (step * 2n)
  return microUsdc(Number(steps * FEE_STEP_MICRO))
}

/** The share of wins at which a buy at this price neither gains nor loses, in millionths. */
export function breakEvenMicro(schedule: FeeSchedule, price: Ticks): number {
  return price * (MICRO / TICKS_PER_DOLLAR) + takerFee(schedule, price, MICRO as MicroShares)
}
