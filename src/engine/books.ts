/**
 * The books of the watched windows: token -> track, and the rules by which a book stops being believed. Checks are strict: the
 * venue sends its own top of book with every change, and a difference means that a message was lost.
 */
import type { Book } from '../book/book.ts'
import type { EngineCommand } from '../domain/commands.ts'
import type { BookDelta, BookSnapshot, EngineEvent } from '../domain/events.ts'
import type { EngineFact } from '../domain/facts.ts'
import type { TokenId } from '../domain/ids.ts'
import { assertNever } from '../domain/invariant.ts'
import { MICROS_PER_MS, type Micros } from '../domain/units.ts'
import type { LastSecondTrader, TokenTrack } from './last-second-trader.ts'

/** A book crossed for longer than this is not a passing disorder of messages but a loss. */
const CROSSED_MAX_MS = 300

type BookEvent = Extract<
  EngineEvent,
  { kind: 'book_delta' | 'book_snapshot' | 'top_of_book' | 'trade_print' | 'tick_size_change' }
>

type Place = { readonly trader: LastSecondTrader; readonly track: TokenTrack }

export type Books = {
  add(trader: LastSecondTrader): void
  remove(trader: LastSecondTrader): void
  book(token: TokenId): Book | undefined
  /** Applies the event and returns the window it belongs to, or undefined for a token nobody watches. */
  apply(event: BookEvent): LastSecondTrader | undefined
  checkCrossed(trader: LastSecondTrader, track: TokenTrack, recvAt: Micros): void
}

export function createBooks(
  command: (next: EngineCommand) => void,
  fact: (next: EngineFact) => void,
): Books {
  const places = new Map<TokenId, Place>()

  function doubt(place: Place, recvAt: Micros, why: string): void {
    const { trader, track } = place
    track.book.markDrifted()
    track.history.broken()
    fact({
      kind: 'book_doubt',
      at: recvAt,
      conditionId: trader.market.conditionId,
      token: track.token,
      doubt: why,
    })
    command({ kind: 'resync', token: track.token, reason: why })
  }

  function applyDelta(place: Place, event: BookDelta): void {
    const { book } = place.track
    if (book.state !== 'live') return
    if (!book.applyDelta(event.side, event.price, event.size)) {
      return doubt(place, event.recvAt, 'a level at an impossible price')
    }
    if (!book.agrees(event.bestBid, event.bestAsk)) {
      doubt(place, event.recvAt, "our top of the book is not the venue's")
    }
  }

  function applySnapshot(place: Place, event: BookSnapshot): void {
    const { book } = place.track
    // The channel is ahead of a REST answer: one that comes late must not turn the clock back.
    if (event.source === 'rest' && book.state === 'live') return
    if (!book.applySnapshot(event.bids, event.asks, event.tickSize)) {
      doubt(place, event.recvAt, 'a snapshot with an impossible price')
    }
  }

  function applyTo(place: Place, event: BookEvent): void {
    switch (event.kind) {
      case 'book_delta':
        return applyDelta(place, event)
      case 'book_snapshot':
        return applySnapshot(place, event)
      case 'tick_size_change':
        if (event.tickSize === place.track.book.tickSize) return
        place.track.book.changeTickSize(event.tickSize)
        fact({
          kind: 'tick_size',
          at: event.recvAt,
          conditionId: place.trader.market.conditionId,
          token: event.token,
          tickSize: event.tickSize,
        })
        return command({ kind: 'resync', token: event.token, reason: 'the tick size changed' })
      case 'top_of_book':
      case 'trade_print':
        return
      default:
        return assertNever(event)
    }
  }

  return {
    add(trader) {
      places.set(trader.up.token, { trader, track: trader.up })
      places.set(trader.down.token, { trader, track: trader.down })
    },
    remove(trader) {
      places.delete(trader.up.token)
      places.delete(trader.down.token)
    },
    book: (token) => places.get(token)?.track.book,
    apply(event) {
      const place = places.get(event.token)
      if (place === undefined) return undefined
      place.track.lastHeardAt = event.recvAt
      applyTo(place, event)
      place.track.history.heard(place.track.book, event.recvAt)
      return place.trader
    },
    checkCrossed(trader, track, recvAt) {
      if (track.book.state !== 'live' || !track.book.crossed) {
        track.crossedSince = null
        return
      }
      track.crossedSince ??= recvAt
      if (recvAt - track.crossedSince > CROSSED_MAX_MS * MICROS_PER_MS) {
        doubt({ trader, track }, recvAt, 'the book stays crossed')
      }
    },
  }
}
