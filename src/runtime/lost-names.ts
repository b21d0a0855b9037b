/**
 * An order that the ledger says was sent, and whose line in the journal is gone: the power was cut before it was on the disk. By what name it left is
 * not known, only which names it may have had. The venue is asked for all of them, and for every trade of ours in the window, until one is found
 * or, asked again and again for long enough, it knows none.
 */
import type { RestoredShot } from '../domain/events.ts'
import type { ConditionId } from '../domain/ids.ts'
import { DUST_MICRO, type Order, type SubmitOutcome } from '../domain/order.ts'
import type { Account, EventSink, Log, TakerTrade } from '../domain/ports.ts'
import { MICROS_PER_MS, MICROS_PER_SECOND, type Micros } from '../domain/units.ts'
import type { NamedRung } from '../ledger/journal-files.ts'
import type { OrderFates } from './order-fate.ts'
import { costOf } from './order-trades.ts'

const ASK_FIRST_MS = 250
const ASK_MOST_MS = 5_000
const ASK_GROWTH = 1.5
/** Counted from the first question, for a clock may be wrong after a power cut: so long, and so many answers. */
const GONE_AFTER_MS = 12_000
const GONE_ANSWERS = 4
/** The venue tells the second of a match, by its own clock. */
const CLOCKS_APART_MICROS = 5 * MICROS_PER_SECOND

export type LostNames = {
  /** Ends in the hands of the fates, or with the outcome that nothing was bought. */
  find(shot: RestoredShot): void
  close(): void
}

export type LostNamesDeps = {
  readonly account: Pick<Account, 'order' | 'takenIn'>
  readonly fates: Pick<OrderFates, 'resume'>
  /** The orders that were made ready for a window. */
  armed(conditionId: ConditionId): readonly NamedRung[]
  readonly emit: EventSink
  readonly now: () => Micros
  readonly log: Log
}

export function createLostNames(deps: LostNamesDeps): LostNames {
  const { account, log, now } = deps
  const timers = new Set<NodeJS.Timeout>()
  let closed = false

  function tell({ order }: RestoredShot, outcome: SubmitOutcome): void {
    const recvAt = now()
    deps.emit({
      kind: 'order_outcome',
      orderId: order.id,
      venueId: null,
      outcome,
      recvAt,
      venueAt: null,
    })
  }

  async function nameOf({ order, market }: RestoredShot): Promise<string | null> {
    const names = namesFor(order, deps.armed(market.conditionId))
    const trades = await account.takenIn(market.conditionId)
    const named = trades.find(({ venueId }) => names.includes(venueId.toLowerCase()))
    if (named !== undefined) return named.venueId
    for (const name of names) if ((await account.order(name)) !== null) return name
    // Signed in the last moment it has no name that was written down: then it is known by what it bought.
    return trades.find(({ venueId }) => isWhatItBought(order, trades, venueId))?.venueId ?? null
  }

  function wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        timers.delete(timer)
        resolve()
      }, ms)
      timers.add(timer)
    })
  }

  async function search(shot: RestoredShot): Promise<void> {
    const { order, market, outcome } = shot
    const since = now()
    let answers = 0
    for (let ms = ASK_FIRST_MS; !closed; ms = Math.min(ms * ASK_GROWTH, ASK_MOST_MS)) {
      await wait(ms)
      try {
        const venueId = await nameOf(shot)
        if (closed) return
        if (venueId !== null)
          return deps.fates.resume({ venueId, order, market, sentAt: order.decidedAt }, outcome)
        answers += 1
      } catch (error) {
        log.warn('the venue could not be asked about an order without a name', {
          slug: market.slug,
          error,
        })
      }
      if (answers >= GONE_ANSWERS && now() - since >= GONE_AFTER_MS * MICROS_PER_MS)
        return tell(shot, {
          state: 'killed',
          reason: 'the venue, asked again and again, knows no order that it may have been',
        })
    }
  }

  return {
    find(shot) {
      if (shot.outcome === null)
        tell(shot, {
          state: 'unknown',
          reason: 'its line in the journal is gone; the venue is asked for it',
        })
      search(shot).catch((error: unknown) =>
        log.error('an order without a name is not looked for any more', { error }),
      )
    },
    close() {
      closed = true
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

/** The dollars of the order and nothing else, at prices that it allowed; a person may trade in the same window. */
function isWhatItBought(order: Order, all: readonly TakerTrade[], venueId: string): boolean {
  const trades = all.filter((trade) => trade.venueId === venueId)
  const fills = trades.flatMap((trade) => trade.fills)
  const cost = costOf(fills)
  const isLater = trades.every(
    ({ matchedAt }) => matchedAt === null || matchedAt >= order.decidedAt - CLOCKS_APART_MICROS,
  )
  return (
    isLater &&
    trades.every(({ token }) => token === order.token) &&
    fills.every(({ price }) => price <= order.limit) &&
    cost <= order.spend &&
    cost >= order.spend - DUST_MICRO
  )
}

/** Those that were signed for exactly this order. */
function namesFor(order: Order, armed: readonly NamedRung[]): string[] {
  return armed
    .filter(
      ({ token, limit, spend }) =>
        token === order.token && limit === order.limit && spend === order.spend,
    )
    .map(({ venueId }) => venueId.toLowerCase())
}
