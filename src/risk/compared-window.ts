/**
 * A window as it was traded, beside what the paper exchange made of the same orders. One purchase that is filled wholly or not at all is compared by its price.
 * Of several orders, and of such that wait, no two ends are alike, and what they come to counts: the money that the window made, here and on paper.
 */
import type { Result } from '../domain/account.ts'
import type { OrderId } from '../domain/ids.ts'
import {
  filledOf,
  isOver,
  isShot,
  type Order,
  rests,
  type SubmitOutcome,
  spentOn,
} from '../domain/order.ts'
import { paidFor } from '../domain/payout.ts'
import { sameAsPaper, sameMoney } from './parity.ts'
import { ordersOf } from './settled-shot.ts'

export type ComparedWindow = ReturnType<typeof createComparedWindow>

export function createComparedWindow() {
  /** What became of them on paper is not known yet. */
  const open = new Map<OrderId, Order>()
  /** Shares that changed hands at the venue. */
  const traded = new Map<OrderId, number>()
  const paper = { traded: 0, spent: 0, UP: 0, DOWN: 0 }
  let latest: SubmitOutcome | null = null
  /** Something was to be had at once. */
  let tried = false

  function tradedHere(): number {
    let shares = 0
    for (const some of traded.values()) shares += some
    return shares
  }

  return {
    sent(order: Order): void {
      open.set(order.id, order)
      if (!rests(order)) tried = true
    },

    outcome({ id }: Order, outcome: SubmitOutcome): void {
      const shares = filledOf(outcome)?.shares ?? 0
      if (shares > 0 || traded.has(id)) traded.set(id, shares)
    },

    /** False where this order is none of the window's, or its twin has ended already. */
    twin(id: OrderId, outcome: SubmitOutcome): boolean {
      const order = open.get(id)
      if (order === undefined) return false
      if (!isOver(outcome)) return true
      open.delete(id)
      latest = outcome
      const shares = filledOf(outcome)?.shares ?? 0
      paper.traded += shares
      paper.spent += spentOn(order, outcome)
      // What was bought here may be sold on paper that never had it. What the paper owes then is what the purchase that it missed was worth.
      paper[order.side] += order.action === 'BUY' ? shares : -shares
      return true
    },

    /** Null: of one of its orders nobody knows what it did on paper. */
    asOnPaper(settlement: Result): boolean | null {
      const { order, outcome, winner, pnl } = settlement
      const isAlone = ordersOf(settlement) === 1 && order !== null && isShot(order)
      if (isAlone) return sameAsPaper(outcome, open.size === 0 ? latest : null)
      if (open.size > 0) return null
      const onPaper = paidFor(paper, winner, paper.spent) - paper.spent
      return sameMoney(pnl, onPaper, Math.max(tradedHere(), paper.traded))
    },

    /** Its orders waited for somebody, and nobody came, on paper neither: that says nothing of either. */
    isQuiet: (): boolean => !tried && open.size === 0 && paper.traded === 0 && tradedHere() === 0,
  }
}
