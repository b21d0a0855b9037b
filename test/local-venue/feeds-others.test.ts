/** Coinbase and the website of the embedded venue, and that every feed says the same again for the same seed and epoch. */
import { describe, expect, test } from 'vitest'
import { credentialsOf } from '../../src/local-venue/credentials.ts'
import type { RunningVenue } from '../../src/local-venue/venue.ts'
import { until } from '../support/until.ts'
import { aFeedVenue } from './feed-support.ts'
import { connect, EPOCH_MS, json, ownClock, windowOf } from './support.ts'

describe.concurrent('Coinbase', () => {
  test('candles come newest first, low before high before open; nonsense is refused', async () => {
    const venue = await aFeedVenue()
    const url = `${venue.endpoints.coinbaseRest}/products/BTC-USD/candles`
    const minute = EPOCH_MS / 1_000 - 120
    const [start, end] = [minute, minute + 60].map((sec) => new Date(sec * 1_000).toISOString())
    const rows = await json<number[][]>(`${url}?granularity=60&start=${start}&end=${end}`)
    expect(rows.map(([openSec]) => openSec)).toEqual([minute + 60, minute])
    for (const [, low = 0, high = 0, open = 0, close = 0] of rows) {
      expect(Math.min(open, close)).toBeGreaterThanOrEqual(low)
      expect(Math.max(open, close)).toBeLessThanOrEqual(high)
    }
    for (const [bad, status] of [
      [`${url}?granularity=7`, 400],
      [`${url}?granularity=60&start=2026-01-01T00:00:00Z&end=2026-01-02T00:00:00Z`, 400],
      [url.replace('BTC', 'DOGE'), 404],
    ] as const)
      expect((await fetch(bad)).status).toBe(status)
  })

  test('subscriptions, the last match first, then matches, tickers and heartbeats', async () => {
    const venue = await aFeedVenue()
    const client = await connect(venue.endpoints.coinbaseWs)
    client.send({
      type: 'subscribe',
      product_ids: ['BTC-USD'],
      channels: ['ticker', 'matches', 'heartbeat'],
    })
    const first = JSON.parse(await client.until(() => true)) as { channels: unknown[] }
    expect(first.channels).toHaveLength(3)
    await client.until((text) => text.includes('"last_match"'))
    const match = JSON.parse(
      await client.until((text) => text.includes('"type":"match"')),
    ) as Record<string, string>
    const ticker = JSON.parse(
      await client.until(
        (text) => text.includes('"ticker"') && text.includes(`"trade_id":${match['trade_id']},`),
      ),
    ) as Record<string, string>
    // One names the maker's side, the other the taker's.
    expect(ticker['side']).not.toBe(match['side'])
    expect(ticker['price']).toBe(match['price'])
    await client.until((text) => text.includes('"heartbeat","last_trade_id"'))
    client.send('nonsense')
    await client.until((text) => text.includes('Malformed JSON'))
    client.close()
  })
})

describe.concurrent('crypto-price of the website', () => {
  test('strike and final with the average, another price without it, nothing before the start', async () => {
    const clock = ownClock()
    const venue = await aFeedVenue({ clock, windowSec: 90, firstCloseSec: 6 })
    const next = await windowOf(venue, 'eth', '15m', 'upcoming')
    const ask = async (average: boolean) => {
      const times = `eventStartTime=${new Date(next.startsAt).toISOString()}&endDate=${new Date(next.endsAt).toISOString()}`
      const twap = average ? '&twapEnabled=true&twapLookbackSeconds=60' : ''
      return json<{ openPrice: number | null; closePrice: number | null; completed: boolean }>(
        `${venue.endpoints.site}/api/crypto/crypto-price?symbol=ETH&variant=fifteen&${times}${twap}`,
      )
    }
    expect(await ask(true)).toMatchObject({ openPrice: null, closePrice: null, completed: false })
    clock.moveTo(next.endsAt + 10_000)
    await until(async () => (await ask(true)).completed, 200)
    const state = await json<{ windows: (typeof next)[] }>(`${venue.endpoints.control}/state`)
    const over = state.windows.find(({ slug }) => slug === next.slug)
    const told = await ask(true)
    expect(told.openPrice).toBeCloseTo(over?.strike ?? 0, 9)
    expect(told.closePrice).toBeCloseTo(over?.final ?? 0, 9)
    expect((await ask(false)).openPrice).not.toBe(told.openPrice)
  })

  test.each([
    '',
    '?symbol=BTC',
    '?symbol=DOGE&eventStartTime=2026-11-20T17:00:00Z&endDate=2026-11-20T17:05:00Z',
  ])('a question like "%s" is refused', async (query) => {
    const venue = await aFeedVenue()
    expect((await fetch(`${venue.endpoints.site}/api/crypto/crypto-price${query}`)).status).toBe(
      400,
    )
  })
})

describe.concurrent('the same seed and epoch', () => {
  /** What a stream said between two instants of the venue, heartbeats aside. */
  async function heard(
    name: 'polybolt' | 'binanceWs' | 'coinbaseWs',
    greet: (venue: RunningVenue) => readonly object[],
    stampOf: (message: Record<string, unknown>) => number,
  ): Promise<string[]> {
    const clock = ownClock()
    const venue = await aFeedVenue({ clock, seed: 23 })
    const path = name === 'binanceWs' ? '/stream?streams=btcusdt@trade/ethusdt@bookTicker' : ''
    const client = await connect(`${venue.endpoints[name]}${path}`)
    for (const message of greet(venue)) client.send(message)
    const isPast = (text: string): boolean =>
      stampOf(JSON.parse(text) as Record<string, unknown>) >= EPOCH_MS + 7_000
    // Moved on until it is heard that the end of the span is over.
    await until(() => {
      clock.moveTo(clock.nowMs() + 100)
      return client.texts.some(isPast)
    })
    client.close()
    return client.texts.filter((text) => {
      const stamp = stampOf(JSON.parse(text) as Record<string, unknown>)
      return stamp >= EPOCH_MS + 4_000 && stamp < EPOCH_MS + 7_000
    })
  }

  test.each([
    [
      'polybolt',
      (venue: RunningVenue) => [
        { op: 'auth', auth: credentialsOf(23, venue.account.address) },
        { op: 'subscribe', channel: 'price.crypto', filter: { symbol: 'btcusd' } },
      ],
      ({ ts, snapshot }: Record<string, unknown>) => (snapshot === true ? 0 : Number(ts ?? 0)),
    ],
    [
      'binanceWs',
      () => [],
      ({ data }: Record<string, unknown>) => Number((data as { T?: number }).T ?? 0),
    ],
    [
      'coinbaseWs',
      () => [{ type: 'subscribe', product_ids: ['BTC-USD'], channels: ['ticker', 'matches'] }],
      ({ time, type }: Record<string, unknown>) =>
        type === 'last_match' ? 0 : Date.parse(String(time ?? '')),
    ],
  ] as const)('%s says the same', async (name, greet, stampOf) => {
    const [one, other] = await Promise.all([
      heard(name, greet, stampOf),
      heard(name, greet, stampOf),
    ])
    expect(one.length).toBeGreaterThan(2)
    // The numbers of PolyBolt count from each connection's own beginning.
    const plain = (texts: readonly string[]): string[] =>
      texts.map((text) => text.replace(/"seq":\d+,/, ''))
    expect(plain(one)).toEqual(plain(other))
  })
})
