/** From what was kept of a window and who won it to what can be learned of it. */
import type { AskAt, AskWindow, PastWindow, SideBy } from '../domain/asks.ts'
import type { Offer, SecondSeen, Trail } from '../domain/certificate.ts'
import type { Side } from '../domain/ids.ts'
import type { Winner } from '../domain/market.ts'
import { MICRO, type MicroShares, type Ticks } from '../domain/units.ts'

/** No second further out is ever fired at. */
export const ASK_SEC_MAX = 60

export type Wanted = { readonly shares: MicroShares; readonly sideBy: SideBy }

/**
 * Null where nothing can be learned: nobody won, or it was kept for a smaller size, which says nothing of a larger one. A second at which no side was
 * named is left out: nobody would have fired then, and what its sellers did is not known.
 */
export function askWindow(
  { market, trail, winner }: PastWindow,
  { shares, sideBy }: Wanted,
): AskWindow | null {
  if (winner === 'VOID' || shares > trail.shares) return null
  const asks: AskAt[] = []
  for (const seen of trail.seconds) {
    const side = named(seen, sideBy)
    if (side === null || !isWhole(seen.leftSec)) continue
    const offer = side === 'UP' ? seen.up : seen.down
    const chance = sideBy === 'rule' && seen.mid !== null ? rounded(seen.mid) : null
    asks.push([seen.leftSec, priceOf(offer, trail.shares, shares), paidMicro(side, winner), chance])
  }
  const { asset, interval, fee } = market
  const { conditionId } = trail
  return { conditionId, asset, interval, fee, sigma: sigmaOf(trail), asks }
}

/** Of a size that is smaller than the one that was looked for, the best price is enough where there is as much; else the larger size's price, which is no better. */
function priceOf(offer: Offer | null, seenFor: MicroShares, wanted: MicroShares): Ticks | null {
  if (offer === null) return null
  return wanted < seenFor && offer.size >= wanted ? offer.best : offer.forSize
}

function named(seen: SecondSeen, by: SideBy): Side | null {
  if (by === 'rule') return seen.winner
  const { up, down } = seen
  if (up === null && down === null) return null
  if (up === null) return 'UP'
  if (down === null) return 'DOWN'
  if (up.best === down.best) return null
  return up.best > down.best ? 'UP' : 'DOWN'
}

function isWhole(leftSec: number): boolean {
  return Number.isInteger(leftSec) && leftSec >= 1 && leftSec <= ASK_SEC_MAX
}

function paidMicro(side: Side, winner: Winner): number {
  if (winner === 'SPLIT') return MICRO / 2
  return winner === side ? MICRO : 0
}

/** The first that is known from a minute before the close on: what is known when the second is chosen. */
function sigmaOf({ seconds }: Trail): number | null {
  const known = seconds.filter(({ leftSec, sigma }) => leftSec <= ASK_SEC_MAX && sigma !== null)
  return known[0]?.sigma ?? null
}

function rounded(chance: number): number {
  return Math.round(chance * 1e4) / 1e4
}
