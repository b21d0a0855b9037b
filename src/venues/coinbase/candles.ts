/** Candles of Coinbase over REST, in dollars: a cross-check where Binance does not serve us, and never what a window is settled on. */
import { z } from 'zod'
import type { CandleSource } from '../../domain/ports.ts'
import { MICROS_PER_MS, MICROS_PER_SECOND } from '../../domain/units.ts'
import type { Http } from '../../net/http.ts'
import { productOf } from './wire.ts'

const LENGTHS: readonly number[] = [60, 300, 900, 3_600]

const price = z.number().positive()
/** Open time in seconds, low, high, open, close; the newest first, and some may be of other times than was asked for. */
const answer = z.array(z.tuple([z.int().positive(), price, price, price, price]).rest(z.unknown()))

export function createCoinbaseCandles(http: Http, url: string): CandleSource {
  return {
    feed: 'coinbase',
    serves: (seconds) => LENGTHS.includes(seconds),
    async fetch({ asset, openAt, seconds }, signal) {
      const at = new Date(openAt / MICROS_PER_MS).toISOString()
      const query = new URLSearchParams({ granularity: String(seconds), start: at, end: at })
      const address = `${url}/products/${productOf(asset)}/candles?${query.toString()}`
      const { json } = await http.getJson(address, { retries: 0, signal })
      const ours = answer.parse(json).find(([opened]) => opened * MICROS_PER_SECOND === openAt)
      if (ours === undefined) return null
      const [, low, high, open, close] = ours.map(String) as [
        string,
        string,
        string,
        string,
        string,
      ]
      return { open, high, low, close }
    },
  }
}
