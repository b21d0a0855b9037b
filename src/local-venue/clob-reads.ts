/** The public reads of the CLOB: books, prices and what a market is, with the venue's own mixture of types. */
import { TICKS_PER_DOLLAR } from '../domain/units.ts'
import { bookHash, bookText, canonicalText, MIN_ORDER_SHARES, priceText } from './book-text.ts'
import type { Faults } from './faults.ts'
import { type Ask, type Handler, ok, param, type Reply, type Routes, refusal } from './http.ts'
import { outcomeOf, topOf, type VenueMarket } from './market.ts'
import { descriptionOf } from './rules-text.ts'
import type { World } from './world.ts'

export type ClobDeps = { readonly world: World; readonly faults: Faults; nowMs(): number }

const NO_BOOK = 'No orderbook exists for the requested token id'
const BATCH_MAX = 500
const SKEW_MS = 3_000
/** What a book that nobody updates looks like. */
const STALE_BOOK = {
  bids: '[{"price":"0.01","size":"4120.5"}]',
  asks: '[{"price":"0.99","size":"7966.61"}]',
}
const STALE_BY_MS = 600_000

/** The clock that the CLOB tells: the venue's, unless the fault says otherwise. */
export function clobNowMs(deps: ClobDeps): number {
  return deps.nowMs() + (deps.faults.isOn('clock-skew') ? SKEW_MS : 0)
}

export function clobRoutes(deps: ClobDeps): Routes {
  const json = { 'Content-Type': 'application/json; charset=utf-8' }
  const ofToken = (render: (market: VenueMarket, token: string, ask: Ask) => Reply): Handler => {
    return (ask) => {
      const token = ask.query.get('token_id') ?? param(ask, 'token')
      if (!/^\d+$/.test(token)) return refusal(400, 'Invalid token id')
      const market = traded(deps, token)
      return market === null ? refusal(404, NO_BOOK) : render(market, token, ask)
    }
  }
  const batch = (render: (market: VenueMarket, token: string, row: BatchRow) => unknown) =>
    batchHandler(deps, render)
  const merged = (
    render: (market: VenueMarket, token: string, row: BatchRow) => unknown,
  ): Handler => mergedHandler(deps, render)
  return {
    'GET /': () => ok('OK'),
    'GET /ok': () => ok('"OK"', json),
    'GET /time': () => ok(String(Math.floor(clobNowMs(deps) / 1000)), json),
    'GET /version': () => ok({ version: 2 }),
    'GET /book': ofToken((market, token) => ok(restBook(deps, market, token), json)),
    'POST /books': batch((market, token) => JSON.parse(restBook(deps, market, token))),
    'GET /price': ofToken((market, token, ask) => {
      const side = ask.query.get('side')?.toUpperCase() ?? ''
      if (side !== 'BUY' && side !== 'SELL') return refusal(400, 'Invalid side')
      return ok({ price: sidePrice(market, token, side) })
    }),
    'POST /prices': merged((market, token, row) => ({
      [row.side]: sidePrice(market, token, row.side),
    })),
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
      const market = deps.world.byCondition(param(ask, 'condition'))
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
    'GET /markets/:condition': (ask) => {
      const condition = param(ask, 'condition')
      if (!/^0x[0-9a-f]{64}$/i.test(condition)) return refusal(400, 'Invalid market')
      const market = deps.world.byCondition(condition.toLowerCase())
      return market === null ? refusal(404, 'market not found') : ok(longMarket(deps, market))
    },
  }
}

type BatchRow = { readonly token: string; readonly side: 'BUY' | 'SELL' }

/** One result for each known token, as a list; the unknown are left out. */
function batchHandler(
  deps: ClobDeps,
  render: (market: VenueMarket, token: string, row: BatchRow) => unknown,
): Handler {
  return (ask) => {
    const rows = batchRows(ask.body)
    if (rows === null) return refusal(400, 'Invalid payload')
    if (rows.length > BATCH_MAX) return refusal(400, 'Payload exceeds the limit')
    const results: unknown[] = []
    for (const row of rows) {
      const market = traded(deps, row.token)
      if (market !== null) results.push(render(market, row.token, row))
    }
    return ok(results)
  }
}

/** The same as an object by token; a token asked for both sides gets both. */
function mergedHandler(
  deps: ClobDeps,
  render: (market: VenueMarket, token: string, row: BatchRow) => unknown,
): Handler {
  const list = batchHandler(deps, (market, token, row) => ({
    token,
    value: render(market, token, row),
  }))
  return async (ask) => {
    const reply = await list(ask)
    if (reply.status !== 200) return reply
    const results: Record<string, unknown> = {}
    for (const { token, value } of reply.body as { token: string; value: unknown }[]) {
      const before = results[token]
      results[token] = isObject(before) && isObject(value) ? { ...before, ...value } : value
    }
    return ok(results)
  }
}

function batchRows(body: string): BatchRow[] | null {
  const rows = parseJson(body)
  if (!Array.isArray(rows)) return null
  const read: BatchRow[] = []
  for (const row of rows) {
    if (!isObject(row)) return null
    const { token_id: token, side } = row
    if (typeof token !== 'string') return null
    read.push({ token, side: side === 'SELL' ? 'SELL' : 'BUY' })
  }
  return read
}

/** A resolved market has no book any more. */
function traded(deps: ClobDeps, token: string): VenueMarket | null {
  const market = deps.world.byToken(token)
  return market === null || market.result !== null ? null : market
}

export function restBook(deps: ClobDeps, market: VenueMarket, token: string): string {
  const book = bookText(market, token)
  if (!deps.faults.strikes('stale-rest-book', market)) return canonicalText(book, bookHash(book))
  const stale = { ...book, ...STALE_BOOK, timestamp: String(market.changedAtMs - STALE_BY_MS) }
  return canonicalText(stale, bookHash(stale))
}

/** Buyers are shown the best bid and sellers the best ask, as the newer documents and live users say. */
function sidePrice(market: VenueMarket, token: string, side: 'BUY' | 'SELL'): string {
  const top = topOf(market, token)
  return priceText(side === 'BUY' ? top.bid : top.ask)
}

function middle(market: VenueMarket, token: string): string {
  const top = topOf(market, token)
  return String(Number(((top.bid + top.ask) / 2 / TICKS_PER_DOLLAR).toFixed(5)))
}

function spread(market: VenueMarket, token: string): string {
  const top = topOf(market, token)
  return priceText(top.ask - top.bid)
}

function lastTrade(market: VenueMarket, token: string): { price: string; side: string } {
  const last = market.lastTrade
  if (last === null) return { price: '0.5', side: '' }
  const own = (token === market.down) === last.takerOnDown
  const price = own ? last.price : TICKS_PER_DOLLAR - last.price
  return { price: priceText(price), side: last.takerBuys === own ? 'BUY' : 'SELL' }
}

/** Short keys; what is false is left out. */
function compactMarket(deps: ClobDeps, market: VenueMarket): unknown {
  return {
    c: market.conditionId,
    t: tokensInOrder(deps, market).map((token) => ({ t: token, o: outcomeOf(market, token) })),
    mts: market.tick / TICKS_PER_DOLLAR,
    mos: MIN_ORDER_SHARES,
    fd: { r: 0.07, e: 1, to: true },
    mbf: 1000,
    tbf: 1000,
    r: { mi: 50, ma: 4.5, e: true },
    ...(market.result === null ? { ao: true } : {}),
    itode: true,
    aot: acceptingSince(market),
    ...(deps.faults.strikes('no-version', market) ? {} : { v: 'v1' }),
  }
}

function longMarket(deps: ClobDeps, market: VenueMarket): unknown {
  const { series, window, result } = market
  const image = `https://polymarket-upload.s3.us-east-2.amazonaws.com/${series.asset}.png`
  return {
    condition_id: market.conditionId,
    question_id: market.questionId,
    question: market.title,
    market_slug: market.slug,
    active: true,
    closed: result !== null,
    archived: false,
    accepting_orders: result === null,
    accepting_order_timestamp: acceptingSince(market),
    enable_order_book: true,
    minimum_order_size: MIN_ORDER_SHARES,
    minimum_tick_size: market.tick / TICKS_PER_DOLLAR,
    seconds_delay: 0,
    maker_base_fee: 1000,
    taker_base_fee: 1000,
    neg_risk: false,
    neg_risk_market_id: '',
    neg_risk_request_id: '',
    // A date only: never the end of the window.
    end_date_iso: `${isoSeconds(window.endSec * 1000).slice(0, 10)}T00:00:00Z`,
    game_start_time: isoSeconds(window.startSec * 1000),
    fpmm: '',
    is_50_50_outcome: false,
    notifications_enabled: true,
    tokens: tokensInOrder(deps, market).map((token) => ({
      token_id: token,
      outcome: outcomeOf(market, token),
      price: tokenPrice(market, token),
      winner: result !== null && (result.winner === 'UP') === (token === market.up),
    })),
    rewards: { rates: null, min_size: 50, max_spread: 4.5 },
    tags: ['Crypto'],
    description: descriptionOf(market),
    icon: image,
    image,
  }
}

function tokenPrice(market: VenueMarket, token: string): number {
  if (market.result !== null)
    return (market.result.winner === 'UP') === (token === market.up) ? 1 : 0
  return Number(middle(market, token))
}

function tokensInOrder(deps: ClobDeps, market: VenueMarket): readonly string[] {
  const swapped = deps.faults.strikes('outcomes-swapped', market)
  return swapped ? [market.down, market.up] : [market.up, market.down]
}

function acceptingSince(market: VenueMarket): string {
  return isoSeconds(market.window.startSec * 1000 - 24 * 3_600_000 + 101_000)
}

function isoSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The caller says what is wrong with it.
    return null
  }
}
