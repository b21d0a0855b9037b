/** A fill that is larger than its order: somebody's books are wrong, and until a person has looked nothing more is sent. */
import { filledOf, type Order, type SubmitOutcome } from '../domain/order.ts'
import { formatMicro } from '../domain/units.ts'

/** What is wrong, or null. A purchase by dollars may get more shares than were counted on, never for more dollars. */
export function overfillOf(order: Order, outcome: SubmitOutcome): string | null {
  const filled = filledOf(outcome)
  if (filled === null) return null
  const [got, most, what] =
    order.action === 'BUY'
      ? [filled.cost, order.spend, 'USD']
      : [filled.shares, order.shares, 'shares']
  if (got <= most) return null
  return `order ${order.id} was filled for ${formatMicro(got)} ${what} and sent for ${formatMicro(most)}`
}
