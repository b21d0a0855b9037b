/** All sources of prices against the embedded venue over real sockets: what counts when one of them fails. */
import { afterEach, expect, test } from 'vitest'
import { priceFeeds } from '../../src/cli/price-feeds.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { EngineEvent, PriceTick } from '../../src/domain/events.ts'
import type { FeedName } from '../../src/domain/ids.ts'
import type { Log } from '../../src/domain/ports.ts'
import { createPriceSources } from '../../src/engine/price-sources.ts'
import { credentialsOf } from '../../src/local-venue/credentials.ts'
import type { RunningVenue } from '../../src/local-venue/venue.ts'
import { nowMicros } from '../../src/net/clock.ts'
import { aVenue, clearFaults, setFault, windowOf } from '../local-venue/support.ts'
import { until } from '../support/until.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

const ASSETS = ['btc', 'eth', 'sol', 'xrp'] as const
const quiet: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

function watching(venue: RunningVenue, settlement = 'polybolt,rtds') {
  const { config } = loadConfig({
    cwd: '/',
    env: {},
    flags: { 'prices.silenceSec': 2, 'prices.settlement': settlement },
  })
  const order = config.prices
  const sources = createPriceSources({ order, lostAfterMs: order.silenceSec * 1_000 })
  const ticks: PriceTick[] = []
  const news: string[] = []
  const emit = (event: EngineEvent): void => {
    if (event.kind === 'price_tick') {
      ticks.push(event)
      sources.onTick(event)
    }
    if (event.kind === 'feed') {
      news.push(`${event.feed} ${event.state}: ${event.detail}`)
      sources.onFeed(event)
    }
  }
  const feeds = priceFeeds({ ...config, assets: [...ASSETS] }, venue.endpoints, emit, quiet, {
    credentials: credentialsOf(venue.seed, venue.account.address),
    withStandby: false,
  })
  for (const feed of feeds) feed.start()
  closers.push(() => Promise.all(feeds.map((feed) => feed.close())))
  const counts = (role: 'settlement' | 'spot') =>
    ASSETS.map((asset) =>
      sources.live(role, asset, role === 'spot' ? 'spot' : 'twap60', nowMicros()),
    )
  const untilCounts = (role: 'settlement' | 'spot', feed: FeedName | null) =>
    until(() => counts(role).every((one) => one === feed))
  return { ticks, news, counts, untilCounts }
}

test('where Binance is not to be had, Coinbase counts', async () => {
  const venue = await aVenue({ ratePerSec: 1 })
  await setFault(venue, { name: 'binance-451' })
  const { news, ticks, untilCounts } = watching(venue)
  await untilCounts('spot', 'coinbase')
  expect(news.filter((text) => text.startsWith('binance'))).toEqual([
    'binance refused: the answer to the upgrade was HTTP 451',
  ])
  expect(ticks.some(({ feed }) => feed === 'binance')).toBe(false)
})

test('while Binance serves, Coinbase is left alone; when nobody trades, none counts, and it comes back', async () => {
  const venue = await aVenue({ ratePerSec: 1 })
  const { news, ticks, untilCounts } = watching(venue)
  await untilCounts('spot', 'binance')
  expect(news.some((text) => text.startsWith('coinbase'))).toBe(false)
  await setFault(venue, { name: 'exchange-quiet' })
  await untilCounts('spot', null)
  await until(() => news.some((text) => text.startsWith('coinbase open')))
  await clearFaults(venue)
  await until(() => ticks.some(({ feed }) => feed === 'coinbase'))
  await untilCounts('spot', 'binance')
})

test('RTDS freezes: PolyBolt counts; PolyBolt freezes: RTDS goes on', async () => {
  const venue = await aVenue({ ratePerSec: 1 })
  const { news, counts, untilCounts } = watching(venue, 'rtds,polybolt')
  await untilCounts('settlement', 'rtds')
  await setFault(venue, { name: 'rtds-freeze' })
  await untilCounts('settlement', 'polybolt')
  await until(() => news.includes('rtds lost: no data for 2000 ms'))
  await clearFaults(venue)
  await untilCounts('settlement', 'rtds')
  await setFault(venue, { name: 'polybolt-freeze' })
  await until(() => news.includes('polybolt lost: no data for 2000 ms'))
  expect(counts('settlement')).toEqual(ASSETS.map(() => 'rtds'))
})

test('what was not relayed while RTDS was frozen is learnt on the next connection, and marked as rounded', async () => {
  const venue = await aVenue({ ratePerSec: 1 })
  const { ticks, news, untilCounts } = watching(venue, 'rtds')
  await untilCounts('settlement', 'rtds')
  const of = () => ticks.filter(({ asset, series }) => asset === 'btc' && series === 'twap60')
  const before = of().at(-1)?.venueAt ?? 0
  await setFault(venue, { name: 'rtds-freeze' })
  await untilCounts('settlement', null)
  await until(() => news.includes('rtds lost: no data for 2000 ms'))
  const missed = () => of().filter(({ venueAt }) => (venueAt ?? 0) > before)
  const learnt = () => missed().filter(({ rounded }) => rounded === true)
  await until(() => learnt().length >= 2)
  const stamps = missed().map(({ venueAt }) => venueAt ?? 0)
  expect(stamps).toEqual(stamps.map((_, at) => before + (at + 1) * 1_000_000))
  await clearFaults(venue)
  const last = stamps.at(-1) ?? 0
  await until(() => of().some(({ venueAt, rounded }) => (venueAt ?? 0) > last && rounded !== true))
  // The minute before the first connection was learnt too.
  expect(Math.min(...of().map(({ venueAt }) => venueAt ?? 0))).toBeLessThan(before - 40_000_000)
})

test('a settlement source that says nothing at all leaves none that counts, and the exchanges go on', async () => {
  const venue = await aVenue({ ratePerSec: 1 })
  const { counts, untilCounts } = watching(venue)
  await untilCounts('settlement', 'polybolt')
  await setFault(venue, { name: 'chainlink-gap' })
  await untilCounts('settlement', null)
  expect(counts('spot')).toEqual(ASSETS.map(() => 'binance'))
})

test('a second that nobody relayed is told by nobody', async () => {
  const venue = await aVenue({ ratePerSec: 1, windowSec: 8, firstCloseSec: 8 })
  await setFault(venue, { name: 'missing-start-tick' })
  const { ticks } = watching(venue)
  const { startsAt } = await windowOf(venue, 'btc', '15m', 'upcoming')
  const at = (ms: number): PriceTick[] =>
    ticks.filter(
      ({ asset, series, venueAt }) =>
        asset === 'btc' && series === 'twap60' && venueAt === ms * 1_000,
    )
  const both = (ms: number): boolean => new Set(at(ms).map(({ feed }) => feed)).size === 2
  await until(() => both(startsAt + 1_000))
  expect(both(startsAt - 1_000)).toBe(true)
  expect(at(startsAt)).toEqual([])
})
