/**
 * Where people's orders meet the books: a matching engine for each market in which somebody traded, the accounts behind all of them, the hold
 * on takers, and what becomes of a trade after its match. Until the first order a market's book is the crowd's alone.
 */
import type { Side } from '../../domain/ids.ts'
import { createMatching, sideOf } from '../../sim/matching.ts'
import { type Accounts, createAccounts } from '../../sim/matching-accounts.ts'
import { isMarket, limitOf } from '../../sim/matching-rules.ts'
import type { OrderRecord, Outcome, Refusal, Trade } from '../../sim/matching-types.ts'
import { hexId } from '../identity.ts'
import type { LevelTouch, People, VenueMarket } from '../market.ts'
import type { World } from '../world.ts'
import type { Intake } from './intake.ts'

export type TradeStatus = 'MATCHED' | 'MINED' | 'CONFIRMED'

export type TradeRecord = {
  readonly id: string
  readonly trade: Trade
  readonly market: VenueMarket
  status: TradeStatus
  transactionHash: string
  updatedMs: number
}

export type PlacedOrder = { readonly record: OrderRecord; readonly market: VenueMarket }

export type DeskEvent =
  | {
      readonly kind: 'order'
      readonly what: 'PLACEMENT' | 'UPDATE' | 'CANCELLATION'
      readonly placed: PlacedOrder
    }
  | { readonly kind: 'trade'; readonly trade: TradeRecord }

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

export function createDesk(deps: DeskDeps): Desk {
  const { world } = deps
  const accounts = createAccounts(HOUSE_DOLLARS)
  const funded = new Set<string>()
  const placed = new Map<string, PlacedOrder>()
  const trades = new Map<string, TradeRecord>()
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
        placed.set(record.order.id, order)
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
    trades.set(record.id, record)
    const parties = [trade.taker, trade.maker.account]
    tell({ kind: 'trade', trade: record }, parties)
    const turn = (status: TradeStatus, afterMs: number): void =>
      world.schedule(Math.floor(deps.nowMs()) + afterMs, () => {
        record.status = status
        record.transactionHash = hexId(world.seed, trade.id, 'transaction')
        record.updatedMs = Math.floor(deps.nowMs())
        tell({ kind: 'trade', trade: record }, parties)
      })
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
    for (const market of open) {
      if (market.result !== null) continue
      market.people?.matching.expire(sec)
      world.settle(market, sec * 1_000)
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
      const order = placed.get(id)
      if (order === undefined || order.market.people?.matching.cancel(id) == null) return false
      world.settle(order.market, Math.floor(deps.nowMs()))
      return true
    },
    order: (id) => placed.get(id),
    ordersOf: (account) =>
      [...placed.values()].filter(({ record }) => record.order.account === account),
    tradesOf: (account) =>
      [...trades.values()].filter(
        ({ trade }) => trade.taker === account || trade.maker.account === account,
      ),
    reserved: (account) =>
      open.reduce(
        (sum, market) => sum + (market.people?.matching.reserved(account).dollars ?? 0),
        0,
      ),
    listen: (listener) => void listeners.push(listener),
  }
}

function uuidOf(text: string): string {
  const hex = hexId('trade', text).slice(2)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

export function tokenOf(market: VenueMarket, side: Side): string {
  return side === 'UP' ? market.up : market.down
}
