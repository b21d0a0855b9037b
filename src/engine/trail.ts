/**
 * The trail of each watched window: at every whole second of its last minute, what both sides asked and who was ahead. Looked at with the first event
 * after the second, before that event changes anything: nothing happened between the two, so it is the state of the second itself. A second in which
 * no event came is missing.
 */
import type { Offer, Trail } from '../domain/certificate.ts'
import type { Market } from '../domain/market.ts'
import type { Truth } from '../domain/truth.ts'
import { MICROS_PER_SECOND, type MicroShares, type Micros, micros } from '../domain/units.ts'
import type { LastSecondTrader, TokenTrack } from './last-second-trader.ts'

const FROM_SEC = 60
/** Where a strategy does not say how much it buys. */
const NO_SHARES = 0 as MicroShares

export type Trails = {
  /** From its next whole second on. */
  begin(trader: LastSecondTrader, venueNow: Micros): void
  /** Called with every event, before it is handled. */
  look(venueNow: Micros): void
  of(trader: LastSecondTrader): Trail
}

export type TrailDeps = {
  readonly traders: ReadonlyMap<unknown, LastSecondTrader>
  /** What the strategy buys now; null where that cannot be said. */
  shares(): MicroShares | null
  truth(market: Market, venueNow: Micros): Truth
}

export function createTrails({ traders, shares, truth }: TrailDeps): Trails {
  /** Before it there is nothing to look at. */
  let dueAt = Number.POSITIVE_INFINITY

  function note(trader: LastSecondTrader, leftSec: number): void {
    const { market, trail, up, down } = trader
    const { shares } = trail
    const { winner, win, spot, sigma } = truth(market, secondOf(market, leftSec))
    trail.seconds.push({
      leftSec,
      up: offerOf(up, shares),
      down: offerOf(down, shares),
      winner,
      low: win?.low ?? null,
      mid: win?.mid ?? null,
      spot,
      sigma,
    })
  }

  function plan({ market, trail }: LastSecondTrader): void {
    if (trail.nextSec >= 0) dueAt = Math.min(dueAt, secondOf(market, trail.nextSec))
  }

  return {
    begin(trader, venueNow) {
      const leftSec = Math.floor((trader.market.endAt - venueNow) / MICROS_PER_SECOND)
      trader.trail.nextSec = Math.min(FROM_SEC, leftSec)
      // One size for the whole trail, whatever is changed meanwhile.
      trader.trail.shares = shares()
      plan(trader)
    },
    look(venueNow) {
      if (venueNow < dueAt) return
      dueAt = Number.POSITIVE_INFINITY
      for (const trader of traders.values()) {
        const { market, trail } = trader
        if (!trader.watched || trail.nextSec < 0) continue
        // The latest second that is over. What lies between the two was seen by nobody.
        const leftSec = Math.ceil((market.endAt - venueNow) / MICROS_PER_SECOND) + 0
        if (leftSec <= trail.nextSec) {
          if (leftSec >= 0) note(trader, leftSec)
          trail.nextSec = leftSec - 1
        }
        plan(trader)
      }
    },
    of: ({ market, trail }) => ({
      conditionId: market.conditionId,
      shares: trail.shares ?? NO_SHARES,
      seconds: [...trail.seconds],
    }),
  }
}

function secondOf(market: Market, leftSec: number): Micros {
  return micros(market.endAt - leftSec * MICROS_PER_SECOND)
}

function offerOf({ book }: TokenTrack, shares: MicroShares | null): Offer | null {
  const { bestAsk, askSize } = book
  if (book.state !== 'live' || book.crossed || bestAsk === null) return null
  return {
    best: bestAsk,
    size: askSize,
    forSize: shares === null ? null : book.priceToTake(shares),
  }
}
