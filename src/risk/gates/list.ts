/**
 * All gates in their fixed order, which docs/gates.md shows. Every one is asked and its answer kept, also after the first refusal; the first that
 * refuses names the reason. Causes stand before what follows from them, so that the reason is the cause. The strategy's own checks come between.
 */
import type { Check } from '../../domain/strategy.ts'
import { bankroll, cooldown, exposure, positions, together } from './account.ts'
import { badBook } from './bad-book.ts'
import { bookDown, bookUp } from './book.ts'
import { divergenceBook, divergenceFeed } from './divergence.ts'
import type { OrderGate, Situation, Wanted, WorldGate } from './gate.ts'
import { impactBook, impactPrice } from './impact.ts'
import { lateJoin, mapping, rule } from './market.ts'
import { liquidity, price, spread } from './offer.ts'
import { funds, grid, position, size } from './order.ts'
import { calendar, oneOrder, operator, venueClosed } from './permission.ts'
import { printAge, printGaps, printRepeats } from './prints.ts'
import { strike } from './strike.ts'
import { clock, deadline, zone } from './time.ts'
import { volatility } from './volatility.ts'

export const WORLD_GATES: readonly WorldGate[] = [
  operator,
  calendar,
  venueClosed,
  oneOrder,
  rule,
  mapping,
  lateJoin,
  clock,
  zone,
  deadline,
  bookUp,
  bookDown,
  badBook,
  impactBook,
  strike,
  printAge,
  printRepeats,
  volatility,
  printGaps,
  divergenceFeed,
  impactPrice,
]

export const ORDER_GATES: readonly OrderGate[] = [
  divergenceBook,
  spread,
  liquidity,
  price,
  grid,
  size,
  cooldown,
  position,
  exposure,
  positions,
  together,
  bankroll,
  funds,
]

/** Of the world, whatever the strategy wants. */
export function askWorld(now: Situation, into: Check[]): void {
  for (const gate of WORLD_GATES) into.push(gate.judge(now))
}

/** Of what the strategy wants. */
export function askOrder(now: Situation, wanted: Wanted, into: Check[]): void {
  for (const gate of ORDER_GATES) into.push(gate.judge(now, wanted))
}
