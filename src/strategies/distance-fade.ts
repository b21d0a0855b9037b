/**
 * The further the price is from the strike, and the less time is left, the nearer is a side to its dollar: a smooth curve of the distance gives its fair value, and
 * what is for sale below it is bought. The scale is a fraction of the strike, so that it means the same for every asset.
 */
import { z } from 'zod'
import type { Side } from '../domain/ids.ts'
import { defineStrategy, type Verdict, type View } from '../domain/strategy.ts'
import { MICROS_PER_SECOND, type MicroShares, type Ticks, ticks } from '../domain/units.ts'
import {
  bookOf,
  check,
  costOf,
  DERIVED,
  fraction,
  listenFromSec,
  price,
  priceChecks,
  purchase,
  seconds,
  shares,
  spanInOrder,
} from './shared.ts'

const params = z
  .strictObject({
    scale: fraction(
      0.00001,
      0.1,
      0.00026,
      `distance from the strike, as a fraction of it, at which a side is worth 0.88 with a minute left; ${DERIVED}`,
    ),
    minDistance: fraction(0, 0.1, 0.0003, 'least distance from the strike, as a fraction of it'),
    minEdge: fraction(-1, 1, 0.01, 'dollars that a share must be worth beyond price and fee'),
    fromSec: seconds(2, 3_600, 90, 'seconds before the close at which it starts'),
    toSec: seconds(0, 3_600, 2, 'seconds before the close at which it stops'),
    maxAsk: price('highest price to pay for a share, in dollars').prefault('0.97'),
    shares: shares('shares to buy').prefault('5'),
    listenFromSec,
  })
  .refine(...spanInOrder)

type Params = z.infer<typeof params>

export const distanceFade = defineStrategy<Params>({
  name: 'distance-fade',
  summary: "buys below a fair value made of the price's distance from the strike",
  params,
  listenFromSec: (chosen) => Math.max(chosen.listenFromSec, chosen.fromSec),
  span: (chosen) => ({ fromSec: chosen.fromSec, toSec: chosen.toSec }),
  bounds: (chosen) => ({ lowest: ticks(5_000), highest: chosen.maxAsk as Ticks }),
  decide,
})

/** The chance of Up for a distance, with so much time left: the scale grows with the root of time, as a random walk does. */
export function faded(distance: number, leftSec: number, scale: number): number {
  const reach = scale * Math.sqrt(Math.max(leftSec, 1) / 60)
  return (1 + Math.tanh(distance / reach)) / 2
}

function decide(view: View, chosen: Params): Verdict {
  const { distance } = view.flow
  const side: Side | null = distance === null ? null : distance >= 0 ? 'UP' : 'DOWN'
  const limit = side === null ? null : bookOf(view, side).priceToTake(chosen.shares as MicroShares)
  const up =
    distance === null ? null : faded(distance, view.leftMicros / MICROS_PER_SECOND, chosen.scale)
  const fair = up === null ? null : side === 'UP' ? up : 1 - up
  const edge = fair === null || limit === null ? null : fair - costOf(view, limit)
  const checks = [
    check(
      'DISTANCE',
      distance !== null && Math.abs(distance) >= chosen.minDistance,
      distance === null ? null : Math.abs(distance) - chosen.minDistance,
      'of the strike',
      'far enough from the strike',
      distance === null ? 'the price or the strike is not known' : 'too near the strike',
    ),
    ...priceChecks(limit, chosen.maxAsk, edge, chosen.minEdge),
  ]
  const why = `the price is far on the side of ${side}`
  const confidence = fair === null ? 0 : Math.abs(2 * fair - 1)
  return purchase({ side, limit, chance: fair, edge }, checks, chosen, { why, confidence })
}
