/**
 * Orders that wait, from the lane they leave by to the end of their lives: placed, kept alive by heartbeats, withdrawn. The lives themselves are in
 * `resting-orders.ts`.
 */
import type { OrderId } from '../domain/ids.ts'
import type { SubmitOutcome } from '../domain/order.ts'
import type { Account, EventSink, Log } from '../domain/ports.ts'
import { MICROS_PER_SECOND, type Micros } from '../domain/units.ts'
import type { WireAnswer } from '../net/order-wire.ts'
import type { PreparedPost } from '../net/prepared-post.ts'
import { readOrderAnswer } from '../venues/polymarket/order-answer.ts'
import { createHeartbeat } from './heartbeat.ts'
import type { Shot } from './order-trades.ts'
import type { RequestLane } from './request-lane.ts'
import { createRestingOrders, type RestingOrders } from './resting-orders.ts'

/** A price that could not leave within this is not wanted any more. */
const PLACE_PATIENCE_MS = 500
const CANCEL_PATIENCE_MS = 5_000
const SETTLES_WITHIN_MS = 8_000
const CROSSED = 'crosses'

export type Quotes = Pick<RestingOrders, 'nudge' | 'nudgeAll'> & {
  /** It is marked. `make` gives its bytes, as they are to leave. */
  place(shot: Shot, make: () => Buffer, onAnswer: (answer: WireAnswer) => void): void
  withdraw(orderId: OrderId): void
  withdrawAll(): void
  resume(shot: Shot, known: SubmitOutcome | null): void
  /** Returns when all of them are withdrawn and proven, or after some seconds; true when there were any. */
  close(): Promise<boolean>
}

export type QuotesDeps = {
  readonly lane: RequestLane
  readonly account: Account
  /** A request to withdraw, and one that keeps alive, with this body. */
  cancelling(body: string): PreparedPost
  beating(body: string): PreparedPost
  readonly emit: EventSink
  readonly now: () => Micros
  venueNow(): Micros
  readonly log: Log
}

export function createQuotes(deps: QuotesDeps): Quotes {
  const { lane, account, emit, now, venueNow, log } = deps
  const stamp = (post: PreparedPost): Buffer =>
    post.stamp(Math.floor(venueNow() / MICROS_PER_SECOND))
  const heartbeat = createHeartbeat({
    lane,
    request: (body) => stamp(deps.beating(body)),
    now,
    log,
    lapsed: () => resting.nudgeAll(),
  })
  const resting = createRestingOrders({
    account,
    cancel(venueId, onAnswer) {
      const post = deps.cancelling(JSON.stringify({ orderID: venueId }))
      const make = (): Buffer => stamp(post)
      lane.send({ make, onAnswer, isUrgent: true, patienceMs: CANCEL_PATIENCE_MS })
    },
    emit,
    now,
    venueNow,
    log,
    counted: (count) => heartbeat.wanted(count > 0),
  })
  let hadAny = false

  function judge(shot: Shot, answer: WireAnswer): void {
    const read = readOrderAnswer(answer)
    switch (read.kind) {
      case 'waits':
      case 'matched': {
        const { venueId } = shot
        if (read.venueId.toLowerCase() !== venueId.toLowerCase()) {
          log.error('the venue answered with the id of another order', {
            venueId,
            other: read.venueId,
          })
          return resting.doubted(shot, `answered with the id of another order: ${read.venueId}`)
        }
        resting.accepted(shot)
        // Of what it took at once the venue's trades say at what price.
        if (read.kind === 'matched') resting.nudge(venueId)
        return
      }
      case 'killed':
      case 'refused':
        return resting.refused(shot, named(read.reason), answer.kind === 'answer')
      case 'unknown':
        return resting.doubted(shot, read.reason)
    }
  }

  return {
    place(shot, make, onAnswer) {
      hadAny = true
      resting.begin(shot)
      lane.send({
        make,
        isUrgent: false,
        patienceMs: PLACE_PATIENCE_MS,
        onAnswer(answer) {
          onAnswer(answer)
          judge(shot, answer)
        },
      })
    },
    withdraw: resting.withdraw,
    withdrawAll: resting.withdrawAll,
    resume(shot, known) {
      hadAny = true
      resting.resume(shot, known)
    },
    nudge: resting.nudge,
    nudgeAll: resting.nudgeAll,
    async close() {
      resting.withdrawAll()
      const isSettled = await resting.settled(SETTLES_WITHIN_MS)
      if (!isSettled)
        log.warn(
          'orders that waited are not all proven to be withdrawn; the next start asks for them',
        )
      resting.close()
      heartbeat.close()
      await lane.close()
      return hadAny
    },
  }
}

/** An order that would rather not be placed than take is refused by that name. */
function named(reason: string): string {
  return reason.toLowerCase().includes(CROSSED)
    ? `POST_ONLY: it would have taken at once (${reason})`
    : reason
}
