/**
 * An order that waited, of which the ledger knows and whose line in the journal is gone: the power was cut before it was on the disk. It waits no more,
 * for everything is withdrawn at the start; but somebody may have taken from it before. A trade of ours that no known order explains, of its token and at
 * its price, is such a one. Asked for long enough without one, nothing of it was taken.
 */
import type { RestoredShot } from '../domain/events.ts'
import type { Order, SubmitOutcome } from '../domain/order.ts'
import type { Account, EventSink, Log, NamedFill } from '../domain/ports.ts'
import { MICROS_PER_MS, type Micros } from '../domain/units.ts'
import { type Asking, askAgain } from './asking.ts'
import type { Quotes } from './quotes.ts'

const ASK_MOST_MS = 5_000
const GONE_AFTER_MS = 12_000
const GONE_ANSWERS = 4

export type LostWaits = {
  /** An order with a name is no lost one. */
  knows(venueId: string): void
  find(shot: RestoredShot): void
  close(): void
}

export type LostWaitsDeps = {
  readonly account: Pick<Account, 'filledIn'>
  readonly quotes: Pick<Quotes, 'resume'>
  readonly emit: EventSink
  readonly now: () => Micros
  readonly log: Log
}

export function createLostWaits({ account, quotes, emit, now, log }: LostWaitsDeps): LostWaits {
  const named = new Set<string>()
  const searches = new Set<Asking>()
  let closed = false

  function tell({ order }: RestoredShot, outcome: SubmitOutcome): void {
    const recvAt = now()
    emit({
      kind: 'order_outcome',
      orderId: order.id,
      venueId: null,
      outcome,
      recvAt,
      venueAt: null,
    })
  }

  return {
    knows: (venueId) => void named.add(venueId.toLowerCase()),
    find(shot) {
      const { order, market, outcome } = shot
      const since = now()
      let answers = 0
      if (outcome === null)
        tell(shot, { state: 'unknown', reason: 'its line in the journal is gone' })
      const asking = askAgain({
        async ask() {
          const fills = await account.filledIn(market.conditionId)
          if (closed) return
          const isLost = (fill: NamedFill): boolean =>
            !named.has(fill.venueId.toLowerCase()) && mayBeOf(order, fill)
          const venueId = fills.find(isLost)?.venueId
          answers += 1
          const isLong = now() - since >= GONE_AFTER_MS * MICROS_PER_MS && answers >= GONE_ANSWERS
          if (venueId === undefined && !isLong) return
          asking.stop()
          searches.delete(asking)
          if (venueId === undefined)
            return tell(shot, { state: 'killed', reason: 'the venue knows no trade of it' })
          named.add(venueId.toLowerCase())
          quotes.resume({ venueId, order, market, sentAt: order.decidedAt }, outcome)
        },
        mostMs: () => ASK_MOST_MS,
        failed: (error) =>
          log.warn('the venue could not be asked about an order without a name', {
            slug: market.slug,
            error,
          }),
      })
      searches.add(asking)
    },
    close() {
      closed = true
      for (const asking of searches) asking.stop()
    },
  }
}

/** At its own price when it waited, at a better one when it took. */
function mayBeOf({ token, action, limit }: Order, fill: NamedFill): boolean {
  if (fill.token !== token) return false
  if (fill.isMaker) return fill.price === limit
  return action === 'BUY' ? fill.price <= limit : fill.price >= limit
}
