/**
 * Asks exchanges for the candles that have to do with a window. Of a window that is settled by a candle: its open at the start, its close after the end.
 * Of one that is settled by averages: the minute before its start, which must hold the average of that minute. The first source is asked first; one that
 * refuses is never asked again, one that is asked too often not before the time it names, and the next one speaks meanwhile.
 */
import { setTimeout as delay } from 'node:timers/promises'
import pRetry from 'p-retry'
import type { ConditionId, FeedName } from '../domain/ids.ts'
import type { Market } from '../domain/market.ts'
import type { Candle, CandleSource, CandleSpan, EventSink, Log } from '../domain/ports.ts'
import { MICROS_PER_MS, MICROS_PER_SECOND, type Micros } from '../domain/units.ts'
import { HttpError } from '../net/http.ts'
import { type Asked, candlesOf } from './candles-of.ts'

export type StrikeCandles = {
  ask(market: Market): void
  forget(conditionId: ConditionId): void
  close(): void
}

export type StrikeCandlesDeps = {
  /** The better one first. */
  readonly sources: readonly CandleSource[]
  readonly emit: EventSink
  readonly now: () => Micros
  venueNow(): Micros
  readonly log: Log
  /** The first pause between two attempts. */
  readonly pauseMs?: number
}

/** Not from here, or not for us: no other time will do either. */
const CLOSED_DOORS: readonly (number | null)[] = [401, 403, 451]
/** Asked too often; who goes on is locked out for longer. */
const TOO_OFTEN: readonly (number | null)[] = [418, 429]
const REST_MS = 60_000
/** The last trade of a candle may be told a moment after its end. */
const OVER_AFTER_SEC = 1
const ATTEMPTS_MAX = 12
const PAUSE_MS = { first: 1_000, most: 30_000 }

class NobodyServes extends Error {}
class NotYet extends Error {}

export function createStrikeCandles(deps: StrikeCandlesDeps): StrikeCandles {
  const { sources, now, venueNow, log, pauseMs = PAUSE_MS.first } = deps
  const open = new Map<ConditionId, AbortController>()
  const refused = new Set<FeedName>()
  /** By our own clock. */
  const restsUntil = new Map<FeedName, number>()

  async function pursue(market: Market, asked: Asked, signal: AbortSignal): Promise<void> {
    await delay(Math.max(0, (asked.dueAt - venueNow()) / MICROS_PER_MS), undefined, { signal })
    const told = new Set<FeedName>()
    await pRetry(() => attempt(market, asked, told, signal), {
      retries: ATTEMPTS_MAX - 1,
      minTimeout: pauseMs,
      maxTimeout: PAUSE_MS.most,
      factor: 1.7,
      randomize: true,
      signal,
      shouldRetry: ({ error }) => !(error instanceof NobodyServes),
    })
  }

  /** Throws where there is more to be had later. */
  async function attempt(
    market: Market,
    { span, isSettling }: Asked,
    told: Set<FeedName>,
    signal: AbortSignal,
  ): Promise<void> {
    const usable = sources.filter(({ feed, serves }) => !refused.has(feed) && serves(span.seconds))
    const [best] = usable
    if (best === undefined) throw new NobodyServes('no exchange serves it')
    for (const source of usable) {
      if ((restsUntil.get(source.feed) ?? 0) > now() || told.has(source.feed)) continue
      const askedAt = venueNow()
      const candle = await candleFrom(source, span, signal)
      if (candle === 'no answer') continue
      if (candle === null) throw new NotYet(`${source.feed} does not have it yet`)
      told.add(source.feed)
      tell(market, source.feed, span, candle, askedAt)
      // A window is settled by one exchange; the word of another is for the meantime.
      if (source === best || !isSettling) return
      break
    }
    throw new NotYet('no answer yet')
  }

  async function candleFrom(
    source: CandleSource,
    span: CandleSpan,
    signal: AbortSignal,
  ): Promise<Candle | null | 'no answer'> {
    try {
      return await source.fetch(span, signal)
    } catch (error) {
      signal.throwIfAborted()
      const { feed } = source
      const [status, waitMs] =
        error instanceof HttpError ? [error.status, error.retryAfterMs] : [null, null]
      if (CLOSED_DOORS.includes(status)) {
        refused.add(feed)
        log.warn('an exchange does not serve its candles here', { feed, status })
      } else if (TOO_OFTEN.includes(status)) {
        const ms = waitMs ?? REST_MS
        restsUntil.set(feed, now() + ms * MICROS_PER_MS)
        log.warn('an exchange was asked for candles too often', { feed, status, restsMs: ms })
      } else log.debug('a candle was not told', { feed, error })
      return 'no answer'
    }
  }

  function tell(
    { conditionId }: Market,
    feed: FeedName,
    span: CandleSpan,
    candle: Candle,
    askedAt: Micros,
  ): void {
    const isOver = askedAt >= span.openAt + (span.seconds + OVER_AFTER_SEC) * MICROS_PER_SECOND
    const recvAt = now()
    const about = { conditionId, feed, ...span, ...candle, isOver }
    deps.emit({ kind: 'strike_candle', ...about, recvAt, venueAt: null })
  }

  return {
    ask(market) {
      const { conditionId, slug } = market
      if (open.has(conditionId)) return
      const controller = new AbortController()
      open.set(conditionId, controller)
      for (const asked of candlesOf(market)) {
        pursue(market, asked, controller.signal).catch((error: unknown) => {
          // The refusal itself is told already, once.
          if (controller.signal.aborted || error instanceof NobodyServes) return
          log.warn('no exchange told a candle of a window', { slug, error })
        })
      }
    },
    forget(conditionId) {
      open.get(conditionId)?.abort()
      open.delete(conditionId)
    },
    close() {
      for (const controller of open.values()) controller.abort()
    },
  }
}
