/**
 * One stake on the side that wins by the rule that settles the window: it waits for a seller first, as a maker and without a fee, and takes what is still missing
 * when there is not much time left.
 */
import { z } from 'zod'
import { type Check, defineStrategy, type Verdict, type View } from '../domain/strategy.ts'
import {
  MICROS_PER_SECOND,
  type MicroShares,
  microShares,
  type Ticks,
  ticks,
} from '../domain/units.ts'
import {
  bookOf,
  check,
  costOf,
  dollarsOf,
  fraction,
  listenFromSec,
  nothing,
  price,
  priceChecks,
  seconds,
  shares,
} from './shared.ts'

const params = z
  .strictObject({
    fromSec: seconds(2, 3_600, 60, 'seconds before the close from which it waits for a seller'),
    takeSec: seconds(0.2, 600, 8, 'seconds before the close from which it takes what is missing'),
    minChance: fraction(0.5, 1, 0.97, 'lower end of the chance to win below which it does nothing'),
    minEdge: fraction(-1, 1, 0.002, 'dollars that a share must be worth beyond price and fee'),
    maxPrice: price('highest price to pay for a share, in dollars').prefault('0.98'),
    shares: shares('shares of the whole stake').prefault('5'),
    listenFromSec,
  })
  .refine(({ fromSec, takeSec }) => takeSec < fromSec, {
    message: 'takeSec must be below fromSec',
    path: ['takeSec'],
  })

type Params = z.infer<typeof params>

/** The venue drops an order by itself soon after the close, should nobody else. */
const TTL_MARGIN_SEC = 61

export const lateFavourite = defineStrategy<Params>({
  name: 'late-favourite',
  summary: 'waits for a seller of the winning side first, takes what is missing late, one stake',
  params,
  listenFromSec: (chosen) => Math.max(chosen.listenFromSec, chosen.fromSec),
  span: (chosen) => ({ fromSec: chosen.fromSec, toSec: 0 }),
  beyond: ['orders that wait'],
  bounds: (chosen) => ({ lowest: ticks(5_000), highest: chosen.maxPrice as Ticks }),
  decide,
})

function decide(view: View, chosen: Params): Verdict {
  const { winner, win } = view.truth
  const held = view.held.UP.shares + view.held.DOWN.shares
  const missing = chosen.shares - held
  const other = winner === null ? 0 : view.held[winner === 'UP' ? 'DOWN' : 'UP'].shares
  const checks: Check[] = [
    check('TRUTH', winner !== null, null, '', 'the rule names a side', 'the rule names no side'),
    check(
      'CHANCE',
      win !== null && win.low >= chosen.minChance,
      win === null ? null : win.low - chosen.minChance,
      'probability',
      'sure enough',
      'not sure enough',
    ),
    check(
      'STAKE',
      missing > 0,
      missing,
      'micro-shares',
      'the stake is not full',
      'the stake is full',
    ),
    check(
      'TURNED',
      other === 0,
      null,
      '',
      'nothing is held of the other side',
      'the other side is held: the favourite has changed',
    ),
  ]
  if (winner === null || checks.some(({ ok }) => !ok))
    return nothing(checks, winner, 'no favourite')
  if (view.leftMicros > chosen.takeSec * MICROS_PER_SECOND) return waiting(view, chosen, checks)
  if (view.resting.length > 0) {
    // What waits is withdrawn before the rest is taken, or the stake would be had twice.
    return { ...nothing(checks, winner, 'what waits is withdrawn first'), quotes: [] }
  }
  return taking(view, chosen, checks, microShares(missing))
}

/** What is missing, at once. */
function taking(view: View, chosen: Params, checks: Check[], wanted: MicroShares): Verdict {
  const { winner, win } = view.truth
  if (winner === null || win === null) return nothing(checks, null, 'no favourite')
  const limit = bookOf(view, winner).priceToTake(wanted)
  const edge = limit === null ? null : win.low - costOf(view, limit)
  checks.push(...priceChecks(limit, chosen.maxPrice, edge, chosen.minEdge))
  if (limit === null || edge === null || checks.some(({ ok }) => !ok))
    return nothing(checks, winner, 'nothing to take')
  const why = `${winner} wins by the rule that settles the window`
  return {
    intents: [{ side: winner, limit, shares: wanted, win, why }],
    side: winner,
    why,
    checks,
    edge,
    confidence: win.low,
  }
}

/** As the first in line where that is worth it. */
function waiting(view: View, chosen: Params, checks: Check[]): Verdict {
  const { winner, win } = view.truth
  if (winner === null || win === null) return nothing(checks, null, 'no favourite')
  const { bestBid, bestAsk, tickSize } = bookOf(view, winner)
  const worth = Math.floor(((win.low - chosen.minEdge) * 10_000) / tickSize) * tickSize
  const highest = bestAsk === null ? 10_000 - tickSize : bestAsk - tickSize
  const at = Math.min((bestBid ?? 0) + tickSize, chosen.maxPrice, worth, highest) as Ticks
  const wanted = chosen.shares - view.held[winner].shares
  checks.push(
    check(
      'WORTH',
      at >= tickSize && at >= (bestBid ?? 0),
      null,
      '',
      'worth waiting at the best bid',
      'the best bid is more than it is worth',
    ),
  )
  if (checks.some(({ ok }) => !ok)) return nothing(checks, winner, 'nothing to wait for')
  const why = `waits for a seller of ${winner}`
  const ttlSec = Math.ceil(view.leftMicros / MICROS_PER_SECOND) + TTL_MARGIN_SEC
  const quote = {
    side: winner,
    action: 'BUY',
    price: at,
    shares: microShares(wanted),
    postOnly: true,
    ttlSec,
    why,
  } as const
  return {
    intents: [],
    quotes: [quote],
    side: winner,
    why,
    checks,
    edge: win.low - dollarsOf(at),
    confidence: win.low,
  }
}
