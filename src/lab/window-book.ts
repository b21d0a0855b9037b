/** The book of one window near its end, as the crowd makes it and as both tokens' listeners hear of it: each change twice, mirrored. */
import type {
  BookDelta,
  BookSnapshot,
  EngineEvent,
  TickSizeChange,
  TradePrint,
} from '../domain/events.ts'
import type { BookSide, TokenId } from '../domain/ids.ts'
import {
  MICROS_PER_MS,
  type Micros,
  microShares,
  TICKS_PER_DOLLAR,
  ticks,
} from '../domain/units.ts'
import { MEASURED_SURVIVAL } from '../sim/ask-survival.ts'
import { COARSE_TICK, createCrowd } from '../sim/crowd.ts'
import type { CrowdEvent } from '../sim/crowd-events.ts'
import { createRandom } from '../sim/random.ts'
import { createTwoSidedBook, type Level } from '../sim/two-sided-book.ts'
import type { LabWindow } from './windows.ts'

type Match = Extract<CrowdEvent, { kind: 'match' }>

/** A change that was caused, and the moment at which it is heard. */
export type BookNews = { readonly heardAt: number; tell(): EngineEvent[] }

export type WindowBook = {
  /** The changes of the next second. They count when they are told. */
  nextSecond(): BookNews[]
  snapshot(token: TokenId, recvAt: Micros): BookSnapshot
}

export type WindowBookOptions = {
  readonly seed: number
  readonly window: LabWindow
  readonly fromSec: number
  /** What the crowd holds for the chance that Up wins. */
  fairAt(sec: number): number
  ours(venueAt: number): Micros
  /** What the crowd trades with itself is told as well; left out, it is not. */
  readonly withTrades?: boolean
}

/** Changes a second; a busy real book has a hundred times as many, most of which move nothing. */
const RATE_PER_SEC = 6
/** Of 292 finished windows of one day 210 ended with the fine tick. */
const TICK_FLIP_CHANCE = 0.72
const DISCOUNT_MAX = 400
const ON_THE_WAY_MS = { least: 9, most: 37 }

export function createWindowBook(options: WindowBookOptions): WindowBook {
  const { seed, window, fromSec, fairAt, ours, withTrades = false } = options
  const { market, span } = window
  const crowd = createCrowd({
    name: [seed, market.slug],
    startSec: span.startSec,
    endSec: span.endSec,
    fromSec,
    habits: {
      ratePerSec: RATE_PER_SEC,
      survival: MEASURED_SURVIVAL,
      tickFlipChance: TICK_FLIP_CHANCE,
      favouriteAskMin: 0,
      discountMax: DISCOUNT_MAX,
    },
    survivalDraw: createRandom(seed, market.slug, 'survival').next(),
    fairAt,
  })
  const way = createRandom(seed, market.slug, 'way')
  const book = createTwoSidedBook(crowd.opening)
  let tick = COARSE_TICK
  let lastHeardAt = 0

  function tell(event: CrowdEvent, heardAt: number): EngineEvent[] {
    const stamp = { recvAt: ours(heardAt), venueAt: (event.atMs * MICROS_PER_MS) as Micros }
    if (event.kind === 'tick') {
      tick = event.tick
      return [market.up, market.down].map(
        (token): TickSizeChange => ({
          kind: 'tick_size_change',
          token,
          tickSize: ticks(tick),
          ...stamp,
        }),
      )
    }
    const { side, price, size } = event
    book.set(side, price, size)
    const bid = book.bestBid()?.price ?? 0
    const ask = book.bestAsk()?.price ?? TICKS_PER_DOLLAR
    const delta = (token: TokenId, on: BookSide, at: number, top: readonly number[]): BookDelta => {
      const [bestBid, bestAsk] = top.map(ticks) as [BookDelta['bestBid'], BookDelta['bestAsk']]
      const levels = { side: on, price: ticks(at), size: microShares(size), bestBid, bestAsk }
      return { kind: 'book_delta', token, ...levels, ...stamp }
    }
    const other = side === 'BID' ? 'ASK' : 'BID'
    const deltas = [
      delta(market.up, side, price, [bid, ask]),
      delta(market.down, other, mirror(price), [mirror(ask), mirror(bid)]),
    ]
    return withTrades && event.kind === 'match' ? [tradeOf(event, stamp), ...deltas] : deltas
  }

  /** On the token on which the taker came: who waited on the other one was reached by its mirror. */
  function tradeOf(match: Match, stamp: Pick<TradePrint, 'recvAt' | 'venueAt'>): TradePrint {
    const { side, price, matched, takerOnDown } = match
    const buysUp = side === 'ASK'
    return {
      kind: 'trade_print',
      token: takerOnDown ? market.down : market.up,
      price: ticks(takerOnDown ? mirror(price) : price),
      size: microShares(matched),
      takerSide: buysUp === takerOnDown ? 'SELL' : 'BUY',
      ...stamp,
    }
  }

  return {
    nextSecond: () =>
      crowd.nextSecond().map((event) => {
        const delay = way.between(ON_THE_WAY_MS.least, ON_THE_WAY_MS.most) * MICROS_PER_MS
        // One socket: what is sent later is not heard earlier.
        lastHeardAt = Math.max(lastHeardAt, event.atMs * MICROS_PER_MS + Math.round(delay))
        const heardAt = lastHeardAt
        return { heardAt, tell: () => tell(event, heardAt) }
      }),
    snapshot(token, recvAt) {
      const isUp = token === market.up
      const flat = (levels: readonly Level[]): number[] =>
        levels.flatMap(({ price, size }) => [isUp ? price : mirror(price), size])
      const [bids, asks] = isUp ? [book.bids, book.asks] : [book.asks, book.bids]
      return {
        kind: 'book_snapshot',
        token,
        source: 'channel',
        bids: flat(bids),
        asks: flat(asks),
        tickSize: ticks(tick),
        recvAt,
        venueAt: null,
      }
    },
  }
}

function mirror(price: number): number {
  return TICKS_PER_DOLLAR - price
}
