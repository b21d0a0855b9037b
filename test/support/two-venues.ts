import { Book } from '../../src/book/book.ts'
import type { BookSide, Side } from '../../src/domain/ids.ts'
import { tokenOf } from '../../src/domain/market.ts'
import {
  filledOf,
  type Order,
  reservedBy,
  type SubmitOutcome,
  spentOn,
} from '../../src/domain/order.ts'
import {
  MICRO,
  microShares,
  micros,
  microUsdc,
  TICKS_PER_DOLLAR,
  ticks,
} from '../../src/domain/units.ts'
import { createMatching } from '../../src/sim/matching.ts'
import { createAccounts } from '../../src/sim/matching-accounts.ts'
import { createHolds } from '../../src/sim/matching-holds.ts'
import type { Refusal, Trade, VenueOrder } from '../../src/sim/matching-types.ts'
import { createPaperExchange } from '../../src/sim/paper/exchange.ts'
import { aMarket, at, SECOND, SOME_PAPER } from './builders.ts'

import type { End, Level, Setting } from './venue-moves.ts'
export const US = 'us'
export const GTD_LEAD_SEC = 60
export const START = at(500)

/** What somebody of the crowd took, and what of the crowd is left there. In Up's terms. */
export type Taken = {
  readonly side: BookSide
  readonly price: number
  readonly size: number
  readonly left: number
  readonly token: Side
}

export type Place = {
  submit(order: Order): void
  cancel(order: Order): void
  wait(now: number): void
  taken(taken: Taken): void
  end(order: Order): End
  dollars(): number
  /** Less what orders that wait could take. */
  free(): number
  held(side: Side): number
}

/** The book of a token, from that of Up. */
export function bookOf({ tick, bids, asks }: Setting, side: Side): Book {
  const book = new Book(tick)
  const mirrored = (levels: readonly Level[]) =>
    levels.flatMap(([price, size]) => [TICKS_PER_DOLLAR - price, size])
  if (side === 'UP') book.applySnapshot(bids.flat(), asks.flat(), ticks(tick))
  else book.applySnapshot(mirrored(asks), mirrored(bids), ticks(tick))
  return book
}

export function onPaper(setting: Setting): Place {
  const market = aMarket({ tickSize: ticks(setting.tick) })
  const books = { UP: bookOf(setting, 'UP'), DOWN: bookOf(setting, 'DOWN') }
  const own = new Map<string, { order: Order; outcome: SubmitOutcome | null }>()
  let now = START
  const sum = (of: (order: Order, outcome: SubmitOutcome | null) => number): number =>
    [...own.values()].reduce((total, { order, outcome }) => total + of(order, outcome), 0)
  const dollars = (): number => setting.cash - sum(spentOn)
  const held = (side: Side): number =>
    setting.shares +
    sum((order, outcome) => {
      const shares = order.side === side ? (filledOf(outcome)?.shares ?? 0) : 0
      return order.action === 'BUY' ? shares : -shares
    })
  const exchange = createPaperExchange({
    settings: { ...SOME_PAPER, postMs: 0, cancelRequestMs: 0, cancelClearMs: 0 },
    book: (token) => (token === market.up ? books.UP : books.DOWN),
    balance: () => microUsdc(dollars() - sum(reservedBy)),
    sharesOf: (_, side) => held(side),
    roundTripMicros: () => 0,
    holdMicros: () => 0,
    offsetMicros: () => 0,
  })
  const work = (): void => {
    exchange.advance(micros(now))
    for (const { orderId: id, outcome } of exchange.news())
      own.set(id, { order: own.get(id)?.order as Order, outcome })
  }
  return {
    submit(order) {
      own.set(order.id, { order, outcome: null })
      exchange.submit({ kind: 'submit', order, market }, micros(now))
      work()
    },
    cancel(order) {
      exchange.cancel({ kind: 'cancel', order }, micros(now))
      work()
    },
    wait(next) {
      now = micros(next)
      work()
    },
    taken({ side, price, size, left, token }) {
      const other = side === 'BID' ? 'ASK' : 'BID'
      const isUp = token === 'UP'
      exchange.hear({
        kind: 'trade_print',
        token: tokenOf(market, token),
        price: ticks(isUp ? price : TICKS_PER_DOLLAR - price),
        size: microShares(size),
        takerSide: (side === 'BID') === isUp ? 'SELL' : 'BUY',
        recvAt: micros(now),
        venueAt: null,
      })
      for (const one of ['UP', 'DOWN'] as const) {
        const change = {
          side: one === 'UP' ? side : other,
          price: ticks(one === 'UP' ? price : TICKS_PER_DOLLAR - price),
          size: microShares(left),
        } as const
        books[one].applyDelta(change.side, change.price, change.size)
        const when = { bestBid: null, bestAsk: null, venueAt: null, recvAt: micros(now) }
        exchange.hear({ kind: 'book_delta', token: tokenOf(market, one), ...change, ...when })
      }
      work()
    },
    end({ id }) {
      const outcome = own.get(id)?.outcome ?? null
      if (outcome === null) throw new Error(`nothing was said of ${id}`)
      const filled = filledOf(outcome)
      return {
        state: outcome.state as End['state'],
        postOnly: outcome.state === 'rejected' && /post-only/.test(outcome.reason),
        fills: filled?.fills.map(({ price, shares }) => [price, shares] as const) ?? [],
        cost: filled?.cost ?? 0,
        fee: filled?.fee ?? 0,
      }
    },
    dollars,
    free: () => dollars() - sum(reservedBy),
    held,
  }
}

export function atTheVenue(setting: Setting) {
  const accounts = createAccounts(10_000_000 * MICRO)
  const holds = createHolds()
  const { conditionId } = aMarket()
  const trades: Trade[] = []
  const refusals = new Map<string, Refusal>()
  let now = START
  accounts.deposit(US, setting.cash)
  const part = { account: US, dollars: 0 }
  if (setting.shares > 0) accounts.mint(conditionId, setting.shares, part, part)
  const matching = createMatching({
    market: conditionId,
    accounts,
    holds,
    welcome: () => 0,
    tick: () => setting.tick,
    onLevel: () => undefined,
    onTrade: (trade) => trades.push(trade),
    onOrder: () => undefined,
  })
  for (const [price, size] of setting.bids) matching.setCrowd('BID', price, size, 0)
  for (const [price, size] of setting.asks) matching.setCrowd('ASK', price, size, 0)
  const place: Place = {
    submit(order) {
      const result = matching.submit(venueOrder(order), now / 1_000)
      if ('error' in result) refusals.set(order.id, result)
    },
    cancel: ({ id }) => void matching.cancel(id),
    wait(next) {
      now = micros(next)
      matching.expire(now / SECOND)
    },
    taken: ({ side, price, size }) => matching.crowdTakes(side, price, size, now / 1_000),
    end({ id }) {
      const refusal = refusals.get(id)
      const mine = trades.filter(({ takerOrderId, maker }) =>
        [takerOrderId, maker.orderId].includes(id),
      )
      const sumOf = (of: (trade: Trade) => number) =>
        mine.reduce((total, trade) => total + of(trade), 0)
      return {
        state: refusal === undefined ? stateOf(id) : refusedState(refusal),
        postOnly: refusal !== undefined && /post-only/.test(refusal.error),
        fills: mine.map((trade) => [trade.price, trade.shares] as const),
        cost: sumOf((trade) => trade.dollars),
        fee: sumOf((trade) => (trade.takerOrderId === id ? trade.fee : 0)),
      }
    },
    dollars: () => accounts.dollars(US),
    free: () => accounts.dollars(US) - holds.dollars(US),
    held: (side) => accounts.shares(US, conditionId, side),
  }
  function stateOf(id: string): End['state'] {
    const record = matching.order(id)
    if (record === undefined) throw new Error(`nothing was said of ${id}`)
    if (record.state === 'LIVE') return 'resting'
    return record.matched > 0 ? 'filled' : 'killed'
  }
  return { ...place, totals: accounts.totals, refusals, sizeAt: matching.sizeAt }
}

export function refusedState({ error }: Refusal): End['state'] {
  return /fully filled or killed|partially filled or killed/.test(error) ? 'killed' : 'rejected'
}

export function venueOrder(order: Order): VenueOrder {
  const { id, side: token, action, kind, postOnly, expiresAt, spend, shares } = order
  const [makerAmount, takerAmount] = action === 'BUY' ? [spend, shares] : [shares, spend]
  return {
    id,
    account: US,
    token,
    way: action,
    makerAmount,
    takerAmount,
    type: kind,
    postOnly,
    // The venue lets go of an order a minute before the moment that it is signed with.
    expiresSec: expiresAt === null ? 0 : expiresAt / SECOND + GTD_LEAD_SEC,
    atMs: 0,
  }
}
