/**
 * Orders that ended without a fill and whose place another took. Nobody goes through them at each event; but a fill of theirs may still turn up, and then
 * they count again.
 */
import type { OrderId } from '../domain/ids.ts'
import { filledOf, isOver, type Order, rests } from '../domain/order.ts'
import type { LastSecondTrader } from './last-second-trader.ts'
import type { OwnOrder } from './own-orders.ts'

/** Of each window. Who quotes makes a few in a second, and the venue is asked about each for two minutes. */
const KEPT = 1_024
const AT_ONCE = 256

/** `newest` has ended: of those before it in the same place none is needed that ended without a fill. */
export function bury({ orders, dead }: LastSecondTrader, newest: OwnOrder): void {
  for (let at = orders.indexOf(newest) - 1; at >= 0; at -= 1) {
    const own = orders[at] as OwnOrder
    if (!isDead(own) || !samePlace(own.order, newest.order)) continue
    orders.splice(at, 1)
    dead.set(own.order.id, own)
  }
  if (dead.size > KEPT) dropOldest(dead)
}

/** Taken out by the hundred: a Map whose first entry was taken out is gone through from there the next time. */
export function dropOldest(known: Map<OrderId, unknown>): void {
  for (const id of [...known.keys()].slice(0, AT_ONCE)) known.delete(id)
}

/** The order with this name, dead or not. */
export function findOwn({ orders, dead }: LastSecondTrader, id: OrderId): OwnOrder | undefined {
  return orders.find(({ order }) => order.id === id) ?? dead.get(id)
}

/** What was dead has a fill after all, and counts again: as what it is, older than all others. */
export function rise({ orders, dead }: LastSecondTrader, own: OwnOrder): void {
  if (dead.delete(own.order.id)) orders.unshift(own)
}

/** It is over, and brought nothing. */
export function isDead({ outcome }: OwnOrder): boolean {
  return isOver(outcome) && (filledOf(outcome)?.shares ?? 0) === 0
}

function samePlace(a: Order, b: Order): boolean {
  return a.side === b.side && a.action === b.action && rests(a) === rests(b)
}
