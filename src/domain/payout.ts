/** What shares pay when the window has its result: a dollar for each of the winner, half of one for each on a split, what they cost where nothing is settled. */
import type { Side } from './ids.ts'
import type { Winner } from './market.ts'

/** What so many shares of one side pay. */
export function payoutOf(shares: number, side: Side, winner: Winner, spent: number): number {
  if (winner === 'VOID') return spent
  if (winner === 'SPLIT') return Math.floor(shares / 2)
  return winner === side ? shares : 0
}

/** What the shares of both sides pay, on which so much was spent. */
export function paidFor(
  shares: Readonly<Record<Side, number>>,
  winner: Winner,
  spent: number,
): number {
  if (winner === 'VOID') return spent
  if (winner === 'SPLIT') return Math.floor((shares.UP + shares.DOWN) / 2)
  return shares[winner]
}
