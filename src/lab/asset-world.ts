/**
 * The made world of one asset as a source of events: its price by the second, what relay and exchange tell of it, its windows one after the other, and
 * their books in the last seconds. Everything follows from the seed; a fault changes what is heard and nothing of what happens.
 */
import type { EngineEvent } from '../domain/events.ts'
import type { Asset, Side, TokenId } from '../domain/ids.ts'
import { MICROS_PER_MS, MICROS_PER_SECOND, type Micros, micros } from '../domain/units.ts'
import { createExchangePath } from '../sim/exchange-path.ts'
import { createPricePath } from '../sim/price-process.ts'
import { winnerOf } from '../sim/window-truth.ts'
import { type CrowdKind, crowdWorth } from './crowd-worth.ts'
import { TRIP_MS } from './execution.ts'
import { clockOf, type Fault } from './faults.ts'
import { createPriceTeller } from './prices.ts'
import type { EventSource } from './source.ts'
import { createWindowBook, type WindowBook } from './window-book.ts'
import { type LabWindow, type Length, windowsOf } from './windows.ts'

export type AssetWorld = EventSource & {
  /** The venue's clock less ours, as it is believed. */
  readonly believedOffset: number
}

export type AssetWorldOptions = {
  readonly seed: number
  readonly asset: Asset
  readonly windows: number
  readonly fault: Fault
  readonly crowd: CrowdKind
  /** Left out: the last seconds of windows of every length, and no trades of the crowd. */
  readonly detail?: Detail
}

/** For strategies that do not wait for the end: books from earlier on, told when they begin, and who trades on them. */
export type Detail = {
  readonly lengths: readonly Length[]
  readonly bookFromSec: number
  /** Every trade of the exchange from then on; left out, as long as there are books. */
  readonly pricesFromSec?: number
}

/** A whole quarter of an hour: 2026-11-20 17:00 UTC. */
const FIRST_SEC = 1_795_194_000
/** Prices are heard so long before the first window. */
const WARM_SEC = 300
const PRINTS_KEPT_SEC = 4_000
const BOOK_FROM_SEC = 70
const BOOK_AFTER_SEC = 2
/** The crowd knows the strike when the window begins, and hears prints late. */
const BOOK_AFTER_START_SEC = 3
const LISTED_BEFORE_SEC = 2
const RESOLVED_AFTER_SEC = 20
const CLOCK_EVERY_SEC = 60
/** The venue's clock is ahead of ours by this. */
const OFFSET_MICROS = 37_000

type News = { readonly at: number; tell(): readonly EngineEvent[] }

export function createAssetWorld(options: AssetWorldOptions): AssetWorld {
  const { seed, asset, windows, fault, crowd, detail } = options
  const fromSec = FIRST_SEC - WARM_SEC
  const path = createPricePath({
    seed,
    asset,
    fromSec: fromSec - 120,
    keepSec: PRINTS_KEPT_SEC,
    pinAt: () => null,
  })
  const exchange = createExchangePath(seed, asset, path)
  const ours = (venueAt: number): Micros => micros(venueAt - OFFSET_MICROS)
  const prices = createPriceTeller({ seed, asset, path, exchange, fault, ours })
  const list = windowsOf(asset, FIRST_SEC, windows, detail?.lengths)
  const bookFromSec = detail?.bookFromSec ?? BOOK_FROM_SEC
  const pricesFromSec = detail?.pricesFromSec ?? bookFromSec
  const books = new Map<string, WindowBook>()
  const { wrongMicros, errorMicros } = clockOf(fault)
  const believedOffset = OFFSET_MICROS + wrongMicros

  const at = (venueSec: number, event: (recvAt: Micros) => EngineEvent): News => {
    const recvAt = ours(venueSec * MICROS_PER_SECOND)
    return { at: recvAt, tell: () => [event(recvAt)] }
  }

  function measured(sec: number): News[] {
    return [
      at(sec, (recvAt) => ({
        kind: 'clock',
        offsetMicros: believedOffset,
        errorMicros,
        recvAt,
        venueAt: null,
      })),
      at(sec, (recvAt) => ({
        kind: 'round_trip',
        p50Micros: TRIP_MS.usual * MICROS_PER_MS,
        p99Micros: TRIP_MS.most * MICROS_PER_MS,
        recvAt,
        venueAt: null,
      })),
    ]
  }

  function ofWindow(window: LabWindow, sec: number): News[] {
    const { market, span } = window
    const { startSec, endSec } = span
    const news: News[] = []
    if (sec === startSec - LISTED_BEFORE_SEC)
      news.push(at(sec, (recvAt) => ({ kind: 'market_listed', market, recvAt, venueAt: null })))
    if (sec === Math.max(endSec - bookFromSec, startSec + BOOK_AFTER_START_SEC)) {
      const fairAt = crowdWorth(crowd, path, span)
      const book = createWindowBook({
        seed,
        window,
        fromSec: sec,
        fairAt,
        ours,
        withTrades: detail !== undefined,
      })
      books.set(market.up, book)
      books.set(market.down, book)
      if (detail !== undefined)
        for (const token of [market.up, market.down])
          news.push(at(sec, (recvAt) => book.snapshot(token, recvAt)))
    }
    const told = books.get(market.up)?.nextSecond() ?? []
    for (const { heardAt, tell } of told) news.push({ at: ours(heardAt), tell })
    if (sec === endSec + BOOK_AFTER_SEC) {
      books.delete(market.up)
      books.delete(market.down)
    }
    if (sec === endSec + RESOLVED_AFTER_SEC) {
      const winner: Side = winnerOf(path, span)
      const { conditionId } = market
      news.push(
        at(sec, (recvAt) => ({
          kind: 'market_resolved',
          conditionId,
          winner,
          source: 'laboratory',
          recvAt,
          venueAt: null,
        })),
      )
    }
    return news
  }

  function* events(): Generator<EngineEvent> {
    const lastSec = Math.max(...list.map(({ span }) => span.endSec)) + RESOLVED_AFTER_SEC
    let waiting: News[] = []
    let first = 0
    for (let sec = fromSec; sec <= lastSec; sec += 1) {
      while ((list[first]?.span.endSec ?? lastSec) + RESOLVED_AFTER_SEC < sec) first += 1
      const near = list.slice(first, first + NEAR_WINDOWS)
      const busy = near.some(({ span }) => sec >= span.endSec - pricesFromSec && sec < span.endSec)
      if (sec % CLOCK_EVERY_SEC === 0) waiting.push(...measured(sec))
      for (const tick of prices.ofSecond(sec, busy))
        waiting.push({ at: tick.recvAt, tell: () => [tick] })
      for (const window of near) waiting.push(...ofWindow(window, sec))
      waiting.sort((a, b) => a.at - b.at)
      // What is caused later is not heard before this.
      const until = ours((sec + 1) * MICROS_PER_SECOND)
      let taken = 0
      for (; taken < waiting.length; taken += 1) {
        const next = waiting[taken] as News
        if (next.at >= until) break
        yield* next.tell()
      }
      waiting = waiting.slice(taken)
    }
    for (const news of waiting) yield* news.tell()
  }

  return {
    believedOffset,
    events,
    snapshot: (token: TokenId, recvAt: Micros) => books.get(token)?.snapshot(token, recvAt) ?? null,
  }
}

/** Windows that can be of interest within one second: those of two quarters of an hour. */
const NEAR_WINDOWS = 9
