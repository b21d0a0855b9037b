/**
 * Late in the window, a price far enough from the strike is as good as settled: tiers of distance say how sure that is, less so the more time is left. It holds back
 * when the price runs back to the strike.
 */
import { z } from 'zod'
import type { Side } from '../domain/ids.ts'
import { type Check, defineStrategy, type Verdict, type View } from '../domain/strategy.ts'
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
    farDistance: fraction(
      0,
      0.1,
      0.0009,
      `distance from the strike, as a fraction of it, that is far with a minute left; ${DERIVED}`,
    ),
    middleDistance: fraction(0, 0.1, 0.00042, `... that is in the middle; ${DERIVED}`),
    nearDistance: fraction(
      0,
      0.1,
      0.00019,
      `... that is near, and below which it does nothing; ${DERIVED}`,
    ),
    farCertainty: fraction(0.5, 1, 0.984, `chance to win from far; ${DERIVED}`),
    middleCertainty: fraction(0.5, 1, 0.951, `chance to win from the middle; ${DERIVED}`),
    nearCertainty: fraction(0.5, 1, 0.886, `chance to win from near; ${DERIVED}`),
    maxReversal: fraction(
      0,
      1,
      0.5,
      'part of the distance that the price may lose by the close at its present speed',
    ),
    minEdge: fraction(-1, 1, 0.005, 'dollars that a share must be worth beyond price and fee'),
    fromSec: seconds(2, 600, 45, 'seconds before the close at which it starts'),
    toSec: seconds(0, 600, 1, 'seconds before the close at which it stops'),
    maxAsk: price('highest price to pay for a share, in dollars').prefault('0.97'),
    shares: shares('shares to buy').prefault('5'),
    listenFromSec,
  })
  .refine(...spanInOrder)
  .refine(
    ({ farDistance, middleDistance, nearDistance }) =>
      nearDistance <= middleDistance && middleDistance <= farDistance,
    {
      message: 'the distances must go from near to far',
      path: ['middleDistance'],
    },
  )

type Params = z.infer<typeof params>

export const settlementSniper = defineStrategy<Params>({
  name: 'settlement-sniper',
  summary: 'late in the window, buys the side that is too far ahead to lose',
  params,
  listenFromSec: (chosen) => Math.max(chosen.listenFromSec, chosen.fromSec),
  span: (chosen) => ({ fromSec: chosen.fromSec, toSec: chosen.toSec }),
  bounds: (chosen) => ({ lowest: ticks(5_000), highest: chosen.maxAsk as Ticks }),
  decide,
})

/** The tiers are for a minute; with less time left a smaller distance is as sure, as the root of time goes. */
export function certaintyOf(distance: number, leftSec: number, chosen: Params): number | null {
  const scaled = distance / Math.sqrt(Math.max(leftSec, 1) / 60)
  if (scaled >= chosen.farDistance) return chosen.farCertainty
  if (scaled >= chosen.middleDistance) return chosen.middleCertainty
  return scaled >= chosen.nearDistance ? chosen.nearCertainty : null
}

function decide(view: View, chosen: Params): Verdict {
  const { distance, velocity5 } = view.flow
  const side: Side | null = distance === null ? null : distance >= 0 ? 'UP' : 'DOWN'
  const away = distance === null ? null : Math.abs(distance)
  const leftSec = view.leftMicros / MICROS_PER_SECOND
  const certainty = away === null ? null : certaintyOf(away, leftSec, chosen)
  const lost =
    away === null || velocity5 === null || side === null
      ? null
      : (-(side === 'UP' ? velocity5 : -velocity5) * leftSec) / Math.max(away, 1e-12)
  const limit = side === null ? null : bookOf(view, side).priceToTake(chosen.shares as MicroShares)
  const edge = certainty === null || limit === null ? null : certainty - costOf(view, limit)
  const checks: Check[] = [
    check(
      'TIER',
      certainty !== null,
      certainty,
      'probability',
      'far enough from the strike for the time left',
      away === null
        ? 'the price or the strike is not known'
        : 'too near the strike for the time left',
    ),
    check(
      'REVERSAL',
      lost !== null && lost <= chosen.maxReversal,
      lost === null ? null : chosen.maxReversal - lost,
      'of the distance',
      'the price does not run back',
      lost === null ? 'its speed is not known yet' : 'the price runs back to the strike',
    ),
    ...priceChecks(limit, chosen.maxAsk, edge, chosen.minEdge),
  ]
  const why = `${side} is too far ahead to lose`
  const confidence = certainty ?? 0
  return purchase({ side, limit, chance: certainty, edge }, checks, chosen, { why, confidence })
}
