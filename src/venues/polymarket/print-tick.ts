/** A relay's print as the event that the engine knows: who said it, when the source stamped it and when it came here. */
import type { PriceTick } from '../../domain/events.ts'
import type { FeedName } from '../../domain/ids.ts'
import { MICROS_PER_MS, type Micros } from '../../domain/units.ts'
import type { Print } from './print-memory.ts'

export function priceTick(feed: FeedName, print: Print, recvAt: Micros): PriceTick {
  const { asset, series, price, atMs, rounded } = print
  return {
    kind: 'price_tick',
    feed,
    asset,
    series,
    price,
    ...(rounded ? { rounded } : {}),
    recvAt,
    venueAt: (atMs * MICROS_PER_MS) as Micros,
  }
}
