/** Whether the venue did as the paper exchange did. */
import type { SubmitOutcome } from '../domain/order.ts'

/** Two fills are the same when their prices are this close, in dollars. */
const SAME_PRICE = 0.01
const CENTS_OF_A_DOLLAR = 100

/** Null: one of the two does not know yet, or no money moved after all. */
export function sameAsPaper(
  real: SubmitOutcome | null,
  paper: SubmitOutcome | null,
): boolean | null {
  const [ours, theirs] = [pricePaid(real), pricePaid(paper)]
  if (ours === null || theirs === null) return null
  if (ours === 'nothing' || theirs === 'nothing') return ours === theirs
  return Math.abs(ours - theirs) <= SAME_PRICE + 1e-9
}

/** The same of two results, in millionths of a dollar: a cent for each share that changed hands. */
export function sameMoney(ours: number, theirs: number, shares: number): boolean {
  return Math.abs(ours - theirs) * CENTS_OF_A_DOLLAR <= shares
}

function pricePaid(outcome: SubmitOutcome | null): number | 'nothing' | null {
  if (outcome === null || outcome.state === 'unknown' || outcome.state === 'reverted') return null
  if (outcome.state === 'resting') return null
  return outcome.state === 'filled' ? outcome.cost / outcome.shares : 'nothing'
}
