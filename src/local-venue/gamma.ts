/** The Gamma API: events, markets and series to be found, with the faults that make finding hard. */
import type { Faults } from './faults.ts'
import { gammaEvent, gammaMarket, gammaSeries, seriesBy, tagsOf } from './gamma-objects.ts'
import {
  clobIdsOf,
  type GammaObject,
  type GammaView,
  PUBLISHED_BEFORE_MS,
  positionIdsOf,
} from './gamma-parts.ts'
import {
  BadQuery,
  keyset,
  many,
  ordered,
  paged,
  truth,
  wholeNumber,
  within,
} from './gamma-query.ts'
import { type Ask, type Handler, ok, param, type Reply, type Routes } from './http.ts'
import { phaseOf, type VenueMarket } from './market.ts'
import { SERIES } from './schedule.ts'
import type { World } from './world.ts'

export type GammaDeps = { readonly world: World; readonly faults: Faults; nowMs(): number }

const LAG_MS = 60_000
const SEARCH_LIMIT = 10

export function gammaRoutes(deps: GammaDeps): Routes {
  const answering = (handler: (ask: Ask, view: GammaView) => Reply): Handler => {
    return (ask) => {
      try {
        return handler(ask, viewOf(deps))
      } catch (error) {
        if (!(error instanceof BadQuery)) throw error
        return { status: 422, body: { type: 'validation error', error: error.message } }
      }
    }
  }
  const one = (
    render: (market: VenueMarket, view: GammaView) => GammaObject,
    find: (market: VenueMarket, ask: Ask) => boolean,
  ) =>
    answering((ask, view) => {
      const market = listed(deps, view).find((candidate) => find(candidate, ask))
      return market === undefined ? notFound() : ok(render(market, view))
    })
  return {
    'GET /events': answering((ask, view) => ok(events(deps, ask.query, view))),
    'GET /events/keyset': answering((ask, view) =>
      ok(keyset(ask.query, 'events', (query) => events(deps, query, view))),
    ),
    'GET /events/slug/:slug': one(gammaEvent, (market, ask) => market.slug === param(ask, 'slug')),
    'GET /events/:id': one(gammaEvent, (market, ask) => market.eventId === param(ask, 'id')),
    'GET /markets': answering((ask, view) => ok(markets(deps, ask.query, view))),
    'GET /markets/keyset': answering((ask, view) =>
      ok(keyset(ask.query, 'markets', (query) => markets(deps, query, view))),
    ),
    'GET /markets/slug/:slug': one(
      gammaMarket,
      (market, ask) => market.slug === param(ask, 'slug'),
    ),
    'GET /markets/:id': one(gammaMarket, (market, ask) => market.id === param(ask, 'id')),
    'GET /series': answering((ask, view) => ok(seriesList(deps, ask.query, view))),
    'GET /series/:id': answering((ask, view) => {
      const series = seriesBy('id', param(ask, 'id'))
      return series === null ? notFound() : ok(withEvents(deps, series, view))
    }),
    'GET /public-search': answering((ask, view) => search(deps, ask.query, view)),
  }
}

function viewOf(deps: GammaDeps): GammaView {
  const lag = deps.faults.strikes('gamma-lag') ? LAG_MS : 0
  return { faults: deps.faults, asOfMs: deps.nowMs() - lag }
}

function listed(deps: GammaDeps, view: GammaView): VenueMarket[] {
  return [...deps.world.markets()].filter((market) => market.listedAtMs <= view.asOfMs)
}

function events(deps: GammaDeps, query: URLSearchParams, view: GammaView): readonly GammaObject[] {
  const slugs = many(query, 'slug')
  const ids = many(query, 'id')
  const seriesIds = many(query, 'series_id')
  const tags = many(query, 'tag_slug')
  const tagIds = many(query, 'tag_id')
  const closed = truth(query, 'closed')
  const rows = common(query, listed(deps, view), view, closed).filter(
    (market) =>
      (slugs === null || slugs.has(market.slug)) &&
      (ids === null || ids.has(market.eventId)) &&
      (seriesIds === null || seriesIds.has(market.series.id)) &&
      (tags === null || tagsOf(market.series).some((tag) => tags.has(tag.slug))) &&
      (tagIds === null || tagsOf(market.series).some((tag) => tagIds.has(tag.id))),
  )
  return page(query, rows, (market) => gammaEvent(market, view))
}

function markets(deps: GammaDeps, query: URLSearchParams, view: GammaView): readonly GammaObject[] {
  const slugs = many(query, 'slug')
  const ids = many(query, 'id')
  const conditions = many(query, 'condition_ids')
  const tokens = many(query, 'clob_token_ids')
  const positions = many(query, 'position_ids')
  // A resolved market is not listed unless asked for.
  const closed = truth(query, 'closed') ?? false
  const rows = common(query, listed(deps, view), view, closed).filter(
    (market) =>
      (slugs === null || slugs.has(market.slug)) &&
      (ids === null || ids.has(market.id)) &&
      (conditions === null || conditions.has(market.conditionId)) &&
      (tokens === null || clobIdsOf(market).some((id) => tokens.has(id))) &&
      (positions === null || positionIdsOf(market).some((id) => positions.has(id))),
  )
  return page(query, rows, (market) => gammaMarket(market, view))
}

/** Filters that events and markets share. */
function common(
  query: URLSearchParams,
  all: readonly VenueMarket[],
  view: GammaView,
  closed: boolean | null,
): VenueMarket[] {
  const active = truth(query, 'active')
  if (active === false || truth(query, 'archived') === true) return []
  return all.filter(
    (market) =>
      (closed === null || closed === (phaseOf(market, view.asOfMs) === 'resolved')) &&
      within(query, 'end_date', market.window.endSec * 1000) &&
      within(query, 'start_date', market.window.startSec * 1000 - PUBLISHED_BEFORE_MS),
  )
}

/** An order needs the whole objects; without one, only the page is made. */
function page(
  query: URLSearchParams,
  rows: readonly VenueMarket[],
  render: (market: VenueMarket) => GammaObject,
): readonly GammaObject[] {
  if (!query.has('order')) return paged(query, rows).map(render)
  return paged(query, ordered(query, rows.map(render)))
}

function seriesList(
  deps: GammaDeps,
  query: URLSearchParams,
  view: GammaView,
): readonly GammaObject[] {
  const slugs = many(query, 'slug')
  const rows = SERIES.filter((series) => slugs === null || slugs.has(series.slug))
  return paged(query, rows).map((series) => withEvents(deps, series, view))
}

/** A series names its open events, without their markets. */
function withEvents(
  deps: GammaDeps,
  series: (typeof SERIES)[number],
  view: GammaView,
): GammaObject {
  const open = listed(deps, view).filter(
    (market) => market.series === series && phaseOf(market, view.asOfMs) !== 'resolved',
  )
  return {
    ...gammaSeries(series),
    events: open.map((market) => {
      const { markets: _, ...event } = gammaEvent(market, view)
      return event
    }),
  }
}

function search(deps: GammaDeps, query: URLSearchParams, view: GammaView): Reply {
  const words = (query.get('q') ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  if (words.length === 0) throw new BadQuery('q must say what to search for')
  const limit = wholeNumber(query, 'limit_per_type', SEARCH_LIMIT)
  const first = (Math.max(1, wholeNumber(query, 'page', 1)) - 1) * limit
  const found = listed(deps, view).filter((market) => {
    const text = `${market.title} ${market.slug}`.toLowerCase()
    return phaseOf(market, view.asOfMs) !== 'resolved' && words.every((word) => text.includes(word))
  })
  return ok({
    events: found.slice(first, first + limit).map((market) => gammaEvent(market, view)),
    tags: [],
    profiles: [],
    pagination: { hasMore: found.length > first + limit, totalResults: found.length },
  })
}

function notFound(): Reply {
  return { status: 404, body: { type: 'not found error', error: 'not found' } }
}
