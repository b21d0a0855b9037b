/**
 * Live orders. Everything that can fail is done before the moment: shots are signed ahead, named, written down. At the moment there is a look-up,
 * one line to the journal, and one write. What comes of it is told by events; an order whose answer is lost is followed until it is proven, and
 * never sent again. Orders that wait go another way (`quotes.ts`), with the same line in the journal before their first byte.
 */
import type { Submit } from '../domain/commands.ts'
import type { RestoredShot } from '../domain/events.ts'
import type { OrderId } from '../domain/ids.ts'
import { isFinal, type Order, rests } from '../domain/order.ts'
import type { Account, EventSink, Gateway, Log } from '../domain/ports.ts'
import type { Micros } from '../domain/units.ts'
import type { OrderWire, WireAnswer } from '../net/order-wire.ts'
import { readOrderAnswer } from '../venues/polymarket/order-answer.ts'
import type { OrderFates, Shot } from './order-fate.ts'
import type { Matched } from './order-trades.ts'
import type { Quotes } from './quotes.ts'
import { createReadyOrders, type Loaded, type ReadyOrdersDeps } from './ready-orders.ts'
import { tellClosure } from './venue-closure.ts'

export type LiveGatewayDeps = ReadyOrdersDeps & {
  readonly wire: OrderWire
  readonly account: Account
  readonly fates: OrderFates
  /** Carries the orders that wait. */
  readonly quotes: Quotes
  /** Finds out by what name an order left that has no line in the journal. */
  nameless(shot: RestoredShot): void
  readonly emit: EventSink
  readonly log: Log
  /** Told of each shot for the record of latencies. */
  shot(record: ShotRecord): void
}

export type ShotRecord = {
  readonly venueId: string
  readonly orderId: OrderId
  readonly slug: string
  readonly signed: 'ahead' | 'inline'
  readonly decidedAt: Micros
  readonly answer: WireAnswer
}

export function createLiveGateway(deps: LiveGatewayDeps): Gateway {
  const orders = createReadyOrders(deps)
  let inFlight = 0
  let withdrawn: Promise<void> = Promise.resolve()
  let settled: () => void = () => undefined
  let closed = false

  function answered(
    command: Submit,
    shot: Shot,
    answer: WireAnswer,
    signed: Loaded['signed'],
  ): void {
    inFlight -= 1
    const { venueId } = shot
    deps.shot({
      venueId,
      orderId: command.order.id,
      slug: command.market.slug,
      signed,
      decidedAt: command.order.decidedAt,
      answer,
    })
    tellClosure(answer, deps)
    judge(shot, answer)
    if (inFlight === 0) settled()
  }

  function judge(shot: Shot, answer: WireAnswer): void {
    const { venueId, order } = shot
    const read = readOrderAnswer(answer)
    switch (read.kind) {
      case 'matched':
        if (read.venueId.toLowerCase() !== venueId.toLowerCase()) {
          const { venueId: other } = read
          deps.log.error('the venue answered with the id of another order', { venueId, other })
          tell(shot, {
            state: 'unknown',
            reason: `answered with the id of another order: ${other}`,
          })
          deps.fates.follow(shot, null)
        } else if (read.gave > (order.action === 'BUY' ? order.spend : order.shares)) {
          deps.log.error('the venue answered with more than was signed for', { ...read })
          tell(shot, {
            state: 'unknown',
            reason: `matched for more than was signed: ${read.gave}`,
          })
          deps.fates.follow(shot, null)
        } else deps.fates.follow(shot, matchedOf(order, read))
        break
      case 'killed':
        tell(shot, { state: 'killed', reason: read.reason })
        deps.fates.bury(shot)
        break
      case 'refused':
        tell(shot, { state: 'rejected', reason: read.reason })
        if (answer.kind === 'answer') deps.fates.bury(shot)
        break
      case 'unknown':
        tell(shot, { state: 'unknown', reason: read.reason })
        deps.fates.follow(shot, null)
        break
      case 'waits':
        tell(shot, { state: 'unknown', reason: 'the venue answered that it waits' })
        deps.fates.follow(shot, null)
        break
    }
  }

  function tell(
    { venueId, order }: { readonly venueId: string | null; readonly order: Order },
    outcome: { readonly state: 'killed' | 'rejected' | 'unknown'; readonly reason: string },
  ): void {
    deps.emit({
      kind: 'order_outcome',
      orderId: order.id,
      venueId,
      outcome,
      recvAt: deps.now(),
      venueAt: null,
    })
  }

  function place(command: Submit): void {
    const { order, market } = command
    try {
      const one = orders.sign(order, market)
      deps.journal.mark(one.venueId, order, market)
      const shot = { venueId: one.venueId, order, market, sentAt: deps.now() }
      deps.quotes.place(shot, one.post)
      deps.journal.sync()
    } catch (error) {
      deps.log.error('an order could not leave', { slug: market.slug, error })
      tell({ venueId: null, order }, { state: 'rejected', reason: `not sent: ${String(error)}` })
    }
  }

  function withdrawAll(): void {
    const asked = deps.account.cancelAll().catch((error: unknown) => {
      deps.log.error('resting orders could not be withdrawn', { error })
    })
    withdrawn = withdrawn.then(() => asked)
  }

  return {
    arm(command) {
      const { slug } = command.market
      orders.arm(command).catch((error: unknown) => {
        if (closed) return
        deps.log.error('orders could not be made ready; a shot will sign for itself', {
          slug,
          error,
        })
      })
    },
    submit(command) {
      const { order, market } = command
      if (rests(order)) return place(command)
      let loaded: Loaded
      try {
        loaded = orders.load(command)
      } catch (error) {
        deps.log.error('a shot could not leave', { slug: market.slug, error })
        return tell(
          { venueId: null, order },
          { state: 'rejected', reason: `not sent: ${String(error)}` },
        )
      }
      const { venueId, request, signed } = loaded
      let sentAt = order.decidedAt
      deps.wire.send(request, (answer) =>
        answered(command, { venueId, order, market, sentAt }, answer, signed),
      )
      // Whatever can wait until the bytes have left waits; the answer cannot come before this turn is over.
      sentAt = deps.now()
      inFlight += 1
      deps.journal.sync()
      orders.spend(order)
    },
    cancel: ({ order }) => deps.quotes.withdraw(order.id),
    cancelMarket: ({ conditionId }) => deps.quotes.withdrawMarket(conditionId),
    hear: () => undefined,
    cancelAll() {
      // A fill-or-kill is over before its answer. What a person left there goes too.
      deps.quotes.withdrawAll()
      withdrawAll()
    },
    recover(shots) {
      // Also those whose names are lost.
      if (shots.some(({ order, outcome }) => rests(order) && !isFinal(outcome))) withdrawAll()
      for (const one of shots) {
        const { order, market, outcome, venueId } = one
        if (isFinal(outcome)) continue
        // Its line in the journal comes before its first byte, but a power cut may take the line alone.
        if (venueId === null) deps.nameless(one)
        else if (rests(order))
          deps.quotes.resume({ venueId, order, market, sentAt: order.decidedAt }, outcome)
        else deps.fates.resume({ venueId, order, market, sentAt: order.decidedAt }, outcome)
      }
    },
    async close() {
      closed = true
      orders.close()
      if (inFlight > 0)
        await new Promise<void>((resolve) => {
          settled = resolve
        })
      // What left in the last moment may wait there since everything was withdrawn.
      if (await deps.quotes.close()) withdrawAll()
      deps.fates.close()
      await withdrawn
      await deps.wire.close()
      await deps.ahead.close()
      deps.journal.close()
    },
  }
}

/** A buyer gives dollars and a seller shares. */
function matchedOf(
  { action }: Order,
  { gave, got }: { readonly gave: number; readonly got: number },
): Matched {
  return action === 'BUY' ? { spent: gave, shares: got } : { spent: got, shares: gave }
}
