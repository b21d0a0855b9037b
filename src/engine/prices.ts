/** The latest price of each asset from each source. */
import type { PriceTick } from '../domain/events.ts'
import type { QuotedPrice } from '../domain/facts.ts'
import { type Asset, roleOf } from '../domain/ids.ts'
import type { Micros } from '../domain/units.ts'
import type { PriceSources } from './price-sources.ts'

export type Prices = {
  apply(tick: PriceTick): void
  of(asset: Asset, recvAt: Micros): readonly QuotedPrice[]
}

export function createPrices(sources: Pick<PriceSources, 'live'>): Prices {
  const latest = new Map<Asset, Map<string, PriceTick>>()
  return {
    apply(tick) {
      let ofAsset = latest.get(tick.asset)
      if (ofAsset === undefined) {
        ofAsset = new Map()
        latest.set(tick.asset, ofAsset)
      }
      const source = `${tick.feed}/${tick.series}`
      const known = ofAsset.get(source)
      // A late one says what was, not what is; a rounded one is no better than the exact one of the same instant.
      if (isOlder(tick, known)) return
      ofAsset.set(source, tick)
    },
    of: (asset, recvAt) =>
      [...(latest.get(asset)?.values() ?? [])].map((tick) => ({
        feed: tick.feed,
        series: tick.series,
        price: tick.price,
        ageMicros: recvAt - tick.recvAt,
        isLive: sources.live(roleOf(tick.feed), asset, tick.series, recvAt) === tick.feed,
        ...(tick.rounded === true ? { rounded: true } : {}),
      })),
  }
}

function isOlder(tick: PriceTick, known: PriceTick | undefined): boolean {
  return (
    known !== undefined &&
    tick.venueAt !== null &&
    known.venueAt !== null &&
    (tick.venueAt < known.venueAt || (tick.venueAt === known.venueAt && tick.rounded === true))
  )
}
