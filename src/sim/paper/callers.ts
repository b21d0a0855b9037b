/**
 * Who comes to the orders that wait: takers that the feed tells of, people who offer what an order waits for, and takers that are made up. An order is
 * reached when its turn in the line has come, and each share that comes is given once.
 */
import type { Book } from '../../book/book.ts'
import type { BookSide, OrderId, TokenId } from '../../domain/ids.ts'
import { tokenOf } from '../../domain/market.ts'
import type { Order } from '../../domain/order.ts'
import {
  MICROS_PER_MS,
  MICROS_PER_SECOND,
  type Micros,
  micros,
  TICKS_PER_DOLLAR,
  type Ticks,
} from '../../domain/units.ts'
import { createRandom } from '../random.ts'
import { type FlowSettings, flowOf } from './flow.ts'
import { createLevelSums } from './level-sums.ts'
import { addFill, leftOf, type PaperOrder } from './orders.ts'
import { levelMoved, tradedAt } from './queue.ts'
import type { ShadowBook } from './shadow-book.ts'

const FLOW_EVERY_MICROS = 250 * MICROS_PER_MS

export type CallersDeps = {
  readonly orders: ReadonlyMap<OrderId, PaperOrder>
  readonly shadow: ShadowBook
  readonly settings: {
    readonly addAhead: number
    readonly flow: FlowSettings | null
    readonly seed: number
  }
  book(token: TokenId): Book | undefined
  /** So much of it is filled by now. */
  tell(one: PaperOrder): void
  /** It is filled. */
  end(one: PaperOrder): void
}

export type Callers = {
  onTrade(token: TokenId, price: Ticks, size: number, taker: 'BUY' | 'SELL'): void
  onLevel(token: TokenId, side: BookSide, price: Ticks, size: number): void
  onBook(token: TokenId): void
  makeFlow(now: Micros): void
  /** When takers are made up next; null where nobody waits for any. */
  nextFlowAt(): Micros | null
  /** Keeps only what is known of tokens of which the feed still tells. */
  prune(isHeard: (token: TokenId) => boolean): void
}

export function createCallers({ orders, shadow, settings, book, tell, end }: CallersDeps): Callers {
  /** What was offered to an order that waits, by token and price: each share counts once. */
  const offered = createLevelSums()
  const random = createRandom('paper flow', settings.seed)
  let flowAt: number | null = null

  /** So many shares came to this side of the token at this price or worse for us: to the orders of both tokens, which stand in one line. */
  function reach(token: TokenId, action: Order['action'], price: Ticks, size: number): void {
    let left = size
    const inReach = [...orders.values()]
      .map((one) => ({ one, seen: inTermsOf(one, token) }))
      .filter(({ one, seen }) => one.stage === 'waiting' && seen?.action === action)
      .map(({ one, seen }) => ({ one, limit: seen?.limit as number }))
      .filter(({ limit }) => (action === 'BUY' ? limit >= price : limit <= price))
      .sort((a, b) => (action === 'BUY' ? b.limit - a.limit : a.limit - b.limit))
    for (const { one, limit } of inReach) {
      // A trade beyond our price has been through everybody at it.
      const reaches = limit === price && one.place !== null ? tradedAt(one.place, left) : left
      const size = Math.min(reaches, leftOf(one))
      if (size <= 0) continue
      addFill(one, one.order.limit, size, 0)
      left -= size
      if (leftOf(one) === 0) end(one)
      else tell(one)
    }
  }

  /** Somebody offers what this order waits for, at its price or better: at the venue the two would have met. */
  function meet(one: PaperOrder, token: TokenId, price: Ticks, size: number): void {
    const seen = inTermsOf(one, token)
    if (seen === null) return
    const { up } = one.market
    // Both tokens tell of the same offer.
    const isBid = (seen.action === 'BUY') === (token === up)
    const side = isBid ? 'BID' : 'ASK'
    const upPrice = token === up ? price : TICKS_PER_DOLLAR - price
    const more = size - offered.of(up, side, upPrice)
    offered.set(up, side, upPrice, size)
    if (more > 0) reach(token, seen.action, price, more)
  }

  return {
    onTrade: (token, price, size, taker) =>
      reach(token, taker === 'SELL' ? 'BUY' : 'SELL', price, size),

    onLevel(token, side, price, size) {
      shadow.tell(token, side, price)
      for (const one of orders.values()) {
        const seen = one.stage === 'waiting' ? inTermsOf(one, token) : null
        if (seen === null || one.place === null) continue
        const own = seen.action === 'BUY' ? 'BID' : 'ASK'
        if (side === own) {
          if (price === seen.limit && token === one.order.token)
            levelMoved(one.place, size, settings.addAhead)
        } else if (size > 0 && (own === 'BID' ? price <= seen.limit : price >= seen.limit))
          meet(one, token, price, size)
      }
    },

    onBook(token) {
      shadow.tellAll(token)
      for (const { market } of orders.values())
        if (token === market.up || token === market.down) offered.dropAll(market.up)
    },

    makeFlow(now) {
      const { flow } = settings
      if (flow === null) return
      flowAt ??= now
      const seconds = (now - flowAt) / MICROS_PER_SECOND
      if (seconds * MICROS_PER_SECOND < FLOW_EVERY_MICROS) return
      flowAt = now
      for (const one of [...orders.values()]) {
        const { order, market } = one
        const seen = book(order.token)
        if (one.stage !== 'waiting' || seen === undefined || seen.state !== 'live') continue
        const side = order.action === 'BUY' ? 'BID' : 'ASK'
        const ahead = shadow.levels(order.token, seen, side)
        let came = flowOf(flow, ahead[1] ?? 0, seconds, random)
        for (
          let at = 0;
          at < ahead.length && isBetter(side, ahead[at] as number, order.limit);
          at += 2
        )
          came -= ahead[at + 1] as number
        if (came > 0) reach(tokenOf(market, order.side), order.action, order.limit, came)
      }
    },

    nextFlowAt() {
      if (settings.flow === null || flowAt === null) return null
      const somebodyWaits = [...orders.values()].some(({ stage }) => stage === 'waiting')
      return somebodyWaits ? micros(flowAt + FLOW_EVERY_MICROS) : null
    },
    prune: offered.prune,
  }
}

/** An order as it looks to who trades the other token: who buys Up at p stands where sellers of Down at 1 - p do. Null for another market's. */
function inTermsOf(
  { order, market }: PaperOrder,
  token: TokenId,
): { readonly action: Order['action']; readonly limit: number } | null {
  const { action, limit } = order
  if (order.token === token) return { action, limit }
  if (token !== market.up && token !== market.down) return null
  return { action: action === 'BUY' ? 'SELL' : 'BUY', limit: TICKS_PER_DOLLAR - limit }
}

function isBetter(side: BookSide, price: number, than: number): boolean {
  return side === 'BID' ? price > than : price < than
}
