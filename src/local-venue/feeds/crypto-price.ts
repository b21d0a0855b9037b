/** The website's helper that tells a window's strike and final price. Without the two parameters of the average it tells the price of the second. */
import { ASSETS, type Asset } from '../../domain/ids.ts'
import type { Faults } from '../faults.ts'
import { type Ask, ok, type Reply, type Routes, refusal } from '../http.ts'
import { floatOf, type Prints } from './prints.ts'

export type SiteDeps = {
  readonly prints: Prints
  /** Hourly windows are settled by an exchange. */
  readonly exchange: Prints
  readonly faults: Faults
  nowMs(): number
}

const PRINTS_BEFORE = 60
const BLOCK_PAGE =
  '<!DOCTYPE html><html><head><title>Attention Required!</title></head><body>403</body></html>'

export function siteRoutes(deps: SiteDeps): Routes {
  return {
    'GET /api/crypto/crypto-price': (ask) => cryptoPrice(deps, ask),
    'GET /api/geoblock': () => ok({ blocked: false, ip: '127.0.0.1', country: 'CH', region: 'ZH' }),
  }
}

function cryptoPrice(deps: SiteDeps, ask: Ask): Reply {
  if ((ask.headers['user-agent'] ?? '') === '') return { status: 403, body: BLOCK_PAGE }
  if (deps.faults.strikes('no-crypto-price')) return refusal(500, 'Internal Server Error')
  const asset = assetOf(ask.query.get('symbol'))
  const startSec = secondOf(ask.query.get('eventStartTime'))
  const endSec = secondOf(ask.query.get('endDate'))
  if (asset === null || startSec === null || endSec === null || endSec <= startSec) {
    return refusal(400, 'symbol, eventStartTime and endDate are required')
  }
  const lookback =
    ask.query.get('twapEnabled') === 'true' ? lookbackOf(ask.query.get('twapLookbackSeconds')) : 0
  if (lookback === null) return refusal(400, 'twapLookbackSeconds must be 1 to 60')
  const now = deps.nowMs()
  // Settled by a candle, whatever else is asked for.
  const hourly = ask.query.get('variant') === 'hourly'
  const valueAt = (sec: number): number | null => {
    if (now < sec * 1_000 || sec - PRINTS_BEFORE < deps.prints.oldestSec(asset)) return null
    if (hourly) return floatOf(deps.exchange.spot(asset, sec === endSec ? sec - 1 : sec))
    return floatOf(
      lookback === 0 ? deps.prints.spot(asset, sec) : deps.prints.mean(asset, sec, lookback),
    )
  }
  const [openPrice, closePrice] = [valueAt(startSec), valueAt(endSec)]
  const completed = closePrice !== null
  return ok({
    openPrice,
    closePrice,
    timestamp: Math.floor(now),
    completed,
    incomplete: completed && openPrice === null,
    cached: false,
  })
}

function assetOf(symbol: string | null): Asset | null {
  return ASSETS.find((asset) => symbol?.toLowerCase() === asset) ?? null
}

function secondOf(text: string | null): number | null {
  const ms = text === null ? Number.NaN : Date.parse(text)
  return Number.isNaN(ms) ? null : Math.floor(ms / 1_000)
}

function lookbackOf(text: string | null): number | null {
  const seconds = Number(text ?? '60')
  return Number.isInteger(seconds) && seconds >= 1 && seconds <= PRINTS_BEFORE ? seconds : null
}
