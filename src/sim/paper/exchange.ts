/**
 * A venue on paper over a real book: dry runs and backtests trade on it. An order takes its time to arrive, takes what it can, waits in line for the rest,
 * and is reached by the trades that the feed tells, or by made-up ones. It leaves some time after it was asked to, and may be filled until then.
 *
 * Own size is not in the book that it looks at, and what it took is not there twice. One model for all: a dry run feeds it with live events, a backtest with
 * recorded ones.
 */
import type { Book } from '../../book/book.ts'
import type { Cancel, CancelMarket, Submit } from '../../domain/commands.ts'
import type { EngineEvent } from '../../domain/events.ts'
import type { OrderId, Side, TokenId } from '../../domain/ids.ts'
import type { Market } from '../../domain/market.ts'
import { type Order, rests, type SubmitOutcome } from '../../domain/order.ts'
import { MICROS_PER_MS, type Micros, type MicroUsdc, micros } from '../../domain/units.ts'
import { arrivalOf } from './arrival.ts'
import { createCallers } from './callers.ts'
import type { FlowSettings } from './flow.ts'
import { addFill, leftOf, outcomeOf, type PaperOrder, paperOrder } from './orders.ts'
import { joinQueue } from './queue.ts'
import { createShadowBook } from './shadow-book.ts'
import { feeOn } from './take.ts'
import { drawTrip, type Trips } from './trips.ts'

export type PaperSettings = {
  /** Until an order is in the book, beside the venue's hold; null: as long as one of `trips`. */
  readonly postMs: number | null
  /** Measured ways of orders; empty: as long as a round trip. */
  readonly trips: Trips
  readonly cancelRequestMs: number
  readonly cancelClearMs: number
  /** Of those who join a level after us, the share that gets ahead of us. */
  readonly addAhead: number
  /** Null: only trades that the feed tells reach an order. */
  readonly flow: FlowSettings | null
  readonly seed: number
}

export type PaperDeps = {
  readonly settings: PaperSettings
  book(token: TokenId): Book | undefined
  /** Free money at this moment. */
  balance(): MicroUsdc
  /** Shares of a side that may be sold. */
  sharesOf(market: Market, side: Side): number
  roundTripMicros(order: Order): number
  holdMicros(market: Market): number
  /** The venue's clock less ours. */
  offsetMicros(): number
}

export type PaperNews = { readonly orderId: OrderId; readonly outcome: SubmitOutcome }

export type PaperExchange = {
  submit(command: Submit, now: Micros): void
  cancel(command: Cancel, now: Micros): void
  cancelMarket(command: CancelMarket, now: Micros): void
  cancelAll(now: Micros): void
  /** A change of a book, told after the book has it, or a trade. */
  hear(event: EngineEvent): void
  /** Everything that is due by now. */
  advance(now: Micros): void
  /** When something is due next. */
  nextAt(): Micros | null
  /** What there is to tell since the last time. */
  news(): readonly PaperNews[]
}

export function createPaperExchange(deps: PaperDeps): PaperExchange {
  const { settings } = deps
  const orders = new Map<OrderId, PaperOrder>()
  const shadow = createShadowBook()
  let told: PaperNews[] = []
  const callers = createCallers({
    orders,
    shadow,
    settings,
    book: deps.book,
    tell: (one) => tell(one, ''),
    end: (one) => end(one, ''),
  })

  const tell = (one: PaperOrder, why: string): void =>
    void told.push({ orderId: one.order.id, outcome: outcomeOf(one, why) })

  function end(one: PaperOrder, why: string): void {
    one.stage = 'over'
    orders.delete(one.order.id)
    tell(one, why)
  }

  function reject(one: PaperOrder, reason: string): void {
    one.stage = 'over'
    orders.delete(one.order.id)
    told.push({ orderId: one.order.id, outcome: { state: 'rejected', reason } })
  }

  function arrive(one: PaperOrder): void {
    const { order, market } = one
    const book = deps.book(order.token)
    const opposite = order.action === 'BUY' ? 'ASK' : 'BID'
    const arrival = arrivalOf(one, {
      book,
      opposite: (known) => shadow.levels(order.token, known, opposite),
      money: deps.balance,
      shares: () => deps.sharesOf(market, order.side) - offeredBeside(one),
    })
    if (arrival.kind === 'rejected') return reject(one, arrival.reason)
    if (arrival.kind === 'killed') return end(one, arrival.reason)
    for (const { price, shares } of arrival.fills) {
      addFill(one, price, shares, feeOn(market.fee, [{ price, shares }]))
      shadow.take(market, order.token, opposite, price, shares)
    }
    if (!rests(order) || leftOf(one) <= 0 || book === undefined)
      return end(one, 'nothing was for sale within the limit')
    one.stage = 'waiting'
    const own = order.action === 'BUY' ? 'BID' : 'ASK'
    one.place = joinQueue(shadow.sizeAt(order.token, book, own, order.limit))
    tell(one, '')
  }

  /** Shares that other orders wait to sell. */
  function offeredBeside({ order: { id, token } }: PaperOrder): number {
    let shares = 0
    for (const one of orders.values()) {
      const { order, stage } = one
      if (stage !== 'waiting' || order.id === id) continue
      if (order.token === token && order.action === 'SELL') shares += leftOf(one)
    }
    return shares
  }

  function advance(now: Micros): void {
    const venueNow = now + deps.offsetMicros()
    const due = [...orders.values()].sort((a, b) => dueAt(a) - dueAt(b))
    for (const one of due) if (one.stage === 'posting' && one.arriveAt <= now) arrive(one)
    callers.makeFlow(now)
    for (const one of [...orders.values()]) {
      if (one.stage !== 'waiting') continue
      if (one.leaveAt !== null && one.leaveAt <= now) end(one, 'it was withdrawn')
      else if (one.order.expiresAt !== null && one.order.expiresAt <= venueNow)
        end(one, 'its time was over')
    }
  }

  function dueAt(one: PaperOrder): number {
    if (one.stage === 'posting') return one.arriveAt
    const expires =
      one.order.expiresAt === null
        ? Number.POSITIVE_INFINITY
        : one.order.expiresAt - deps.offsetMicros()
    return Math.min(one.leaveAt ?? Number.POSITIVE_INFINITY, expires)
  }

  function travel(order: Order): number {
    const { postMs, trips, seed } = settings
    if (postMs !== null) return postMs * MICROS_PER_MS
    return trips.length > 0 ? drawTrip(trips, seed, order.id) : deps.roundTripMicros(order)
  }

  /** Of a window that is over nothing is told any more, and what is known of it would be kept for ever. */
  function forgetPast(): void {
    const isHeard = (token: TokenId): boolean => deps.book(token) !== undefined
    shadow.prune(isHeard)
    callers.prune(isHeard)
  }

  function askToLeave(one: PaperOrder, now: Micros): void {
    const { cancelRequestMs, cancelClearMs } = settings
    const at = Math.max(now, one.arriveAt) + (cancelRequestMs + cancelClearMs) * MICROS_PER_MS
    one.leaveAt ??= micros(at)
  }

  return {
    submit({ order, market }, now) {
      forgetPast()
      // Who waits in any case is not held.
      const hold = order.postOnly ? 0 : deps.holdMicros(market)
      orders.set(order.id, paperOrder(order, market, micros(now + Math.ceil(travel(order) + hold))))
    },
    cancel({ order }, now) {
      const one = orders.get(order.id)
      if (one !== undefined && rests(one.order)) askToLeave(one, now)
    },
    cancelMarket({ conditionId }, now) {
      for (const one of orders.values())
        if (rests(one.order) && one.order.conditionId === conditionId) askToLeave(one, now)
    },
    cancelAll(now) {
      for (const one of orders.values()) if (rests(one.order)) askToLeave(one, now)
    },
    hear(event) {
      if (orders.size === 0 && shadow.isEmpty()) return
      if (event.kind === 'trade_print')
        callers.onTrade(event.token, event.price, event.size, event.takerSide)
      else if (event.kind === 'book_delta')
        callers.onLevel(event.token, event.side, event.price, event.size)
      else if (event.kind === 'book_snapshot') callers.onBook(event.token)
    },
    advance,
    nextAt() {
      let next: number = callers.nextFlowAt() ?? Number.POSITIVE_INFINITY
      for (const one of orders.values()) next = Math.min(next, dueAt(one))
      return Number.isFinite(next) ? micros(next) : null
    },
    news() {
      const list = told
      if (list.length > 0) told = []
      return list
    },
  }
}
