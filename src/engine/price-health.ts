/** How good the prices are that a window's truth is made of. */
import { dollarsForProbability } from '../domain/price.ts'
import type { PriceHealth } from '../domain/truth.ts'
import { MICROS_PER_SECOND, type Micros } from '../domain/units.ts'
import type { BasisEstimate } from '../pricing/basis.ts'
import type { Prints } from '../pricing/prints.ts'
import type { AssetPrices } from './asset-prices.ts'

/** A relay may repeat what another one told a moment ago; for longer than this it has nothing new to say. */
const OLD_AGAIN_MICROS = 2 * MICROS_PER_SECOND
/** An exchange price older than this is held against nothing. */
const COMPARABLE_MICROS = 10 * MICROS_PER_SECOND

export type HealthQuestion = {
  /** The exchange settles it, not prints. */
  readonly candle: boolean
  readonly basis: BasisEstimate | null
  readonly venueNow: Micros
  readonly burstSec: number
  readonly missing: number | null
}

export function healthOf(one: AssetPrices, asked: HealthQuestion): PriceHealth {
  const { candle, venueNow } = asked
  const newest = (candle ? one.candleExchange : one.prints).newest()
  return {
    printAgeMicros: newest === null ? null : venueNow - newest.sec * MICROS_PER_SECOND,
    saysOldAgain:
      !candle &&
      one.heardAt !== null &&
      one.newAt !== null &&
      one.heardAt - one.newAt > OLD_AGAIN_MICROS,
    repeats: candle ? 0 : one.repeats,
    missing: asked.missing,
    // An exchange that settles has nothing beside it.
    feedGap: candle ? 0 : feedGap(one, asked),
    burst: burst(one, asked),
  }
}

function feedGap(
  { lastTrade, prints }: AssetPrices,
  { basis, venueNow }: HealthQuestion,
): number | null {
  const newest = prints.newest()
  if (lastTrade === null || basis === null || newest === null) return null
  if (venueNow - lastTrade.at > COMPARABLE_MICROS) return null
  const gap = lastTrade.price + basis.offset - newest.price
  return dollarsForProbability(gap) / dollarsForProbability(newest.price)
}

/** The exchange hears first; where it is silent, or too new to know, the prints say it. */
function burst(one: AssetPrices, { venueNow, burstSec, candle }: HealthQuestion): number | null {
  const nowSec = Math.floor(venueNow / MICROS_PER_SECOND)
  const usual = one.pastSigmas.at(nowSec - burstSec - 1) ?? one.volatility.at(nowSec)?.sigma ?? null
  if (usual === null || !(usual > 0)) return null
  const fromExchange = move(candle ? one.candleExchange : one.exchange, nowSec, burstSec)
  const moved = candle ? fromExchange : (fromExchange ?? move(one.prints, nowSec, burstSec))
  return moved === null ? null : moved / (usual * Math.sqrt(burstSec))
}

/** From the newest price back over so many seconds; null where it is not heard any more, or was not heard then. */
function move(series: Prints, nowSec: number, seconds: number): number | null {
  const newest = series.newest()
  if (newest === null || nowSec - newest.sec > COMPARABLE_MICROS / MICROS_PER_SECOND) return null
  const before = series.lastAt(newest.sec - seconds)
  if (before === null) return null
  return Math.abs(
    Math.log(dollarsForProbability(newest.price) / dollarsForProbability(before.price)),
  )
}
