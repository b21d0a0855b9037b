/**
 * How many shares an order buys: a fixed number, a part of the bankroll, or a part of what Kelly's rule would stake on the lower end of the chance. Whatever
 * the rule, only as deep as every share is worth its price, never more than the money set aside, and on the venue's grid; what comes out too small is refused,
 * never rounded up.
 */
import { invariant } from '../domain/invariant.ts'
import type { FeeSchedule } from '../domain/market.ts'
import type { Likelihood } from '../domain/truth.ts'
import {
  MICRO,
  type MicroShares,
  type MicroUsdc,
  microShares,
  mulDiv,
  TICKS_PER_DOLLAR,
  type Ticks,
} from '../domain/units.ts'
import { breakEvenMicro } from './fees.ts'

export type SizingRule =
  | { readonly kind: 'fixed' }
  /** A share of the bankroll, 0 to 1. */
  | { readonly kind: 'fraction'; readonly share: number }
  /** A part of Kelly's stake: 0.25 or 0.5. */
  | { readonly kind: 'kelly'; readonly part: number }

export type SizingInput = {
  readonly rule: SizingRule
  /** What the strategy asked for: the size of a fixed rule, nothing to the others. */
  readonly shares: MicroShares
  readonly bankroll: MicroUsdc
  /** No order spends more, fee included. */
  readonly spendMax: MicroUsdc
  /** The chance that the side pays; null where the strategy does not say. */
  readonly win: Likelihood | null
  readonly fee: FeeSchedule
  /** The sellers, best first: price, size, price, size. */
  readonly asks: readonly number[]
  /** The worst price that may be paid. */
  readonly cap: Ticks
  readonly minShares: MicroShares
  /** Orders are whole multiples of it. */
  readonly lot: MicroShares
}

export type Sized =
  | { readonly shares: MicroShares; readonly limit: Ticks; readonly refused: null }
  | { readonly shares: null; readonly limit: null; readonly refused: string }

export function sizeOf(input: SizingInput): Sized {
  const { rule, asks, cap, lot, minShares } = input
  if (rule.kind === 'kelly' && input.win === null)
    return no('the strategy names no chance, and Kelly needs one')
  let best = 0
  let limit = 0
  let depth = 0
  for (let at = 0; at < asks.length; at += 2) {
    const price = asks[at] as Ticks
    if (price > cap || !isWorth(price, input)) break
    depth += asks[at + 1] as number
    // All shares are reckoned at the worst price: a book may thin out before we are there.
    const affordable = affordableAt(price, input)
    const shares = wholeLots(Math.min(depth, affordable), lot)
    if (shares <= best) continue
    best = shares
    limit = price
    if (rule.kind === 'fixed' && best >= input.shares) break
  }
  if (best === 0) return no('nothing is for sale that is worth its price')
  if (rule.kind === 'fixed') {
    if (best < input.shares) return no('the fixed size is not for sale at a price it is worth')
    best = input.shares
  }
  if (best < minShares) return no("what comes out is below the venue's minimum")
  if (notionalMicro(best, limit) < MICRO) return no('what comes out costs less than a dollar')
  return { shares: microShares(best), limit: limit as Ticks, refused: null }
}

function no(refused: string): Sized {
  return { shares: null, limit: null, refused }
}

/** Without a stated chance the cap alone decides. */
function isWorth(price: Ticks, { win, fee }: SizingInput): boolean {
  return win === null || win.low > breakEvenMicro(fee, price) / MICRO
}

function affordableAt(price: Ticks, input: SizingInput): number {
  const { rule, bankroll, win, fee, spendMax } = input
  const each = breakEvenMicro(fee, price)
  let budget: number = spendMax
  if (rule.kind === 'fixed') budget = Math.min(budget, mulDiv(input.shares, each, MICRO, 'ceil'))
  if (rule.kind === 'fraction') budget = Math.min(budget, part(bankroll, rule.share))
  if (rule.kind === 'kelly' && win !== null)
    budget = Math.min(budget, part(bankroll, rule.part * kellyShare(win.low, each / MICRO)))
  return budget <= 0 ? 0 : mulDiv(budget, MICRO, each, 'floor')
}

/** The share of the bankroll that grows it fastest, for a share that pays a dollar with this chance and costs so much. */
export function kellyShare(chance: number, cost: number): number {
  return cost >= 1 ? 0 : Math.max(0, (chance - cost) / (1 - cost))
}

function part(bankroll: MicroUsdc, share: number): number {
  invariant(share >= 0 && share <= 1, `a share of the bankroll must be 0 to 1, got ${share}`)
  return Math.floor(Math.max(0, bankroll) * share)
}

function wholeLots(shares: number, lot: number): number {
  return Math.floor(shares / lot) * lot
}

function notionalMicro(shares: number, limit: number): number {
  return mulDiv(shares, limit, TICKS_PER_DOLLAR, 'floor')
}
