/**
 * Orders that wait, from the lane they leave by to the end of their lives: placed, kept alive by heartbeats, withdrawn. What is placed, or withdrawn, in
 * one turn of the engine is one request, and each order in it is judged by itself. The lives themselves are in `resting-orders.ts`.
 */
import type { ConditionId, OrderId } from '../domain/ids.ts'
import type { SubmitOutcome } from '../domain/order.ts'
import type { Account, EventSink, Log } from '../domain/ports.ts'
import { MICROS_PER_SECOND, type Micros } from '../domain/units.ts'
import type { WireAnswer } from '../net/order-wire.ts'
import type { PreparedPost } from '../net/prepared-post.ts'
import { BATCH_ORDERS_MAX, readBatchAnswer } from '../venues/polymarket/batch-answer.ts'
import { type OrderAnswer, readOrderAnswer } from '../venues/polymarket/order-answer.ts'
import { createHeartbeat } from './heartbeat.ts'
import type { Shot } from './order-trades.ts'
import type { RequestLane } from './request-lane.ts'
import { createRestingOrders, type RestingOrders } from './resting-orders.ts'
import { gatherTurn } from './turn.ts'
import { tellClosure } from './venue-closure.ts'

/** A price that could not leave within this is not wanted any more. */
const PLACE_PATIENCE_MS = 500
const CANCEL_PATIENCE_MS = 5_000
const SETTLES_WITHIN_MS = 8_000
const CROSSED = 'crosses'
/** The most that the venue withdraws by one request. */
const CANCELS_MAX = 1_000

type Placement = { readonly shot: Shot; readonly post: PreparedPost }
type Withdrawal = { readonly venueId: string; onAnswer(answer: WireAnswer): void }

export type Quotes = Pick<RestingOrders, 'nudge' | 'nudgeAll'> & {
  /** It is marked. It leaves when the turn is over, alone as this request, or its body with those of others. */
  place(shot: Shot, post: PreparedPost): void
  withdraw(orderId: OrderId): void
  withdrawMarket(conditionId: ConditionId): void
  withdrawAll(): void
  resume(shot: Shot, known: SubmitOutcome | null): void
  /** Returns when all of them are withdrawn and proven, or after some seconds; true when there were any. */
  close(): Promise<boolean>
}

export type QuotesDeps = {
  readonly lane: RequestLane
  readonly account: Account
  /** A request with several orders, with this body; one to withdraw, to withdraw several, or those of a market; one that keeps alive. */
  several(body: string): PreparedPost
  cancelling(body: string): PreparedPost
  cancellingSeveral(body: string): PreparedPost
  cancellingMarket(body: string): PreparedPost
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
    cancel: (venueId, onAnswer) => cancel({ venueId, onAnswer }),
    cancelMarket(conditionId, onAnswer) {
      const make = (): Buffer =>
        stamp(deps.cancellingMarket(JSON.stringify({ market: conditionId })))
      lane.send({ make, onAnswer, isUrgent: true, patienceMs: CANCEL_PATIENCE_MS })
    },
    emit,
    now,
    venueNow,
    log,
    counted: (count) => heartbeat.wanted(count > 0),
  })
  const cancel = gatherTurn(cancelAtOnce, CANCELS_MAX)
  const leave = gatherTurn(placeAtOnce, BATCH_ORDERS_MAX)
  let hadAny = false

  function cancelAtOnce(all: readonly Withdrawal[]): void {
    const [first] = all as [Withdrawal]
    const ids = all.map(({ venueId }) => venueId)
    lane.send({
      make: () =>
        stamp(
          all.length === 1
            ? deps.cancelling(JSON.stringify({ orderID: first.venueId }))
            : deps.cancellingSeveral(JSON.stringify(ids)),
        ),
      isUrgent: true,
      patienceMs: CANCEL_PATIENCE_MS,
      onAnswer(answer) {
        for (const { onAnswer } of all) onAnswer(answer)
      },
    })
  }

  function placeAtOnce(all: readonly Placement[]): void {
    const [first] = all as [Placement]
    const isAlone = all.length === 1
    lane.send({
      make: () =>
        stamp(
          isAlone
            ? first.post
            : deps.several(`[${all.map(({ post }) => post.body.toString()).join(',')}]`),
        ),
      isUrgent: false,
      patienceMs: PLACE_PATIENCE_MS,
      onAnswer(answer) {
        tellClosure(answer, deps)
        const ids = all.map(({ shot }) => shot.venueId)
        const reads = isAlone ? [readOrderAnswer(answer)] : readBatchAnswer(answer, ids)
        for (const [at, { shot }] of all.entries())
          judge(shot, reads[at] as OrderAnswer, answer.kind === 'answer')
      },
    })
  }

  function judge(shot: Shot, read: OrderAnswer, hasLeft: boolean): void {
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
        return resting.refused(shot, named(read.reason), hasLeft)
      case 'unknown':
        return resting.doubted(shot, read.reason)
    }
  }

  return {
    place(shot, post) {
      hadAny = true
      resting.begin(shot)
      leave({ shot, post })
    },
    withdraw: resting.withdraw,
    withdrawMarket: resting.withdrawMarket,
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
