/**
 * After a power cut neither the ledger nor the journal may know of an order that had left. A window that was made ready, and of which nothing
 * proves that no order is out, is asked for at the venue: a trade in it in which we were the taker is a shot that was forgotten.
 */
import type { RestoredShot } from '../domain/events.ts'
import { orderId } from '../domain/ids.ts'
import type { Market } from '../domain/market.ts'
import { completeOrder, type Order, type Rung } from '../domain/order.ts'
import type { Account, Log, TakerTrade } from '../domain/ports.ts'
import { microShares, microUsdc, type Ticks } from '../domain/units.ts'
import type { NamedRung } from '../ledger/journal-files.ts'
import { costOf } from './order-trades.ts'

const LOOKS = 3
const LOOK_AGAIN_MS = 1_000

export type UnprovenWindow = { readonly market: Market; readonly orders: readonly NamedRung[] }

export type LostShotsDeps = { readonly account: Pick<Account, 'takenIn'>; readonly log: Log }

/** The shot that was forgotten, or null where the venue knows of none. */
export async function findLostShot(
  { account, log }: LostShotsDeps,
  window: UnprovenWindow,
): Promise<RestoredShot | null> {
  const { market } = window
  for (let look = 1; ; look += 1) {
    try {
      const trades = await account.takenIn(market.conditionId)
      const shot = shotIn(window, trades)
      if (shot !== null)
        log.warn('an order that neither ledger nor journal knew was found at the venue', {
          slug: market.slug,
          venueId: shot.venueId,
        })
      return shot
    } catch (error) {
      if (look === LOOKS) {
        log.error('nobody can tell whether an order of a window that was made ready had left', {
          slug: market.slug,
          error,
        })
        return null
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
    }
  }
}

/** By the names that were written down; where none of them is meant, by what was bought: it may have been signed in the last moment. */
function shotIn({ market, orders }: UnprovenWindow, trades: readonly TakerTrade[]) {
  const ours = trades.filter(({ token }) => token === market.up || token === market.down)
  const named = ours.find(({ venueId }) => rungNamed(orders, venueId) !== undefined)
  const one = named ?? ours[0]
  if (one === undefined) return null
  const whole = ours.filter(({ venueId }) => venueId === one.venueId)
  const rung = rungNamed(orders, one.venueId) ?? rungOf(market, whole)
  return shotOf(market, rung, one)
}

function rungNamed(orders: readonly NamedRung[], venueId: string): NamedRung | undefined {
  return orders.find((rung) => rung.venueId.toLowerCase() === venueId.toLowerCase())
}

function shotOf(market: Market, rung: Rung, { venueId, matchedAt }: TakerTrade): RestoredShot {
  const { side, token, limit, spend, shares } = rung
  const order: Order = completeOrder({
    id: orderId(`${market.slug}/1`),
    conditionId: market.conditionId,
    strategy: 'forgotten',
    ...{ side, token, limit, spend, shares },
    decidedAt: matchedAt ?? market.endAt,
  })
  return { market, order, outcome: null, isNews: true, venueId }
}

/** Nothing is left but the trades themselves. */
function rungOf(market: Market, trades: readonly TakerTrade[]): Rung {
  const fills = trades.flatMap((trade) => trade.fills)
  const token = trades[0]?.token ?? market.up
  return {
    side: token === market.up ? 'UP' : 'DOWN',
    token,
    limit: Math.max(...fills.map(({ price }) => price)) as Ticks,
    spend: microUsdc(costOf(fills)),
    shares: microShares(fills.reduce((sum, { shares }) => sum + shares, 0)),
  }
}
