/**
 * After a power cut neither the ledger nor the journal may know of an order that had left. A window that was made ready, and of which nothing
 * proves that no order is out, is asked for at the venue: a trade in it in which we were the taker is a shot that was forgotten.
 */
import type { RestoredShot } from '../domain/events.ts'
import { orderId } from '../domain/ids.ts'
import type { Market } from '../domain/market.ts'
import { completeOrder, type Order, type Rung } from '../domain/order.ts'
import type { Account, Log, TakerTrade } from '../domain/ports.ts'
import { MICROS_PER_MS, type Micros, microShares, microUsdc, type Ticks } from '../domain/units.ts'
import { UserError } from '../domain/user-error.ts'
import type { NamedRung } from '../ledger/journal-files.ts'
import { costOf } from './order-trades.ts'

const LOOK_FIRST_MS = 250
const LOOK_MOST_MS = 3_000
const LOOK_GROWTH = 1.5
/** An order may be on its way still, or be held by the venue before it is matched: so long, and so many answers. */
const GONE_AFTER_MS = 12_000
const GONE_ANSWERS = 4
const UNHEARD_AFTER_MS = 30_000

export type UnprovenWindow = { readonly market: Market; readonly orders: readonly NamedRung[] }

export type LostShotsDeps = {
  readonly account: Pick<Account, 'takenIn'>
  readonly now: () => Micros
  readonly log: Log
}

/** The shot that was forgotten, or null where the venue knows of none. Where it cannot be asked there is no start: the next one asks again. */
export async function findLostShot(
  { account, now, log }: LostShotsDeps,
  window: UnprovenWindow,
): Promise<RestoredShot | null> {
  const { slug, conditionId } = window.market
  const since = now()
  let answers = 0
  for (let ms = LOOK_FIRST_MS; ; ms = Math.min(ms * LOOK_GROWTH, LOOK_MOST_MS)) {
    let failure: unknown = null
    try {
      const shot = shotIn(window, await account.takenIn(conditionId))
      if (shot !== null) {
        const { venueId } = shot
        log.warn('an order that neither ledger nor journal knew was found at the venue', {
          ...{ slug, venueId },
        })
        return shot
      }
      answers += 1
    } catch (error) {
      failure = error
    }
    const forMs = (now() - since) / MICROS_PER_MS
    if (forMs >= GONE_AFTER_MS && answers >= GONE_ANSWERS) return null
    if (forMs >= UNHEARD_AFTER_MS)
      throw new UserError(
        'general',
        `the venue could not be asked whether an order of ${slug} had left before the power was cut (${String(failure)}); start again when it answers`,
      )
    await new Promise((resolve) => setTimeout(resolve, ms))
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
