/**
 * Coinbase's candles: arrays of open time in seconds, low, high, open, close and volume, the newest first, all of them numbers. Its prices
 * are those that the settlement source prints, in dollars.
 */

import { candleOf } from '../../sim/exchange-trades.ts'
import { type Ask, ok, param, type Reply, type Routes } from '../http.ts'
import { assetOfProduct } from './coinbase-products.ts'
import { exchangeText, type Prints } from './prints.ts'

export type CoinbaseRestDeps = { readonly prints: Prints; nowMs(): number }

const LENGTHS: readonly number[] = [60, 300, 900, 3_600, 21_600, 86_400]
const MOST = 300

export function coinbaseRestRoutes(deps: CoinbaseRestDeps): Routes {
  return { 'GET /products/:product/candles': (ask) => candles(deps, ask) }
}

function candles({ prints, nowMs }: CoinbaseRestDeps, ask: Ask): Reply {
  const asset = assetOfProduct(param(ask, 'product'))
  const seconds = Number(ask.query.get('granularity') ?? '60')
  if (asset === null) return { status: 404, body: { message: 'NotFound' } }
  if (!LENGTHS.includes(seconds))
    return { status: 400, body: { message: 'Unsupported granularity' } }
  const nowSec = Math.floor(nowMs() / 1_000)
  const [start, end] = [secondOf(ask.query.get('start')), secondOf(ask.query.get('end'))]
  // One of the two alone is as none.
  const isGiven = start !== null && end !== null
  const last = Math.floor((isGiven ? Math.min(end, nowSec) : nowSec) / seconds) * seconds
  const first = isGiven ? Math.ceil(start / seconds) * seconds : last - (MOST - 1) * seconds
  if ((last - first) / seconds >= MOST) {
    const message = `granularity too small for the requested time range. Count of aggregations requested exceeds ${MOST}`
    return { status: 400, body: { message } }
  }
  const rows: number[][] = []
  for (let open = last; open >= first; open -= seconds) {
    const candle = candleOf(prints, asset, open, seconds, nowSec)
    if (candle === null) break
    const { low, high, open: opened, close } = candle
    rows.push([open, ...[low, high, opened, close].map((print) => Number(exchangeText(print))), 1])
  }
  return ok(rows)
}

/** Seconds, or an ISO text. */
function secondOf(text: string | null): number | null {
  if (text === null) return null
  const ms = /^\d{1,11}$/.test(text) ? Number(text) * 1_000 : Date.parse(text)
  return Number.isNaN(ms) ? null : Math.floor(ms / 1_000)
}
