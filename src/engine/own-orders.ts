/** The orders of a window that are ours, and what they come to: what is held, what waits, what money stands behind it. */
import type { Side } from '../domain/ids.ts'
import {
  filledOf,
  isFinal,
  isOver,
  type Order,
  reservedBy,
  rests,
  type SubmitOutcome,
  spentOn,
} from '../domain/order.ts'
import type { Holding, Resting } from '../domain/strategy.ts'
import {
  type MicroShares,
  type Micros,
  type MicroUsdc,
  microShares,
  microUsdc,
} from '../domain/units.ts'

export type OwnOrder = {
  readonly order: Order
  /** Null until something is heard of it. */
  outcome: SubmitOutcome | null
  cancelAskedAt: Micros | null
}

type Owner = { readonly orders: readonly OwnOrder[] }

/** The latest order that was to be taken at once: the window's shot. */
export function shotOf({ orders }: Owner): OwnOrder | null {
  return orders.findLast(({ order }) => !rests(order)) ?? null
}

/** A shot is on its way, or nobody knows what became of it. */
export function shotIsOpen({ orders }: Owner): boolean {
  return orders.some(({ order, outcome }) => !rests(order) && !isOver(outcome))
}

export function allFinal({ orders }: Owner): boolean {
  return orders.every(({ outcome }) => isFinal(outcome))
}

/** Nothing is unknown, and nothing that was taken is still to be confirmed but of such that wait. */
export function onlyWaiting({ orders }: Owner): boolean {
  return orders.every(({ outcome }) => isFinal(outcome) || outcome?.state === 'resting')
}

/** What all of them cost so far, less what they brought. */
export function spentIn({ orders }: Owner): number {
  return orders.reduce((sum, { order, outcome }) => sum + spentOn(order, outcome), 0)
}

/** Money that orders which may still be filled could take. */
export function reservedIn(owners: Iterable<Owner>): MicroUsdc {
  let sum = 0
  for (const { orders } of owners)
    for (const { order, outcome } of orders) sum += reservedBy(order, outcome)
  return microUsdc(sum)
}

const NONE: Holding = { shares: microShares(0), cost: microUsdc(0) }
/** Most windows have no order at most of their looks. */
const NOTHING_HELD: Readonly<Record<Side, Holding>> = { UP: NONE, DOWN: NONE }
const NOTHING_RESTS: readonly Resting[] = []

export function holdings(owner: Owner): Readonly<Record<Side, Holding>> {
  if (owner.orders.length === 0) return NOTHING_HELD
  return { UP: holding(owner, 'UP'), DOWN: holding(owner, 'DOWN') }
}

function holding(owner: Owner, side: Side): Holding {
  let cost = 0
  for (const { order, outcome } of owner.orders)
    if (order.side === side) cost += spentOn(order, outcome)
  // A purchase may fail on the chain after what it had brought was sold: that halts, and there is nothing left to sell.
  return { shares: microShares(Math.max(0, positionIn(owner, side))), cost: microUsdc(cost) }
}

/** Shares bought of a side less those sold; null while a purchase may still bring some: after a restart its sale may be proven first. */
export function knownPositionIn(owner: Owner | undefined, side: Side): number | null {
  if (owner === undefined) return null
  const isOpen = owner.orders.some(
    ({ order, outcome }) => order.side === side && order.action === 'BUY' && !isOver(outcome),
  )
  return isOpen ? null : positionIn(owner, side)
}

/** What was bought of a side, less what was sold of it: below zero only where the books of somebody are wrong. */
function positionIn({ orders }: Owner, side: Side): number {
  let shares = 0
  for (const { order, outcome } of orders) {
    const filled = order.side === side ? filledOf(outcome) : null
    if (filled !== null) shares += order.action === 'BUY' ? filled.shares : -filled.shares
  }
  return shares
}

/** Shares of a side that were bought in all, sold again or not, and those that a purchase may still bring: of what waits all that is left, unless it makes way. */
export function boughtIn({ orders }: Owner, side: Side, waitingMakesWay: boolean): number {
  let shares = 0
  for (const { order, outcome } of orders) {
    if (order.side !== side || order.action !== 'BUY') continue
    const filled = filledOf(outcome)?.shares ?? 0
    const mayCome = !isOver(outcome) && !(waitingMakesWay && rests(order))
    shares += mayCome ? Math.max(filled, order.shares) : filled
  }
  return shares
}

export function restingIn({ orders }: Owner, now: Micros): readonly Resting[] {
  if (orders.length === 0) return NOTHING_RESTS
  const list: Resting[] = []
  for (const { order, outcome } of orders) {
    if (!rests(order) || isOver(outcome)) continue
    const { id, strategy, side, action, limit: price } = order
    const left = microShares(Math.max(0, order.shares - (filledOf(outcome)?.shares ?? 0)))
    list.push({ id, strategy, side, action, price, left, ageMicros: now - order.decidedAt })
  }
  return list
}

/** Shares of a side that a sale may still take: held, less what already waits to be sold. */
export function sellable(owner: Owner, side: Side): MicroShares {
  const held = holding(owner, side).shares
  const offered = owner.orders
    .filter(
      ({ order, outcome }) => order.side === side && order.action === 'SELL' && !isOver(outcome),
    )
    .reduce((sum, { order, outcome }) => sum + order.shares - (filledOf(outcome)?.shares ?? 0), 0)
  return microShares(Math.max(0, held - offered))
}
