/**
 * Runs recorded frames through the very code that trades, and holds the books it keeps against everything that the venue itself said about
 * them: full books, tops, hashes.
 *
 * A match changes the last trade price, which is part of a hash, about 20 ms before the trade is told. So a hash is checked against the few prices it
 * can be, and a change's hash only where the change was alone in its millisecond, because all changes of one millisecond carry the hash of its end.
 * A millisecond in which the tick changed is left out.
 */
import { createHash } from 'node:crypto'
import { Book } from '../book/book.ts'
import type { BookDelta, BookSnapshot, EngineEvent } from '../domain/events.ts'
import { conditionId, type TokenId, tokenId } from '../domain/ids.ts'
import { type Micros, parsePrice, TICKS_PER_DOLLAR } from '../domain/units.ts'
import {
  createFrameCounts,
  createFrameDecoder,
  type FrameCounts,
} from '../venues/polymarket/frame-decoder.ts'

export type Score = { checked: number; equal: number }

export type FrameCheck = {
  /** One frame as bytes, and as JSON where it is JSON. */
  feed(bytes: Uint8Array, json: unknown, recvAt: Micros): void
  finish(): CheckResult
}

export type CheckResult = {
  readonly frames: number
  readonly parsed: number
  readonly unknown: number
  readonly failed: number
  readonly byKind: Readonly<Record<string, number>>
  readonly books: Score
  readonly hashes: Score
  readonly tops: Score
}

/** What JSON says of one event beside what the decoder makes of it. */
type Claim = Readonly<Record<string, unknown>>
type Tracked = { readonly book: Book; readonly token: string }
type PendingHash = { readonly at: string; changes: number; checks: boolean[]; books: boolean[] }

/** The last price has three decimals in a hash, also on finer ticks as far as anybody has seen. */
const LAST_PRICE_DECIMALS = 3
const DEFAULT_TICK = 100

export function createFrameCheck(): FrameCheck {
  const counts: FrameCounts = createFrameCounts()
  const tracked = new Map<TokenId, Tracked>()
  /** The last trade price that the latest proven hash held. */
  const lastPrice = new Map<string, string>()
  const suspects = new Map<string, { stamp: string; prices: readonly string[] }>()
  const tradePrices = new Map<string, readonly string[]>()
  const pending = new Map<string, PendingHash>()
  const books: Score = { checked: 0, equal: 0 }
  const hashes: Score = { checked: 0, equal: 0 }
  const tops: Score = { checked: 0, equal: 0 }
  const decoder = createFrameDecoder(counts, onEvent)
  let parsed = 0

  function score(into: Score, equal: boolean): void {
    into.checked += 1
    if (equal) into.equal += 1
  }

  function onEvent(event: EngineEvent): void {
    if (event.kind === 'book_snapshot') return onSnapshot(event)
    if (event.kind === 'book_delta') return onDelta(event)
    if (event.kind === 'tick_size_change')
      tracked.get(event.token)?.book.changeTickSize(event.tickSize)
  }

  function onSnapshot(event: BookSnapshot): void {
    const place = tracked.get(event.token)
    if (place === undefined) return
    const { book } = place
    if (book.state === 'live') score(books, sameLevels(book, event))
    book.applySnapshot(event.bids, event.asks, event.tickSize)
  }

  function onDelta(event: BookDelta): void {
    const book = tracked.get(event.token)?.book
    if (book === undefined || book.state !== 'live') return
    book.applyDelta(event.side, event.price, event.size)
    if (event.bestBid !== null && event.bestAsk !== null)
      score(tops, book.agrees(event.bestBid, event.bestAsk))
  }

  /** Tokens are made known as they turn up: a recording does not say beforehand what it holds. */
  function meet(claims: readonly Claim[]): void {
    for (const claim of claims) {
      for (const id of tokensOf(claim)) {
        const token = tokenId(id)
        if (tracked.has(token)) continue
        tracked.set(token, { book: new Book(DEFAULT_TICK), token: id })
        decoder.add({ token, conditionId: conditionId(String(claim['market'])), side: 'UP' })
      }
    }
  }

  /**
   * Prices that the next hash of this market may hold, beside the one that is known; either token's terms. Any of the changes of one
   * millisecond may have been the match.
   */
  function suspect(market: string, stamp: string, price: unknown): void {
    const text = threeDecimals(price)
    if (text === null) return
    const known = suspects.get(market)
    const others = known?.stamp === stamp ? known.prices : []
    suspects.set(market, { stamp, prices: [text, mirrored(text), ...others] })
  }

  function hashEquals(token: unknown, claim: Claim, stamp: unknown, hash: string): boolean {
    const place = typeof token === 'string' ? tracked.get(tokenId(token)) : undefined
    if (place === undefined || place.book.state !== 'live') return false
    const market = String(claim['market'])
    const own = typeof claim['last_trade_price'] === 'string' ? [claim['last_trade_price']] : []
    const trades = tradePrices.get(market) ?? []
    const candidates = new Set([
      ...own,
      lastPrice.get(market) ?? '',
      ...(suspects.get(market)?.prices ?? []),
      ...trades,
      '',
    ])
    for (const lastTradePrice of candidates) {
      const text = place.book.canonicalText({
        market,
        assetId: place.token,
        timestamp: String(stamp),
        minOrderSize: typeof claim['min_order_size'] === 'string' ? claim['min_order_size'] : '5',
        negRisk: claim['neg_risk'] === true,
        lastTradePrice,
      })
      if (createHash('sha1').update(text).digest('hex') !== hash) continue
      lastPrice.set(market, lastTradePrice)
      return true
    }
    return false
  }

  function settlePending(market: string): void {
    const waiting = pending.get(market)
    pending.delete(market)
    if (waiting === undefined) return
    for (const equal of waiting.books) score(hashes, equal)
    if (waiting.changes === 1) for (const equal of waiting.checks) score(hashes, equal)
  }

  function checkHashes(claim: Claim): void {
    const market = String(claim['market'])
    const stamp = String(claim['timestamp'])
    if (pending.get(market)?.at !== stamp) settlePending(market)
    // The tick is part of a hash, and its change is told after the books that already have it.
    if (claim['event_type'] === 'tick_size_change') pending.delete(market)
    const waiting = pending.get(market) ?? { at: stamp, changes: 0, checks: [], books: [] }
    if (claim['event_type'] === 'book' && typeof claim['hash'] === 'string') {
      pending.set(market, waiting)
      waiting.books.push(hashEquals(claim['asset_id'], claim, stamp, claim['hash']))
    }
    if (claim['event_type'] !== 'price_change') return
    const entries = Array.isArray(claim['price_changes']) ? (claim['price_changes'] as Claim[]) : []
    pending.set(market, waiting)
    waiting.changes += 1
    for (const entry of entries) {
      const book = tracked.get(tokenId(String(entry['asset_id'])))?.book
      if (typeof entry['hash'] !== 'string' || book?.state !== 'live') continue
      waiting.checks.push(hashEquals(entry['asset_id'], claim, stamp, entry['hash']))
    }
  }

  function learnPrices(claim: Claim): void {
    const market = String(claim['market'])
    if (claim['event_type'] === 'last_trade_price') {
      const text = threeDecimals(claim['price'])
      if (text !== null) tradePrices.set(market, [text, mirrored(text)])
    }
    // A match shows first as a change of the resting level: its price is the next last price, in the resting order's token.
    if (claim['event_type'] === 'price_change' && Array.isArray(claim['price_changes'])) {
      const [own] = claim['price_changes'] as Claim[]
      suspect(market, String(claim['timestamp']), own?.['price'])
    }
  }

  return {
    feed(bytes, json, recvAt) {
      const claims = (Array.isArray(json) ? json : [json]).filter(
        (one): one is Claim => typeof one === 'object' && one !== null,
      )
      meet(claims)
      const fate = decoder.decode(bytes, recvAt)
      if (fate === 'data' || fate === 'control') parsed += 1
      if (fate !== 'data') return
      for (const claim of claims) {
        learnPrices(claim)
        checkHashes(claim)
      }
    },
    finish() {
      for (const market of [...pending.keys()]) settlePending(market)
      const { frames, unknown, failed, byKind } = counts
      return { frames, parsed, unknown, failed, byKind, books, hashes, tops }
    },
  }
}

function tokensOf(claim: Claim): string[] {
  const entries = Array.isArray(claim['price_changes']) ? (claim['price_changes'] as Claim[]) : []
  return [claim['asset_id'], ...entries.map((entry) => entry?.['asset_id'])].filter(
    (id): id is string => typeof id === 'string',
  )
}

/** Levels of ours against those of a frame, order aside. */
function sameLevels(book: Book, { bids, asks }: BookSnapshot): boolean {
  return sameSide(book.levels('BID'), bids) && sameSide(book.levels('ASK'), asks)
}

function sameSide(ours: readonly number[], theirs: readonly number[]): boolean {
  const sizes = new Map<number, number>()
  for (let at = 0; at < theirs.length; at += 2) {
    if (theirs[at + 1] !== 0) sizes.set(theirs[at] as number, theirs[at + 1] as number)
  }
  if (sizes.size * 2 !== ours.length) return false
  for (let at = 0; at < ours.length; at += 2)
    if (sizes.get(ours[at] as number) !== ours[at + 1]) return false
  return true
}

function threeDecimals(price: unknown): string | null {
  const ticks = typeof price === 'string' && price !== '' ? parsePrice(price) : null
  return ticks === null ? null : (ticks / TICKS_PER_DOLLAR).toFixed(LAST_PRICE_DECIMALS)
}

function mirrored(text: string): string {
  return (1 - Number(text)).toFixed(LAST_PRICE_DECIMALS)
}
