/**
 * Fills that cannot be: larger than their order, of shares that nobody held, or of an order that was over. Somebody's books are wrong then; ours follow what
 * the venue said where they can, and until a person has looked nothing more is sent.
 */
import type { Halt } from '../domain/account.ts'
import type { OrderId, Side } from '../domain/ids.ts'
import { DUST_MICRO, filledOf, type Order, rests, type SubmitOutcome } from '../domain/order.ts'
import { formatMicro, type MicroShares, microShares } from '../domain/units.ts'

/** A purchase by dollars may get more shares than were counted on, never for more dollars; whatever is sized in shares gets no more of them. */
export function overfillOf(order: Order, outcome: SubmitOutcome): Halt | null {
  const filled = filledOf(outcome)
  if (filled === null) return null
  const tooDear = order.action === 'BUY' && filled.cost > order.spend
  const tooMany = (order.action === 'SELL' || rests(order)) && filled.shares > order.shares
  if (!tooDear && !tooMany) return null
  const [got, most, what] = tooDear
    ? [filled.cost, order.spend, 'USD']
    : [filled.shares, order.shares, 'shares']
  const why = `order ${order.id} was filled for ${formatMicro(got)} ${what} and sent for ${formatMicro(most)}`
  return { cause: 'overfill', why }
}

/** `position`: what was bought of the side, less what was sold of it; null while that is not known. A trade may bring dust less than its first word. */
export function negativeOf(
  { id, side }: { readonly id: OrderId; readonly side: Side },
  position: number | null,
): Halt | null {
  if (position === null || position >= -DUST_MICRO) return null
  const short = formatMicro(microShares(-position))
  const why = `by what is known of order ${id}, ${short} shares more of ${side} were sold than bought`
  return { cause: 'negative_position', why }
}

/** `known`: what the books have of the order; null where they have no such order. What they have already may be said again. */
export function strayFillOf(
  id: OrderId,
  outcome: SubmitOutcome,
  known: MicroShares | null,
): Halt | null {
  const shares = filledOf(outcome)?.shares ?? 0
  // Of one of ours that waits again the last word decides, and that is booked.
  const isUnderWay = outcome.state === 'resting' && known !== null
  if (shares <= (known ?? 0) || isUnderWay) return null
  const books =
    known === null ? 'know no such order' : `have it as over, with ${formatMicro(known)}`
  const why = `order ${id} was filled for ${formatMicro(microShares(shares))} shares, and the books ${books}`
  return { cause: 'stray_fill', why }
}
