/** One window as the venue knows it: its names, its rules, its one book and what became of it. */
import type { BookSide, Side } from '../domain/ids.ts'
import { TICKS_PER_DOLLAR } from '../domain/units.ts'
import type { Crowd } from '../sim/crowd.ts'
import type { Matching, Trade } from '../sim/matching-types.ts'
import type { PricePath } from '../sim/price-process.ts'
import type { TwoSidedBook } from '../sim/two-sided-book.ts'
import { dollarsOf, fairUp, finalOf, strikeOf, type WindowSpan } from '../sim/window-truth.ts'
import type { Series, WindowTimes } from './schedule.ts'

export type LastTrade = {
  /** The resting order's price in its own token, three decimals, as the books of both tokens show it. */
  readonly restingText: string
  readonly price: number
  readonly takerOnDown: boolean
  readonly takerBuys: boolean
}

/** A level whose size changed because of people's orders. */
export type LevelTouch = {
  readonly side: BookSide
  readonly price: number
  readonly onDown: boolean
}

/** Orders of people in a market, there from the first of them on. */
export type People = {
  readonly matching: Matching
  /** What changed in the book, and who traded, since it was asked last. */
  touched(): readonly LevelTouch[]
  trades(): readonly Trade[]
}

export type VenueMarket = {
  readonly series: Series
  readonly window: WindowTimes
  readonly span: WindowSpan
  readonly path: PricePath
  readonly slug: string
  readonly title: string
  /** Decimal ids of Gamma. */
  readonly id: string
  readonly eventId: string
  readonly conditionId: string
  /** Of the protocol: decides which ids Gamma names and under which domain orders are signed. */
  version: 'v1' | 'v2'
  readonly questionId: string
  readonly up: string
  readonly down: string
  readonly listedAtMs: number
  /** When the venue means to name the winner. */
  readonly resolvesAtMs: number
  /** Null when the window is over: it is the largest part of a market. */
  crowd: Crowd | null
  book: TwoSidedBook
  people: People | null
  tick: number
  lastTrade: LastTrade | null
  /** Of the last change of the book. */
  changedAtMs: number
  /** Millionths of a dollar. */
  volume: number
  result: Result | null
}

export type Result = {
  readonly winner: Side
  readonly atMs: number
  readonly strike: number
  readonly final: number
}

export type Phase = 'upcoming' | 'open' | 'ended' | 'resolved'

export function phaseOf(market: VenueMarket, nowMs: number): Phase {
  if (market.result !== null && nowMs >= market.result.atMs) return 'resolved'
  if (nowMs >= market.window.endSec * 1000) return 'ended'
  return nowMs >= market.window.startSec * 1000 ? 'open' : 'upcoming'
}

/** Dollars; null until the window has begun. */
export function strikeDollars(market: VenueMarket, nowMs: number): number | null {
  if (market.result !== null) return dollarsOf(market.result.strike)
  if (nowMs < market.window.startSec * 1000) return null
  return dollarsOf(strikeOf(market.path, market.span))
}

/** Dollars; null until the window has ended. */
export function finalDollars(market: VenueMarket, nowMs: number): number | null {
  if (market.result !== null) return dollarsOf(market.result.final)
  if (nowMs < market.window.endSec * 1000) return null
  return dollarsOf(finalOf(market.path, market.span))
}

export function fairUpNow(market: VenueMarket, nowMs: number): number {
  if (market.result !== null) return market.result.winner === 'UP' ? 1 : 0
  return fairUp(market.path, market.span, Math.floor(nowMs / 1000))
}

export type Outcome = 'Up' | 'Down'

export function outcomeOf(market: VenueMarket, token: string): Outcome {
  return token === market.up ? 'Up' : 'Down'
}

/** Best prices of a token's view; 0 and 10,000 where a side is empty, as the venue itself writes it. */
export function topOf(market: VenueMarket, token: string): { bid: number; ask: number } {
  const bid = market.book.bestBid()?.price ?? 0
  const ask = market.book.bestAsk()?.price ?? TICKS_PER_DOLLAR
  return token === market.up
    ? { bid, ask }
    : { bid: TICKS_PER_DOLLAR - ask, ask: TICKS_PER_DOLLAR - bid }
}
