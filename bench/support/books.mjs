/** The two sides of the race: our decoder and book, and what a plain bot does. */
import { Book } from '../../dist/book/book.js'
import {
  createFrameCounts,
  createFrameDecoder,
} from '../../dist/venues/polymarket/frame-decoder.js'
import { FrameScanner } from '../../dist/venues/polymarket/frame-scanner.js'
import { DOWN, UP } from './frames.mjs'

/** Scanner straight into the books: what is measured as frames -> book. */
export function ours() {
  const books = [new Book(100), new Book(100)]
  let tops = 0
  const scanner = new FrameScanner({
    onDelta(token, side, price, size, bestBid, bestAsk) {
      const book = books[token]
      book.applyDelta(side, price, size)
      if (book.agrees(bestBid, bestAsk)) tops += 1
    },
    onTop() {},
    onTrade() {},
    onBook(token, bids, bidCount, asks, askCount) {
      books[token].applySnapshot(
        bids.subarray(0, bidCount * 2),
        asks.subarray(0, askCount * 2),
        null,
      )
    },
  })
  scanner.addToken(UP)
  scanner.addToken(DOWN)
  return {
    feed: (frame) => scanner.scan(frame) !== null,
    levels: () => books.map(levelsOf),
    tops: () => tops,
  }
}

/** The same through the events that the engine gets. */
export function oursByEvents() {
  const books = new Map([
    [UP, new Book(100)],
    [DOWN, new Book(100)],
  ])
  const decoder = createFrameDecoder(createFrameCounts(), (event) => {
    if (event.kind === 'book_delta') {
      const book = books.get(event.token)
      book.applyDelta(event.side, event.price, event.size)
      book.agrees(event.bestBid, event.bestAsk)
    } else if (event.kind === 'book_snapshot')
      books.get(event.token).applySnapshot(event.bids, event.asks, event.tickSize)
  })
  decoder.add({ token: UP, conditionId: 'c', side: 'UP' })
  decoder.add({ token: DOWN, conditionId: 'c', side: 'DOWN' })
  return {
    feed: (frame) => decoder.decode(frame, 1) === 'data',
    levels: () => [...books.values()].map(levelsOf),
  }
}

function levelsOf(book) {
  return JSON.stringify([book.levels('BID'), book.levels('ASK')])
}

/** toString, JSON.parse, an array of levels that is sorted again after each change. */
export function rival(up = UP, down = DOWN) {
  const books = new Map([
    [up, { bids: [], asks: [] }],
    [down, { bids: [], asks: [] }],
  ])
  const levels = (list) =>
    list.map(({ price, size }) => ({ price: Number(price), size: Number(size) }))
  const set = (side, price, size, descending) => {
    const at = side.findIndex((level) => level.price === price)
    if (size === 0) {
      if (at >= 0) side.splice(at, 1)
      return
    }
    if (at >= 0) side[at].size = size
    else side.push({ price, size })
    side.sort(descending ? (a, b) => b.price - a.price : (a, b) => a.price - b.price)
  }
  const feed = (frame) => {
    const parsed = JSON.parse(frame.toString())
    const message = Array.isArray(parsed) ? parsed[0] : parsed
    if (message.event_type === 'price_change') {
      for (const change of message.price_changes) {
        const book = books.get(change.asset_id)
        const isBid = change.side === 'BUY'
        set(isBid ? book.bids : book.asks, Number(change.price), Number(change.size), isBid)
      }
    } else if (message.event_type === 'book') {
      const book = books.get(message.asset_id)
      book.bids = levels(message.bids).sort((a, b) => b.price - a.price)
      book.asks = levels(message.asks).sort((a, b) => a.price - b.price)
    }
    return true
  }
  const flat = (side) =>
    side.flatMap(({ price, size }) => [Math.round(price * 10_000), Math.round(size * 1_000_000)])
  return {
    feed,
    bestAsk: (token) => books.get(token).asks[0]?.price,
    levels: () =>
      [...books.values()].map((book) => JSON.stringify([flat(book.bids), flat(book.asks)])),
  }
}
