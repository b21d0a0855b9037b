/** All that is heard of the assets' prices: which source counts, what it said, who wins by it, and how the price moved. */
import type { FeedChanged, PriceTick, StrikeCandle, StrikeQuote } from '../domain/events.ts'
import type { EngineFact, QuotedPrice } from '../domain/facts.ts'
import { type Asset, type ConditionId, roleOf } from '../domain/ids.ts'
import type { Market } from '../domain/market.ts'
import type { Flow } from '../domain/strategy.ts'
import type { Truth } from '../domain/truth.ts'
import { MICROS_PER_SECOND, type Micros } from '../domain/units.ts'
import { holdMicros } from './decision.ts'
import { createFlows } from './flow.ts'
import { createPriceSources } from './price-sources.ts'
import { createPrices } from './prices.ts'
import { createPrintWatch } from './print-watch.ts'
import type { EngineSettings } from './settings.ts'
import { createTruths } from './truth.ts'

export type Heard = {
  /** With the venue's now, where it is known. */
  onTick(tick: PriceTick, venueNow: Micros | null): void
  onFeed(event: FeedChanged): void
  onQuote(event: StrikeQuote): void
  onCandle(event: StrikeCandle): void
  /** What fell silent is told, once a second at most. */
  check(recvAt: Micros): void
  prices(asset: Asset, recvAt: Micros): readonly QuotedPrice[]
  truth(market: Market, venueNow: Micros): Truth
  /** The last answer, however old; asking changes nothing. */
  knownTruth(market: Market): Truth | null
  flow(market: Market, strike: Truth['strike'], recvAt: Micros): Flow
  forget(conditionId: ConditionId): void
}

export function createHeard(settings: EngineSettings, fact: (next: EngineFact) => void): Heard {
  const sources = createPriceSources(settings.prices)
  const watch = createPrintWatch()
  const prices = createPrices(sources)
  const flows = createFlows()
  const truths = createTruths({
    holdMicros: (market) => holdMicros(market, settings),
    get burstSec() {
      return settings.gates.impactSec
    },
  })
  let dueAt = 0

  /** Of its role the source that counts. */
  function isCounted({ feed, asset, series, recvAt }: PriceTick): boolean {
    return sources.live(roleOf(feed), asset, series, recvAt) === feed
  }

  function check(recvAt: Micros): void {
    if (recvAt < dueAt) return
    dueAt = recvAt + MICROS_PER_SECOND
    for (const news of [...sources.check(recvAt), ...watch.check(recvAt)])
      fact({ kind: 'feed', at: recvAt, ...news })
  }

  return {
    onTick(tick, venueNow) {
      if (watch.accepts(tick, venueNow)) {
        sources.onTick(tick)
        prices.apply(tick)
        truths.apply(tick)
        if (tick.series === 'spot' && isCounted(tick))
          if (roleOf(tick.feed) === 'spot') flows.apply(tick)
          else flows.compare(tick)
      }
      check(tick.recvAt)
    },
    onFeed(event) {
      const { feed, state, detail, recvAt } = event
      sources.onFeed(event)
      fact({ kind: 'feed', at: recvAt, feed, state, detail })
      if (state === 'refused' || state === 'lost') dueAt = 0
      check(recvAt)
    },
    onQuote: truths.quote,
    onCandle: truths.candle,
    check,
    prices: prices.of,
    truth: truths.of,
    knownTruth: truths.known,
    flow: flows.of,
    forget: truths.forget,
  }
}
