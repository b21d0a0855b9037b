/**
 * Waits on both sides of the middle. A bid for Up at the middle less the spread and a bid for Down at what an ask for Up at the middle plus the spread would be:
 * two fills are a pair that pays a dollar. It leans away from what it holds too much of, steps back when the price jumps about, and does not wait on a side that
 * the market prices off its fair value.
 */
import { z } from 'zod'
import type { Side } from '../domain/ids.ts'
import {
  type Check,
  defineStrategy,
  type Quote,
  type Verdict,
  type View,
} from '../domain/strategy.ts'
import { type MicroShares, microShares, TICKS_PER_DOLLAR, type Ticks } from '../domain/units.ts'
import {
  bookOf,
  check,
  fraction,
  listenFromSec,
  midOf,
  nothing,
  otherSide,
  SIDES,
  seconds,
  shares,
  spanInOrder,
} from './shared.ts'

const params = z
  .strictObject({
    spread: fraction(0.001, 0.5, 0.02, 'dollars between the middle and each of its orders'),
    around: z
      .enum(['mid', 'fair'])
      .default('mid')
      .describe(
        "what it waits around: mid = the middle of the book; fair = what a random walk makes of the asset's price",
      ),
    divergence: fraction(
      0,
      1,
      0.008,
      'a side whose price is further than this from its fair value is left alone; 1 = never',
    ),
    guardSigma: fraction(
      0,
      1,
      0.01,
      'movement of the asset in a minute, as a fraction of its price, from which the spread is widened',
    ),
    guardFactor: fraction(1, 10, 2, 'how many times as wide the spread is then'),
    skew: fraction(0, 0.2, 0.01, 'dollars by which it leans away when it holds maxPosition'),
    maxPosition: shares('shares by which one side may outnumber the other').prefault('50'),
    fromSec: seconds(1, 14_400, 840, 'seconds before the close at which it starts'),
    toSec: seconds(0, 14_400, 30, 'seconds before the close at which everything is withdrawn'),
    ttlSec: z
      .number()
      .min(61)
      .max(3_600)
      .default(90)
      .describe('seconds after which the venue drops an order by itself'),
    shares: shares('shares of each order').prefault('5'),
    listenFromSec,
  })
  .refine(...spanInOrder)

type Params = z.infer<typeof params>

const MINUTE_ROOT = Math.sqrt(60)

export const marketMaker = defineStrategy<Params>({
  name: 'market-maker',
  summary: 'waits on both sides of the middle, leaning away from what it holds',
  params,
  listenFromSec: (chosen) => Math.max(chosen.listenFromSec, chosen.fromSec),
  span: (chosen) => ({ fromSec: chosen.fromSec, toSec: chosen.toSec }),
  bothSides: true,
  beyond: ['orders that wait', 'pairs'],
  decide,
})

function decide(view: View, chosen: Params): Verdict {
  const mid = midOf(view.up)
  const { fairYes, sigma } = view.truth
  const center = chosen.around === 'fair' ? fairYes : mid
  const wild = sigma !== null && sigma * MINUTE_ROOT > chosen.guardSigma
  const checks: Check[] = [
    check(
      'CENTER',
      center !== null,
      null,
      '',
      'there is a middle',
      'there is no middle to wait around',
    ),
    check(
      'CALM',
      true,
      sigma === null ? null : chosen.guardSigma - sigma * MINUTE_ROOT,
      'of the price',
      wild ? 'the price jumps about: the spread is widened' : 'the price is calm',
      '',
    ),
  ]
  if (center === null) return nothing(checks, null, 'there is no middle')
  const spread = chosen.spread * (wild ? chosen.guardFactor : 1)
  const net = (view.held.UP.shares - view.held.DOWN.shares) / chosen.maxPosition
  const quotes: Quote[] = []
  for (const side of SIDES) {
    const leaning = side === 'UP' ? net : -net
    const own = side === 'UP' ? center : 1 - center
    const checked = sideChecks(view, side, leaning, mid, chosen)
    checks.push(...checked)
    if (checked.some(({ ok }) => !ok)) continue
    const quote = bidFor(view, side, own - spread - leaning * chosen.skew, chosen)
    if (quote !== null) quotes.push(quote)
  }
  const why = quotes.length === 0 ? 'no side is fit to wait on' : 'waits around the middle'
  // A side that is left alone is no refusal of the other one.
  const told = quotes.length === 0 ? checks : checks.map((one) => ({ ...one, ok: true }))
  return { intents: [], quotes, side: null, why, checks: told, edge: spread, confidence: 0.5 }
}

function sideChecks(
  view: View,
  side: Side,
  leaning: number,
  mid: number | null,
  chosen: Params,
): Check[] {
  const { fairYes } = view.truth
  const gap = mid === null || fairYes === null ? null : Math.abs(mid - fairYes)
  const room = 1 - leaning - chosen.shares / chosen.maxPosition
  return [
    check(
      `INVENTORY_${side}`,
      room >= 0,
      room,
      'of the limit',
      'room for more',
      'holds as much as it may',
    ),
    check(
      `DIVERGENCE_${side}`,
      gap === null ||
        gap <= chosen.divergence ||
        chosen.divergence === 1 ||
        isCheap(side, mid, fairYes),
      gap === null ? null : chosen.divergence - gap,
      'dollars',
      'priced near its fair value, or below it',
      'priced above its fair value',
    ),
  ]
}

/** Off its fair value to our good is no reason to stay away. */
function isCheap(side: Side, mid: number | null, fairYes: number | null): boolean {
  if (mid === null || fairYes === null) return true
  return side === 'UP' ? mid < fairYes : mid > fairYes
}

function bidFor(view: View, side: Side, dollars: number, chosen: Params): Quote | null {
  const { tickSize, bestAsk } = bookOf(view, side)
  const step = Math.floor((dollars * TICKS_PER_DOLLAR) / tickSize)
  // It waits; it does not take.
  const highest = bestAsk === null ? TICKS_PER_DOLLAR - tickSize : bestAsk - tickSize
  const at = Math.min(step * tickSize, highest)
  if (at < tickSize) return null
  const pair = view.resting.some((one) => one.side === otherSide(side))
  return {
    side,
    action: 'BUY',
    price: at as Ticks,
    shares: microShares(chosen.shares) as MicroShares,
    postOnly: true,
    ttlSec: chosen.ttlSec,
    why: pair ? 'one leg of a pair' : 'the first leg of a pair',
  }
}
