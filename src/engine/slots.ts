/**
 * What should wait at the venue against what does. One order of each side and action; a new one takes the place of an old one only when it is far enough
 * from it, not too soon after it, or when the old one has grown old. The old one is withdrawn first: for a moment there is none, never two.
 */
import { isOver, rests } from '../domain/order.ts'
import type { Quote } from '../domain/strategy.ts'
import { MICROS_PER_SECOND, type Micros } from '../domain/units.ts'
import type { OwnOrder } from './own-orders.ts'

export type QuoteRules = {
  /** An order is not replaced sooner than this. */
  readonly minRequoteSec: number
  /** ... nor for a price nearer than so many ticks of the market. */
  readonly minTicks: number
  /** An order older than this is replaced in any case. */
  readonly maxAgeSec: number
}

/** Who asks for too much too often is made to wait by the venue. */
export const QUOTE_RULES: QuoteRules = { minRequoteSec: 1, minTicks: 3, maxAgeSec: 10 }

export type SlotPlan = { readonly place: readonly Quote[]; readonly cancel: readonly OwnOrder[] }

type Slot = Pick<Quote, 'side' | 'action'>

const NOTHING: SlotPlan = { place: [], cancel: [] }

export function planSlots(
  wanted: readonly Quote[],
  orders: readonly OwnOrder[],
  now: Micros,
  tickSizes: Readonly<Record<Quote['side'], number>>,
  rules: QuoteRules,
): SlotPlan {
  const waiting = orders.filter(({ order, outcome }) => rests(order) && !isOver(outcome))
  if (wanted.length === 0 && waiting.length === 0) return NOTHING
  const place: Quote[] = []
  const cancel: OwnOrder[] = []
  for (const one of waiting) {
    // Asked for already, or not yet known to be there: its end is awaited.
    if (one.cancelAskedAt !== null) continue
    const quote = wanted.find((candidate) => sameSlot(candidate, one.order))
    if (quote === undefined || isWorthReplacing(one, quote, now, tickSizes[quote.side], rules))
      cancel.push(one)
  }
  for (const quote of wanted)
    if (!waiting.some(({ order }) => sameSlot(quote, order)) && mayPlace(quote, orders, now, rules))
      place.push(quote)
  return { place, cancel }
}

export function sameSlot(a: Slot, b: Slot): boolean {
  return a.side === b.side && a.action === b.action
}

function isWorthReplacing(
  { order }: OwnOrder,
  quote: Quote,
  now: Micros,
  tickSize: number,
  rules: QuoteRules,
): boolean {
  const age = now - order.decidedAt
  if (age >= rules.maxAgeSec * MICROS_PER_SECOND) return true
  if (age < rules.minRequoteSec * MICROS_PER_SECOND) return false
  return Math.abs(quote.price - order.limit) >= rules.minTicks * tickSize
}

/** A slot that was refused or emptied a moment ago is not filled again at once. */
function mayPlace(
  slot: Slot,
  orders: readonly OwnOrder[],
  now: Micros,
  rules: QuoteRules,
): boolean {
  const last = orders.findLast(({ order }) => rests(order) && sameSlot(slot, order))
  return last === undefined || now - last.order.decidedAt >= rules.minRequoteSec * MICROS_PER_SECOND
}
