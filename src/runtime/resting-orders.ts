/**
 * The lives of orders that wait at the venue, from the moment in which they leave to the last trade of theirs. What the venue says of an order is asked
 * for by its id, again and again: a channel may be silent while somebody takes from us. An order is over only when the venue says so, and then its
 * trades are waited for; a withdrawal that was not confirmed is asked for again. Where one from before the start is found, it is withdrawn.
 */
import type { ConditionId, OrderId } from '../domain/ids.ts'
import type { SubmitOutcome } from '../domain/order.ts'
import type { Account, EventSink, Log, VenueOrderView } from '../domain/ports.ts'
import { MICROS_PER_MS, type Micros } from '../domain/units.ts'
import type { WireAnswer } from '../net/order-wire.ts'
import { readCancelAnswer } from '../venues/polymarket/cancel-answer.ts'
import { askAgain } from './asking.ts'
import { createAwaiting } from './awaiting.ts'
import { createGraves } from './order-graves.ts'
import type { Shot } from './order-trades.ts'
import {
  areListed,
  type Life,
  newLife,
  outcomeAtEnd,
  restingOutcome,
  whyGone,
} from './resting-life.ts'

const CALM_MS = 2_000
const CONFIRMS_MS = 5_000
const GONE_AFTER_MS = 12_000
const GONE_ANSWERS = 4
/** What the venue withdrew by its own word is not listed as living for longer. */
const STALE_WORD_MS = 5_000

export type RestingOrders = {
  /** Its first byte is about to leave. */
  begin(shot: Shot): void
  /** The venue has it. */
  accepted(shot: Shot): void
  /** Nobody knows whether the venue has it. */
  doubted(shot: Shot, reason: string): void
  /** The venue would not have it, or it never left. */
  refused(shot: Shot, reason: string, hasLeft: boolean): void
  /** One of before the start, with what is known of it: it is withdrawn. */
  resume(shot: Shot, known: SubmitOutcome | null): void
  withdraw(orderId: OrderId): void
  withdrawMarket(conditionId: ConditionId): void
  withdrawAll(): void
  nudge(venueId: string): void
  nudgeAll(): void
  /** Resolves when nothing waits any more and all that was taken is known, or after so long; true when that is so. */
  settled(mostMs: number): Promise<boolean>
  close(): void
}

export type RestingDeps = {
  readonly account: Account
  /** Asks the venue to withdraw one; what came of it is told once. */
  cancel(venueId: string, onAnswer: (answer: WireAnswer) => void): void
  /** ... or all that it has of ours in a market. */
  cancelMarket(conditionId: ConditionId, onAnswer: (answer: WireAnswer) => void): void
  readonly emit: EventSink
  readonly now: () => Micros
  venueNow(): Micros
  readonly log: Log
  /** So many may wait there now. */
  counted(count: number): void
}

const WITHDRAWN = 'it was withdrawn'
const EXPIRED = 'its time was over'

export function createRestingOrders(deps: RestingDeps): RestingOrders {
  const { account, log, now } = deps
  const lives = new Map<string, Life>()
  const graves = createGraves({ account, log, risen })
  const settling = createAwaiting(() => [...lives.values()].every(({ isProven }) => isProven))
  let closed = false

  function counted(): void {
    deps.counted([...lives.values()].filter(({ stage }) => stage !== 'gone').length)
    settling.look()
  }

  function add(shot: Shot, change: Partial<Life>): Life {
    const life: Life = {
      ...newLife(shot),
      asking: askAgain({
        ask: () => look(life),
        mostMs: () => (life.stage === 'gone' ? CONFIRMS_MS : CALM_MS),
        failed: (error) =>
          log.warn('the venue could not be asked about an order that waits', {
            venueId: shot.venueId,
            error,
          }),
      }),
      ...change,
    }
    lives.set(shot.venueId.toLowerCase(), life)
    counted()
    return life
  }

  const lifeOf = ({ venueId }: Shot): Life | undefined => lives.get(venueId.toLowerCase())

  function tell(life: Life, outcome: SubmitOutcome): void {
    const text = JSON.stringify(outcome)
    if (text === life.told) return
    life.told = text
    const { venueId, order } = life.shot
    const recvAt = now()
    deps.emit({ kind: 'order_outcome', orderId: order.id, venueId, outcome, recvAt, venueAt: null })
  }

  function goes(life: Life, why: string): void {
    if (life.stage === 'gone') return
    life.stage = 'gone'
    life.why = why
    life.goneAt = now()
    counted()
  }

  function end(life: Life, outcome: SubmitOutcome): void {
    lives.delete(life.shot.venueId.toLowerCase())
    life.asking.stop()
    graves.bury(life.shot, new Set(life.trades.keys()))
    tell(life, outcome)
    counted()
  }

  const isLeft = (life: Life): boolean => closed || lifeOf(life.shot) !== life

  async function look(life: Life): Promise<void> {
    const { venueId, order, market } = life.shot
    if (order.expiresAt !== null && deps.venueNow() >= order.expiresAt) leave(life, EXPIRED)
    const view = await account.order(venueId)
    if (isLeft(life)) return
    learn(life, view)
    if (!areListed(life) || view === null || life.stage === 'gone') {
      for (const trade of await account.tradesOf(market.conditionId, venueId))
        life.trades.set(trade.id, trade)
      if (isLeft(life)) return
    }
    conclude(life, view)
  }

  function learn(life: Life, view: VenueOrderView | null): void {
    if (view === null) {
      life.silences += 1
      const forMs = (now() - life.seenAt) / MICROS_PER_MS
      if (life.silences >= GONE_ANSWERS && forMs >= GONE_AFTER_MS)
        goes(life, 'the venue, asked again and again, does not know it')
      return
    }
    life.silences = 0
    life.seenAt = now()
    life.matched = Math.max(life.matched, view.matched ?? 0)
    const why = whyGone(life, view.status)
    if (why !== null) goes(life, why)
    else if (life.stage === 'gone' && now() - life.goneAt < STALE_WORD_MS * MICROS_PER_MS) return
    else if (life.stage !== 'waits') {
      life.stage = 'waits'
      counted()
    }
  }

  function conclude(life: Life, view: VenueOrderView | null): void {
    if (life.stage !== 'gone') {
      if (life.trades.size > 0) life.stage = 'waits'
      if (life.stage === 'waits') tell(life, restingOutcome(life))
      if (life.leaving && life.stage !== 'sent') ask(life)
      return
    }
    const said = outcomeAtEnd(life, view, now())
    if (said.kind === 'not_yet') {
      if (life.trades.size > 0) tell(life, restingOutcome(life))
      return
    }
    if (said.kind === 'forgotten')
      log.error('the venue does not list trades of an order that it told of before', {
        venueId: life.shot.venueId,
      })
    life.isProven = true
    if (said.isOver) return end(life, said.outcome)
    tell(life, said.outcome)
    counted()
  }

  function leave(life: Life, why: string): void {
    if (isToLeave(life, why)) ask(life)
  }

  /** True where the venue is to be asked now: of one that is still on its way it knows nothing yet. */
  function isToLeave(life: Life, why: string): boolean {
    if (life.stage === 'gone' || life.leaving) return false
    life.leaving = true
    life.why = why
    return life.stage !== 'sent'
  }

  function ask(life: Life): void {
    if (life.isAsked || closed) return
    life.isAsked = true
    deps.cancel(life.shot.venueId, (answer) => hear(life, answer))
  }

  /** One request for all of them. Whichever the answer does not speak of is asked for by its name. */
  function askMarket(conditionId: ConditionId): void {
    const asked = [...lives.values()].filter(
      (life) =>
        life.shot.market.conditionId === conditionId && isToLeave(life, WITHDRAWN) && !life.isAsked,
    )
    // Of one alone its name says as much, and reaches nobody else's.
    if (asked.length < 2 || closed) return asked.forEach(ask)
    for (const life of asked) life.isAsked = true
    deps.cancelMarket(conditionId, (answer) => {
      for (const life of asked) hear(life, answer)
    })
  }

  function hear(life: Life, answer: WireAnswer): void {
    life.isAsked = false
    if (isLeft(life)) return
    const { venueId } = life.shot
    const read = readCancelAnswer(answer, venueId)
    if (read.kind === 'withdrawn') goes(life, life.why)
    else if (read.kind === 'unknown')
      log.warn('a withdrawal was not answered; it is asked for again', {
        venueId,
        reason: read.reason,
      })
    // What is found to live after this is asked to leave once more, more calmly each time.
    const isFirst = !life.wasAsked
    life.wasAsked = true
    if (read.kind === 'withdrawn' || isFirst) life.asking.soon()
  }

  function risen(shot: Shot): void {
    if (closed) return
    const life = add(shot, { stage: 'gone', goneAt: now(), why: WITHDRAWN })
    life.asking.soon()
  }

  return {
    begin: (shot) => void add(shot, {}),
    accepted(shot) {
      const life = lifeOf(shot)
      if (life === undefined || life.stage === 'gone') return
      life.stage = 'waits'
      life.seenAt = now()
      tell(life, restingOutcome(life))
      if (life.leaving) ask(life)
    },
    doubted(shot, reason) {
      const life = lifeOf(shot)
      // It may have been found meanwhile.
      if (life === undefined || life.stage !== 'sent') return
      life.stage = 'doubtful'
      tell(life, { state: 'unknown', reason })
      if (life.leaving) ask(life)
      life.asking.soon()
    },
    refused(shot, reason, hasLeft) {
      const life = lifeOf(shot)
      if (life === undefined) return
      lives.delete(shot.venueId.toLowerCase())
      life.asking.stop()
      if (hasLeft) graves.bury(shot)
      tell(life, { state: 'rejected', reason })
      counted()
    },
    resume(shot, known) {
      const floor = known?.state === 'resting' || known?.state === 'filled' ? known : null
      const told = known === null ? '' : JSON.stringify(known)
      leave(add(shot, { stage: 'doubtful', floor, told }), WITHDRAWN)
    },
    withdraw(orderId) {
      for (const life of lives.values()) if (life.shot.order.id === orderId) leave(life, WITHDRAWN)
    },
    withdrawMarket: askMarket,
    withdrawAll() {
      for (const life of lives.values()) leave(life, WITHDRAWN)
    },
    nudge(venueId) {
      const life = lives.get(venueId.toLowerCase())
      if (life !== undefined) life.asking.soon()
      else graves.look(venueId.toLowerCase())
    },
    nudgeAll() {
      for (const life of lives.values()) life.asking.soon()
      graves.lookAll()
    },
    settled: settling.wait,
    close() {
      closed = true
      for (const { asking } of lives.values()) asking.stop()
      graves.close()
    },
  }
}
