/**
 * Who won: polled from Gamma by the path of the window's slug, because a closed market vanishes from the lists. Nothing less than
 * closed, resolved and exact prices is believed, and each window is told once. Gamma lags; a hint from elsewhere only makes us ask
 * sooner.
 */
import { setMaxListeners } from 'node:events'
import type { ConditionId } from '../../domain/ids.ts'
import type { Market, Winner } from '../../domain/market.ts'
import type { EventSink, Log } from '../../domain/ports.ts'
import { MICROS_PER_MS, MICROS_PER_SECOND, type Micros } from '../../domain/units.ts'
import { type Http, isNotFound } from '../../net/http.ts'
import type { Endpoints } from './endpoints.ts'
import {
  type GammaMarket,
  isUnreadable,
  listItems,
  readEvent,
  readMarket,
  stringList,
} from './gamma-wire.ts'
import { idsOf, type MarketPair, marketPair, provenUpIndex } from './outcome-tokens.ts'

const FIRST_WAIT_MS = 2_000
const WAIT_MAX_MS = 15_000
const WAIT_GROWTH = 1.5
/** Windows of all series end at the same minute; their questions need not all be on the wire at once. */
const REQUESTS_MAX = 4
const SLOW_AFTER_MICROS = 600 * MICROS_PER_SECOND
const SLOW_AGAIN_MICROS = 60 * MICROS_PER_SECOND

export type ResolutionDeps = {
  readonly http: Http
  readonly endpoints: Pick<Endpoints, 'gamma'>
  readonly emit: EventSink
  readonly now: () => Micros
  readonly venueNow: () => Micros
  readonly log: Log
}

export type Resolutions = {
  watch(market: Market): void
  /** Somebody says that it is resolved: ask at once. */
  hint(condition: ConditionId): void
  forget(condition: ConditionId): void
  stop(): void
}

type Watch = {
  readonly market: Market
  waitMs: number
  timer: NodeJS.Timeout | undefined
  isAsking: boolean
  /** A hint came while a question was on its way: its answer may be too old. */
  askAgain: boolean
  told: boolean
  slowToldAt: number | null
}

export function createResolutions(deps: ResolutionDeps): Resolutions {
  const { log, venueNow } = deps
  const abort = new AbortController()
  // Every question on the wire listens to it; that many are no leak.
  setMaxListeners(0, abort.signal)
  const watches = new Map<ConditionId, Watch>()
  const waiting: Watch[] = []
  let asking = 0

  function schedule(watch: Watch, ms: number): void {
    clearTimeout(watch.timer)
    if (isLive(watch)) watch.timer = setTimeout(ask, Math.max(0, ms), watch)
  }

  function isLive(watch: Watch): boolean {
    const isOurs = watches.get(watch.market.conditionId) === watch
    return isOurs && !watch.told && !abort.signal.aborted
  }

  function ask(watch: Watch): void {
    if (watch.isAsking) {
      watch.askAgain = true
      return
    }
    if (asking >= REQUESTS_MAX) {
      if (!waiting.includes(watch)) waiting.push(watch)
      return
    }
    asking += 1
    watch.isAsking = true
    poll(watch).then(asked, asked)

    function asked(): void {
      asking -= 1
      watch.isAsking = false
      const next = waiting.shift()
      if (next !== undefined) ask(next)
      if (!isLive(watch)) return
      const wait = watch.askAgain ? 0 : watch.waitMs
      watch.askAgain = false
      watch.waitMs = Math.min(watch.waitMs * WAIT_GROWTH, WAIT_MAX_MS)
      sayWhenSlow(watch)
      schedule(watch, wait)
    }
  }

  async function poll(watch: Watch): Promise<void> {
    if (!isLive(watch)) return
    const { market } = watch
    try {
      const pair = await fetchPair(deps, market, abort.signal)
      const winner = pair === null ? null : winnerOf(pair, market)
      if (winner === null || !isLive(watch)) return
      watch.told = true
      const { conditionId } = market
      const source = 'gamma'
      const recvAt = deps.now()
      deps.emit({ kind: 'market_resolved', conditionId, winner, source, recvAt, venueAt: null })
    } catch (error) {
      if (abort.signal.aborted) return
      log.warn('the result of a window could not be read', {
        slug: market.slug,
        reason: error instanceof Error ? error.message : String(error),
      })
    }
  }

  function sayWhenSlow(watch: Watch): void {
    const now = venueNow()
    const overdue = now - watch.market.endAt
    const since = watch.slowToldAt === null ? SLOW_AGAIN_MICROS : now - watch.slowToldAt
    if (overdue < SLOW_AFTER_MICROS || since < SLOW_AGAIN_MICROS) return
    watch.slowToldAt = now
    log.warn('a window is still not resolved', {
      slug: watch.market.slug,
      minutesSinceClose: Math.floor(overdue / (60 * MICROS_PER_SECOND)),
    })
  }

  return {
    watch(market) {
      if (watches.has(market.conditionId) || abort.signal.aborted) return
      const watch: Watch = {
        market,
        waitMs: FIRST_WAIT_MS,
        timer: undefined,
        isAsking: false,
        askAgain: false,
        told: false,
        slowToldAt: null,
      }
      watches.set(market.conditionId, watch)
      schedule(watch, (market.endAt - venueNow()) / MICROS_PER_MS)
    },
    hint(condition) {
      const watch = watches.get(condition)
      if (watch !== undefined) schedule(watch, 0)
    },
    forget(condition) {
      clearTimeout(watches.get(condition)?.timer)
      watches.delete(condition)
    },
    stop() {
      abort.abort()
      for (const { timer } of watches.values()) clearTimeout(timer)
      watches.clear()
      waiting.length = 0
    },
  }
}

/**
 * By slug, else by condition: on the day that New York's clock goes back two hours share a name, and the slug leads to the other
 * one.
 */
async function fetchPair(
  { http, endpoints: { gamma } }: ResolutionDeps,
  { slug, conditionId }: Market,
  signal: AbortSignal,
): Promise<MarketPair | null> {
  const options = { signal, retries: 1 }
  try {
    const { json } = await http.getJson(`${gamma}/events/slug/${encodeURIComponent(slug)}`, options)
    const event = readEvent(json)
    if (isUnreadable(event)) throw new Error(event.unreadable)
    const pair = marketPair(event)
    if (typeof pair !== 'string' && pair.up.conditionId === conditionId) return pair
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
  const { json } = await http.getJson(
    `${gamma}/markets?condition_ids=${conditionId}&closed=true`,
    options,
  )
  const market = readMarket(listItems(json, 'markets')?.[0])
  return market?.conditionId === conditionId ? { up: market, down: market } : null
}

/** Null while the venue has not said it beyond doubt. */
export function winnerOf({ up, down }: MarketPair, market: Market): Winner | null {
  const byUp = winnerOfMarket(up, market)
  if (up === down || byUp === null) return byUp
  return winnerOfMarket(down, market) === byUp ? byUp : null
}

function winnerOfMarket(wire: GammaMarket, market: Market): Winner | null {
  if (wire.closed !== true || wire.umaResolutionStatus !== 'resolved') return null
  const prices = stringList(wire.outcomePrices)?.join(' ')
  if (prices === '0.5 0.5') return 'SPLIT'
  if (prices !== '1 0' && prices !== '0 1') return null
  const index = prices === '1 0' ? 0 : 1
  const winner = idsOf(wire)?.[index]
  const loser = idsOf(wire)?.[1 - index]
  // By the token where it is told; a half of an Up and a Down market holds only one of our tokens.
  if (winner === market.up || loser === market.down) return 'UP'
  if (winner === market.down || loser === market.up) return 'DOWN'
  const upIndex = market.mappingDoubt === null ? provenUpIndex(wire) : null
  if (upIndex === null) return null
  return upIndex === index ? 'UP' : 'DOWN'
}
