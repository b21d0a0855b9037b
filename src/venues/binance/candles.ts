/** Candles of Binance over REST. The candle of an hour is what hourly windows are settled on: its open is their strike, its close their end. */
import { z } from 'zod'
import { isPositiveDecimal, trimmedDecimal } from '../../domain/decimal-text.ts'
import type { Asset } from '../../domain/ids.ts'
import type { CandleSource } from '../../domain/ports.ts'
import { MICROS_PER_MS } from '../../domain/units.ts'
import type { Http } from '../../net/http.ts'

const INTERVALS: Readonly<Record<number, string>> = {
  1: '1s',
  60: '1m',
  300: '5m',
  900: '15m',
  3600: '1h',
  14400: '4h',
}

const price = z.string().refine(isPositiveDecimal, 'not a price').transform(trimmedDecimal)
/** Open time, four prices, volume, close time, turnover, how many trades; the rest is of no use to us. */
const row = z
  .tuple([
    z.int().positive(),
    price,
    price,
    price,
    price,
    z.string(),
    z.int().positive(),
    z.string(),
    z.int(),
  ])
  .rest(z.unknown())
const answer = z.array(row)

export function createBinanceCandles(http: Http, url: string): CandleSource {
  return {
    feed: 'binance',
    serves: (seconds) => Object.hasOwn(INTERVALS, seconds),
    async fetch({ asset, openAt, seconds }, signal) {
      const openMs = openAt / MICROS_PER_MS
      const query = new URLSearchParams({
        symbol: symbolOf(asset),
        interval: INTERVALS[seconds] ?? '',
        startTime: String(openMs),
        limit: '1',
      })
      const address = `${url}/api/v3/klines?${query.toString()}`
      const { json } = await http.getJson(address, { retries: 0, signal })
      const [first] = answer.parse(json)
      // Where ours is not there the next one comes; one without trades repeats the price before it.
      if (first === undefined || first[0] !== openMs || first[8] === 0) return null
      const [, open, high, low, close] = first
      return { open, high, low, close }
    },
  }
}

function symbolOf(asset: Asset): string {
  return `${asset.toUpperCase()}USDT`
}
