/**
 * Buys the side that a random walk from the present price to the close makes worth more than it costs, fee and slippage included. An edge too good to be true is
 * not true: above a limit it is the model that is wrong.
 */
import { z } from 'zod'
import type { Side } from '../domain/ids.ts'
import { type Check, defineStrategy, type Verdict, type View } from '../domain/strategy.ts'
import { MICRO, type MicroShares, notional, type Ticks } from '../domain/units.ts'
import {
  bookOf,
  check,
  costOf,
  fraction,
  listenFromSec,
  price,
  purchase,
  SIDES,
  seconds,
  shares,
} from './shared.ts'

const params = z
  .strictObject({
    minEdge: fraction(
      0,
      1,
      0.005,
      'dollars that a share must be worth beyond price, fee and slippage',
    ),
    maxEdge: fraction(0, 1, 0.1, 'dollars above which an edge is taken for an error of the model'),
    slippage: fraction(0, 0.2, 0.002, 'dollars a share set aside for a price that moves meanwhile'),
    minLiquidityUsd: fraction(0, 100_000, 20, 'dollars that must be for sale at the best ask'),
    minLeftSec: seconds(0, 14_400, 20, 'seconds before the close at which it stops'),
    maxLeftSec: seconds(1, 14_400, 600, 'seconds before the close at which it starts'),
    minSigma: fraction(
      0,
      1,
      0.000005,
      'least movement in a second, as a fraction of the price, at which the model is believed',
    ),
    maxSigma: fraction(0, 1, 0.002, 'most movement in a second at which the model is believed'),
    maxAsk: price('highest price to pay for a share, in dollars').prefault('0.97'),
    shares: shares('shares to buy').prefault('5'),
    listenFromSec,
  })
  .refine(({ minEdge, maxEdge }) => minEdge <= maxEdge, {
    message: 'minEdge must not be above maxEdge',
    path: ['minEdge'],
  })
  .refine(({ minLeftSec, maxLeftSec }) => minLeftSec < maxLeftSec, {
    message: 'minLeftSec must be below maxLeftSec',
    path: ['minLeftSec'],
  })

type Params = z.infer<typeof params>

export const fairValueEdge = defineStrategy<Params>({
  name: 'fair-value-edge',
  summary: 'buys a side that a random walk makes worth more than price, fee and slippage',
  params,
  listenFromSec: (chosen) => Math.max(chosen.listenFromSec, chosen.maxLeftSec),
  span: (chosen) => ({ fromSec: chosen.maxLeftSec, toSec: chosen.minLeftSec }),
  bounds: (chosen) => ({ highest: chosen.maxAsk as Ticks }),
  decide,
})

type Offer = {
  readonly side: Side
  readonly limit: Ticks
  readonly chance: number
  readonly edge: number
}

function decide(view: View, chosen: Params): Verdict {
  const { fairYes, win } = view.truth
  const best = fairYes === null ? null : bestOffer(view, fairYes, chosen)
  const checks = checksOf(view, best, chosen)
  const offer = best ?? { side: null, limit: null, chance: null, edge: null }
  const why = `${offer.side} is worth more than it costs`
  const confidence = win === null ? 0.5 : 1 - (win.high - win.low)
  return purchase(offer, checks, chosen, { why, confidence, otherwise: 'no side is for sale' })
}

function checksOf(view: View, best: Offer | null, chosen: Params): Check[] {
  const { fairYes, sigma } = view.truth
  return [
    check(
      'FAIR',
      fairYes !== null,
      null,
      '',
      'there is a fair value',
      'there is no fair value yet',
    ),
    check(
      'SIGMA',
      sigma !== null && sigma >= chosen.minSigma && sigma <= chosen.maxSigma,
      sigma === null ? null : Math.min(sigma - chosen.minSigma, chosen.maxSigma - sigma),
      'a second',
      'the volatility is one the model is good for',
      sigma === null
        ? 'the volatility is not known yet'
        : 'the volatility is not one the model is good for',
    ),
    check(
      'ASK',
      best !== null,
      null,
      '',
      'the whole size is for sale',
      'the whole size is not for sale on either side',
    ),
    check(
      'MIN_EDGE',
      best !== null && best.edge >= chosen.minEdge,
      best === null ? null : best.edge - chosen.minEdge,
      'dollars a share',
      'worth more than it costs',
      'not worth more than it costs',
    ),
    check(
      'MAX_EDGE',
      best !== null && best.edge <= chosen.maxEdge,
      best === null ? null : chosen.maxEdge - best.edge,
      'dollars a share',
      'not too good to be true',
      'too good to be true',
    ),
    liquidity(view, best, chosen),
    check(
      'CAP',
      best !== null && best.limit <= chosen.maxAsk,
      best === null ? null : chosen.maxAsk - best.limit,
      'ticks',
      'within the cap',
      'above the cap',
    ),
  ]
}

function bestOffer(view: View, fairYes: number, chosen: Params): Offer | null {
  let best: Offer | null = null
  for (const side of SIDES) {
    const limit = bookOf(view, side).priceToTake(chosen.shares as MicroShares)
    if (limit === null) continue
    const chance = side === 'UP' ? fairYes : 1 - fairYes
    const edge = chance - costOf(view, limit) - chosen.slippage
    if (best === null || edge > best.edge) best = { side, limit, chance, edge }
  }
  return best
}

function liquidity(view: View, best: Offer | null, { minLiquidityUsd }: Params): Check {
  const book = best === null ? null : bookOf(view, best.side)
  const there =
    book === null || book.bestAsk === null
      ? null
      : notional(book.bestAsk, book.askSize, 'floor') / MICRO
  return check(
    'LIQUIDITY',
    there !== null && there >= minLiquidityUsd,
    there === null ? null : there - minLiquidityUsd,
    'dollars',
    'enough is for sale',
    'too little is for sale',
  )
}
