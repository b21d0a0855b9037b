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
    of(asset, recvAt) {
      const quoted: QuotedPrice[] = []
      for (const tick of latest.get(asset)?.values() ?? []) {
        const { feed, series, price } = tick
        const ageMicros = recvAt - tick.recvAt
        const isLive = sources.live(roleOf(feed), asset, series, recvAt) === feed
        // Two shapes, since a spread would make each of them the slow way.
        if (tick.rounded === true)
          quoted.push({ feed, series, price, ageMicros, isLive, rounded: true })
        else quoted.push({ feed, series, price, ageMicros, isLive })
      }
      return quoted
    },
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
