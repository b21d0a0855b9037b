/**
 * Asks Gamma where the windows of some series are, the cheapest way first: many computed slugs in one request, then the series'
 * own list, then the text search. Each step asks only for the series that the one before left without a window.
 */
import type { Log } from '../../domain/ports.ts'
import { MICROS_PER_MS, type Micros } from '../../domain/units.ts'
import type { GetOptions, Http } from '../../net/http.ts'
import {
  type GammaEvent,
  instant,
  isUnreadable,
  listItems,
  readEvent,
  readSeriesIds,
} from './gamma-wire.ts'
import {
  type Series,
  searchText,
  seriesOfSlug,
  seriesSlug,
  type WindowSpan,
  windowAt,
} from './window-names.ts'

/** Well below the hundred at which the venue is said to stop, and below any limit of an address's length. */
const SLUGS_PER_REQUEST = 40
const LISTED_PER_SERIES = 50
const SEARCH_PAGE = 10

/**
 * Ids as reported for the real venue, for the day that its series cannot be asked by name. Only a hint: events found by it are
 * checked against the series' names like all others.
 */
const SERIES_ID_HINTS: Readonly<Record<string, string>> = {
  'btc-up-or-down-5m': '10684',
  'btc-up-or-down-15m': '10192',
  'btc-up-or-down-hourly': '10114',
  'btc-up-or-down-4h': '10331',
  'eth-up-or-down-5m': '10683',
  'eth-up-or-down-15m': '10191',
  'sol-up-or-down-15m': '10423',
  'xrp-up-or-down-15m': '10422',
}

export type LookupDeps = {
  readonly http: Http
  readonly gamma: string
  readonly log: Log
  readonly signal: AbortSignal
}

export type SeriesLookup = {
  bySlugs(slugs: readonly string[]): Promise<readonly GammaEvent[]>
  bySeries(series: Series, venueNow: Micros): Promise<readonly GammaEvent[]>
  bySearch(series: Series, window: WindowSpan): Promise<readonly GammaEvent[]>
}

export function createSeriesLookup({ http, gamma, log, signal }: LookupDeps): SeriesLookup {
  const options: GetOptions = { signal }
  /** Found at run time; the ids of series do not change. */
  const ids = new Map<string, string>()

  async function events(url: string): Promise<readonly GammaEvent[]> {
    const { json } = await http.getJson(url, options)
    const items = listItems(json, 'events')
    if (items === null) throw new Error(`${pathOf(url)} answered no list of events`)
    const found: GammaEvent[] = []
    for (const item of items) {
      const event = readEvent(item)
      if (isUnreadable(event)) log.warn(event.unreadable, { from: pathOf(url) })
      else found.push(event)
    }
    return found
  }

  async function bySlugs(slugs: readonly string[]): Promise<readonly GammaEvent[]> {
    const requests: Promise<readonly GammaEvent[]>[] = []
    for (let from = 0; from < slugs.length; from += SLUGS_PER_REQUEST) {
      const query = slugs
        .slice(from, from + SLUGS_PER_REQUEST)
        .map((slug) => `slug=${encodeURIComponent(slug)}`)
      // Without a limit the venue gives a page of its own choosing.
      requests.push(events(`${gamma}/events?${query.join('&')}&limit=${query.length}`))
    }
    return (await Promise.all(requests)).flat()
  }

  async function idOf(slug: string): Promise<string | null> {
    const known = ids.get(slug)
    if (known !== undefined) return known
    const { json } = await http.getJson(`${gamma}/series?slug=${encodeURIComponent(slug)}`, options)
    const id = readSeriesIds(json)[0]
    if (id === undefined) return SERIES_ID_HINTS[slug] ?? null
    ids.set(slug, id)
    return id
  }

  return {
    bySlugs,

    async bySeries(series, venueNow) {
      const id = await idOf(seriesSlug(series))
      if (id === null) return []
      // Long-forgotten events may still claim to be open: without a bound they would fill the page.
      const since = new Date(venueNow / MICROS_PER_MS).toISOString()
      const query = `series_id=${id}&closed=false&order=endDate&ascending=true&end_date_min=${since}`
      return await events(`${gamma}/events?${query}&limit=${LISTED_PER_SERIES}`)
    },

    async bySearch(series, window) {
      const query = encodeURIComponent(searchText(series, window))
      const found = await events(
        `${gamma}/public-search?q=${query}&limit_per_type=${SEARCH_PAGE}&page=1`,
      )
      const ours = found.filter((event) => belongsTo(event, series))
      const whole = ours.filter((event) => (event.markets ?? []).length > 0)
      // The search may show events without their markets.
      const bare = ours.filter((event) => !whole.includes(event)).map(({ slug }) => slug)
      return bare.length === 0 ? whole : [...whole, ...(await bySlugs(bare))]
    },
  }
}

export type LookupResult = {
  /** Each event once. */
  readonly events: readonly GammaEvent[]
  /** What could not be asked; the rest of the answer stands. */
  readonly problems: readonly string[]
}

/** Everything that can be found of these series. */
export async function lookUp(
  lookup: SeriesLookup,
  wanted: readonly { readonly series: Series; readonly slugs: readonly string[] }[],
  venueNow: Micros,
): Promise<LookupResult> {
  const problems: string[] = []
  const found = new Map<string, GammaEvent>()
  const keep = (events: readonly GammaEvent[]) => {
    for (const event of events) found.set(event.slug, event)
  }
  const lacks = (series: Series) =>
    ![...found.values()].some(
      (event) => belongsTo(event, series) && !hasEnded(event, venueNow) && event.closed !== true,
    )
  const attempt = async (question: Promise<readonly GammaEvent[]>) => {
    try {
      keep(await question)
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error))
    }
  }
  await attempt(lookup.bySlugs([...new Set(wanted.flatMap(({ slugs }) => slugs))]))
  // When that one request failed, one per series would fail, too, and do no good.
  const missing = problems.length > 0 ? [] : wanted.map(({ series }) => series).filter(lacks)
  await Promise.all(
    missing.map(async (series) => {
      await attempt(lookup.bySeries(series, venueNow))
      if (!lacks(series)) return
      await attempt(lookup.bySearch(series, windowAt(series.interval, venueNow)))
    }),
  )
  return { events: [...found.values()], problems: [...new Set(problems)] }
}

export function belongsTo(event: GammaEvent, { asset, interval }: Series): boolean {
  const series = seriesOfSlug(event.slug) ?? seriesOfSlug(event.seriesSlug ?? '')
  return series?.asset === asset && series.interval === interval
}

function hasEnded(event: GammaEvent, venueNow: Micros): boolean {
  const endAt = instant(event.markets?.[0]?.endDate) ?? instant(event.endDate)
  return endAt !== null && endAt <= venueNow
}

function pathOf(url: string): string {
  return new URL(url).pathname
}
