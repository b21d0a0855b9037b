/** The gates' answer to all that a strategy wants at one moment: shots go together or not at all, quotes each for itself. */
import { filledOf, isOver, reservedBy, rests } from '../domain/order.ts'
import type { Check, Quote, Verdict } from '../domain/strategy.ts'
import { microUsdc } from '../domain/units.ts'
import { withMore } from '../risk/account.ts'
import type { Situation, Wanted } from '../risk/gates/gate.ts'
import { askOrder } from '../risk/gates/list.ts'
import type { OwnOrder } from './own-orders.ts'
import { sameSlot } from './slots.ts'
import type { Wish, Wishes } from './wishes.ts'

export type Answer = {
  readonly refused: Check | undefined
  readonly refusedBy: string | null
  /** Those that the gates let through. */
  readonly quotes: readonly Quote[]
}

/** Without an order the gates of the order have nothing to judge: then their refusals are kept, but the reason is the strategy's. */
export function answerOf(
  situation: Situation,
  verdict: Verdict,
  { shots, quotes }: Wishes,
  orders: readonly OwnOrder[],
  checks: Check[],
): Answer {
  const before = checks.find((check) => !check.ok)
  const isNothing = shots.length === 0 && quotes.length === 0
  if (isNothing) askOrder(situation, { side: verdict.side, order: null }, checks)
  askShots(situation, verdict, shots, checks)
  const passed = passing(situation, verdict, quotes, orders, checks)
  if (before !== undefined) return { refused: before, refusedBy: before.name, quotes: [] }
  if (isNothing) return { refused: undefined, refusedBy: 'STRATEGY', quotes: [] }
  const refused = checks.find((check) => !check.ok)
  return { refused, refusedBy: refused?.name ?? null, quotes: passed }
}

/** Each with the money that those before it leave. */
function askShots(
  situation: Situation,
  verdict: Verdict,
  shots: readonly Wish[],
  checks: Check[],
): void {
  let now = situation
  for (const [at, order] of shots.entries()) {
    askOrder(now, wantedOf(verdict, order), checks)
    if (at < shots.length - 1) now = after(now, order)
  }
}

function after(now: Situation, { intent, spend, fee }: Wish): Situation {
  if (intent.action === 'SELL') return now
  const cash = microUsdc(Math.max(0, now.cash - spend - fee))
  const stakes = withMore(now.stakes, spend)
  return { ...now, cash, committed: (now.committed ?? 0) + spend, stakes }
}

/** A quote that is refused is no refusal of the others; only where none is left its checks are told. */
function passing(
  situation: Situation,
  verdict: Verdict,
  quotes: Wishes['quotes'],
  orders: readonly OwnOrder[],
  checks: Check[],
): readonly Quote[] {
  const passed: Quote[] = []
  let told: Check[] | null = null
  let now = situation
  for (const { quote, wish } of quotes) {
    const asked: Check[] = []
    askOrder(without(now, quote, orders), wantedOf(verdict, wish), asked)
    const ok = asked.every((check) => check.ok)
    if (told === null || (ok && passed.length === 0)) told = asked
    if (!ok) continue
    passed.push(quote)
    now = after(without(now, quote, orders), wish)
  }
  if (told !== null) checks.push(...told)
  return passed
}

/** As if what waits in the place of this quote were not there: one gives way to the other. */
function without(now: Situation, quote: Quote, orders: readonly OwnOrder[]): Situation {
  let freed = 0
  for (const { order, outcome } of orders)
    if (rests(order) && !isOver(outcome) && sameSlot(quote, order))
      freed += reservedBy(order, filledOf(outcome))
  if (freed === 0) return now
  const committed = Math.max(0, (now.committed ?? 0) - freed)
  const stakes = withMore(now.stakes, -freed)
  return { ...now, cash: microUsdc(now.cash + freed), committed, stakes }
}

function wantedOf({ side }: Verdict, order: Wish): Wanted {
  return { side: side ?? order.intent.side, order }
}
