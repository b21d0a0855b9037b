/** The orders that a window may want in its last second: each side, each price of the grid up to the highest. */
import { type Market, tokenOf } from '../domain/market.ts'
import type { Rung } from '../domain/order.ts'
import type { Ladder } from '../domain/strategy.ts'
import type { Ticks } from '../domain/units.ts'
import { sharesFor, spendFor } from '../pricing/amounts.ts'

/** The winner costs more than half a dollar. */
const LOWEST = 5_000
/** Cents are on every grid; the fine grid is worth its signatures only where winners end. */
const CENT = 100
const FINE_FROM = 9_400

export function rungsOf(
  market: Market,
  tickSizes: { UP: number; DOWN: number },
  ladder: Ladder,
): Rung[] {
  const rungs: Rung[] = []
  for (const side of ['UP', 'DOWN'] as const) {
    const tick = tickSizes[side]
    for (
      let price = LOWEST;
      price <= ladder.highest;
      price += price >= FINE_FROM ? tick : Math.max(tick, CENT)
    ) {
      const limit = price as Ticks
      const spend = spendFor(limit, ladder.shares)
      const shares = sharesFor(spend, limit)
      if (shares !== null) rungs.push({ side, token: tokenOf(market, side), limit, spend, shares })
    }
  }
  return rungs
}
