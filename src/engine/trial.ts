/**
 * How much a bot on trial may buy. Of each side of a window it buys so many shares in all, in one order or in many, sold again meanwhile or not: that is what
 * bounds the loss of a window, and the proof of the ladder rests on it. What is held may always be sold whole.
 */
import type { Side } from '../domain/ids.ts'
import type { Check, Intent, Quote } from '../domain/strategy.ts'
import { formatMicro, type MicroShares, microShares } from '../domain/units.ts'
import type { LastSecondTrader } from './last-second-trader.ts'
import { boughtIn } from './own-orders.ts'

/** Shares that are counted, and not bought by dollars, have two decimals at most. */
const SHARES_STEP = 10_000

export function countable(shares: MicroShares): MicroShares {
  return microShares(shares - (shares % SHARES_STEP))
}

/** For one verdict: what one of its orders may buy is not there for the next. */
export function trialOf(cap: MicroShares, trader: LastSecondTrader, into: Check[]) {
  const taken: Record<Side, number> = { UP: 0, DOWN: 0 }

  function bounded(shares: MicroShares, room: number): MicroShares {
    if (shares <= room) return shares
    const note = `a canary buys ${formatMicro(cap)} shares of a side and not ${formatMicro(shares)}`
    into.push({ name: 'STAKES', ok: true, margin: null, unit: '', note })
    return microShares(Math.max(0, room))
  }

  const roomFor = (side: Side, waitingMakesWay: boolean): number =>
    cap - boughtIn(trader, side, waitingMakesWay)

  /** What each leg may have when all of them have as much. */
  function leastOf(all: readonly Intent[]): number {
    const legs = all.filter(({ action = 'BUY' }) => action === 'BUY')
    const rooms = legs.map(({ side, shares }) => {
      const beside = legs.filter((leg) => leg.side === side).length
      return Math.min(shares, Math.floor(Math.max(0, roomFor(side, false)) / beside))
    })
    return Math.min(...rooms)
  }

  return {
    /** The legs of a pair are of one size, the smallest that one of them may have. */
    shot(wanted: Intent, all: readonly Intent[]): MicroShares {
      const { side, action = 'BUY' } = wanted
      if (action === 'SELL') return wanted.shares
      const own = bounded(wanted.shares, roomFor(side, false) - taken[side])
      const shares = all.length > 1 ? microShares(Math.min(own, leastOf(all))) : own
      taken[side] += shares
      return shares
    },

    /** It takes the place of the one that waits. */
    quote(wanted: Quote): MicroShares {
      if (wanted.action === 'SELL') return wanted.shares
      const shares = bounded(wanted.shares, roomFor(wanted.side, true) - taken[wanted.side])
      taken[wanted.side] += shares
      return shares
    },
  }
}
