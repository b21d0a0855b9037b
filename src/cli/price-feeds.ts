/** Every source of asset prices: its address and how it is made; and which of them run, as the configuration has it. */
import type { Config } from '../config/schema.ts'
import type { FeedName } from '../domain/ids.ts'
import type { EventSink, Log, PriceFeed, PriceFeedDeps } from '../domain/ports.ts'
import { nowMicros } from '../net/clock.ts'
import { createStandbyFeed } from '../runtime/standby-feed.ts'
import { frameSamples } from '../telemetry/frame-samples.ts'
import { createBinanceFeed } from '../venues/binance/spot-feed.ts'
import { createCoinbaseFeed } from '../venues/coinbase/spot-feed.ts'
import type { Endpoints } from '../venues/polymarket/endpoints.ts'
import { createPolyBoltFeed } from '../venues/polymarket/polybolt-feed.ts'
import type { FeedCredentials } from '../venues/polymarket/polybolt-wire.ts'
import { createRtdsFeed } from '../venues/polymarket/rtds-feed.ts'

type Maker = {
  readonly at: Exclude<keyof Endpoints, 'coinbaseRest'>
  make(deps: PriceFeedDeps, credentials: FeedCredentials | null): PriceFeed
}

const PRICE_FEEDS: Readonly<Record<FeedName, Maker>> = {
  polybolt: {
    at: 'polybolt',
    make: (deps, credentials) => createPolyBoltFeed({ ...deps, credentials }),
  },
  rtds: { at: 'rtds', make: createRtdsFeed },
  binance: { at: 'binanceWs', make: createBinanceFeed },
  coinbase: { at: 'coinbaseWs', make: createCoinbaseFeed },
}

export type PriceFeedChoice = {
  /** API credentials of the CLOB, for the sources that want them. */
  readonly credentials: FeedCredentials | null
  /** Those that would stand by run too: for verbs that look at all of them. */
  readonly withStandby: boolean
}

export function priceFeeds(
  config: Config,
  endpoints: Endpoints,
  emit: EventSink,
  log: Log,
  { credentials, withStandby }: PriceFeedChoice,
): readonly PriceFeed[] {
  const now = nowMicros
  const { settlement, spot, silenceSec } = config.prices
  const { assets } = config
  const silenceMs = silenceSec * 1_000
  const madeWith = (feed: FeedName, tell: EventSink): PriceFeed =>
    PRICE_FEEDS[feed].make(
      {
        url: endpoints[PRICE_FEEDS[feed].at],
        assets,
        silenceMs,
        emit: tell,
        now,
        random: Math.random,
        tell: (state, detail) =>
          tell({ kind: 'feed', feed, state, detail, recvAt: now(), venueAt: null }),
        unreadable: frameSamples(feed, log, now),
      },
      credentials,
    )
  const sources = spot.map((name) => ({
    name,
    make: (tell: EventSink) => madeWith(name, tell),
  }))
  return [
    ...settlement.map((feed) => madeWith(feed, emit)),
    ...(withStandby
      ? spot.map((feed) => madeWith(feed, emit))
      : [createStandbyFeed({ sources, assets, lostAfterMs: silenceMs, emit, now })]),
  ]
}
