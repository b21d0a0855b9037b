/** The venue's markets by every name they go by. Finished ones are kept for questions about them; the oldest are forgotten. */
import type { VenueMarket } from './market.ts'

const FINISHED_MAX = 500

export type Registry = {
  readonly bySlug: ReadonlyMap<string, VenueMarket>
  readonly byCondition: ReadonlyMap<string, VenueMarket>
  readonly byToken: ReadonlyMap<string, VenueMarket>
  add(market: VenueMarket): void
  finished(market: VenueMarket): void
}

export function createRegistry(): Registry {
  const bySlug = new Map<string, VenueMarket>()
  const byCondition = new Map<string, VenueMarket>()
  const byToken = new Map<string, VenueMarket>()
  const finishedMarkets: VenueMarket[] = []
  return {
    bySlug,
    byCondition,
    byToken,
    add: (market: VenueMarket): void => {
      bySlug.set(market.slug, market)
      byCondition.set(market.conditionId, market)
      byToken.set(market.up, market)
      byToken.set(market.down, market)
    },
    finished: (market: VenueMarket): void => {
      finishedMarkets.push(market)
      const oldest = finishedMarkets.length > FINISHED_MAX ? finishedMarkets.shift() : undefined
      if (oldest === undefined) return
      bySlug.delete(oldest.slug)
      byCondition.delete(oldest.conditionId)
      byToken.delete(oldest.up)
      byToken.delete(oldest.down)
    },
  }
}
