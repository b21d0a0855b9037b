/**
 * Where people's orders meet the books: a matching engine for each market in which somebody traded, the accounts behind all of them, the hold
 * on takers, and what becomes of a trade after its match. Until the first order a market's book is the crowd's alone.
 */
import type { Side } from '../../domain/ids.ts'
import { createMatching, sideOf } from '../../sim/matching.ts'
import { type Accounts, createAccounts, FEES, HOUSE } from '../../sim/matching-accounts.ts'
import { isMarket, limitOf } from '../../sim/matching-rules.ts'
import type { Outcome, Refusal, Trade, VenueOrder } from '../../sim/matching-types.ts'
import type { Faults } from '../faults.ts'
import { hexId } from '../identity.ts'
import type { LevelTouch, People, VenueMarket } from '../market.ts'
import type { World } from '../world.ts'
import type { Intake } from './intake.ts'
import { createRecords, type PlacedOrder, type TradeRecord, type TradeStatus } from './records.ts'

export type DeskEvent =
  | {
      readonly kind: 'order'
      readonly what: 'PLACEMENT' | 'UPDATE' | 'CANCELLATION'
      readonly placed: PlacedOrder
    }
  | { readonly kind: 'trade'; readonly trade: TradeRecord }
  /** It never was an order of the book. */
  | {
      readonly kind: 'killed'
      readonly order: VenueOrder
      readonly market: VenueMarket
      readonly why: string
    }

export type Desk = {
  readonly accounts: Accounts
  /** Play money for whoever has none yet. */
  fund(account: string): void
  /** Holds a taker, checks again, matches. */
  submit(intake: Intake): Promise<Outcome | Refusal>
  cancel(id: string): boolean
  order(id: string): PlacedOrder | undefined
  ordersOf(account: string): PlacedOrder[]
  tradesOf(account: string): TradeRecord[]
  reserved(account: string): number
  listen(listener: (event: DeskEvent, accounts: ReadonlySet<string>) => void): void
}

export type DeskDeps = {
  readonly world: World
  readonly faults: Faults
  readonly holdMs: number
  /** From the match to the block, and from there to the end. */
  readonly minedMs: number
  readonly confirmedMs: number
  nowMs(): number
  later(afterMs: number, action: () => void): void
}

const MICRO = 1_000_000
const HOUSE_DOLLARS = 1_000_000_000 * MICRO
const PLAY_DOLLARS = 10_000 * MICRO
/** Orders and trades can be asked for this long after their window was resolved. */
const KEPT_MS = 6 * 3_600_000

export function createDesk(deps: DeskDeps): Desk {
  const { world } = deps
  const accounts = createAccounts(HOUSE_DOLLARS)
  const funded = new Set<string>()
  const books = createRecords()
  const open: VenueMarket[] = []
  const listeners: ((event: DeskEvent, accounts: ReadonlySet<string>) => void)[] = []

  function tell(event: DeskEvent, parties: readonly string[]): void {
    const set = new Set(parties)
    for (const listener of listeners) listener(event, set)
  }

  function peopleOf(market: VenueMarket): People {
    market.people ??= admit(market)
    return market.people
  }

  function admit(market: VenueMarket): People {
    const touched: LevelTouch[] = []
    const done: Trade[] = []
    const matching = createMatching({
      market: market.conditionId,
      accounts,
      tick: () => market.tick,
      onLevel: (side, price, onDown) => void touched.push({ side, price, onDown }),
      onTrade(trade) {
        done.push(trade)
        follow(market, trade)
      },
      onOrder(record, what) {
        const order = { record, market }
        books.addOrder(order)
        tell({ kind: 'order', what, placed: order }, [record.order.account])
      },
    })
    for (const { price, size } of market.book.bids) matching.setCrowd('BID', price, size, 0)
    for (const { price, size } of market.book.asks) matching.setCrowd('ASK', price, size, 0)
    open.push(market)
    return { matching, drain: () => ({ touched: touched.splice(0), trades: done.splice(0) }) }
  }

  function follow(market: VenueMarket, trade: Trade): void {
    const record: TradeRecord = {
      id: uuidOf(trade.id),
      trade,
      market,
      status: 'MATCHED',
      transactionHash: '',
      updatedMs: trade.atMs,
    }
    books.addTrade(record)
    const parties = [trade.taker, trade.maker.account]
    tell({ kind: 'trade', trade: record }, parties)
    const turn = (status: TradeStatus, afterMs: number): void =>
      world.schedule(Math.floor(deps.nowMs()) + afterMs, () => {
        // It cannot be undone when what it brought is gone already.
        record.status = status === 'FAILED' && !undo(accounts, market, trade) ? 'CONFIRMED' : status
        record.transactionHash = hexId(world.seed, trade.id, 'transaction')
        record.updatedMs = Math.floor(deps.nowMs())
        tell({ kind: 'trade', trade: record }, parties)
      })
    if (deps.faults.strikes('trade-failed', market)) return turn('FAILED', deps.minedMs)
    if (deps.faults.strikes('trade-retrying', market)) turn('RETRYING', deps.minedMs / 2)
    turn('MINED', deps.minedMs)
    turn('CONFIRMED', deps.minedMs + deps.confirmedMs)
  }

  async function submit({ order, market }: Intake): Promise<Outcome | Refusal> {
    const { matching } = peopleOf(market)
    const refused = matching.check(order, deps.nowMs())
    if (refused !== null) return refused
    if (deps.holdMs > 0 && (isMarket(order) || wouldTrade(market, order))) {
      await new Promise<void>((resolve) => deps.later(deps.holdMs, resolve))
    }
    const nowMs = Math.floor(deps.nowMs())
    world.advanceTo(nowMs)
    const result = matching.submit({ ...order, atMs: nowMs }, nowMs)
    if ('error' in result && isMarket(order)) {
      tell({ kind: 'killed', order, market, why: result.error }, [order.account])
    }
    world.settle(market, nowMs)
    return result
  }

  function wouldTrade(market: VenueMarket, order: Intake['order']): boolean {
    const price = order.token === 'UP' ? limitOf(order) : 10_000 - limitOf(order)
    const best =
      sideOf(order.token, order.way) === 'BID' ? market.book.bestAsk() : market.book.bestBid()
    if (best === null) return false
    return sideOf(order.token, order.way) === 'BID' ? best.price <= price : best.price >= price
  }

  const expire = (sec: number): void => {
    for (const market of [...open]) {
      if (market.result === null) {
        market.people?.matching.expire(sec)
        world.settle(market, sec * 1_000)
      } else if (market.result.atMs + KEPT_MS <= sec * 1_000) {
        open.splice(open.indexOf(market), 1)
        books.forget(market)
      }
    }
    world.schedule((sec + 1) * 1_000, () => expire(sec + 1))
  }
  const firstSec = Math.ceil(deps.nowMs() / 1_000)
  world.schedule(firstSec * 1_000, () => expire(firstSec))

  return {
    accounts,
    fund(account) {
      const key = account.toLowerCase()
      if (funded.has(key)) return
      funded.add(key)
      accounts.deposit(key, PLAY_DOLLARS)
    },
    submit,
    cancel(id) {
      const order = books.order(id)
      if (order === undefined || order.market.people?.matching.cancel(id) == null) return false
      world.settle(order.market, Math.floor(deps.nowMs()))
      return true
    },
    order: books.order,
    ordersOf: books.ordersOf,
    tradesOf: books.tradesOf,
    reserved: (account) =>
      open.reduce(
        (sum, market) => sum + (market.people?.matching.reserved(account).dollars ?? 0),
        0,
      ),
    listen: (listener) => void listeners.push(listener),
  }
}

/** Moves everything back; false where somebody does not have it any more. */
function undo(accounts: Accounts, market: VenueMarket, trade: Trade): boolean {
  const { conditionId } = market
  const { maker, token, way, shares, dollars, fee } = trade
  const has = (account: string, side: Side): boolean =>
    account === HOUSE || accounts.shares(account, conditionId, side) >= shares
  const pays = (account: string, amount: number): boolean => accounts.dollars(account) >= amount
  const other: Side = token === 'UP' ? 'DOWN' : 'UP'
  const makerDollars = Math.floor((shares * maker.price) / 10_000)
  const taken = { account: trade.taker, dollars }
  const made = { account: maker.account, dollars: makerDollars }
  const [up, down] = token === 'UP' ? [taken, made] : [made, taken]
  if (market.result !== null) return false
  switch (trade.kind) {
    case 'complementary': {
      const [buyer, seller] =
        way === 'BUY' ? [trade.taker, maker.account] : [maker.account, trade.taker]
      if (!has(buyer, token) || !pays(seller, dollars)) return false
      accounts.give(buyer, seller, conditionId, token, shares)
      accounts.pay(seller, buyer, dollars)
      break
    }
    case 'mint':
      if (!has(trade.taker, token) || !has(maker.account, other)) return false
      accounts.merge(conditionId, shares, up, down)
      break
    case 'merge':
      if (!pays(trade.taker, dollars) || !pays(maker.account, makerDollars)) return false
      accounts.mint(conditionId, shares, up, down)
      break
  }
  accounts.pay(FEES, trade.taker, Math.min(fee, accounts.dollars(FEES)))
  return true
}

function uuidOf(text: string): string {
  const hex = hexId('trade', text).slice(2)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

export function tokenOf(market: VenueMarket, side: Side): string {
  return side === 'UP' ? market.up : market.down
}
