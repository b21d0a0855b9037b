/**
 * A venue on paper over a real book: dry runs and backtests trade on it. An order takes its time to arrive, takes what it can, waits in line for the rest,
 * and is reached by the trades that the feed tells, or by made-up ones. It leaves some time after it was asked to, and may be filled until then.
 *
 * Own size is not in the book that it looks at, and what it took is not there twice. One model for all: a dry run feeds it with live events, a backtest with
 * recorded ones.
 */
import type { Book } from '../../book/book.ts'
import type { Cancel, Submit } from '../../domain/commands.ts'
import type { EngineEvent } from '../../domain/events.ts'
import type { BookSide, OrderId, Side, TokenId } from '../../domain/ids.ts'
import { type Market, tokenOf } from '../../domain/market.ts'
import { type Order, rests, type SubmitOutcome } from '../../domain/order.ts'
import {
  formatMicro,
  formatPrice,
  MICRO,
  MICROS_PER_MS,
  MICROS_PER_SECOND,
  type Micros,
  type MicroUsdc,
  micros,
  microUsdc,
  notional,
  TICKS_PER_DOLLAR,
  type Ticks,
} from '../../domain/units.ts'
import { createRandom } from '../random.ts'
import { type FlowSettings, flowOf } from './flow.ts'
import { addFill, leftOf, outcomeOf, type PaperOrder, paperOrder } from './orders.ts'
import { joinQueue, levelMoved, tradedAt } from './queue.ts'
import { feeOn, type Taken, takeFrom } from './take.ts'

export type PaperSettings = {
  /** Until an order is in the book, beside the venue's hold; null: as long as a round trip. */
  readonly postMs: number | null
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

const FLOW_EVERY_MICROS = 250 * MICROS_PER_MS

export function createPaperExchange(deps: PaperDeps): PaperExchange {
  const { settings } = deps
  const orders = new Map<OrderId, PaperOrder>()
  /** What we took of a level and the feed has not taken back yet. */
  const taken = new Map<string, number>()
  /** What was offered to an order that waits, by token and price: each share counts once. */
  const offered = new Map<string, number>()
  const random = createRandom('paper flow', settings.seed)
  let told: PaperNews[] = []
  let flowAt: number | null = null

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

  /** A side of the book as it would be without what we took of it. */
  function levels(token: TokenId, book: Book, side: BookSide): number[] {
    const flat = book.levels(side)
    if (taken.size === 0) return flat
    for (let at = 0; at < flat.length; at += 2) {
      const gone = taken.get(`${token}/${side}/${flat[at]}`) ?? 0
      flat[at + 1] = Math.max(0, (flat[at + 1] as number) - gone)
    }
    return flat
  }

  function arrive(one: PaperOrder): void {
    const { order, market } = one
    const book = deps.book(order.token)
    if (book === undefined || book.state !== 'live')
      return end(one, 'the book was not known at the moment of matching, so no fill can be proven')
    const broken = ruleBroken(order, market, book)
    if (broken !== null) return reject(one, broken)
    const opposite = order.action === 'BUY' ? 'ASK' : 'BID'
    const possible = takeFrom(levels(order.token, book, opposite), wantedOf(order))
    if (order.postOnly && possible.shares > 0)
      return reject(one, 'a post-only order that would have taken at once')
    const short = shortOf(one, possible)
    if (short !== null) return reject(one, short)
    if (order.kind === 'FOK' && !possible.isWhole)
      return end(one, `no longer ${wholeText(order)} at ${formatPrice(order.limit)} or better`)
    for (const { price, shares } of possible.fills) {
      addFill(one, price, shares, feeOn(market.fee, [{ price, shares }]))
      const key = `${order.token}/${opposite}/${price}`
      taken.set(key, (taken.get(key) ?? 0) + shares)
    }
    if (!rests(order) || leftOf(one) <= 0) return end(one, 'nothing was for sale within the limit')
    one.stage = 'waiting'
    one.place = joinQueue(book.sizeAt(order.action === 'BUY' ? 'BID' : 'ASK', order.limit))
    tell(one, '')
  }

  function shortOf({ order, market }: PaperOrder, possible: Taken): string | null {
    if (order.action === 'SELL') {
      const held = deps.sharesOf(market, order.side)
      return held < order.shares
        ? `not enough shares: ${held / MICRO} for a sale of ${order.shares / MICRO}`
        : null
    }
    const resting = rests(order) ? notional(order.limit, order.shares, 'ceil') : 0
    const need = Math.max(possible.cost + feeOn(market.fee, possible.fills), resting)
    // The money of one that rests was set aside when it was sent.
    const has = deps.balance() + (rests(order) ? order.spend : 0)
    if (need <= has) return null
    return `not enough balance: $${formatMicro(microUsdc(has))} for an order of $${formatMicro(microUsdc(need))} with its fee`
  }

  /** So many shares came to this side of the token at this price or worse for us. */
  function reach(token: TokenId, action: Order['action'], price: Ticks, size: number): void {
    let left = size
    const inReach = [...orders.values()]
      .filter(
        ({ stage, order }) =>
          stage === 'waiting' && order.token === token && order.action === action,
      )
      .filter(({ order }) => (action === 'BUY' ? order.limit >= price : order.limit <= price))
      .sort((a, b) =>
        action === 'BUY' ? b.order.limit - a.order.limit : a.order.limit - b.order.limit,
      )
    for (const one of inReach) {
      // A trade beyond our price has been through everybody at it.
      const reaches =
        one.order.limit === price && one.place !== null ? tradedAt(one.place, left) : left
      const size = Math.min(reaches, leftOf(one))
      if (size <= 0) continue
      addFill(one, one.order.limit, size, 0)
      left -= size
      if (leftOf(one) === 0) end(one, '')
      else tell(one, '')
    }
  }

  function onTrade(token: TokenId, price: Ticks, size: number, taker: 'BUY' | 'SELL'): void {
    reach(token, taker === 'SELL' ? 'BUY' : 'SELL', price, size)
    const other = otherToken(token)
    // Who buys Down at q sells Up at 1 - q: the trade is told on the taker's own token alone.
    if (other !== null)
      reach(other, taker === 'SELL' ? 'SELL' : 'BUY', (TICKS_PER_DOLLAR - price) as Ticks, size)
  }

  function otherToken(token: TokenId): TokenId | null {
    for (const { market } of orders.values()) {
      if (token === market.up) return market.down
      if (token === market.down) return market.up
    }
    return null
  }

  function onLevel(token: TokenId, side: BookSide, price: Ticks, size: number): void {
    taken.delete(`${token}/${side}/${price}`)
    for (const one of orders.values()) {
      const { order, place } = one
      if (one.stage !== 'waiting' || order.token !== token || place === null) continue
      const own = order.action === 'BUY' ? 'BID' : 'ASK'
      if (side === own) {
        if (price === order.limit) levelMoved(place, size, settings.addAhead)
      } else if (size > 0 && (own === 'BID' ? price <= order.limit : price >= order.limit)) {
        // Somebody offers what we wait for, at our price or better: at the venue the two would have met.
        const key = `${token}/${price}`
        const more = size - (offered.get(key) ?? 0)
        offered.set(key, size)
        if (more > 0) reach(token, order.action, price, more)
      }
    }
  }

  function makeFlow(now: Micros): void {
    const { flow } = settings
    if (flow === null) return
    flowAt ??= now
    const seconds = (now - flowAt) / MICROS_PER_SECOND
    if (seconds * MICROS_PER_SECOND < FLOW_EVERY_MICROS) return
    flowAt = now
    for (const one of [...orders.values()]) {
      const { order, market } = one
      const book = deps.book(order.token)
      if (one.stage !== 'waiting' || book === undefined || book.state !== 'live') continue
      const side = order.action === 'BUY' ? 'BID' : 'ASK'
      const ahead = levels(order.token, book, side)
      let came = flowOf(flow, ahead[1] ?? 0, seconds, random)
      for (
        let at = 0;
        at < ahead.length && isBetter(side, ahead[at] as number, order.limit);
        at += 2
      )
        came -= ahead[at + 1] as number
      if (came > 0) reach(tokenOf(market, order.side), order.action, order.limit, came)
    }
  }

  function advance(now: Micros): void {
    const venueNow = now + deps.offsetMicros()
    const due = [...orders.values()].sort((a, b) => dueAt(a) - dueAt(b))
    for (const one of due) if (one.stage === 'posting' && one.arriveAt <= now) arrive(one)
    makeFlow(now)
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

  function askToLeave(one: PaperOrder, now: Micros): void {
    const { cancelRequestMs, cancelClearMs } = settings
    const at = Math.max(now, one.arriveAt) + (cancelRequestMs + cancelClearMs) * MICROS_PER_MS
    one.leaveAt ??= micros(at)
  }

  return {
    submit({ order, market }, now) {
      const travel =
        settings.postMs === null ? deps.roundTripMicros(order) : settings.postMs * MICROS_PER_MS
      // Who waits in any case is not held.
      const hold = order.postOnly ? 0 : deps.holdMicros(market)
      orders.set(order.id, paperOrder(order, market, micros(now + Math.ceil(travel + hold))))
    },
    cancel({ order }, now) {
      const one = orders.get(order.id)
      if (one !== undefined && rests(one.order)) askToLeave(one, now)
    },
    cancelAll(now) {
      for (const one of orders.values()) if (rests(one.order)) askToLeave(one, now)
    },
    hear(event) {
      if (orders.size === 0 && taken.size === 0) return
      if (event.kind === 'trade_print')
        onTrade(event.token, event.price, event.size, event.takerSide)
      else if (event.kind === 'book_delta')
        onLevel(event.token, event.side, event.price, event.size)
      else if (event.kind === 'book_snapshot') {
        forget(taken, event.token)
        forget(offered, event.token)
      }
    },
    advance,
    nextAt() {
      let next = Number.POSITIVE_INFINITY
      let waits = false
      for (const one of orders.values()) {
        next = Math.min(next, dueAt(one))
        waits ||= one.stage === 'waiting'
      }
      if (settings.flow !== null && waits && flowAt !== null)
        next = Math.min(next, flowAt + FLOW_EVERY_MICROS)
      return Number.isFinite(next) ? micros(next) : null
    },
    news() {
      const list = told
      if (list.length > 0) told = []
      return list
    },
  }
}

function forget(levels: Map<string, number>, token: TokenId): void {
  for (const key of [...levels.keys()]) if (key.startsWith(`${token}/`)) levels.delete(key)
}

function isBetter(side: BookSide, price: number, than: number): boolean {
  return side === 'BID' ? price > than : price < than
}

/** What is taken at once is sized in dollars when it buys; everything else in shares. */
function wantedOf(order: Order): Parameters<typeof takeFrom>[1] {
  const { action, limit } = order
  const byDollars = action === 'BUY' && !rests(order)
  return {
    action,
    limit,
    shares: byDollars ? null : order.shares,
    spend: byDollars ? order.spend : null,
  }
}

function wholeText(order: Order): string {
  return order.action === 'BUY'
    ? `$${formatMicro(order.spend)} for sale`
    : `${formatMicro(order.shares)} shares wanted`
}

function ruleBroken(order: Order, market: Market, book: Book): string | null {
  const { tickSize } = book
  const { limit } = order
  if (limit % tickSize !== 0 || limit < tickSize || limit > TICKS_PER_DOLLAR - tickSize)
    return `the price ${formatPrice(limit)} breaks the tick size ${formatPrice(tickSize as Ticks)}`
  if (rests(order) && order.shares < market.minShares)
    return `an order that waits needs at least ${formatMicro(market.minShares)} shares`
  if (!rests(order) && order.action === 'BUY' && order.spend < MICRO)
    return `a marketable buy needs at least $1, this one spends $${formatMicro(order.spend)}`
  return null
}
