/** The three ways to a window: by computed slug, by series, by text. Each is asked only for what the one before did not find. */
import { z } from 'zod'
import type { Asset, Interval } from '../../domain/ids.ts'
import type { Market } from '../../domain/market.ts'
import type { Log } from '../../domain/ports.ts'
import { MICROS_PER_SECOND, type Micros } from '../../domain/units.ts'
import type { Http } from '../../net/http.ts'
import type { Endpoints } from './endpoints.ts'
import { type GammaEvent, gammaEvents } from './gamma-wire.ts'
import {
  nextStart,
  readSlug,
  searchText,
  seriesSlug,
  slugsOf,
  windowStart,
} from './window-names.ts'

export type Series = { readonly asset: Asset; readonly interval: Interval }

/** About a hundred slugs fit one request; 16 series ask for fewer. */
const SLUGS_MAX = 90
const SERIES_EVENTS = 20

const seriesList = z.array(z.object({ id: z.coerce.string() }))
const searchAnswer = z.object({ events: gammaEvents.nullish() })

export type GammaSearch = {
  events(): Promise<readonly GammaEvent[]>
  /** The next window of a series begins where the last one that we saw ends. */
  remember(market: Market): void
}

export type SearchDeps = {
  readonly http: Http
  readonly endpoints: Endpoints
  readonly log: Log
  readonly venueNow: () => Micros
  readonly options: { readonly series: readonly Series[] }
}

export function createGammaSearch(deps: SearchDeps, signal: AbortSignal): GammaSearch {
  const { http, endpoints, options } = deps
  const lastEnd = new Map<string, number>()
  const seriesIds = new Map<string, string>()

  async function get(path: string): Promise<unknown> {
    const answer = await http.getJson(`${endpoints.gamma}${path}`, { signal })
    return answer.json
  }

  function candidates({ asset, interval }: Series): string[] {
    const now = deps.venueNow() / MICROS_PER_SECOND
    const start = windowStart(interval, now)
    const starts = [start, nextStart(interval, start)]
    const known = lastEnd.get(seriesSlug(asset, interval))
    if (known !== undefined) starts.push(known)
    return [...new Set(starts.flatMap((one) => slugsOf(asset, interval, one)))]
  }

  async function bySlug(): Promise<GammaEvent[]> {
    const slugs = options.series.flatMap(candidates).slice(0, SLUGS_MAX)
    return gammaEvents.parse(await get(`/events?${slugs.map((slug) => `slug=${slug}`).join('&')}`))
  }

  async function bySeries(series: Series): Promise<GammaEvent[]> {
    const slug = seriesSlug(series.asset, series.interval)
    let id = seriesIds.get(slug)
    if (id === undefined) {
      id = seriesList.parse(await get(`/series?slug=${slug}`))[0]?.id
      if (id === undefined) return []
      seriesIds.set(slug, id)
    }
    const query = `series_id=${id}&closed=false&order=endDate&ascending=true&limit=${SERIES_EVENTS}`
    const now = new Date(deps.venueNow() / 1_000).toISOString()
    return gammaEvents.parse(await get(`/events?${query}&end_date_min=${now}`))
  }

  async function byText(series: Series): Promise<GammaEvent[]> {
    const start = windowStart(series.interval, deps.venueNow() / MICROS_PER_SECOND)
    const text = encodeURIComponent(searchText(series.asset, start))
    const answer = searchAnswer.parse(await get(`/public-search?q=${text}&limit_per_type=10`))
    return answer.events ?? []
  }

  /** A window that is still open by its own times; the name alone says nothing. */
  function isOpen(event: GammaEvent): boolean {
    const end = Date.parse(event.endDate ?? event.markets[0]?.endDate ?? '')
    return Number.isFinite(end) && end * 1_000 > deps.venueNow()
  }

  function covers(events: readonly GammaEvent[], series: Series): boolean {
    return events.some((event) => {
      const named = readSlug(event.slug)
      return named?.asset === series.asset && named.interval === series.interval && isOpen(event)
    })
  }

  return {
    async events() {
      const found = new Map<string, GammaEvent>()
      const keep = (events: readonly GammaEvent[]): void => {
        for (const event of events) if (isOpen(event)) found.set(event.slug, event)
      }
      keep(await bySlug())
      for (const way of [bySeries, byText]) {
        for (const series of options.series) {
          if (!covers([...found.values()], series)) keep(await way(series))
        }
      }
      return [...found.values()]
    },
    remember(market) {
      const slug = seriesSlug(market.asset, market.interval)
      const end = Math.round(market.endAt / MICROS_PER_SECOND)
      const now = deps.venueNow() / MICROS_PER_SECOND
      // The window that runs now says where the next begins; a later one would skip it.
      const known = lastEnd.get(slug)
      if (known === undefined || known <= now || end < known) lastEnd.set(slug, end)
    },
  }
}
