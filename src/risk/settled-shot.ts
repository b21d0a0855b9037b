/** A settled window as a bet on its winner, for the tests of the wins. */
import type { Result } from '../domain/account.ts'
import type { Micros } from '../domain/units.ts'

/** Null: no order, or none that is a bet. Who bought and sold in one window, or bought both sides, did not bet on its winner. */
export function shotOf(result: Result): {
  readonly endAt: Micros
  /** The share of wins at which the price paid, fee included, breaks even. */
  readonly breakEven: number
  /** What a share paid, in dollars. */
  readonly paid: number
} | null {
  const { outcome, order, winner, payout, market } = result
  const isBet = ordersOf(result) === 1 && order?.action !== 'SELL' && winner !== 'VOID'
  if (!isBet || outcome?.state !== 'filled' || outcome.shares === 0) return null
  return {
    endAt: market.endAt,
    breakEven: (outcome.cost + outcome.fee) / outcome.shares,
    paid: payout / outcome.shares,
  }
}

/** Results of before do not say how many there were. */
export function ordersOf({ orders, order }: Result): number {
  return orders ?? (order === null ? 0 : 1)
}
