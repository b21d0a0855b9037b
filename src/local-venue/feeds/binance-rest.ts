/** The little of Binance's REST API that people use here: the time, candles, the last and the best prices. */

import { ASSETS } from '../../domain/ids.ts'
import { candleOf } from '../../sim/exchange-trades.ts'
import type { Faults } from '../faults.ts'
import { type Ask, ok, type Reply, type Routes } from '../http.ts'
import { assetOfSymbol, CANDLE_SECONDS, RESTRICTED, symbolOf } from './binance-symbols.ts'
import { turnoverOf } from './exchange-turnover.ts'
import { exchangeText, type Prints } from './prints.ts'

export type BinanceRestDeps = {
  readonly seed: number
  readonly prints: Prints
  readonly faults: Faults
  nowMs(): number
}

const KLINES = { usual: 500, most: 1_000 }
const BAD_SYMBOL = { code: -1121, msg: 'Invalid symbol.' }
const BAD_INTERVAL = { code: -1120, msg: 'Invalid interval.' }
const SPREAD = 1_000_000

export function binanceRestRoutes(deps: BinanceRestDeps): Routes {
  const guarded =
    (handler: (ask: Ask) => Reply) =>
    (ask: Ask): Reply =>
      deps.faults.isOn('binance-451') ? { status: 451, body: RESTRICTED } : handler(ask)
  return {
    'GET /api/v3/ping': guarded(() => ok({})),
    'GET /api/v3/time': guarded(() => ok({ serverTime: Math.floor(deps.nowMs()) })),
    'GET /api/v3/klines': guarded((ask) => klines(deps, ask)),
    'GET /api/v3/ticker/price': guarded((ask) => prices(deps, ask, lastPrice)),
    'GET /api/v3/ticker/bookTicker': guarded((ask) => prices(deps, ask, bestPrices)),
    'GET /api/v3/exchangeInfo': guarded(() =>
      ok({
        timezone: 'UTC',
        serverTime: Math.floor(deps.nowMs()),
        rateLimits: [
          { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 6_000 },
        ],
        symbols: ASSETS.map((asset) => ({
          symbol: symbolOf(asset),
          status: 'TRADING',
          baseAsset: asset.toUpperCase(),
          quoteAsset: 'USDT',
        })),
      }),
    ),
  }
}

function klines(deps: BinanceRestDeps, ask: Ask): Reply {
  const asset = assetOfSymbol(ask.query.get('symbol'))
  const interval = ask.query.get('interval') ?? ''
  const seconds = Object.hasOwn(CANDLE_SECONDS, interval) ? CANDLE_SECONDS[interval] : undefined
  if (asset === null) return { status: 400, body: BAD_SYMBOL }
  if (seconds === undefined) return { status: 400, body: BAD_INTERVAL }
  const nowSec = Math.floor(deps.nowMs() / 1_000)
  const limit = Math.min(Math.max(wholeOf(ask.query.get('limit')) ?? KLINES.usual, 1), KLINES.most)
  const endSec = Math.min(
    Math.floor((wholeOf(ask.query.get('endTime')) ?? deps.nowMs()) / 1_000),
    nowSec,
  )
  const startMs = wholeOf(ask.query.get('startTime'))
  const last = Math.floor(endSec / seconds) * seconds
  const first =
    startMs === null ? last - (limit - 1) * seconds : Math.ceil(startMs / 1_000 / seconds) * seconds
  const known = Math.ceil(deps.prints.oldestSec(asset) / seconds) * seconds
  const rows: unknown[] = []
  for (let open = Math.max(first, known); open <= last && rows.length < limit; open += seconds) {
    const candle = candleOf(deps.prints, asset, open, seconds, nowSec)
    if (candle === null) continue
    const { open: o, high, low, close } = candle
    const to = Math.min(open + seconds - 1, nowSec)
    const turnover = turnoverOf(deps.seed, deps.prints, asset, open, to)
    rows.push([
      open * 1_000,
      ...[o, high, low, close].map(exchangeText),
      exchangeText(turnover.base),
      (open + seconds) * 1_000 - 1,
      exchangeText(turnover.quote),
      turnover.trades,
      exchangeText(turnover.takerBase),
      exchangeText(turnover.takerQuote),
      '0',
    ])
  }
  return ok(rows)
}

function prices(
  deps: BinanceRestDeps,
  ask: Ask,
  shape: (symbol: string, print: number) => object,
): Reply {
  const nowSec = Math.floor(deps.nowMs() / 1_000)
  const symbol = ask.query.get('symbol')
  if (symbol === null)
    return ok(ASSETS.map((asset) => shape(symbolOf(asset), deps.prints.print(asset, nowSec))))
  const asset = assetOfSymbol(symbol)
  if (asset === null) return { status: 400, body: BAD_SYMBOL }
  return ok(shape(symbol, deps.prints.print(asset, nowSec)))
}

function lastPrice(symbol: string, print: number): object {
  return { symbol, price: exchangeText(print) }
}

function bestPrices(symbol: string, print: number): object {
  const half = Math.min(SPREAD, Math.floor(print / 20_000))
  return {
    symbol,
    bidPrice: exchangeText(print - half),
    bidQty: '1.00000000',
    askPrice: exchangeText(print + half),
    askQty: '1.00000000',
  }
}

function wholeOf(text: string | null): number | null {
  if (text === null || !/^\d{1,16}$/.test(text)) return null
  return Number(text)
}
