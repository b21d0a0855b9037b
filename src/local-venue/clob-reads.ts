/** The public reads of the CLOB: books, prices and what a market is, with the venue's own mixture of types. */
import { TICKS_PER_DOLLAR } from '../domain/units.ts'
import {
  type BatchRow,
  batchHandler,
  mergedHandler,
  sideNamed,
  tradedMarket,
} from './clob-batch.ts'
import { listRoutes } from './clob-lists.ts'
import { compactMarket, longMarket } from './clob-markets.ts'
import { lastTrade, middle, restBook, sidePrice, spread } from './clob-prices.ts'
import type { Faults } from './faults.ts'
import { type Ask, type Handler, ok, param, type Reply, type Routes, refusal } from './http.ts'
import type { VenueMarket } from './market.ts'
import type { World } from './world.ts'

export type ClobDeps = { readonly world: World; readonly faults: Faults; nowMs(): number }

const NO_BOOK = 'No orderbook exists for the requested token id'
const SKEW_MS = 3_000
/** A hundredth of a second each second. */
const DRIFT = 0.01
/** The clock that the CLOB tells: the venue's, unless the fault says otherwise. */
export function clobNowMs(deps: ClobDeps): number {
  const now = deps.nowMs()
  const drifting = deps.faults.list().find(({ name }) => name === 'clock-drift')
  const gained = drifting === undefined ? 0 : (now - (drifting.sinceMs ?? now)) * DRIFT
  return now + gained + (deps.faults.isOn('clock-skew') ? SKEW_MS : 0)
}

export function clobRoutes(deps: ClobDeps): Routes {
  const json = { 'Content-Type': 'application/json; charset=utf-8' }
  const ofToken = (render: (market: VenueMarket, token: string, ask: Ask) => Reply): Handler => {
    return (ask) => {
      const token = ask.query.get('token_id') ?? param(ask, 'token')
      if (!/^\d+$/.test(token)) return refusal(400, 'Invalid token id')
      const market = tradedMarket(deps.world, token)
      return market === null ? refusal(404, NO_BOOK) : render(market, token, ask)
    }
  }
  const batch = (render: (market: VenueMarket, token: string, row: BatchRow) => unknown) =>
    batchHandler(deps.world, render)
  const merged = (
    render: (market: VenueMarket, token: string, row: BatchRow) => unknown,
  ): Handler => mergedHandler(deps.world, render)
  return {
    'GET /': () => ok('OK'),
    'GET /ok': () => ok('"OK"', json),
    'GET /time': () => ok(String(Math.floor(clobNowMs(deps) / 1000)), json),
    'GET /version': () => ok({ version: 2 }),
    'GET /book': ofToken((market, token) => ok(restBook(deps, market, token), json)),
    'POST /books': batch((market, token) => JSON.parse(restBook(deps, market, token))),
    'GET /price': ofToken((market, token, ask) => {
      const side = sideNamed(ask.query.get('side'))
      if (side === null) return refusal(400, 'Invalid side')
      return ok({ price: sidePrice(market, token, side) })
    }),
    'POST /prices': mergedHandler(
      deps.world,
      (market, token, { side }) =>
        side === null ? {} : { [side]: sidePrice(market, token, side) },
      ({ side }) => (side === null ? 'Invalid side' : null),
    ),
    'GET /midpoint': ofToken((market, token) => ok({ mid: middle(market, token) })),
    'POST /midpoints': merged((market, token) => middle(market, token)),
    'GET /spread': ofToken((market, token) => ok({ spread: spread(market, token) })),
    'POST /spreads': merged((market, token) => spread(market, token)),
    'GET /last-trade-price': ofToken((market, token) => ok(lastTrade(market, token))),
    'POST /last-trades-prices': batch((market, token) => ({
      token_id: token,
      ...lastTrade(market, token),
    })),
    'GET /tick-size': ofToken((market) =>
      ok({ minimum_tick_size: market.tick / TICKS_PER_DOLLAR }),
    ),
    'GET /neg-risk': ofToken(() => ok({ neg_risk: false })),
    'GET /fee-rate': ofToken(() => ok({ base_fee: 1000 })),
    'GET /clob-markets/:condition': (ask) => {
      const market = deps.world.byCondition(param(ask, 'condition').toLowerCase())
      return market === null ? refusal(404, 'market not found') : ok(compactMarket(deps, market))
    },
    'GET /markets-by-token/:token': (ask) => {
      const market = deps.world.byToken(param(ask, 'token'))
      if (market === null) return refusal(404, 'market not found')
      return ok({
        condition_id: market.conditionId,
        primary_token_id: market.up,
        secondary_token_id: market.down,
      })
    },
    ...listRoutes(deps),
    'GET /markets/:condition': (ask) => {
      const condition = param(ask, 'condition')
      if (!/^0x[0-9a-f]{64}$/i.test(condition)) return refusal(400, 'Invalid market')
      const market = deps.world.byCondition(condition.toLowerCase())
      return market === null ? refusal(404, 'market not found') : ok(longMarket(deps, market))
    },
  }
}
