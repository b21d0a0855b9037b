/** RTDS of the embedded venue, by sockets of our own and by the client that others wrote for the real one, unmodified. */
import { RealTimeDataClient } from '@polymarket/real-time-data-client'
import { describe, expect, test, vi } from 'vitest'
import { until } from '../support/until.ts'
import { aFeedVenue, type RtdsFrame, rtds, subscribe } from './feed-support.ts'
import { clearFaults, connect, EPOCH_MS, json, ownClock, setFault, windowOf } from './support.ts'

describe.concurrent('RTDS', () => {
  test('one tick a second for each asset, whole seconds, 1.1 to 1.9 s late, exact value beside the float', async () => {
    const venue = await aFeedVenue()
    const { client, frames } = await rtds(venue, {
      topic: 'crypto_prices_chainlink',
      type: '*',
      filters: '',
    })
    await until(() => frames().length >= 12)
    client.close()
    for (const { topic, type, timestamp, payload } of frames()) {
      expect([topic, type]).toEqual(['crypto_prices_chainlink', 'update'])
      expect(payload.timestamp % 1_000).toBe(0)
      expect(timestamp - payload.timestamp).toBeGreaterThanOrEqual(1_100)
      expect(timestamp - payload.timestamp).toBeLessThanOrEqual(1_900)
      expect(Number(payload.full_accuracy_value) / 1e18).toBe(payload.value)
    }
    const btc = frames().filter(({ payload }) => payload.symbol === 'btc/usd')
    const stamps = btc.map(({ payload }) => payload.timestamp)
    expect(stamps.slice(1).map((at, index) => at - (stamps[index] as number))).toEqual(
      stamps.slice(1).map(() => 1_000),
    )
    expect(Object.keys(btc[0] ?? {})).toEqual([
      'connection_id',
      'payload',
      'timestamp',
      'topic',
      'type',
    ])
  })

  test('a filter gets the last minute first and its own asset afterwards; another filter replaces it', async () => {
    const venue = await aFeedVenue()
    const { client, frames } = await rtds(venue, {
      topic: 'crypto_prices_chainlink',
      type: '*',
      filters: '{"symbol":"eth/usd"}',
    })
    await until(() => frames().length >= 3)
    const [first, ...later] = frames()
    expect([first?.topic, first?.type, first?.connection_id]).toEqual([
      'crypto_prices',
      'subscribe',
      undefined,
    ])
    expect(first?.payload.symbol).toBe('eth/usd')
    const data = first?.payload.data ?? []
    expect(data.length).toBeGreaterThan(50)
    expect((data.at(-1)?.timestamp ?? 0) - (data[0]?.timestamp ?? 0)).toBe(
      (data.length - 1) * 1_000,
    )
    expect(later.every(({ payload }) => payload.symbol === 'eth/usd')).toBe(true)
    client.send(
      subscribe({ topic: 'crypto_prices_chainlink', type: '*', filters: '{"symbol":"sol/usd"}' }),
    )
    await until(() => frames().some(({ payload }) => payload.symbol === 'sol/usd'))
    const before = frames().length
    await until(() => frames().length >= before + 2)
    expect(
      frames()
        .slice(before)
        .every(({ payload }) => payload.symbol === 'sol/usd'),
    ).toBe(true)
    client.close()
  })

  test('the averages of the seconds a window starts and ends in are its strike and its final price', async () => {
    const venue = await aFeedVenue({ windowSec: 6, firstCloseSec: 8 })
    const { client, frames } = await rtds(venue, {
      topic: 'crypto_prices_twap_sixty',
      type: 'update',
    })
    const upcoming = await windowOf(venue, 'btc', '15m', 'upcoming')
    const at = (ms: number): RtdsFrame | undefined =>
      frames().find(({ payload }) => payload.symbol === 'btc/usd' && payload.timestamp === ms)
    await until(() => at(upcoming.endsAt) !== undefined)
    client.close()
    const state = await json<{ windows: (typeof upcoming)[] }>(`${venue.endpoints.control}/state`)
    const over = state.windows.find(({ slug }) => slug === upcoming.slug)
    expect(at(upcoming.startsAt)?.payload.value).toBeCloseTo(over?.strike ?? 0, 9)
    expect(at(upcoming.endsAt)?.payload.value).toBeCloseTo(over?.final ?? 0, 9)
    expect(at(upcoming.endsAt)?.payload.window_s).toBe(60)
    const exact = (ms: number): bigint => BigInt(at(ms)?.payload.full_accuracy_value ?? 0)
    expect(exact(upcoming.endsAt) >= exact(upcoming.startsAt) ? 'UP' : 'DOWN').toBe(over?.winner)
  })

  test('between the backfill and what follows no second is missing and none is told twice', async () => {
    const venue = await aFeedVenue()
    const streams = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        await new Promise((resolve) => setTimeout(resolve, index * 130))
        return rtds(venue, {
          topic: 'crypto_prices_chainlink',
          type: '*',
          filters: '{"symbol":"btc/usd"}',
        })
      }),
    )
    await until(() => streams.every(({ frames }) => frames().length >= 4))
    for (const { client, frames } of streams) {
      client.close()
      const [first, ...later] = frames()
      const stamps = [
        ...(first?.payload.data ?? []).map(({ timestamp }) => timestamp),
        ...later.map(({ payload }) => payload.timestamp),
      ]
      expect(stamps.slice(1).map((at, index) => at - (stamps[index] as number))).toEqual(
        stamps.slice(1).map(() => 1_000),
      )
    }
  })

  test('garbage is ignored in silence, an unknown topic is named, ping is answered', async () => {
    const venue = await aFeedVenue()
    const client = await connect(venue.endpoints.rtds)
    for (const text of [
      '{',
      '[]',
      '7',
      '{"subscriptions":[{"topic":"crypto_prices"}]}',
      '{"action":"subscribe","subscriptions":[null,1]}',
    ])
      client.send(text)
    client.send(subscribe({ topic: 'moon_phase', type: '*' }))
    expect(await client.until((text) => text.includes('topic not found'))).toContain('moon_phase')
    client.send('PING')
    await client.until((text) => text === 'PONG')
    expect(client.texts).toHaveLength(2)
    client.close()
  })

  test('the official client of others gets prices and trades', async () => {
    const venue = await aFeedVenue({ ratePerSec: 60 })
    vi.spyOn(console, 'log').mockImplementation(() => undefined)
    const heard: { topic: string; type: string; payload: Record<string, unknown> }[] = []
    const client = new RealTimeDataClient({
      host: venue.endpoints.rtds,
      onConnect: (connected) =>
        connected.subscribe({
          subscriptions: [
            { topic: 'crypto_prices', type: 'update', filters: '{"symbol":"btcusdt"}' },
            { topic: 'activity', type: 'orders_matched' },
          ],
        }),
      onMessage: (_client, message) => heard.push(message as unknown as (typeof heard)[number]),
    })
    client.connect()
    const of = (topic: string) =>
      heard.filter((message) => message.topic === topic && message.type !== 'subscribe')
    await until(() => of('crypto_prices').length > 1 && of('activity').length > 0)
    client.disconnect()
    expect(of('crypto_prices')[0]?.payload['full_accuracy_value']).toMatch(/^\d+\.\d{8}$/)
    const trade = of('activity')[0]?.payload ?? {}
    expect(typeof trade['price']).toBe('number')
    expect(trade['slug']).toBe(trade['eventSlug'])
  })

  test('frozen, late, and without the second of a start', async () => {
    const venue = await aFeedVenue({ windowSec: 5, firstCloseSec: 7 })
    await setFault(venue, { name: 'missing-start-tick' })
    const { client, frames } = await rtds(venue, { topic: 'crypto_prices_chainlink', type: '*' })
    const next = await windowOf(venue, 'btc', '5m', 'upcoming')
    const stamps = () =>
      frames()
        .filter(({ payload }) => payload.symbol === 'btc/usd')
        .map(({ payload }) => payload.timestamp)
    await until(() => stamps().includes(next.startsAt + 1_000))
    expect(stamps()).not.toContain(next.startsAt)
    expect(stamps()).toContain(next.startsAt - 1_000)
    await clearFaults(venue)
    await setFault(venue, { name: 'rtds-freeze' })
    const allHeard = () => {
      client.send('PING')
      return client.next((text) => text === 'PONG')
    }
    // What was on its way arrives.
    await new Promise((resolve) => setTimeout(resolve, 300))
    await allHeard()
    const before = frames().length
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    await allHeard()
    expect(frames().length).toBe(before)
    client.close()
  })

  test('the same seed and epoch say the same', async () => {
    const said = async (): Promise<string[]> => {
      const clock = ownClock()
      const venue = await aFeedVenue({ clock, seed: 11 })
      const { client, frames } = await rtds(venue, {
        topic: 'crypto_prices_twap_thirty',
        type: '*',
      })
      const last = EPOCH_MS + 5_000
      clock.moveTo(last + 3_000)
      await until(() => frames().some(({ timestamp }) => timestamp > last))
      client.close()
      return frames()
        .filter(({ timestamp }) => timestamp <= last)
        .map(
          ({ timestamp, payload }) =>
            `${timestamp} ${payload.symbol} ${payload.full_accuracy_value}`,
        )
    }
    const [one, other] = await Promise.all([said(), said()])
    expect(one.length).toBeGreaterThan(5)
    expect(one).toEqual(other)
  })
})
