/**
 * The YES and the NO listener of a window: one socket each on the market channel, its frames decoded into book events. A listener is
 * `open` when the snapshot of its own token has come, and `lost` when the connection or the data stops.
 *
 * With `sockets: 'both'` each socket carries both tokens and the first arrival of a frame wins. A frame is recognised by its bytes: an
 * equal frame from the other socket is dropped while it is remembered, so that neither socket can undo what the other already brought.
 */
import type { EngineEvent } from '../../domain/events.ts'
import { listenerName, type Side, type TokenId } from '../../domain/ids.ts'
import { type Market, tokenOf } from '../../domain/market.ts'
import type { BookSource, EventSink, Listener, Log } from '../../domain/ports.ts'
import { MICROS_PER_MS, MICROS_PER_SECOND, type Micros } from '../../domain/units.ts'
import { openSocket } from '../../net/socket.ts'
import { createFrameCounts, createFrameDecoder, type FrameCounts } from './frame-decoder.ts'
import { flat, parseRestBook } from './market-wire.ts'

/** One line of the log for this many milliseconds of unreadable frames. */
const SAMPLE_EVERY_MS = 10_000
const SAMPLE_CHARS = 200
/** Frames remembered to recognise the other socket's copy: a few hundred milliseconds of the busiest market. */
const REMEMBERED_FRAMES_MAX = 1_024
/** A token's book is asked for by REST at most this often. */
const RESYNC_EVERY_MS = 1_000

export type BookSourceDeps = {
  readonly url: string
  /** GET /book as JSON. */
  fetchBook(token: TokenId): Promise<unknown>
  readonly emit: EventSink
  readonly log: Log
  readonly now: () => Micros
  readonly random: () => number
  /** Hears the venue's stamp of each frame: a lower bound for its clock. */
  observeVenueStamp?(venueAt: Micros, recvAt: Micros): void
  readonly options: {
    readonly pingMs: number
    readonly silenceMs: number
    readonly sockets: 'split' | 'both'
  }
}

export type ChannelStats = {
  readonly counts: FrameCounts
  readonly connects: number
  readonly losses: number
}

export function createBookSource(deps: BookSourceDeps): BookSource & { stats(): ChannelStats } {
  const counts = createFrameCounts()
  const asked = new Map<TokenId, number>()
  const recent = createRecentFrames()
  let connects = 0
  let losses = 0
  let sampledAt = Number.NEGATIVE_INFINITY

  function sample(frame: Buffer, why: string, slug: string): void {
    const now = deps.now()
    if (now - sampledAt < SAMPLE_EVERY_MS * MICROS_PER_MS) return
    sampledAt = now
    const text = frame.subarray(0, SAMPLE_CHARS).toString('utf8')
    deps.log.warn('a frame did not parse and was dropped', {
      slug,
      why,
      text,
      failedSoFar: counts.failed,
    })
  }

  function listen(market: Market, side: Side): Listener {
    const own = tokenOf(market, side)
    const tokens = deps.options.sockets === 'both' ? [market.up, market.down] : [own]
    let state: 'connecting' | 'open' | 'closed' = 'connecting'

    function tell(next: 'open' | 'lost' | 'closed', detail: string): void {
      const { conditionId } = market
      deps.emit({
        kind: 'listener',
        conditionId,
        side,
        state: next,
        detail,
        recvAt: deps.now(),
        venueAt: null,
      })
    }

    function onEvent(event: EngineEvent): void {
      const { venueAt, recvAt } = event
      if (venueAt !== null && event.kind !== 'book_snapshot')
        deps.observeVenueStamp?.(venueAt, recvAt)
      deps.emit(event)
      if (state === 'connecting' && event.kind === 'book_snapshot' && event.token === own) {
        state = 'open'
        tell('open', `${listenerName(side)} listener has its book`)
      }
    }

    const decoder = createFrameDecoder(counts, onEvent)
    for (const token of tokens) {
      decoder.add({
        token,
        conditionId: market.conditionId,
        side: token === market.up ? 'UP' : 'DOWN',
      })
    }

    const socket = openSocket({
      url: deps.url,
      ping: { text: 'PING', everyMs: deps.options.pingMs },
      silenceMs: deps.options.silenceMs,
      random: deps.random,
      greeting: () =>
        JSON.stringify({ assets_ids: tokens, type: 'market', custom_feature_enabled: true }),
      onOpen() {
        connects += 1
      },
      onFrame(frame) {
        const recvAt = deps.now()
        if (tokens.length > 1 && recent.seen(frame)) return socket.touch()
        const fate = decoder.decode(frame, recvAt)
        if (fate === 'data') return socket.touch()
        if (fate !== 'failed') return
        sample(frame, decoder.lastFailure(), market.slug)
        // It may have been a change of this book; only a fresh snapshot knows.
        resync(own, 'a frame did not parse')
      },
      onLost(reason) {
        losses += 1
        if (state === 'closed') return
        state = 'connecting'
        tell('lost', reason)
      },
    })

    return {
      side,
      reconnect: (reason) => socket.reconnect(reason),
      async close() {
        state = 'closed'
        await socket.close()
        asked.delete(own)
        tell('closed', 'the window is over')
      },
    }
  }

  function resync(token: TokenId, reason: string): void {
    const now = deps.now()
    if (
      now - (asked.get(token) ?? Number.NEGATIVE_INFINITY) <
      (RESYNC_EVERY_MS / 1_000) * MICROS_PER_SECOND
    )
      return
    asked.set(token, now)
    deps
      .fetchBook(token)
      .then((json) => {
        const book = parseRestBook(json)
        const venueAt = (book.timestamp * MICROS_PER_MS) as Micros
        const { tick_size: tickSize } = book
        const levels = { bids: flat(book.bids), asks: flat(book.asks), tickSize }
        deps.emit({
          kind: 'book_snapshot',
          token,
          source: 'rest',
          ...levels,
          recvAt: deps.now(),
          venueAt,
        })
      })
      .catch((error: unknown) => {
        deps.log.error('a fresh book could not be had', { token, reason, error })
      })
  }

  return { listen, resync, stats: () => ({ counts, connects, losses }) }
}

/** Remembers the latest frames by their text, so that the copy from the other socket is known when it comes. */
function createRecentFrames(): { seen(frame: Buffer): boolean } {
  const texts = new Set<string>()
  return {
    seen(frame) {
      // Heartbeats are each socket's own.
      if (frame.length < 64) return false
      const text = frame.toString('latin1')
      if (texts.delete(text)) return true
      texts.add(text)
      if (texts.size > REMEMBERED_FRAMES_MAX) {
        for (const oldest of texts) {
          texts.delete(oldest)
          break
        }
      }
      return false
    },
  }
}
