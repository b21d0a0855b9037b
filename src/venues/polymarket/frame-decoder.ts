/**
 * Bytes of one market frame -> engine events, in one call: the scanner first, JSON and the schema behind it. Everything that arrives
 * is counted under one of four names: events, unknown kinds, control text, failures.
 */
import type { EngineEvent } from '../../domain/events.ts'
import type { ConditionId, Side, TokenId } from '../../domain/ids.ts'
import { MICROS_PER_MS, type MicroShares, type Micros, type Ticks } from '../../domain/units.ts'
import { FrameScanner, type FrameSink } from './frame-scanner.ts'
import { flat, KNOWN_KINDS, type MarketFrame, marketFrame } from './market-wire.ts'

export type DecodedToken = {
  readonly token: TokenId
  readonly conditionId: ConditionId
  readonly side: Side
}

export type FrameCounts = {
  frames: number
  /** Frames that the scanner left to the schema. */
  slow: number
  unknown: number
  failed: number
  readonly byKind: Record<string, number>
}

/** What became of a frame. `data` is real market data; `control` is heartbeat and notices. */
export type FrameFate = 'data' | 'control' | 'unknown' | 'failed'

export type FrameDecoder = {
  decode(frame: Uint8Array, recvAt: Micros): FrameFate
  add(token: DecodedToken): void
  /** Why the last failed frame failed. */
  lastFailure(): string
}

export function createFrameCounts(): FrameCounts {
  return { frames: 0, slow: 0, unknown: 0, failed: 0, byKind: {} }
}

export function createFrameDecoder(
  counts: FrameCounts,
  emit: (event: EngineEvent) => void,
): FrameDecoder {
  const known: DecodedToken[] = []
  const byToken = new Map<string, DecodedToken>()
  let recvAt = 0 as Micros
  let failure = ''

  const at = (atMs: number): Micros => (atMs * MICROS_PER_MS) as Micros
  const tokenAt = (index: number): TokenId => (known[index] as DecodedToken).token

  const sink: FrameSink = {
    onDelta(index, side, price, size, bestBid, bestAsk, atMs) {
      emit({
        kind: 'book_delta',
        recvAt,
        venueAt: at(atMs),
        token: tokenAt(index),
        side,
        price: price as Ticks,
        size: size as MicroShares,
        bestBid: bestBid as Ticks,
        bestAsk: bestAsk as Ticks,
      })
    },
    onTop(index, bestBid, bestAsk, atMs) {
      emit({
        kind: 'top_of_book',
        recvAt,
        venueAt: at(atMs),
        token: tokenAt(index),
        bestBid: bestBid as Ticks,
        bestAsk: bestAsk as Ticks,
      })
    },
    onTrade(index, price, size, takerBuys, atMs) {
      emit({
        kind: 'trade_print',
        recvAt,
        venueAt: at(atMs),
        token: tokenAt(index),
        price: price as Ticks,
        size: size as MicroShares,
        takerSide: takerBuys ? 'BUY' : 'SELL',
      })
    },
    onBook(index, bids, bidCount, asks, askCount, atMs) {
      emit({
        kind: 'book_snapshot',
        recvAt,
        venueAt: at(atMs),
        token: tokenAt(index),
        source: 'channel',
        bids: Array.from(bids.subarray(0, bidCount * 2)),
        asks: Array.from(asks.subarray(0, askCount * 2)),
        tickSize: null,
      })
    },
  }
  const scanner = new FrameScanner(sink)

  function emitFrame(frame: MarketFrame): void {
    const stamp = { recvAt, venueAt: frame.timestamp === undefined ? null : at(frame.timestamp) }
    if (frame.event_type === 'new_market') return
    if (frame.event_type === 'price_change') {
      for (const entry of frame.price_changes) {
        const token = byToken.get(entry.asset_id)?.token
        if (token === undefined) continue
        const side = entry.side === 'BUY' ? 'BID' : 'ASK'
        const { price, size, best_bid: bestBid, best_ask: bestAsk } = entry
        emit({ kind: 'book_delta', ...stamp, token, side, price, size, bestBid, bestAsk })
      }
      return
    }
    const id = frame.event_type === 'market_resolved' ? frame.winning_asset_id : frame.asset_id
    const place = byToken.get(id)
    if (place !== undefined) emitAbout(frame, place, stamp)
  }

  function emitAbout(
    frame: Exclude<MarketFrame, { event_type: 'new_market' | 'price_change' }>,
    place: DecodedToken,
    stamp: { readonly recvAt: Micros; readonly venueAt: Micros | null },
  ): void {
    const { token } = place
    switch (frame.event_type) {
      case 'book': {
        const { bids, asks, tick_size: tickSize } = frame
        const source = 'channel'
        return emit({
          kind: 'book_snapshot',
          ...stamp,
          token,
          source,
          bids: flat(bids),
          asks: flat(asks),
          tickSize,
        })
      }
      case 'last_trade_price': {
        const { price, size, side: takerSide } = frame
        return emit({ kind: 'trade_print', ...stamp, token, price, size, takerSide })
      }
      case 'best_bid_ask':
        return emit({
          kind: 'top_of_book',
          ...stamp,
          token,
          bestBid: frame.best_bid,
          bestAsk: frame.best_ask,
        })
      case 'tick_size_change':
        return emit({ kind: 'tick_size_change', ...stamp, token, tickSize: frame.new_tick_size })
      case 'market_resolved': {
        const { conditionId, side: winner } = place
        return emit({ kind: 'market_resolved', ...stamp, conditionId, winner, source: 'channel' })
      }
    }
  }

  function count(kind: string): void {
    counts.byKind[kind] = (counts.byKind[kind] ?? 0) + 1
  }

  /** Arrays and objects alike: snapshots come as one array, and older servers wrapped single events too. */
  function decodeSlowly(text: string): FrameFate {
    counts.slow += 1
    let json: unknown
    try {
      json = JSON.parse(text)
    } catch (error) {
      return fail(`not JSON: ${(error as Error).message}`)
    }
    const list: readonly unknown[] = Array.isArray(json) ? json : [json]
    let fate: FrameFate = list.length === 0 ? 'control' : 'unknown'
    const frames: MarketFrame[] = []
    for (const one of list) {
      const kind = kindOf(one)
      if (kind === null) return fail('neither an object with an event_type nor an array of them')
      if (!KNOWN_KINDS.has(kind)) {
        count(kind)
        continue
      }
      const parsed = marketFrame.safeParse(one)
      if (!parsed.success)
        return fail(`${kind}: ${parsed.error.issues[0]?.message ?? 'does not fit'}`)
      frames.push(parsed.data)
      fate = 'data'
    }
    if (fate === 'unknown') counts.unknown += 1
    for (const frame of frames) {
      count(frame.event_type)
      emitFrame(frame)
    }
    return fate
  }

  function fail(why: string): FrameFate {
    failure = why
    counts.failed += 1
    return 'failed'
  }

  return {
    decode(frame, arrivedAt) {
      recvAt = arrivedAt
      counts.frames += 1
      const scanned = scanner.scan(frame)
      if (scanned !== null) {
        counts.byKind[scanned] = (counts.byKind[scanned] ?? 0) + 1
        return 'data'
      }
      const text = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength).toString('utf8')
      if (isControl(text)) {
        count(text === '' ? 'empty' : text)
        return 'control'
      }
      return decodeSlowly(text)
    },
    add(token) {
      scanner.addToken(token.token)
      known.push(token)
      byToken.set(token.token, token)
    },
    lastFailure: () => failure,
  }
}

/** Heartbeat answers and notices are plain words, not JSON. */
function isControl(text: string): boolean {
  return text === '' || text === 'PONG' || text === 'PING' || text === 'NO NEW ASSETS'
}

function kindOf(json: unknown): string | null {
  if (typeof json !== 'object' || json === null) return null
  const kind = (json as { event_type?: unknown }).event_type
  return typeof kind === 'string' ? kind : null
}
