/**
 * LastSecondTrader: the short life of one window, as data and the steps between its states.
 *
 *   found -> listening -> armed -> fired | passed -> settled
 *
 * `skipped` is a window that came too late to be traded: remembered, so that it is not found again and again.
 */
import { Book } from '../book/book.ts'
import type { SecondSeen } from '../domain/certificate.ts'
import {
  type BookView,
  type Decision,
  NO_LATENCY,
  type Settlement,
  type ShotLatency,
} from '../domain/facts.ts'
import type { OrderId, Side, TokenId } from '../domain/ids.ts'
import type { Market, Winner } from '../domain/market.ts'
import { filledOf, outcomeWords, type SubmitOutcome } from '../domain/order.ts'
import { paidFor } from '../domain/payout.ts'
import type { FireAt, TokenView } from '../domain/strategy.ts'
import { type MicroShares, type Micros, type MicroUsdc, microUsdc } from '../domain/units.ts'
import { BookHistory } from './book-history.ts'
import { allFinal, holdings, type OwnOrder, shotOf, spentIn } from './own-orders.ts'

export type TraderState =
  | 'found'
  | 'skipped'
  | 'listening'
  | 'armed'
  | 'fired'
  | 'passed'
  | 'settled'

/** The seconds of a window, as far as they are over. */
export type TrailState = {
  /** The next second that is still to come, counted down; below zero when all are over. */
  nextSec: number
  /** How much its offers are asked for; null where the strategy does not say. */
  shares: MicroShares | null
  readonly seconds: SecondSeen[]
}

/** One token of the window: its book, and when anything was last heard of it. */
export type TokenTrack = {
  readonly token: TokenId
  readonly side: Side
  readonly book: Book
  readonly history: BookHistory
  lastHeardAt: Micros | null
  crossedSince: Micros | null
  toldStale: boolean
}

export type LastSecondTrader = {
  market: Market
  state: TraderState
  readonly up: TokenTrack
  readonly down: TokenTrack
  watched: boolean
  /** By our own clock; null where it was not found to be traded. */
  foundAt: Micros | null
  /** Begun by a process before this one: it is brought to its end, nothing new is begun in it. */
  isRestored: boolean
  /** How long before the close the listeners were opened; null before that. */
  joinedLeftMicros: number | null
  /** Listed again on other terms than those it was found with. */
  termsChanged: boolean
  ordersSent: number
  /** The grids for which orders were asked to be made ready; empty while a halt forbids it, null before it was time. */
  readyFor: string | null
  /** When the strategy is to be asked again, should nothing happen before. */
  nextLookAt: Micros | null
  /** Null until the window is made ready. */
  fireAt: FireAt | null
  /** The number of the next order's name. */
  serial: number
  /** All that is sent, but the dead. */
  readonly orders: OwnOrder[]
  readonly dead: Map<OrderId, OwnOrder>
  /** The latest evaluation; told again only when its answer changes. */
  lastDecision: Decision | null
  /** The refusal that stood while a shot was still possible: the honest reason of a pass. */
  standingRefusal: string | null
  leaning: Side | null
  /** Why the last order was sent; of a strategy that does not go on after it, what was said last. */
  firedWhy: string | null
  winner: Winner | null
  winnerSource: string
  latency: ShotLatency
  /** When it might fire, as it was chosen when that moment came; by the venue's clock. */
  triggeredAt: Micros | null
  readonly trail: TrailState
}

export function createTrader(market: Market): LastSecondTrader {
  return {
    market,
    state: 'found',
    up: track(market.up, 'UP', market),
    down: track(market.down, 'DOWN', market),
    watched: false,
    foundAt: null,
    isRestored: false,
    joinedLeftMicros: null,
    termsChanged: false,
    ordersSent: 0,
    readyFor: null,
    nextLookAt: null,
    fireAt: null,
    serial: 1,
    orders: [],
    dead: new Map(),
    lastDecision: null,
    standingRefusal: null,
    leaning: null,
    firedWhy: null,
    winner: null,
    winnerSource: '',
    latency: NO_LATENCY,
    triggeredAt: null,
    trail: { nextSec: -1, shares: null, seconds: [] },
  }
}

function track(token: TokenId, side: Side, market: Market): TokenTrack {
  return {
    token,
    side,
    book: new Book(market.tickSize),
    history: new BookHistory(),
    lastHeardAt: null,
    crossedSince: null,
    toldStale: false,
  }
}

export function trackOf(trader: LastSecondTrader, side: Side): TokenTrack {
  return side === 'UP' ? trader.up : trader.down
}

export function ageMicros(track: TokenTrack, now: Micros): number | null {
  return track.lastHeardAt === null ? null : now - track.lastHeardAt
}

/** What a strategy may see of a token. */
export function tokenView(track: TokenTrack, now: Micros): TokenView {
  const { book } = track
  return {
    state: book.state,
    bestBid: book.bestBid,
    bestAsk: book.bestAsk,
    bidSize: book.bidSize,
    askSize: book.askSize,
    tickSize: book.tickSize as TokenView['tickSize'],
    ageMicros: ageMicros(track, now),
    priceToTake: (shares) => book.priceToTake(shares),
    sharesUpTo: (price) => book.sharesUpTo(price),
  }
}

/** The same, as plain data for people and files. */
export function bookView(track: TokenTrack, now: Micros): BookView {
  const { state, bestBid, bestAsk, bidSize, askSize } = track.book
  return { state, bestBid, bestAsk, bidSize, askSize, ageMicros: ageMicros(track, now) }
}

/** A window is ready to be judged when it has fired or passed, the order's fate is known and the venue named the winner. */
export function canSettle(trader: LastSecondTrader): boolean {
  if (trader.winner === null) return false
  if (trader.state !== 'fired' && trader.state !== 'passed') return false
  return allFinal(trader)
}

/** What a finished window paid: a dollar for each share of the winner, half of one for each share on a split. */
export function settlementOf(
  trader: LastSecondTrader,
  winner: Winner,
  cash: MicroUsdc,
): Settlement {
  const { market, orders } = trader
  const spent = spentIn(trader)
  const held = holdings(trader)
  const shares = { UP: held.UP.shares, DOWN: held.DOWN.shares }
  const payout = paidFor(shares, winner, spent)
  const shown =
    shotOf(trader) ??
    orders.findLast(({ outcome }) => filledOf(outcome) !== null) ??
    orders.at(-1) ??
    null
  return {
    market,
    decision: orders.length === 0 ? 'passed' : 'fired',
    reason:
      shown === null
        ? (trader.standingRefusal ?? 'NEVER_EVALUATED')
        : firedReason(trader, shown.outcome),
    winner,
    winnerSource: trader.winnerSource,
    side: shown?.order.side ?? trader.leaning,
    order: shown?.order ?? null,
    outcome: shown?.outcome ?? null,
    orders: trader.serial - 1,
    held: shares,
    payout: microUsdc(payout),
    pnl: microUsdc(payout - spent),
    cash: microUsdc(cash + payout),
    latency: trader.latency,
  }
}

function firedReason(trader: LastSecondTrader, outcome: SubmitOutcome | null): string {
  const why = trader.firedWhy ?? 'restored'
  if (outcome === null || filledOf(outcome) !== null) return why
  return `${why}; ${outcome.state}: ${outcomeWords(outcome)}`
}
