/**
 * Where people's orders meet the books: a matching engine for each market in which somebody traded, the accounts behind all of them, the hold
 * on takers, and what becomes of a trade after its match. Until the first order a market's book is the crowd's alone.
 */
import type { Side } from '../../domain/ids.ts'
import { createMatching } from '../../sim/matching.ts'
import { type Accounts, createAccounts, HOUSE } from '../../sim/matching-accounts.ts'
import { sideOf } from '../../sim/matching-book.ts'
import { createHolds } from '../../sim/matching-holds.ts'
import { isMarket, limitOf } from '../../sim/matching-rules.ts'
import type { Outcome, Refusal, Trade, VenueOrder } from '../../sim/matching-types.ts'
import type { Faults } from '../faults.ts'
import { hexId } from '../identity.ts'
import type { LevelTouch, People, VenueMarket } from '../market.ts'
import type { World } from '../world.ts'
import type { Intake } from './intake.ts'
import {
  createRecords,
  type PlacedOrder,
  type TradeRecord,
  type TradeStatus,
  uuidOf,
} from './records.ts'
import { undo } from './undo.ts'

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
  /** Judges an order as if its account had its play money. */
  check(intake: Intake): Refusal | null
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
  const holds = createHolds()
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
      holds,
      welcome: (account) => (funded.has(account) ? 0 : PLAY_DOLLARS),
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
    return { matching, touched: () => touched.splice(0), trades: () => done.splice(0) }
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
        const undone = status === 'FAILED' && undo(accounts, market, trade)
        // It cannot be undone when what it brought is gone already.
        record.status = status === 'FAILED' && !undone ? 'CONFIRMED' : status
        record.transactionHash = hexId(world.seed, trade.id, 'transaction')
        record.updatedMs = Math.floor(deps.nowMs())
        tell({ kind: 'trade', trade: record }, parties)
        if (undone) for (const party of parties) shed(party)
      })
    if (deps.faults.strikes('trade-failed', market)) return turn('FAILED', deps.minedMs)
    if (deps.faults.strikes('trade-retrying', market)) turn('RETRYING', deps.minedMs / 2)
    turn('MINED', deps.minedMs)
    turn('CONFIRMED', deps.minedMs + deps.confirmedMs)
  }

  /** What rests without the money or the shares for it goes. */
  function shed(account: string): void {
    if (account === HOUSE) return
    for (const market of open) {
      if (market.result !== null) continue
      market.people?.matching.shed(account)
      world.settle(market, Math.floor(deps.nowMs()))
    }
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
    if ('error' in result && isMarket(order) && books.order(order.id) === undefined) {
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
    world.schedule((sec + 1) * 1_000, () => expire(sec + 1))
    for (const market of [...open]) {
      if (market.result === null) {
        market.people?.matching.expire(sec)
        world.settle(market, sec * 1_000)
      } else if (market.result.atMs + KEPT_MS <= sec * 1_000) {
        open.splice(open.indexOf(market), 1)
        books.forget(market)
      }
    }
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
    check: ({ order, market }) => peopleOf(market).matching.check(order, deps.nowMs()),
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
    reserved: holds.dollars,
    listen: (listener) => void listeners.push(listener),
  }
}

export function tokenOf(market: VenueMarket, side: Side): string {
  return side === 'UP' ? market.up : market.down
}
