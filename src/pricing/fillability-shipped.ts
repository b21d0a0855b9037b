/**
 * What is known before a window of one's own was seen: measured by others, in 203 windows of one asset (BTC, 5m) on one day of July 2026, all of them
 * settled by the last price. At each of four instants: in how many windows the favourite was still for sale, and what its first ask brought net of the fee.
 *
 * The mean price was told for ten seconds before the close alone. It stands for all four here, where it shapes the width of the intervals and the hold,
 * and is the cap below which nothing is taken to be for sale.
 */
import { MICRO, type Ticks } from '../domain/units.ts'
import { breakEvenMicro } from './fees.ts'

export const SHIPPED_NAME = '203 windows of btc 5m on one day, measured by others'

const WINDOWS = 203
const MEAN_PRICE = 8_980 as Ticks
const USUAL_FEE = { rateMicro: 70_000, exponent: 1 }

const MEASURED = [
  { leftSec: 40, asks: 148, netMicro: -26_000 },
  { leftSec: 25, asks: 128, netMicro: 47_000 },
  { leftSec: 10, asks: 95, netMicro: 66_000 },
  { leftSec: 1, asks: 15, netMicro: -5_000 },
] as const

export type Shipped = {
  /** The second that was measured. */
  readonly leftSec: number
  readonly windows: number
  readonly asks: number
  /** Of a share, as rates. */
  readonly paid: number
  readonly breakEven: number
}

/** Between two measured instants the later one speaks, as sellers leave and do not come back. */
export function shippedAt(leftSec: number, cap: Ticks): Shipped {
  const row = MEASURED.find((one) => one.leftSec <= leftSec) ?? MEASURED[MEASURED.length - 1]
  const { leftSec: measuredSec, asks, netMicro } = row as (typeof MEASURED)[number]
  const breakEven = breakEvenMicro(USUAL_FEE, MEAN_PRICE)
  return {
    leftSec: measuredSec,
    windows: WINDOWS,
    asks: cap >= MEAN_PRICE ? asks : 0,
    paid: (breakEven + netMicro) / MICRO,
    breakEven: breakEven / MICRO,
  }
}
