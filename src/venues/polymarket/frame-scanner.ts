/**
 * Reads the frequent market frames straight from their bytes: no string, no object. Strict: a byte that is not where the
 * venue puts it makes the scanner say "not mine", and the frame goes to JSON and the schema, which is slower and knows everything.
 * What it does accept it reads as the schema does; tests hold the two against each other.
 *
 * Opaque text (market id, hashes) is skipped by its length and not looked at.
 *
 * Everything here is a class: its methods exist once for all scanners, which lets the engine that runs them treat the texts below as
 * constants. As closures, made anew for each listener, the same code took twice the time.
 */
import type { BookSide } from '../../domain/ids.ts'
import { FrameLiteral, LongFrameLiteral } from './frame-literal.ts'
import { FrameNumbers } from './frame-numbers.ts'
import { KnownTokens, NO_TOKEN, UNKNOWN_TOKEN } from './known-tokens.ts'

const QUOTE = 0x22
const SPACE = 0x20
/** `, ` and `,"` as words of two bytes: what stands between the keys of a frame that has spaces, and of one that has none. */
const COMMA_SPACE = 0x202c
const COMMA_QUOTE = 0x222c
/** `,{` between the entries of a list without spaces. */
const COMMA_BRACE = 0x7b2c
const CLOSING_BRACKET = 0x5d
const CLOSING_BRACE = 0x7d
const LETTER_B = 0x42
const LETTER_E = 0x65
const LETTER_P = 0x70
/** 0x and 64 hex digits. */
const MARKET_CHARS = 66
/** Where the B or the S stands in `"side":"BUY"`. */
const SIDE_AT = 8
/** SHA-1 in hex. */
const HASH_CHARS = 40
/** A price change has two entries; a frame with more than this is left to the schema. */
const ENTRIES_MAX = 16
const LEVELS_MAX = 4_096
const MICRO_PLACES = 6
const PRICE_PLACES = 4

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

const OPEN_MARKET = new FrameLiteral('{"market":"')
const PRICE_CHANGES = new LongFrameLiteral('"price_changes":[')
const ASSET = new FrameLiteral('"asset_id":"')
const OPEN_ASSET = new FrameLiteral('{"asset_id":"')
const PRICE = new FrameLiteral('"price":"')
const SIZE = new FrameLiteral('"size":"')
const SIDE_BUY = new FrameLiteral('"side":"BUY"')
const SIDE_SELL = new FrameLiteral('"side":"SELL"')
const HASH = new FrameLiteral('"hash":"')
const BEST_BID = new FrameLiteral('"best_bid":"')
const BEST_ASK = new FrameLiteral('"best_ask":"')
const SPREAD = new FrameLiteral('"spread":"')
const FEE = new FrameLiteral('"fee_rate_bps":"')
const TIMESTAMP = new FrameLiteral('"timestamp":"')
const TRANSACTION = new LongFrameLiteral('"transaction_hash":"')
const BIDS = new FrameLiteral('"bids":[')
const ASKS = new FrameLiteral('"asks":[')
const OPEN_PRICE = new FrameLiteral('{"price":"')
const END_PRICE_CHANGE = new LongFrameLiteral('"event_type":"price_change"}')
const END_TOP = new LongFrameLiteral('"event_type":"best_bid_ask"}')
const END_BOOK = new LongFrameLiteral('"event_type":"book"}')
const EVENT_TRADE = new LongFrameLiteral('"event_type":"last_trade_price"')

export class FrameScanner {
  private readonly sink: FrameSink
  private readonly tokens = new KnownTokens()
  private readonly numbers = new FrameNumbers()

  // The memory the frame lies in. Frames that came in one piece of the socket share it, so both views are made once for all of them.
  private memory: ArrayBufferLike = new ArrayBuffer(0)
  private bytes: Uint8Array = new Uint8Array(0)
  private view: DataView = new DataView(new ArrayBuffer(0))
  private end = 0
  private comma = COMMA_QUOTE
  private commaChars = 1

  // What was read, kept until the frame is known to be right to its last byte.
  private count = 0
  private readonly entryToken = new Int32Array(ENTRIES_MAX)
  private readonly entryIsBid = new Uint8Array(ENTRIES_MAX)
  private readonly entryPrices = new Int32Array(ENTRIES_MAX * 3)
  private readonly entrySize = new Float64Array(ENTRIES_MAX)
  private token = UNKNOWN_TOKEN
  private price = 0
  private size = 0
  private otherPrice = 0
  private takerBuys = false
  private atMs = 0
  private readonly bids = new Float64Array(LEVELS_MAX * 2)
  private readonly asks = new Float64Array(LEVELS_MAX * 2)
  private bidCount = 0
  private askCount = 0

  constructor(sink: FrameSink) {
    this.sink = sink
  }

  addToken(token: string): number {
    return this.tokens.add(token)
  }

  /** The kind of the frame when it was read and told to the sink, or null when it is not one of ours. */
  scan(frame: Uint8Array): ScannedKind | null {
    const memory = frame.buffer
    if (memory !== this.memory) {
      this.memory = memory
      this.bytes = new Uint8Array(memory)
      this.view = new DataView(memory)
    }
    const start = frame.byteOffset
    this.end = start + frame.length
    const kind = this.readOrLeave(start)
    if (kind === 'price_change') this.tellChanges()
    else if (kind !== null && this.token !== UNKNOWN_TOKEN) this.tellOne(kind)
    return kind
  }

  private readOrLeave(start: number): ScannedKind | null {
    try {
      return this.read(start)
    } catch (error) {
      // A frame that is cut short at the end of its memory.
      if (error instanceof RangeError) return null
      throw error
    }
  }

  private read(start: number): ScannedKind | null {
    if (!OPEN_MARKET.standsAt(this.view, start)) return null
    const quoteAt = start + OPEN_MARKET.length + MARKET_CHARS
    const spaced = this.bytes[quoteAt + 2] === SPACE
    this.comma = spaced ? COMMA_SPACE : COMMA_QUOTE
    this.commaChars = spaced ? 2 : 1
    const at = quoteAt + 1
    if (this.bytes[quoteAt] !== QUOTE || this.view.getInt16(at, true) !== this.comma) return null
    // "price_changes" or "asset_id"
    const keyAt = at + this.commaChars
    if (this.bytes[keyAt + 1] !== LETTER_P) return this.readAboutToken(at)
    return this.readChanges(keyAt) ? 'price_change' : null
  }

  /** Behind a comma, the space that some kinds of frames have after each, and a key; -1 when they do not stand here. */
  private behind(key: FrameLiteral, at: number): number {
    const from = at + this.commaChars
    return this.view.getInt16(at, true) === this.comma && key.standsAt(this.view, from)
      ? from + key.length
      : -1
  }

  private afterListComma(at: number): number {
    const comma = this.commaChars === 2 ? COMMA_SPACE : COMMA_BRACE
    return this.view.getInt16(at, true) === comma ? at + this.commaChars : -1
  }

  private readChanges(from: number): boolean {
    const { bytes, view } = this
    if (!PRICE_CHANGES.standsAt(view, from)) return false
    let at = from + PRICE_CHANGES.length
    let count = 0
    for (;;) {
      at = count === ENTRIES_MAX ? -1 : this.readEntry(at, count)
      if (at < 0) return false
      count += 1
      if (bytes[at] === CLOSING_BRACKET) break
      at = this.afterListComma(at)
      if (at < 0) return false
    }
    this.count = count
    return this.readEnd(at + 1, END_PRICE_CHANGE)
  }

  /** Where the entry ends, or -1 when it is not one. In two halves, each small enough to be compiled as one piece. */
  private readEntry(from: number, index: number): number {
    const at = this.readLevel(from, index)
    return at < 0 ? -1 : this.readTops(at, index)
  }

  private readLevel(from: number, index: number): number {
    const { bytes, view, numbers, tokens } = this
    if (!OPEN_ASSET.standsAt(view, from)) return -1
    const token = tokens.at(bytes, view, from + OPEN_ASSET.length)
    if (token === NO_TOKEN) return -1
    let at = this.behind(PRICE, tokens.end)
    if (at < 0) return -1
    const price = numbers.price(bytes, view, at)
    at = this.behind(SIZE, numbers.end)
    if (price < 0 || at < 0) return -1
    const size = numbers.decimal(bytes, at, MICRO_PLACES)
    if (size < 0) return -1
    this.entryToken[index] = token
    this.entryPrices[index * 3] = price
    this.entrySize[index] = size
    return numbers.end
  }

  private readTops(from: number, index: number): number {
    const { bytes, view, numbers } = this
    const isBid = bytes[from + this.commaChars + SIDE_AT] === LETTER_B
    let at = this.behind(isBid ? SIDE_BUY : SIDE_SELL, from)
    at = at < 0 ? -1 : this.behind(HASH, at)
    if (at < 0 || bytes[at + HASH_CHARS] !== QUOTE) return -1
    at = this.behind(BEST_BID, at + HASH_CHARS + 1)
    if (at < 0) return -1
    const bestBid = numbers.price(bytes, view, at)
    at = this.behind(BEST_ASK, numbers.end)
    if (bestBid < 0 || at < 0) return -1
    const bestAsk = numbers.price(bytes, view, at)
    if (bestAsk < 0 || bytes[numbers.end] !== CLOSING_BRACE) return -1
    this.entryIsBid[index] = isBid ? 1 : 0
    this.entryPrices[index * 3 + 1] = bestBid
    this.entryPrices[index * 3 + 2] = bestAsk
    return numbers.end + 1
  }

  /** The time and the last words of a frame. */
  private readEnd(from: number, words: LongFrameLiteral): boolean {
    const at = this.behind(TIMESTAMP, from)
    if (at < 0) return false
    this.atMs = this.numbers.timestampMs(this.bytes, this.view, at)
    const { end } = this.numbers
    const last = end + this.commaChars
    return (
      this.atMs >= 0 &&
      this.view.getInt16(end, true) === this.comma &&
      words.standsAt(this.view, last) &&
      last + words.length === this.end
    )
  }

  /** The frames about one token: market, asset_id, then what tells them apart by its first letters. */
  private readAboutToken(from: number): ScannedKind | null {
    const { bytes, view, tokens } = this
    const at = this.behind(ASSET, from)
    if (at < 0) return null
    this.token = tokens.at(bytes, view, at)
    if (this.token === NO_TOKEN) return null
    const letters = tokens.end + this.commaChars + 1
    if (bytes[letters] === LETTER_P) return this.readTrade(tokens.end) ? 'last_trade_price' : null
    if (bytes[letters + 1] === LETTER_E) return this.readTop(tokens.end) ? 'best_bid_ask' : null
    return this.readBook(tokens.end) ? 'book' : null
  }

  private readTop(from: number): boolean {
    const { bytes, view, numbers } = this
    let at = this.behind(BEST_BID, from)
    if (at < 0) return false
    this.price = numbers.price(bytes, view, at)
    at = this.behind(BEST_ASK, numbers.end)
    if (this.price < 0 || at < 0) return false
    this.otherPrice = numbers.price(bytes, view, at)
    at = this.behind(SPREAD, numbers.end)
    if (this.otherPrice < 0 || at < 0) return false
    return numbers.decimal(bytes, at, PRICE_PLACES) >= 0 && this.readEnd(numbers.end, END_TOP)
  }

  private readTrade(from: number): boolean {
    const { bytes, view, numbers } = this
    let at = this.behind(PRICE, from)
    if (at < 0) return false
    this.price = numbers.price(bytes, view, at)
    at = this.behind(SIZE, numbers.end)
    if (this.price < 0 || at < 0) return false
    this.size = numbers.decimal(bytes, at, MICRO_PLACES)
    at = this.behind(FEE, numbers.end)
    if (this.size < 0 || at < 0 || numbers.decimal(bytes, at, MICRO_PLACES) < 0) return false
    this.takerBuys = bytes[numbers.end + this.commaChars + SIDE_AT] === LETTER_B
    at = this.behind(this.takerBuys ? SIDE_BUY : SIDE_SELL, numbers.end)
    at = at < 0 ? -1 : this.behind(TIMESTAMP, at)
    if (at < 0) return false
    this.atMs = numbers.timestampMs(bytes, view, at)
    const last = numbers.end + this.commaChars
    if (this.atMs < 0 || view.getInt16(numbers.end, true) !== this.comma) return false
    return EVENT_TRADE.standsAt(view, last) && this.readTransaction(last + EVENT_TRADE.length)
  }

  /** Older frames end without it. */
  private readTransaction(from: number): boolean {
    let at = from
    if (this.bytes[at] !== CLOSING_BRACE) {
      if (this.view.getInt16(at, true) !== this.comma) return false
      at += this.commaChars
      if (!TRANSACTION.standsAt(this.view, at)) return false
      at += TRANSACTION.length + MARKET_CHARS + 1
      if (this.bytes[at - 1] !== QUOTE) return false
    }
    return this.bytes[at] === CLOSING_BRACE && at + 1 === this.end
  }

  private readBook(from: number): boolean {
    let at = this.behind(BIDS, from)
    at = at < 0 ? -1 : this.readLevels(at, this.bids)
    this.bidCount = this.count
    at = at < 0 ? -1 : this.behind(ASKS, at)
    at = at < 0 ? -1 : this.readLevels(at, this.asks)
    this.askCount = this.count
    at = at < 0 ? -1 : this.behind(HASH, at)
    return (
      at >= 0 &&
      this.bytes[at + HASH_CHARS] === QUOTE &&
      this.readEnd(at + HASH_CHARS + 1, END_BOOK)
    )
  }

  /** Levels up to the closing bracket, into the flat array; where they end, or -1 when they are not levels. */
  private readLevels(from: number, into: Float64Array): number {
    const { bytes, view, numbers } = this
    let at = from
    this.count = 0
    if (bytes[at] === CLOSING_BRACKET) return at + 1
    for (let count = 0; count < LEVELS_MAX; count += 1) {
      if (!OPEN_PRICE.standsAt(view, at)) return -1
      const price = numbers.price(bytes, view, at + OPEN_PRICE.length)
      at = this.behind(SIZE, numbers.end)
      if (price < 0 || at < 0) return -1
      const size = numbers.decimal(bytes, at, MICRO_PLACES)
      at = numbers.end
      if (size < 0 || bytes[at] !== CLOSING_BRACE) return -1
      into[count * 2] = price
      into[count * 2 + 1] = size
      if (bytes[at + 1] === CLOSING_BRACKET) {
        this.count = count + 1
        return at + 2
      }
      at = this.afterListComma(at + 1)
      if (at < 0) return -1
    }
    return -1
  }

  private tellChanges(): void {
    const { entryToken, entryIsBid, entryPrices, entrySize, atMs, count } = this
    for (let index = 0; index < count; index += 1) {
      const token = entryToken[index] as number
      if (token === UNKNOWN_TOKEN) continue
      this.sink.onDelta(
        token,
        entryIsBid[index] === 1 ? 'BID' : 'ASK',
        entryPrices[index * 3] as number,
        entrySize[index] as number,
        entryPrices[index * 3 + 1] as number,
        entryPrices[index * 3 + 2] as number,
        atMs,
      )
    }
  }

  private tellOne(kind: Exclude<ScannedKind, 'price_change'>): void {
    const { sink, token, price, atMs } = this
    if (kind === 'best_bid_ask') sink.onTop(token, price, this.otherPrice, atMs)
    else if (kind === 'last_trade_price') {
      sink.onTrade(token, price, this.size, this.takerBuys, atMs)
    } else {
      sink.onBook(token, this.bids, this.bidCount, this.asks, this.askCount, atMs)
    }
  }
}
