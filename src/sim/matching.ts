/**
 * The venue's matching engine for one market: price and time decide, makers' prices hold, the two tokens share one book. Whoever buys Up at
 * 0.6 stands on the same side as whoever sells Down at 0.4; two buyers of the two tokens make a pair, two sellers dissolve one.
 *
 * A state machine without clock and chance: the same calls give the same answers.
 *
 * Invariant: everything is checked before the first share moves. Whoever lacks what a resting order needs loses the order, not the match.
 */
import type { BookSide, Side } from '../domain/ids.ts'
import { invariant } from '../domain/invariant.ts'
import { FEES, HOUSE } from './matching-accounts.ts'
import {
  createRestingBook,
  inUpTerms,
  type Maker,
  otherSide,
  type Rest,
  sideOf,
} from './matching-book.ts'
import { feeOf, mostNeeded } from './matching-money.ts'
import { costOf, killedFor, planOf, type Take } from './matching-plan.ts'
import {
  amountsOf,
  isMarket,
  limitOf,
  MIN_MARKETABLE,
  notEnough,
  refuse,
  ruleRefusal,
  tooSmall,
} from './matching-rules.ts'
import { kindOf, settle } from './matching-settle.ts'
import type {
  Matching,
  MatchingDeps,
  OrderRecord,
  Outcome,
  Refusal,
  Trade,
  VenueOrder,
  Way,
} from './matching-types.ts'

export function createMatching(deps: MatchingDeps): Matching {
  const { accounts, holds, market } = deps
  const book = createRestingBook(market, holds)
  const records = new Map<string, OrderRecord>()
  const killed = new Set<string>()
  let trades = 0
  let winner: Side | null = null

  function check(order: VenueOrder, nowMs: number): Refusal | null {
    if (winner !== null) return refuse('the market is not yet ready to process new orders')
    if (records.has(order.id) || killed.has(order.id))
      return refuse(`order ${order.id} is invalid. Duplicated.`)
    if (order.postOnly && isMarket(order))
      return refuse('invalid post-only order: order crosses book')
    const refused = ruleRefusal(order, deps.tick(), Math.floor(nowMs / 1_000))
    if (refused !== null) return refused
    const limit = inUpTerms(order.token, limitOf(order))
    const crosses = book.crossing(sideOf(order.token, order.way), limit).length > 0
    if (order.postOnly && crosses) return refuse('invalid post-only order: order crosses book')
    if (crosses && order.way === 'BUY' && order.makerAmount < MIN_MARKETABLE) return tooSmall(order)
    return order.way === 'BUY'
      ? dollarsRefusal(order.account, mostNeeded(order, crosses, deps.tick()))
      : sharesRefusal(order)
  }

  function dollarsRefusal(account: string, needed: number): Refusal | null {
    const balance = accounts.dollars(account) + deps.welcome(account)
    return notEnough(balance, holds.dollars(account), needed)
  }

  function sharesRefusal({ account, token, makerAmount }: VenueOrder): Refusal | null {
    const balance = accounts.shares(account, market, token)
    return notEnough(balance, holds.shares(account, market, token), makerAmount)
  }

  function submit(order: VenueOrder, nowMs: number): Outcome | Refusal {
    const side = sideOf(order.token, order.way)
    const refused = check(order, nowMs)
    if (refused !== null) return refused
    shedAt(otherSide(side), book.crossing(side, inUpTerms(order.token, limitOf(order))))
    const { takes, whole } = planOf(book, order)
    const why = killedFor(order, takes, whole)
    if (why !== null) {
      killed.add(order.id)
      return refuse(why)
    }
    if (order.way === 'BUY') {
      const lacking = dollarsRefusal(order.account, costOf(order, takes, whole))
      if (lacking !== null) return lacking
    }
    const record: OrderRecord = {
      order,
      price: limitOf(order),
      shares: amountsOf(order)[1],
      matched: 0,
      state: 'LIVE',
      trades: [],
    }
    records.set(order.id, record)
    const done = takes.flatMap((take) => takeFrom(record, take, nowMs))
    finish(record, whole)
    return {
      record,
      trades: done,
      dollars: done.reduce((sum, trade) => sum + trade.dollars, 0),
      shares: done.reduce((sum, trade) => sum + trade.shares, 0),
    }
  }

  function finish(record: OrderRecord, whole: boolean): void {
    if (isMarket(record.order) || whole) {
      record.state = 'MATCHED'
      return deps.onOrder(record, 'UPDATE')
    }
    const { side, upPrice } = book.join(record)
    deps.onOrder(record, 'PLACEMENT')
    deps.onLevel(side, upPrice, record.order.token === 'DOWN')
  }

  function takeFrom(taker: OrderRecord, { upPrice, shares }: Take, atMs: number): Trade[] {
    const side = otherSide(sideOf(taker.order.token, taker.order.way))
    const makers = book.take(side, upPrice, shares)
    const done = makers.map((maker) => match(taker, maker, upPrice, atMs))
    afterTake(side, upPrice, makers)
    return done
  }

  function afterTake(side: BookSide, upPrice: number, makers: readonly Maker[]): void {
    deps.onLevel(side, upPrice, makers[0]?.order?.record.order.token === 'DOWN')
    for (const { order } of makers) {
      if (order === null) continue
      if (order.left === 0) order.record.state = 'MATCHED'
      deps.onOrder(order.record, 'UPDATE')
    }
  }

  /** The taker is a person here; the maker may be the crowd, which then holds the same token's other end. */
  function match(taker: OrderRecord, maker: Maker, upPrice: number, atMs: number): Trade {
    const { token, way, account } = taker.order
    const own = maker.order?.record.order
    const makerToken = own?.token ?? token
    const makerWay: Way = own?.way ?? (way === 'BUY' ? 'SELL' : 'BUY')
    const other = own?.account ?? HOUSE
    const price = inUpTerms(token, upPrice)
    const { shares } = maker
    const both = { market, taker: account, maker: other, token, way, makerToken, price, shares }
    const dollars = settle(accounts, both)
    const fee = feeOf(shares, price)
    accounts.pay(account, FEES, fee)
    const trade: Trade = {
      id: nextTradeId(),
      takerOrderId: taker.order.id,
      taker: account,
      token,
      way,
      price,
      shares,
      dollars,
      fee,
      maker: {
        orderId: own?.id ?? null,
        account: other,
        token: makerToken,
        way: makerWay,
        price: inUpTerms(makerToken, upPrice),
        shares,
      },
      kind: kindOf(both),
      atMs,
    }
    taker.matched += shares
    taker.trades.push(trade.id)
    tell(maker.order, trade)
    return trade
  }

  function nextTradeId(): string {
    trades += 1
    return `${market}/${trades}`
  }

  function tell(maker: Rest | null, trade: Trade): void {
    if (maker !== null) {
      maker.record.matched += trade.shares
      maker.record.trades.push(trade.id)
    }
    deps.onTrade(trade)
  }

  /** The crowd trades with people of a level, at their price. */
  function crowdMeets(makers: readonly Maker[], upPrice: number, atMs: number): void {
    for (const { order, shares } of makers) {
      if (order === null) continue
      const { token, way, account } = order.record.order
      const price = inUpTerms(token, upPrice)
      const crowd = { taker: HOUSE, token, way: way === 'BUY' ? 'SELL' : 'BUY' } as const
      const both = { ...crowd, market, maker: account, makerToken: token, price, shares }
      tell(order, {
        ...crowd,
        id: nextTradeId(),
        takerOrderId: null,
        price,
        shares,
        dollars: settle(accounts, both),
        fee: 0,
        maker: { orderId: order.id, account, token, way, price, shares },
        kind: kindOf(both),
        atMs,
      })
    }
  }

  function setCrowd(side: BookSide, price: number, size: number, atMs: number): void {
    const met = size === 0 || book.isEmpty() ? [] : book.crossing(side, price)
    const other = otherSide(side)
    shedAt(other, met)
    let left = size
    for (const upPrice of met) {
      const makers = book.takePeople(other, upPrice, left)
      for (const { shares } of makers) left -= shares
      crowdMeets(makers, upPrice, atMs)
      if (makers.length > 0) afterTake(other, upPrice, makers)
    }
    book.setCrowd(side, price, left)
  }

  function crowdTakes(side: BookSide, price: number, shares: number, atMs: number): void {
    if (book.isEmpty()) return
    shedAt(side, [price])
    const makers = book.take(side, price, shares)
    crowdMeets(makers, price, atMs)
    if (makers.some(({ order }) => order !== null)) afterTake(side, price, makers)
  }

  /** Whoever stands there must be good for it. */
  function shedAt(side: BookSide, prices: readonly number[]): void {
    if (book.isEmpty() || prices.length === 0) return
    const there = book.all().filter((rest) => rest.side === side && prices.includes(rest.upPrice))
    for (const account of new Set(there.map((rest) => rest.account))) shed(account)
  }

  function shed(account: string): void {
    for (const rest of book.all().reverse()) {
      const { token, way } = rest.record.order
      if (rest.account !== account) continue
      const lacks =
        way === 'BUY'
          ? accounts.dollars(account) < holds.dollars(account)
          : accounts.shares(account, market, token) < holds.shares(account, market, token)
      if (lacks) drop(rest, 'CANCELED')
    }
  }

  function drop(rest: Rest, state: OrderRecord['state']): OrderRecord {
    book.leave(rest)
    rest.record.state = state
    deps.onOrder(rest.record, 'CANCELLATION')
    if (winner === null) deps.onLevel(rest.side, rest.upPrice, rest.record.order.token === 'DOWN')
    return rest.record
  }

  return {
    check,
    submit,
    cancel(id) {
      const rest = book.find(id)
      return rest === undefined ? null : drop(rest, 'CANCELED')
    },
    expire(nowSec) {
      for (const rest of book.all()) {
        const { type, expiresSec } = rest.record.order
        if (type === 'GTD' && nowSec >= expiresSec - 60) drop(rest, 'CANCELED')
      }
    },
    shed,
    order: (id) => records.get(id),
    orders: () => records.values(),
    setCrowd,
    crowdTakes,
    sizeAt: book.sizeAt,
    resolve(side) {
      invariant(winner === null, `${market} is resolved already`)
      winner = side
      for (const rest of book.all()) drop(rest, 'CANCELED_MARKET_RESOLVED')
      accounts.resolve(market, side)
    },
    isResolved: () => winner !== null,
  }
}
