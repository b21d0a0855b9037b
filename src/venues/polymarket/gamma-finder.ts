/**
 * GammaFinder: finds the windows of the watched series and says when the venue names a winner.
 *
 * A poll asks by computed slug first (all series in one request), then by series, then by text search. Between polls a timer stands
 * on the end of every known window, which is the start of the next, so that no window falls between two polls.
 */
import type { Asset, ConditionId, Interval } from '../../domain/ids.ts'
import { conditionId } from '../../domain/ids.ts'
import type { Market } from '../../domain/market.ts'
import type { EventSink, Finder, Log } from '../../domain/ports.ts'
import { MICROS_PER_MS, MICROS_PER_SECOND, type Micros } from '../../domain/units.ts'
import type { Http } from '../../net/http.ts'
import type { ClobMarket, ClobReads } from './clob-reads.ts'
import type { Endpoints } from './endpoints.ts'
import { createGammaSearch, type Series } from './gamma-search.ts'
import { type GammaEvent, type Listing, listingOf } from './gamma-wire.ts'
import { createResolution } from './resolution.ts'
import { clockTexts } from './window-names.ts'

/** A window whose tokens are still empty is asked for again: 12 times, 5 to 15 seconds apart. */
const HYDRATE_TRIES = 12
const HYDRATE_MIN_MS = 5_000
const HYDRATE_MAX_MS = 15_000
/** The next window shows up at the end of the one before, or a little later. */
const AFTER_BOUNDARY_MS = [50, 2_000, 6_000] as const
/** A failing poll is repeated sooner than the next regular one. */
const FAILED_POLL_MS = 10_000

export type FinderDeps = {
  readonly http: Http
  readonly clob: ClobReads
  readonly endpoints: Endpoints
  readonly emit: EventSink
  readonly now: () => Micros
  readonly venueNow: () => Micros
  readonly log: Log
  readonly random: () => number
  readonly options: {
    readonly series: readonly Series[]
    readonly pollIntervalSec: number
    readonly maxMinutesAhead: number
  }
}

export type Found = { readonly listed: readonly Market[]; readonly refused: readonly Listing[] }

export type GammaFinder = Finder & { pollNow(): Promise<Found> }

export function createGammaFinder(deps: FinderDeps): GammaFinder {
  const { log, options } = deps
  const abort = new AbortController()
  const search = createGammaSearch(deps, abort.signal)
  const resolution = createResolution(deps, abort.signal)
  const told = new Map<ConditionId, string>()
  const clobMarkets = new Map<ConditionId, ClobMarket>()
  const timers = new Set<NodeJS.Timeout>()
  let polling: Promise<Found> | null = null
  let hydrateTries = 0

  function later(ms: number, work: () => void): void {
    if (abort.signal.aborted) return
    const timer = setTimeout(
      () => {
        timers.delete(timer)
        work()
      },
      Math.max(0, ms),
    )
    timers.add(timer)
  }

  function poll(): void {
    pollNow().then(
      () => undefined,
      (error: unknown) => {
        if (abort.signal.aborted) return
        log.error('a poll for windows failed; what is known stays known', { error })
        later(FAILED_POLL_MS, poll)
      },
    )
  }

  function pollRegularly(): void {
    poll()
    // A tenth of jitter, so that many bots do not knock at the same moment.
    const seconds = options.pollIntervalSec * (0.95 + deps.random() * 0.1)
    later(seconds * 1_000, pollRegularly)
  }

  function pollNow(): Promise<Found> {
    polling ??= findActiveMarkets().finally(() => {
      polling = null
    })
    return polling
  }

  async function findActiveMarkets(): Promise<Found> {
    const listed: Market[] = []
    const refused: Listing[] = []
    const horizon = deps.venueNow() + options.maxMinutesAhead * 60 * MICROS_PER_SECOND
    for (const event of await search.events()) {
      const listing = await listingWithClob(event)
      if (!listing.ok) {
        refused.push(listing)
        continue
      }
      const { market } = listing
      if (!isWatched(market, options.series)) continue
      search.remember(market)
      if (market.endAt > horizon) {
        const reason = `it ends more than ${options.maxMinutesAhead} minutes from now`
        refused.push({ ok: false, slug: market.slug, reason, again: true })
        continue
      }
      listed.push(market)
    }
    for (const market of listed) tell(market)
    hydrate(refused)
    return { listed, refused }
  }

  /** The CLOB knows what Gamma may leave out: whether takers are held, and the fee. It is asked once for each market. */
  async function listingWithClob(event: GammaEvent): Promise<Listing> {
    const first = listingOf(event, null, deps.venueNow())
    if (!first.ok && !first.again) return first
    const id = conditionId(event.markets[0]?.conditionId ?? '')
    let clob = clobMarkets.get(id) ?? null
    if (clob === null && id !== '') {
      clob = await deps.clob.fetchMarket(id, abort.signal).catch((error: unknown) => {
        log.warn('the CLOB did not describe a market; it is asked again at the next poll', {
          slug: event.slug,
          error,
        })
        return null
      })
      if (clob !== null) clobMarkets.set(id, clob)
    }
    return listingOf(event, clob, deps.venueNow())
  }

  function tell(market: Market): void {
    const record = JSON.stringify(market)
    if (told.get(market.conditionId) === record) return
    const isNew = !told.has(market.conditionId)
    told.set(market.conditionId, record)
    if (isNew) {
      log.info('market found', finderRecord(market, deps.venueNow()))
      const leftMs = (market.endAt - deps.venueNow()) / MICROS_PER_MS
      for (const after of AFTER_BOUNDARY_MS) later(leftMs + after, poll)
      // Long after its end nobody asks for it any more.
      later(leftMs + 60_000, () => {
        told.delete(market.conditionId)
        clobMarkets.delete(market.conditionId)
      })
    }
    deps.emit({ kind: 'market_listed', market, recvAt: deps.now(), venueAt: null })
  }

  function hydrate(refused: readonly Listing[]): void {
    const waiting = refused.some(
      (listing) => !listing.ok && listing.again && /tokens/.test(listing.reason),
    )
    if (!waiting) {
      hydrateTries = 0
      return
    }
    if (hydrateTries >= HYDRATE_TRIES) return
    hydrateTries += 1
    const wait = Math.min(HYDRATE_MAX_MS, HYDRATE_MIN_MS * 1.2 ** hydrateTries)
    later(wait, poll)
  }

  return {
    start: pollRegularly,
    pollNow,
    awaitResolution: resolution.await,
    forget: resolution.forget,
    stop() {
      abort.abort()
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
      resolution.stop()
      return Promise.resolve()
    },
  }
}

function isWatched(
  market: Market,
  series: readonly { asset: Asset; interval: Interval }[],
): boolean {
  return series.some(
    ({ asset, interval }) => asset === market.asset && interval === market.interval,
  )
}

/** The record of a find as people and older tools know it. */
export function finderRecord(market: Market, venueNow: Micros): Record<string, unknown> {
  const end = clockTexts(market.endAt / MICROS_PER_MS)
  const minutes = (market.endAt - venueNow) / MICROS_PER_SECOND / 60
  return {
    condition_id: market.conditionId,
    token_id_yes: market.up,
    token_id_no: market.down,
    end_time: end.et,
    end_time_utc: end.utc,
    minutes_until_end: Math.round(minutes * 100) / 100,
    title: market.title,
    ticker: market.slug,
  }
}
