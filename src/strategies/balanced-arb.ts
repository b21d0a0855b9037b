/**
 * Buys both sides of a window when together they cost less than the dollar that one of them will pay. Both legs are sent at once; where only one was filled, the
 * pair is completed as long as it still costs less than a dollar and a tolerated loss, else what is too much is sold.
 */
import { z } from 'zod'
import type { Side } from '../domain/ids.ts'
import { defineStrategy, type Intent, type Verdict, type View } from '../domain/strategy.ts'
import { MICRO, type MicroShares, type Ticks } from '../domain/units.ts'
import {
  bookOf,
  check,
  costOf,
  fraction,
  listenFromSec,
  nothing,
  otherSide,
  seconds,
  shares,
  spanInOrder,
} from './shared.ts'

const params = z
  .strictObject({
    minProfit: fraction(0, 1, 0.005, 'dollars that a pair must bring after both fees'),
    maxLoss: fraction(
      0,
      1,
      0.02,
      'dollars that completing a broken pair may cost before it is unwound instead',
    ),
    fromSec: seconds(1, 14_400, 840, 'seconds before the close at which it starts'),
    toSec: seconds(0, 14_400, 5, 'seconds before the close at which it stops'),
    shares: shares('shares of each side').prefault('5'),
    listenFromSec,
  })
  .refine(...spanInOrder)

type Params = z.infer<typeof params>

export const balancedArb = defineStrategy<Params>({
  name: 'balanced-arb',
  summary: 'buys both sides when together they cost less than a dollar after fees',
  params,
  listenFromSec: (chosen) => Math.max(chosen.listenFromSec, chosen.fromSec),
  span: (chosen) => ({ fromSec: chosen.fromSec, toSec: chosen.toSec }),
  bothSides: true,
  beyond: ['pairs', 'sales'],
  decide,
})

function decide(view: View, chosen: Params): Verdict {
  const excess = view.held.UP.shares - view.held.DOWN.shares
  if (excess !== 0)
    return mend(view, excess > 0 ? 'UP' : 'DOWN', Math.abs(excess) as MicroShares, chosen)
  const size = chosen.shares as MicroShares
  const up = view.up.priceToTake(size)
  const down = view.down.priceToTake(size)
  const profit = up === null || down === null ? null : 1 - costOf(view, up) - costOf(view, down)
  const checks = [
    check(
      'ASK',
      profit !== null,
      null,
      '',
      'both sides are for sale',
      'the whole size is not for sale on both sides',
    ),
    check(
      'PROFIT',
      profit !== null && profit >= chosen.minProfit,
      profit === null ? null : profit - chosen.minProfit,
      'dollars a pair',
      'a pair costs less than it pays',
      'a pair does not cost less than it pays',
    ),
  ]
  if (up === null || down === null || profit === null || profit < chosen.minProfit)
    return nothing(checks, null, 'no pair')
  const why = 'both sides together cost less than the dollar that one of them pays'
  const leg = (side: Side, limit: Ticks): Intent => ({ side, limit, shares: size, why })
  return {
    intents: [leg('UP', up), leg('DOWN', down)],
    side: null,
    why,
    checks,
    edge: profit,
    confidence: 1,
  }
}

/** One leg stands alone: it is a bet that nobody wanted. */
function mend(view: View, long: Side, excess: MicroShares, chosen: Params): Verdict {
  const missing = otherSide(long)
  const limit = bookOf(view, missing).priceToTake(excess)
  const paid = view.held[long].shares === 0 ? 0 : view.held[long].cost / view.held[long].shares
  const loss = limit === null ? null : paid + costOf(view, limit) - 1
  if (limit !== null && loss !== null && loss <= chosen.maxLoss) {
    const why = 'the missing leg completes the pair'
    const checks = [
      check('PAIR', true, chosen.maxLoss - loss, 'dollars a pair', 'the pair can be completed', ''),
    ]
    return {
      intents: [{ side: missing, limit, shares: excess, why }],
      side: null,
      why,
      checks,
      edge: 1,
      confidence: 1,
    }
  }
  const bid = bookOf(view, long).bestBid
  const checks = [
    check(
      'PAIR',
      false,
      loss === null ? null : chosen.maxLoss - loss,
      'dollars a pair',
      '',
      'the pair cannot be completed any more',
    ),
  ]
  if (bid === null || excess < MICRO)
    return nothing(checks, null, 'nobody buys the leg that is too much')
  const why = 'the leg that stands alone is sold'
  const sale: Intent = { side: long, action: 'SELL', kind: 'FAK', limit: bid, shares: excess, why }
  return {
    intents: [sale],
    side: null,
    why,
    checks: checks.map((one) => ({ ...one, ok: true })),
    edge: 1,
    confidence: 1,
  }
}
