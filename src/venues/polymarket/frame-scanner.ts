/**
 * Reads the frequent market frames straight from their bytes: no string, no object, no allocation. Strict: a byte that is not where the
 * venue puts it makes the scanner say "not mine", and the frame goes to JSON and the schema, which is slower and knows everything.
 * What it does accept it reads as the schema does; tests hold the two against each other.
 *
 * Opaque text (market id, hashes) is skipped by its length and not looked at. A token is known by its last digits and its length.
 */
import type { BookSide } from '../../domain/ids.ts'

const QUOTE = 0x22
const SPACE = 0x20
const DOT = 0x2e
const ZERO = 0x30
const NINE = 0x39
const COMMA = 0x2c
const POWERS = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000] as const
/** 0x and 64 hex digits. */
const MARKET_CHARS = 66
/** SHA-1 in hex. */
const HASH_CHARS = 40
/** Two tokens agreeing in this many last digits do not exist. */
const TOKEN_TAIL = 24
const TOKEN_CHARS_MAX = 80
/** Shorter tokens than this do not exist; the search for the closing quote begins here. */
const TOKEN_CHARS_USUAL = 70
const TIMESTAMP_DIGITS = 13
/** A price change has two entries; a frame with more than this is left to the schema. */
const ENTRIES_MAX = 16
const LEVELS_MAX = 4_096

export const UNKNOWN_TOKEN = -1

/** Told what a frame says. Numbers are ticks and micro-shares, times are milliseconds, `token` is an index into the known tokens. */
export interface FrameSink {
  onDelta(
    token: number,
    side: BookSide,
    price: number,
    size: number,
    bestBid: number,
    bestAsk: number,
    atMs: number,
  ): void
  onTop(token: number, bestBid: number, bestAsk: number, atMs: number): void
  onTrade(token: number, price: number, size: number, takerBuys: boolean, atMs: number): void
  /** Flat levels; the arrays are reused for the next frame and must be copied to be kept. */
  onBook(
    token: number,
    bids: Float64Array,
    bidCount: number,
    asks: Float64Array,
    askCount: number,
    atMs: number,
  ): void
}

export type ScannedKind = 'price_change' | 'best_bid_ask' | 'last_trade_price' | 'book'

export type FrameScanner = {
  /** The kind of the frame when it was read and told to the sink, or null when it is not one of ours. */
  scan(frame: Uint8Array): ScannedKind | null
  addToken(token: string): number
}

function bytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1')
}

/** A text to be met in the frame, cut into words of four bytes; the last word may overlap the one before. */
type Literal = { readonly length: number; readonly at: Int32Array; readonly words: Int32Array }

function literalOf(text: string): Literal {
  const view = new DataView(new TextEncoder().encode(text).buffer)
  const length = view.byteLength
  const at: number[] = []
  for (let from = 0; from + 4 <= length; from += 4) at.push(from)
  if (length % 4 !== 0) at.push(length - 4)
  return {
    length,
    at: Int32Array.from(at),
    words: Int32Array.from(at, (from) => view.getInt32(from, true)),
  }
}

const OPEN_MARKET = literalOf('{"market":"')
const PRICE_CHANGES = literalOf('"price_changes":[')
const ASSET = literalOf('"asset_id":"')
const OPEN_ASSET = literalOf('{"asset_id":"')
const PRICE = literalOf('"price":"')
const SIZE = literalOf('"size":"')
const SIDE = literalOf('"side":"')
const HASH = literalOf('"hash":"')
const BEST_BID = literalOf('"best_bid":"')
const BEST_ASK = literalOf('"best_ask":"')
const SPREAD = literalOf('"spread":"')
const FEE = literalOf('"fee_rate_bps":"')
const TIMESTAMP = literalOf('"timestamp":"')
const TRANSACTION = literalOf('"transaction_hash":"')
const BIDS = literalOf('"bids":[')
const ASKS = literalOf('"asks":[')
const OPEN_PRICE = literalOf('{"price":"')
const END_PRICE_CHANGE = literalOf('"event_type":"price_change"}')
const END_TOP = literalOf('"event_type":"best_bid_ask"}')
const END_BOOK = literalOf('"event_type":"book"}')
const EVENT_TRADE = literalOf('"event_type":"last_trade_price"')
const BUY = literalOf('BUY"')
const SELL = literalOf('SELL"')

export function createFrameScanner(sink: FrameSink): FrameScanner {
  const tokens: Uint8Array[] = []
  // The cursor. Every reader moves it forward and returns false, or -1, when the bytes are not what they must be.
  let buf: Uint8Array = new Uint8Array(0)
  let pos = 0
  // Frames that came in one piece of the socket share their memory, so the view over it is made once for all of them.
  let view: DataView = new DataView(new ArrayBuffer(0))
  let base = 0
  let viewEnd = 0

  const entryToken = new Int32Array(ENTRIES_MAX)
  const entryNumbers = new Float64Array(ENTRIES_MAX * 4)
  const entryBids = new Uint8Array(ENTRIES_MAX)
  const bids = new Float64Array(LEVELS_MAX * 2)
  const asks = new Float64Array(LEVELS_MAX * 2)

  /** Whether the text stands at this place. Four bytes at a time: most of a frame is keys that are always the same. */
  function stands(text: Literal, from: number): boolean {
    const start = base + from
    if (start + text.length > viewEnd) return false
    const { at, words } = text
    const frame = view
    for (let index = 0; index < words.length; index += 1) {
      if (frame.getInt32(start + (at[index] as number), true) !== words[index]) return false
    }
    return true
  }

  function literal(text: Literal): boolean {
    if (!stands(text, pos)) return false
    pos += text.length
    return true
  }

  /** A comma, with or without the space that some frames have after it, then the literal. */
  function next(text: Literal): boolean {
    if (buf[pos] !== COMMA) return false
    const from = buf[pos + 1] === SPACE ? pos + 2 : pos + 1
    if (!stands(text, from)) return false
    pos = from + text.length
    return true
  }

  function opaque(chars: number): boolean {
    if (buf[pos + chars] !== QUOTE) return false
    pos += chars + 1
    return true
  }

  /** A decimal in quotes, as an integer of 10^-places; -1 when it is not one that fits. */
  function decimal(places: number): number {
    const frame = buf
    let at = pos
    let value = 0
    let digits = 0
    let code = frame[at] as number
    while (code >= ZERO && code <= NINE) {
      value = value * 10 + (code - ZERO)
      digits += 1
      at += 1
      code = frame[at] as number
    }
    let left = places
    if (code === DOT) {
      at += 1
      code = frame[at] as number
      while (code >= ZERO && code <= NINE) {
        if (left > 0) {
          value = value * 10 + (code - ZERO)
          left -= 1
        } else if (code !== ZERO) return -1
        digits += 1
        at += 1
        code = frame[at] as number
      }
    }
    if (code !== QUOTE || digits === 0 || digits > 15) return -1
    pos = at + 1
    value *= POWERS[left] as number
    return value <= Number.MAX_SAFE_INTEGER ? value : -1
  }

  /** A price is at most one dollar. */
  function price(): number {
    const value = decimal(4)
    return value > 10_000 ? -1 : value
  }

  function timestampMs(): number {
    const frame = buf
    let at = pos
    let value = 0
    for (let code = frame[at] as number; code >= ZERO && code <= NINE; code = frame[at] as number) {
      value = value * 10 + (code - ZERO)
      at += 1
    }
    if (at - pos !== TIMESTAMP_DIGITS || frame[at] !== QUOTE) return -1
    pos = at + 1
    return value
  }

  /** The index of the token at the cursor, UNKNOWN_TOKEN for a stranger, -2 when there is no token here. */
  function token(): number {
    const frame = buf
    const start = pos
    const stop = start + TOKEN_CHARS_MAX
    let end = start + TOKEN_CHARS_USUAL < frame.length ? start + TOKEN_CHARS_USUAL : start
    while (end < stop && frame[end] !== QUOTE) end += 1
    if (frame[end] !== QUOTE) return -2
    const length = end - start
    pos = end + 1
    for (let index = 0; index < tokens.length; index += 1) {
      const known = tokens[index] as Uint8Array
      if (known.length !== length) continue
      const from = length > TOKEN_TAIL ? length - TOKEN_TAIL : 0
      let at = length - 1
      while (at >= from && frame[start + at] === known[at]) at -= 1
      if (at < from) return index
    }
    return UNKNOWN_TOKEN
  }

  /** 1 for BUY, 0 for SELL, -1 for anything else. */
  function side(): number {
    if (literal(BUY)) return 1
    return literal(SELL) ? 0 : -1
  }

  function priceChange(): boolean {
    if (!next(PRICE_CHANGES)) return false
    let count = 0
    for (;;) {
      if (count === ENTRIES_MAX || !entry(count)) return false
      count += 1
      if (buf[pos] === 0x5d) break
      if (buf[pos] !== 0x2c) return false
      pos += buf[pos + 1] === SPACE ? 2 : 1
    }
    pos += 1
    if (!next(TIMESTAMP)) return false
    const atMs = timestampMs()
    if (atMs < 0 || !next(END_PRICE_CHANGE) || pos !== buf.length) return false
    for (let index = 0; index < count; index += 1) {
      const known = entryToken[index] as number
      if (known === UNKNOWN_TOKEN) continue
      const at = index * 4
      sink.onDelta(
        known,
        entryBids[index] === 1 ? 'BID' : 'ASK',
        entryNumbers[at] as number,
        entryNumbers[at + 1] as number,
        entryNumbers[at + 2] as number,
        entryNumbers[at + 3] as number,
        atMs,
      )
    }
    return true
  }

  function entry(index: number): boolean {
    if (!literal(OPEN_ASSET)) return false
    const known = token()
    if (known === -2 || !next(PRICE)) return false
    const at = index * 4
    const level = price()
    if (level < 0 || !next(SIZE)) return false
    const size = decimal(6)
    if (size < 0 || !next(SIDE)) return false
    const isBid = side()
    if (isBid < 0 || !next(HASH) || !opaque(HASH_CHARS) || !next(BEST_BID)) return false
    const bestBid = price()
    if (bestBid < 0 || !next(BEST_ASK)) return false
    const bestAsk = price()
    if (bestAsk < 0 || buf[pos] !== 0x7d) return false
    pos += 1
    entryToken[index] = known
    entryBids[index] = isBid
    entryNumbers[at] = level
    entryNumbers[at + 1] = size
    entryNumbers[at + 2] = bestBid
    entryNumbers[at + 3] = bestAsk
    return true
  }

  function top(known: number): boolean {
    if (!literal(BEST_BID)) return false
    const bestBid = price()
    if (bestBid < 0 || !next(BEST_ASK)) return false
    const bestAsk = price()
    if (bestAsk < 0 || !next(SPREAD) || decimal(4) < 0 || !next(TIMESTAMP)) return false
    const atMs = timestampMs()
    if (atMs < 0 || !next(END_TOP) || pos !== buf.length) return false
    if (known !== UNKNOWN_TOKEN) sink.onTop(known, bestBid, bestAsk, atMs)
    return true
  }

  function trade(known: number): boolean {
    if (!literal(PRICE)) return false
    const level = price()
    if (level < 0 || !next(SIZE)) return false
    const size = decimal(6)
    if (size < 0 || !next(FEE) || decimal(6) < 0 || !next(SIDE)) return false
    const buys = side()
    if (buys < 0 || !next(TIMESTAMP)) return false
    const atMs = timestampMs()
    if (atMs < 0 || !next(EVENT_TRADE)) return false
    if (buf[pos] === 0x2c && !(next(TRANSACTION) && opaque(MARKET_CHARS))) return false
    if (buf[pos] !== 0x7d || pos + 1 !== buf.length) return false
    if (known !== UNKNOWN_TOKEN) sink.onTrade(known, level, size, buys === 1, atMs)
    return true
  }

  /** Levels up to the closing bracket, into the flat array; -1 when they are not levels. */
  function levels(into: Float64Array): number {
    let count = 0
    if (buf[pos] === 0x5d) {
      pos += 1
      return 0
    }
    for (;;) {
      if (count === LEVELS_MAX || !literal(OPEN_PRICE)) return -1
      const level = price()
      if (level < 0 || !next(SIZE)) return -1
      const size = decimal(6)
      if (size < 0 || buf[pos] !== 0x7d) return -1
      into[count * 2] = level
      into[count * 2 + 1] = size
      count += 1
      pos += 1
      if (buf[pos] === 0x5d) break
      if (buf[pos] !== 0x2c) return -1
      pos += buf[pos + 1] === SPACE ? 2 : 1
    }
    pos += 1
    return count
  }

  function liveBook(known: number): boolean {
    if (!literal(BIDS)) return false
    const bidCount = levels(bids)
    if (bidCount < 0 || !next(ASKS)) return false
    const askCount = levels(asks)
    if (askCount < 0 || !next(HASH) || !opaque(HASH_CHARS) || !next(TIMESTAMP)) return false
    const atMs = timestampMs()
    if (atMs < 0 || !next(END_BOOK) || pos !== buf.length) return false
    if (known !== UNKNOWN_TOKEN) sink.onBook(known, bids, bidCount, asks, askCount, atMs)
    return true
  }

  /** The frames about one token: market, asset_id, then what tells them apart by its first letters. */
  function aboutToken(): ScannedKind | null {
    if (!next(ASSET)) return null
    const known = token()
    if (known === -2 || buf[pos] !== 0x2c) return null
    pos += buf[pos + 1] === SPACE ? 2 : 1
    const letter = buf[pos + 1]
    if (letter === 0x70) return trade(known) ? 'last_trade_price' : null
    if (buf[pos + 2] === 0x65) return top(known) ? 'best_bid_ask' : null
    return liveBook(known) ? 'book' : null
  }

  return {
    addToken(text) {
      tokens.push(bytes(text))
      return tokens.length - 1
    },
    scan(frame) {
      buf = frame
      pos = 0
      if (view.buffer !== frame.buffer) view = new DataView(frame.buffer)
      base = frame.byteOffset
      viewEnd = base + frame.length
      if (!literal(OPEN_MARKET) || !opaque(MARKET_CHARS)) return null
      const afterComma = buf[pos + 1] === SPACE ? pos + 2 : pos + 1
      // "price_changes" or "asset_id"
      if (buf[afterComma + 1] === 0x70) return priceChange() ? 'price_change' : null
      return aboutToken()
    },
  }
}
