/**
 * The venue's matching engine for one market: price and time decide, makers' prices hold, the two tokens share one book. Whoever buys Up at
 * 0.6 stands on the same side as whoever sells Down at 0.4; two buyers of the two tokens make a pair, two sellers dissolve one.
 *
 * A state machine without clock and chance: the same calls give the same answers.
 */
import type { BookSide, Side } from '../domain/ids.ts'
import { invariant } from '../domain/invariant.ts'
import { TICKS_PER_DOLLAR } from '../domain/units.ts'
import { type Accounts, FEES, HOUSE } from './matching-accounts.ts'
import { createLevel, type Level, type Resting } from './matching-level.ts'
import { amountsOf, isMarket, limitOf, refuse, ruleRefusal } from './matching-rules.ts'
import type { OrderRecord, Outcome, Refusal, Trade, VenueOrder, Way } from './matching-types.ts'

/** Fees are 0.07 * p * (1 - p) a share, to five decimals of a dollar. */
const FEE_RATE_MICRO = 70_000n
const FEE_STEP = 10n
const MICRO = 1_000_000n
const TICKS = BigInt(TICKS_PER_DOLLAR)

export type MatchingDeps = {
  readonly market: string
  readonly accounts: Accounts
  tick(): number
  /** Told of every level whose size changed because somebody traded, came or left; not of the crowd's own sizes. */
  onLevel(side: BookSide, price: number, onDown: boolean): void
  onTrade(trade: Trade): void
  onOrder(record: OrderRecord, what: 'PLACEMENT' | 'UPDATE' | 'CANCELLATION'): void
}

export type Matching = {
  /** Everything that can be said against an order now. */
  check(order: VenueOrder, nowMs: number): Refusal | null
  /** Checks again, then matches. A fill-or-kill that cannot be filled changes nothing. */
  submit(order: VenueOrder, nowMs: number): Outcome | Refusal
  /** Null when it is not there to be cancelled. */
  cancel(id: string): OrderRecord | null
  /** Orders whose time is over are gone. */
  expire(nowSec: number): void
  order(id: string): OrderRecord | undefined
  orders(): Iterable<OrderRecord>
  /** The crowd's whole size at a price; where people stand on the other side, it trades with them. */
  setCrowd(side: BookSide, price: number, size: number, atMs: number): void
  /** Somebody of the crowd takes from a level, in the order of the line. */
  crowdTakes(side: BookSide, price: number, shares: number, atMs: number): void
  sizeAt(side: BookSide, price: number): number
  resolve(winner: Side): void
  isResolved(): boolean
  /** Dollars and shares that resting orders hold. */
  reserved(account: string): {
    readonly dollars: number
    readonly UP: number
    readonly DOWN: number
  }
}

type Rest = Resting & {
  readonly record: OrderRecord
  readonly side: BookSide
  readonly upPrice: number
}
type Maker = { readonly order: Rest | null; readonly shares: number; readonly upPrice: number }

/** Where an order stands in the book of the Up token. */
export function sideOf(token: Side, way: Way): BookSide {
  return (token === 'UP') === (way === 'BUY') ? 'BID' : 'ASK'
}

function inUpTerms(token: Side, price: number): number {
  return token === 'UP' ? price : TICKS_PER_DOLLAR - price
}

export function createMatching(deps: MatchingDeps): Matching {
  const { accounts, market } = deps
  const levels = { BID: new Map<number, Level>(), ASK: new Map<number, Level>() }
  const rests = new Map<string, Rest>()
  const records = new Map<string, OrderRecord>()
  let trades = 0
  let winner: Side | null = null

  function levelAt(side: BookSide, price: number): Level {
    let level = levels[side].get(price)
    if (level === undefined) {
      level = createLevel()
      levels[side].set(price, level)
    }
    return level
  }

  function forgetIfEmpty(side: BookSide, price: number): void {
    if (levels[side].get(price)?.total() === 0) levels[side].delete(price)
  }

  /** Prices of the other side that an order may trade at, best first. */
  function crossing(side: BookSide, limit: number): number[] {
    const other = side === 'BID' ? levels.ASK : levels.BID
    const prices = [...other.keys()].filter((price) =>
      side === 'BID' ? price <= limit : price >= limit,
    )
    return prices.sort((a, b) => (side === 'BID' ? a - b : b - a))
  }

  function reserved(account: string): { dollars: number; UP: number; DOWN: number } {
    const held = { dollars: 0, UP: 0, DOWN: 0 }
    for (const { record, left, account: owner } of rests.values()) {
      if (owner !== account) continue
      if (record.order.way === 'BUY') held.dollars += dollarsFor(left, record.price, true)
      else held[record.order.token] += left
    }
    return held
  }

  function check(order: VenueOrder, nowMs: number): Refusal | null {
    if (winner !== null) return refuse('the market is not yet ready to process new orders')
    if (records.has(order.id)) return refuse(`order ${order.id} is invalid. Duplicated.`)
    if (order.postOnly && isMarket(order))
      return refuse('invalid post-only order: order crosses book')
    const refused = ruleRefusal(order, deps.tick(), Math.floor(nowMs / 1_000))
    if (refused !== null) return refused
    const limit = inUpTerms(order.token, limitOf(order))
    const crosses = crossing(sideOf(order.token, order.way), limit).length > 0
    if (order.postOnly && crosses) return refuse('invalid post-only order: order crosses book')
    return fundsRefusal(order, crosses)
  }

  function fundsRefusal(order: VenueOrder, crosses: boolean): Refusal | null {
    const held = reserved(order.account)
    const [dollars, shares] = amountsOf(order)
    const [balance, inOrders, needed] =
      order.way === 'BUY'
        ? [
            accounts.dollars(order.account),
            held.dollars,
            dollars + (crosses || isMarket(order) ? feeOf(shares, limitOf(order)) : 0),
          ]
        : [accounts.shares(order.account, market, order.token), held[order.token], shares]
    if (balance - inOrders >= needed) return null
    const why =
      inOrders === 0
        ? `the balance is not enough -> balance: ${balance}, order amount: ${needed}`
        : `the balance is not enough -> balance: ${balance}, sum of matched orders: ${inOrders}, order amount: ${needed}`
    return refuse(`not enough balance / allowance: ${why}`)
  }

  /** What would be taken: by dollars for a market buy, by shares for everything else. */
  function plan(order: VenueOrder): {
    readonly makers: readonly [price: number, shares: number][]
    readonly whole: boolean
  } {
    const side = sideOf(order.token, order.way)
    const byDollars = isMarket(order) && order.way === 'BUY'
    const [dollars, shares] = amountsOf(order)
    let left = byDollars ? dollars : shares
    const makers: [number, number][] = []
    for (const upPrice of crossing(side, inUpTerms(order.token, limitOf(order)))) {
      const there = levelAt(side === 'BID' ? 'ASK' : 'BID', upPrice).total()
      const price = inUpTerms(order.token, upPrice)
      const wanted = byDollars ? Math.floor((left * TICKS_PER_DOLLAR) / price) : left
      const taken = Math.min(there, wanted)
      if (taken > 0) makers.push([upPrice, taken])
      left -= byDollars ? dollarsFor(taken, price, false) : taken
      if (taken === wanted) return { makers, whole: true }
    }
    return { makers, whole: false }
  }

  function submit(order: VenueOrder, nowMs: number): Outcome | Refusal {
    const refused = check(order, nowMs)
    if (refused !== null) return refused
    const { makers, whole } = plan(order)
    if (order.type === 'FOK' && !whole)
      return refuse("order couldn't be fully filled. FOK orders are fully filled or killed.")
    if (order.type === 'FAK' && makers.length === 0)
      return refuse(
        'no orders found to match with FAK order. FAK orders are partially filled or killed if no match is found.',
      )
    const record: OrderRecord = {
      order,
      price: limitOf(order),
      shares: amountsOf(order)[1],
      matched: 0,
      state: 'LIVE',
      trades: [],
    }
    records.set(order.id, record)
    const done: Trade[] = []
    for (const [upPrice, shares] of makers) done.push(...takeFrom(record, upPrice, shares, nowMs))
    finish(record, whole)
    return {
      record,
      trades: done,
      dollars: done.reduce((sum, trade) => sum + trade.dollars, 0),
      shares: done.reduce((sum, trade) => sum + trade.shares, 0),
    }
  }

  function finish(record: OrderRecord, whole: boolean): void {
    const { order } = record
    if (isMarket(order) || whole) {
      record.state = 'MATCHED'
      return deps.onOrder(record, 'UPDATE')
    }
    const side = sideOf(order.token, order.way)
    const upPrice = inUpTerms(order.token, record.price)
    const rest: Rest = {
      id: order.id,
      account: order.account,
      left: record.shares - record.matched,
      record,
      side,
      upPrice,
    }
    rests.set(order.id, rest)
    levelAt(side, upPrice).join(rest)
    deps.onOrder(record, 'PLACEMENT')
    deps.onLevel(side, upPrice, order.token === 'DOWN')
  }

  function takeFrom(taker: OrderRecord, upPrice: number, shares: number, atMs: number): Trade[] {
    const side: BookSide = sideOf(taker.order.token, taker.order.way) === 'BID' ? 'ASK' : 'BID'
    const makers: Maker[] = []
    levelAt(side, upPrice).take(shares, (maker, given) =>
      makers.push({
        order: maker === null ? null : (rests.get(maker.id) as Rest),
        shares: given,
        upPrice,
      }),
    )
    const done = makers.map((maker) => settle(taker, maker, atMs))
    afterTake(side, upPrice, makers)
    return done
  }

  function afterTake(side: BookSide, upPrice: number, makers: readonly Maker[]): void {
    forgetIfEmpty(side, upPrice)
    deps.onLevel(side, upPrice, makers[0]?.order?.record.order.token === 'DOWN')
    for (const { order } of makers) {
      if (order === null) continue
      if (order.left === 0) {
        order.record.state = 'MATCHED'
        rests.delete(order.id)
      }
      deps.onOrder(order.record, 'UPDATE')
    }
  }

  /** Moves what one match moves. The taker is a person here; the maker may be the crowd, which then holds the same token's other end. */
  function settle(taker: OrderRecord, maker: Maker, atMs: number): Trade {
    const { token, way, account } = taker.order
    const price = inUpTerms(token, maker.upPrice)
    const own = maker.order?.record.order
    const makerToken = own?.token ?? token
    const makerWay: Way = own?.way ?? (way === 'BUY' ? 'SELL' : 'BUY')
    const other = own?.account ?? HOUSE
    const { shares } = maker
    const dollars = exchange({
      taker: account,
      maker: other,
      token,
      way,
      makerToken,
      price,
      shares,
    })
    const fee = feeOf(shares, price)
    // A price better than the limit makes the fee larger than what was held back for it.
    const free = accounts.dollars(account) - reserved(account).dollars
    accounts.pay(account, FEES, Math.min(fee, Math.max(free, 0)))
    const kind = makerToken === token ? 'complementary' : way === 'BUY' ? 'mint' : 'merge'
    trades += 1
    const trade: Trade = {
      id: `${market}/${trades}`,
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
        price: inUpTerms(makerToken, maker.upPrice),
        shares,
      },
      kind,
      atMs,
    }
    taker.matched += shares
    taker.trades.push(trade.id)
    remember(maker, trade)
    deps.onTrade(trade)
    return trade
  }

  function remember(maker: Maker, trade: Trade): void {
    if (maker.order === null) return
    maker.order.record.matched += trade.shares
    maker.order.record.trades.push(trade.id)
  }

  type Exchange = {
    readonly taker: string
    readonly maker: string
    readonly token: Side
    readonly way: Way
    readonly makerToken: Side
    /** In the taker's token. */
    readonly price: number
    readonly shares: number
  }

  /** The dollars that the taker paid or got. */
  function exchange({ taker, maker, token, way, makerToken, price, shares }: Exchange): number {
    const dollars = dollarsFor(shares, price, false)
    if (makerToken === token) {
      const [buyer, seller] = way === 'BUY' ? [taker, maker] : [maker, taker]
      accounts.pay(buyer, seller, dollars)
      accounts.give(seller, buyer, market, token, shares)
      return dollars
    }
    const taken = { account: taker, dollars }
    const made = { account: maker, dollars: dollarsFor(shares, TICKS_PER_DOLLAR - price, false) }
    const [up, down] = token === 'UP' ? [taken, made] : [made, taken]
    if (way === 'BUY') accounts.mint(market, shares, up, down)
    else accounts.merge(market, shares, up, down)
    return dollars
  }

  /** The crowd trades with people of a level, at their price. */
  function crowdMeets(makers: readonly Maker[], atMs: number): void {
    for (const maker of makers) {
      const { order, shares } = maker
      if (order === null) continue
      const { token, way, account } = order.record.order
      const price = inUpTerms(token, maker.upPrice)
      const crowdWay: Way = way === 'BUY' ? 'SELL' : 'BUY'
      const dollars = exchange({
        taker: HOUSE,
        maker: account,
        token,
        way: crowdWay,
        makerToken: token,
        price,
        shares,
      })
      trades += 1
      const fill = { orderId: order.id, account, token, way, price, shares }
      const trade: Trade = {
        id: `${market}/${trades}`,
        takerOrderId: null,
        taker: HOUSE,
        token,
        way: crowdWay,
        price,
        shares,
        dollars,
        fee: 0,
        maker: fill,
        kind: 'complementary',
        atMs,
      }
      remember(maker, trade)
      deps.onTrade(trade)
    }
  }

  function setCrowd(side: BookSide, price: number, size: number, atMs: number): void {
    let left = size
    for (const upPrice of size === 0 || rests.size === 0 ? [] : crossing(side, price)) {
      const other: BookSide = side === 'BID' ? 'ASK' : 'BID'
      const makers: Maker[] = []
      left -= levelAt(other, upPrice).takePeople(left, (maker, shares) =>
        makers.push({ order: rests.get(maker.id) as Rest, shares, upPrice }),
      )
      crowdMeets(makers, atMs)
      if (makers.length > 0) afterTake(other, upPrice, makers)
    }
    levelAt(side, price).setCrowd(left)
    forgetIfEmpty(side, price)
  }

  function crowdTakes(side: BookSide, price: number, shares: number, atMs: number): void {
    if (rests.size === 0) return
    const makers: Maker[] = []
    levels[side].get(price)?.take(shares, (maker, given) =>
      makers.push({
        order: maker === null ? null : (rests.get(maker.id) as Rest),
        shares: given,
        upPrice: price,
      }),
    )
    crowdMeets(makers, atMs)
    if (makers.some(({ order }) => order !== null)) afterTake(side, price, makers)
  }

  function drop(rest: Rest, state: OrderRecord['state']): OrderRecord {
    rests.delete(rest.id)
    levelAt(rest.side, rest.upPrice).leave(rest.id)
    forgetIfEmpty(rest.side, rest.upPrice)
    rest.record.state = state
    deps.onOrder(rest.record, 'CANCELLATION')
    if (winner === null) deps.onLevel(rest.side, rest.upPrice, rest.record.order.token === 'DOWN')
    return rest.record
  }

  return {
    check,
    submit,
    cancel(id) {
      const rest = rests.get(id)
      return rest === undefined ? null : drop(rest, 'CANCELED')
    },
    expire(nowSec) {
      for (const rest of [...rests.values()]) {
        const { type, expiresSec } = rest.record.order
        if (type === 'GTD' && nowSec >= expiresSec - 60) drop(rest, 'CANCELED')
      }
    },
    order: (id) => records.get(id),
    orders: () => records.values(),
    setCrowd,
    crowdTakes,
    sizeAt: (side, price) => levels[side].get(price)?.total() ?? 0,
    resolve(side) {
      invariant(winner === null, `${market} is resolved already`)
      winner = side
      for (const rest of [...rests.values()]) drop(rest, 'CANCELED_MARKET_RESOLVED')
      accounts.resolve(market, side)
    },
    isResolved: () => winner !== null,
    reserved,
  }
}

/** What shares cost at a price: down for whoever pays now, up for what is held back. */
function dollarsFor(shares: number, price: number, up: boolean): number {
  const exact = BigInt(shares) * BigInt(price)
  return Number((exact + (up ? TICKS - 1n : 0n)) / TICKS)
}

export function feeOf(shares: number, price: number): number {
  const tail = BigInt(price) * BigInt(TICKS_PER_DOLLAR - price)
  const numerator = BigInt(shares) * FEE_RATE_MICRO * tail
  const step = MICRO * TICKS * TICKS * FEE_STEP
  return Number(((numerator * 2n + step) / (step * 2n)) * FEE_STEP)
}
