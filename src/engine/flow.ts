/**
 * How an asset's price moved and who pushed it: the exchange's trades of the last half minute, second by second. Floats, for models only. An exchange and the source
 * that settles do not say the same price, and near the strike that decides: the distance is that of the exchange's price as the source would say it.
 */
import type { PriceTick } from '../domain/events.ts'
import type { Asset } from '../domain/ids.ts'
import type { Market } from '../domain/market.ts'
import type { Flow } from '../domain/strategy.ts'
import type { Truth } from '../domain/truth.ts'
import { MICROS_PER_SECOND, type Micros } from '../domain/units.ts'
import { createGap, type Gap } from './price-gap.ts'

const SECONDS_KEPT = 32
const LONG_SEC = 30
const SHORT_SEC = 5
/** A price that nobody confirmed for so long is none. */
const AGE_MAX_MICROS = 5 * MICROS_PER_SECOND

type Second = { sec: number; last: number; bought: number; sold: number; trades: number }
type Track = {
  readonly seconds: Second[]
  last: number
  at: Micros | null
  sized: boolean
  readonly gap: Gap
}

export type Flows = {
  /** A trade at the exchange. */
  apply(tick: PriceTick): void
  /** A price of the source that settles. */
  compare(print: PriceTick): void
  of(market: Market, strike: Truth['strike'], recvAt: Micros): Flow
}

export function createFlows(): Flows {
  const tracks = new Map<Asset, Track>()

  function trackOf(asset: Asset): Track {
    let track = tracks.get(asset)
    if (track === undefined) {
      const seconds = Array.from({ length: SECONDS_KEPT }, () => ({
        sec: -1,
        last: 0,
        bought: 0,
        sold: 0,
        trades: 0,
      }))
      track = { seconds, last: 0, at: null, sized: false, gap: createGap() }
      tracks.set(asset, track)
    }
    return track
  }

  return {
    apply(tick) {
      const price = Number(tick.price)
      if (!(price > 0)) return
      const track = trackOf(tick.asset)
      const sec = Math.floor(tick.recvAt / MICROS_PER_SECOND)
      const second = track.seconds[sec % SECONDS_KEPT] as Second
      if (second.sec !== sec) Object.assign(second, { sec, bought: 0, sold: 0, trades: 0 })
      second.last = price
      second.trades += 1
      track.last = price
      track.at = tick.recvAt
      track.gap.trade(tick, price)
      if (tick.size === undefined || tick.taker === undefined) return
      track.sized = true
      if (tick.taker === 'BUY') second.bought += Number(tick.size)
      else second.sold += Number(tick.size)
    },
    compare: (print) => trackOf(print.asset).gap.print(print),
    of({ asset, interval }, known, recvAt) {
      const strike = known === null ? null : Number(known.price)
      const track = tracks.get(asset)
      const fresh = track !== undefined && track.at !== null && recvAt - track.at <= AGE_MAX_MICROS
      const price = fresh ? track.last : null
      // Hourly windows settle on the exchange itself.
      const gap = track === undefined || interval === '1h' ? 0 : track.gap.at(recvAt)
      const distance =
        price === null || strike === null ? null : (price * (1 + gap) - strike) / strike
      if (track === undefined || price === null)
        return {
          price,
          strike,
          distance,
          velocity5: null,
          velocity30: null,
          imbalance: null,
          trades: 0,
        }
      const now = Math.floor(recvAt / MICROS_PER_SECOND)
      return {
        price,
        strike,
        distance,
        velocity5: velocity(track, now, SHORT_SEC, strike),
        velocity30: velocity(track, now, LONG_SEC, strike),
        ...pressure(track, now),
      }
    },
  }
}

/** Per second, from the last trade of the second that long ago; null where that second, and the one before it, had none. */
function velocity(
  track: Track,
  now: number,
  seconds: number,
  strike: number | null,
): number | null {
  if (strike === null) return null
  for (const sec of [now - seconds, now - seconds - 1]) {
    const then = track.seconds[sec % SECONDS_KEPT]
    if (then?.sec === sec) return (track.last - then.last) / strike / seconds
  }
  return null
}

function pressure(track: Track, now: number): { imbalance: number | null; trades: number } {
  let bought = 0
  let sold = 0
  let trades = 0
  for (const second of track.seconds) {
    if (second.sec <= now - LONG_SEC) continue
    bought += second.bought
    sold += second.sold
    trades += second.trades
  }
  const all = bought + sold
  return { imbalance: track.sized && all > 0 ? (bought - sold) / all : null, trades }
}
