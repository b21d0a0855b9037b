/**
 * Buys the side to which the price runs, when the last seconds, the last half minute, the balance of buyers and sellers, and the distance from the strike all
 * point there. It stops well before the close, when a running price has no time left to matter.
 */
import { z } from 'zod'
import type { Side } from '../domain/ids.ts'
import {
  type Check,
  defineStrategy,
  type Flow,
  type Verdict,
  type View,
} from '../domain/strategy.ts'
import { MICROS_PER_SECOND, type MicroShares, type Ticks } from '../domain/units.ts'
import { faded } from './distance-fade.ts'
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
    minVelocity: fraction(
      0,
      0.01,
      0.000012,
      `least move a second over the last 5 seconds, as a fraction of the strike: half of the time it is less; ${DERIVED}`,
    ),
    minImbalance: fraction(
      0,
      1,
      0.1,
      'least surplus of buyers over sellers, or the other way, where the source tells sizes',
    ),
    minDistance: fraction(
      0,
      0.1,
      0.0001,
      'least distance from the strike on that side, as a fraction of it',
    ),
    carrySec: seconds(0, 120, 0, `seconds for which the run is taken to go on; ${DERIVED}`),
    scale: fraction(
      0.00001,
      0.1,
      0.00038,
      `as of distance-fade, for the time in which this one trades; ${DERIVED}`,
    ),
    minTrades: z
      .number()
      .int()
      .min(1)
      .max(100_000)
      .default(5)
      .describe('least trades heard in the last half minute'),
    minEdge: fraction(-1, 1, 0.015, 'dollars that a share must be worth beyond price and fee'),
    fromSec: seconds(2, 3_600, 600, 'seconds before the close at which it starts'),
    toSec: seconds(0, 3_600, 45, 'seconds before the close at which it stops'),
    maxAsk: price('highest price to pay for a share, in dollars').prefault('0.9'),
    shares: shares('shares to buy').prefault('5'),
    listenFromSec,
  })
  .refine(...spanInOrder)

type Params = z.infer<typeof params>

export const momentum = defineStrategy<Params>({
  name: 'momentum',
  summary: 'buys the side to which price, trades and distance all point',
  params,
  listenFromSec: (chosen) => Math.max(chosen.listenFromSec, chosen.fromSec),
  span: (chosen) => ({ fromSec: chosen.fromSec, toSec: chosen.toSec }),
  bounds: (chosen) => ({ highest: chosen.maxAsk as Ticks }),
  decide,
})

function decide(view: View, chosen: Params): Verdict {
  const { distance, velocity5, velocity30, imbalance } = view.flow
  const side: Side | null = velocity5 === null ? null : velocity5 >= 0 ? 'UP' : 'DOWN'
  const checks = flowChecks(view.flow, side === 'DOWN' ? -1 : 1, chosen)
  const limit = side === null ? null : bookOf(view, side).priceToTake(chosen.shares as MicroShares)
  const leftSec = view.leftMicros / MICROS_PER_SECOND
  const carried =
    distance === null || velocity30 === null
      ? null
      : distance + velocity30 * Math.min(chosen.carrySec, leftSec)
  const up = carried === null ? null : faded(carried, leftSec, chosen.scale)
  const fair = up === null ? null : side === 'UP' ? up : 1 - up
  const edge = fair === null || limit === null ? null : fair - costOf(view, limit)
  checks.push(...priceChecks(limit, chosen.maxAsk, edge, chosen.minEdge))
  const why = `the price runs to the side of ${side}`
  const confidence = imbalance === null ? 0.5 : Math.abs(imbalance)
  return purchase({ side, limit, chance: fair, edge }, checks, chosen, { why, confidence })
}

/** Everything has to point the same way. */
function flowChecks(flow: Flow, sign: 1 | -1, chosen: Params): Check[] {
  const { distance, velocity5, velocity30, imbalance, trades } = flow
  const along = (value: number | null): number | null => (value === null ? null : value * sign)
  return [
    check(
      'TRADES',
      trades >= chosen.minTrades,
      trades - chosen.minTrades,
      'trades',
      'enough trades were heard',
      'too few trades were heard',
    ),
    atLeast(
      'VELOCITY',
      along(velocity5),
      chosen.minVelocity,
      'of the strike a second',
      'the price runs',
      'the price does not run',
    ),
    atLeast(
      'TREND',
      along(velocity30),
      0,
      'of the strike a second',
      'the half minute points the same way',
      'the half minute points the other way',
    ),
    imbalance === null
      ? check('IMBALANCE', true, null, '', 'the source does not tell sizes', '')
      : atLeast(
          'IMBALANCE',
          along(imbalance),
          chosen.minImbalance,
          'of the volume',
          'those who trade push the same way',
          'those who trade do not push the same way',
        ),
    atLeast(
      'DISTANCE',
      along(distance),
      chosen.minDistance,
      'of the strike',
      'the price is on that side of the strike',
      'the price is not on that side of the strike',
    ),
  ]
}

function atLeast(
  name: string,
  value: number | null,
  least: number,
  unit: string,
  yes: string,
  no: string,
): Check {
  return check(
    name,
    value !== null && value >= least,
    value === null ? null : value - least,
    unit,
    yes,
    value === null ? 'not enough was heard yet' : no,
  )
}
