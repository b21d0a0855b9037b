/** The price feeds of the embedded venue, by sockets of our own and by the clients that others wrote for the real ones, unmodified. */
import { RealTimeDataClient } from '@polymarket/real-time-data-client'
import { MainClient, WebsocketClient } from 'binance'
import { describe, expect, test, vi } from 'vitest'
import { credentialsOf } from '../../src/local-venue/credentials.ts'
import type { RunningVenue } from '../../src/local-venue/venue.ts'
import { aVenue, clearFaults, connect, EPOCH_MS, json, setFault, windowOf } from './support.ts'

type RtdsFrame = {
  readonly topic: string
  readonly type: string
  readonly timestamp: number
  readonly connection_id?: string
  readonly payload: {
    readonly symbol: string
    readonly timestamp: number
    readonly value: number
    readonly full_accuracy_value: string
    readonly window_s?: number
    readonly data?: readonly { readonly timestamp: number; readonly value: number }[]
  }
}

function subscribe(...subscriptions: object[]): object {
  return { action: 'subscribe', subscriptions }
}

async function rtds(venue: RunningVenue, ...subscriptions: object[]) {
  const client = await connect(venue.endpoints.rtds)
  client.send(subscribe(...subscriptions))
  const frames = (): RtdsFrame[] =>
    client.texts.filter((text) => text.startsWith('{')).map((text) => JSON.parse(text) as RtdsFrame)
  return { client, frames }
}

describe.concurrent('RTDS', () => {
  test('one tick a second for each asset, whole seconds, 1.1 to 1.9 s late, exact value beside the float', async () => {
    const venue = await aVenue()
    const { client, frames } = await rtds(venue, {
      topic: 'crypto_prices_chainlink',
      type: '*',
      filters: '',
    })
    await vi.waitUntil(() => frames().length >= 12, { timeout: 10_000 })
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
    const venue = await aVenue()
    const { client, frames } = await rtds(venue, {
      topic: 'crypto_prices_chainlink',
      type: '*',
      filters: '{"symbol":"eth/usd"}',
    })
    await vi.waitUntil(() => frames().length >= 3, { timeout: 10_000 })
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
    await vi.waitUntil(() => frames().some(({ payload }) => payload.symbol === 'sol/usd'))
    const before = frames().length
    await vi.waitUntil(() => frames().length >= before + 2, { timeout: 10_000 })
    expect(
      frames()
        .slice(before)
        .every(({ payload }) => payload.symbol === 'sol/usd'),
    ).toBe(true)
    client.close()
  })

  test('the averages of the seconds a window starts and ends in are its strike and its final price', async () => {
    const venue = await aVenue({ windowSec: 6, firstCloseSec: 8 })
    const { client, frames } = await rtds(venue, {
      topic: 'crypto_prices_twap_sixty',
      type: 'update',
    })
    const upcoming = await windowOf(venue, 'btc', '15m', 'upcoming')
    const at = (ms: number): RtdsFrame | undefined =>
      frames().find(({ payload }) => payload.symbol === 'btc/usd' && payload.timestamp === ms)
    await vi.waitUntil(() => at(upcoming.endsAt) !== undefined, { timeout: 20_000 })
    client.close()
    const state = await json<{ windows: (typeof upcoming)[] }>(`${venue.endpoints.control}/state`)
    const over = state.windows.find(({ slug }) => slug === upcoming.slug)
    expect(at(upcoming.startsAt)?.payload.value).toBeCloseTo(over?.strike ?? 0, 9)
    expect(at(upcoming.endsAt)?.payload.value).toBeCloseTo(over?.final ?? 0, 9)
    expect(at(upcoming.endsAt)?.payload.window_s).toBe(60)
    const exact = (ms: number): bigint => BigInt(at(ms)?.payload.full_accuracy_value ?? 0)
    expect(exact(upcoming.endsAt) >= exact(upcoming.startsAt) ? 'UP' : 'DOWN').toBe(over?.winner)
  }, 40_000)

  test('between the backfill and what follows no second is missing and none is told twice', async () => {
    const venue = await aVenue()
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
    await vi.waitUntil(() => streams.every(({ frames }) => frames().length >= 4), {
      timeout: 15_000,
    })
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
  }, 30_000)

  test('garbage is ignored in silence, an unknown topic is named, ping is answered', async () => {
    const venue = await aVenue()
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
    const venue = await aVenue({ ratePerSec: 60 })
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
    await vi.waitUntil(() => of('crypto_prices').length > 1 && of('activity').length > 0, {
      timeout: 15_000,
    })
    client.disconnect()
    expect(of('crypto_prices')[0]?.payload['full_accuracy_value']).toMatch(/^\d+\.\d{8}$/)
    const trade = of('activity')[0]?.payload ?? {}
    expect(typeof trade['price']).toBe('number')
    expect(trade['slug']).toBe(trade['eventSlug'])
  }, 30_000)

  test('frozen, late, and without the second of a start', async () => {
    const venue = await aVenue({ windowSec: 5, firstCloseSec: 7 })
    await setFault(venue, { name: 'missing-start-tick' })
    const { client, frames } = await rtds(venue, { topic: 'crypto_prices_chainlink', type: '*' })
    const next = await windowOf(venue, 'btc', '5m', 'upcoming')
    const stamps = () =>
      frames()
        .filter(({ payload }) => payload.symbol === 'btc/usd')
        .map(({ payload }) => payload.timestamp)
    await vi.waitUntil(() => stamps().includes(next.startsAt + 1_000), { timeout: 20_000 })
    expect(stamps()).not.toContain(next.startsAt)
    expect(stamps()).toContain(next.startsAt - 1_000)
    await clearFaults(venue)
    await setFault(venue, { name: 'rtds-freeze' })
    const before = frames().length
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    client.send('PING')
    await client.until((text) => text === 'PONG')
    expect(frames().length).toBe(before)
    client.close()
  }, 40_000)

  test('the same seed and epoch say the same', async () => {
    const said = async (): Promise<string[]> => {
      const venue = await aVenue({ seed: 11 })
      const { client, frames } = await rtds(venue, {
        topic: 'crypto_prices_twap_thirty',
        type: '*',
      })
      const until = EPOCH_MS + 5_000
      await vi.waitUntil(() => frames().some(({ timestamp }) => timestamp > until), {
        timeout: 15_000,
      })
      client.close()
      // Who connects a little later misses the first ones.
      return frames()
        .filter(({ timestamp }) => timestamp > EPOCH_MS + 2_500 && timestamp <= until)
        .map(
          ({ timestamp, payload }) =>
            `${timestamp} ${payload.symbol} ${payload.full_accuracy_value}`,
        )
    }
    const [one, other] = await Promise.all([said(), said()])
    expect(one.length).toBeGreaterThan(5)
    expect(one).toEqual(other)
  }, 40_000)
})

describe.concurrent('PolyBolt', () => {
  const subscription = {
    channel: 'price.crypto.twap',
    filter: { symbol: 'btcusd', window_seconds: 60 },
  }

  async function authed() {
    const venue = await aVenue({ seed: 4 })
    const client = await connect(venue.endpoints.polybolt)
    client.send({ op: 'auth', rid: 'a1', auth: credentialsOf(4, venue.account.address) })
    expect(await client.until((text) => text.includes('auth'))).toBe('{"op":"authed","rid":"a1"}')
    return { venue, client }
  }

  test('credentials, acknowledgement, backfill, numbered messages', async () => {
    const { client } = await authed()
    client.send({
      op: 'subscribe',
      rid: 's1',
      subscriptions: [subscription, { channel: 'price.crypto', filter: { symbol: 'btcusd' } }],
    })
    await client.until((text) => text.includes('"channel":"price.crypto","rid":"s1"'))
    const of = (channel: string) =>
      client.texts
        .filter((text) => text.includes(`"channel":"${channel}","seq"`))
        .map(
          (text) =>
            JSON.parse(text) as {
              seq: number
              snapshot?: boolean
              payload: Record<string, unknown>
            },
        )
    await vi.waitUntil(() => of('price.crypto.twap').length >= 4, { timeout: 15_000 })
    const [backfill, ...live] = of('price.crypto.twap')
    expect(backfill?.snapshot).toBe(true)
    expect(Array.isArray(backfill?.payload['data'])).toBe(true)
    expect(JSON.stringify(backfill?.payload['data']).length).toBeGreaterThan(20 * 60)
    expect([backfill, ...live].map((message) => message?.seq)).toEqual([
      1,
      ...live.map((_, index) => index + 2),
    ])
    expect(live[0]?.payload).toMatchObject({
      symbol: 'btcusd',
      window_seconds: 60,
      source: 'chainlink',
      is_carried_forward: false,
    })
    expect(live[0]?.payload['full_accuracy_value']).toMatch(/^\d+\.\d{18}$/)
    expect(of('price.crypto')[0]?.payload).not.toHaveProperty('window_seconds')
    client.close()
  }, 30_000)

  test('what is wrong is named', async () => {
    const { client } = await authed()
    const says = async (message: object, code: string) => {
      client.send(message)
      expect(JSON.parse(await client.next((text) => text.includes('error')))).toMatchObject({
        op: 'error',
        code,
      })
    }
    await says({ op: 'dance' }, 'bad_op')
    await says({ op: 'subscribe', channel: 'price.tea', filter: {} }, 'bad_channel')
    await says(
      {
        op: 'subscribe',
        channel: 'price.crypto.twap',
        filter: { symbol: 'btcusd', window_seconds: 30 },
      },
      'bad_filter',
    )
    client.close()
  })

  test('nobody is served without credentials, and wrong ones end the connection', async () => {
    const venue = await aVenue({ seed: 4 })
    const client = await connect(venue.endpoints.polybolt)
    client.send({ op: 'subscribe', rid: 'x', ...subscription })
    expect(await client.until((text) => text.includes('error'))).toBe(
      '{"op":"error","code":"auth_required","rid":"x"}',
    )
    client.send({
      op: 'auth',
      auth: { ...credentialsOf(4, venue.account.address), secret: 'wrong' },
    })
    expect(await client.closed()).toBe(4001)
  })

  test('a lost message leaves a hole in the numbers', async () => {
    const { venue, client } = await authed()
    client.send({ op: 'subscribe', ...subscription })
    const numbers = () =>
      client.texts
        .filter((text) => text.includes('"seq"'))
        .map((text) => (JSON.parse(text) as { seq: number }).seq)
    await vi.waitUntil(() => numbers().length >= 2, { timeout: 10_000 })
    await setFault(venue, { name: 'polybolt-dropped', probability: 1, forMs: 2_500 })
    const afterLoss = JSON.parse(await client.until((text) => text.includes('"dropped"'))) as {
      seq: number
      dropped: number
    }
    const before = numbers()[numbers().indexOf(afterLoss.seq) - 1] as number
    expect(afterLoss.seq - before - 1).toBe(afterLoss.dropped)
    expect(afterLoss.dropped).toBeGreaterThan(0)
    client.close()
  }, 30_000)

  test('goes on while RTDS is frozen, and has nothing while the source is silent', async () => {
    const { venue, client } = await authed()
    const legacy = await rtds(
      venue,
      { topic: 'crypto_prices_chainlink', type: '*' },
      { topic: 'crypto_prices', type: 'update' },
    )
    client.send({ op: 'subscribe', ...subscription })
    await setFault(venue, { name: 'rtds-freeze' })
    const live = (text: string): boolean => text.includes('"received_at"')
    await client.next(live)
    await client.next(live)
    expect(legacy.frames().filter(({ timestamp }) => timestamp > EPOCH_MS + 4_000)).toEqual([])
    await clearFaults(venue)
    await setFault(venue, { name: 'chainlink-gap' })
    const from = legacy.frames().length
    const fromBolt = client.texts.length
    await vi.waitUntil(() => legacy.frames().length > from + 8, { timeout: 10_000 })
    // One may have been on its way when the fault was set.
    const topics = legacy.frames().slice(from + 4)
    expect(new Set(topics.map(({ topic }) => topic))).toEqual(new Set(['crypto_prices']))
    expect(client.texts.slice(fromBolt + 1).filter(live)).toEqual([])
    await setFault(venue, { name: 'polybolt-draining' })
    expect(await client.closed()).toBe(4003)
  }, 40_000)

  test('a challenge has a nonce; too many changes in a second are too many', async () => {
    const { client } = await authed()
    client.send({ op: 'challenge', rid: 'c1' })
    expect(await client.next((text) => text.includes('nonce'))).toMatch(
      /^{"op":"challenge","nonce":"0x[0-9a-f]{64}","rid":"c1"}$/,
    )
    for (let count = 0; count < 41; count += 1)
      client.send({ op: 'unsubscribe', channel: 'price.crypto', filter: { symbol: 'btcusd' } })
    await client.until((text) => text.includes('"rate_limited"'))
    client.close()
  }, 20_000)
})

describe.concurrent('Binance', () => {
  test('combined streams wrap, raw streams do not; live subscriptions are answered', async () => {
    const venue = await aVenue()
    const combined = await connect(
      `${venue.endpoints.binanceWs}/stream?streams=btcusdt@trade/ethusdt@bookTicker`,
    )
    const raw = await connect(`${venue.endpoints.binanceWs}/ws/btcusdt@aggTrade`)
    const trade = JSON.parse(await combined.until((text) => text.includes('"btcusdt@trade"'))) as {
      data: Record<string, unknown>
    }
    expect(Object.keys(trade.data)).toEqual(['e', 'E', 's', 't', 'p', 'q', 'T', 'm', 'M'])
    expect(trade.data['p']).toMatch(/^\d+\.\d{8}$/)
    const top = JSON.parse(await combined.until((text) => text.includes('bookTicker'))) as {
      data: { b: string; a: string }
    }
    expect(Number(top.data.b)).toBeLessThan(Number(top.data.a))
    expect(JSON.parse(await raw.until((text) => text.includes('aggTrade')))).toMatchObject({
      e: 'aggTrade',
      s: 'BTCUSDT',
    })
    raw.send({ method: 'SUBSCRIBE', params: ['btcusdt@kline_1m', 'nonsense'], id: 5 })
    await raw.until((text) => text === '{"result":null,"id":5}')
    raw.send({ method: 'LIST_SUBSCRIPTIONS', id: 6 })
    await raw.until((text) => text === '{"result":["btcusdt@aggTrade","btcusdt@kline_1m"],"id":6}')
    expect(JSON.parse(await raw.until((text) => text.includes('"e":"kline"')))).toMatchObject({
      k: { i: '1m' },
    })
    combined.close()
    raw.close()
  }, 20_000)

  test('the candle of an hour opens and closes where the window of that hour does', async () => {
    // Two seconds before the hour ends, at the real lengths.
    const hourEnds = Math.ceil(EPOCH_MS / 3_600_000) * 3_600_000
    const venue = await aVenue({ profile: 'faithful', epochMs: hourEnds + 3_600_000 - 2_000 })
    const window = await windowOf(venue, 'btc', '1h')
    await new Promise((resolve) => setTimeout(resolve, 3_500))
    const rows = await json<(string | number)[][]>(
      `${venue.endpoints.binanceRest}/api/v3/klines?symbol=BTCUSDT&interval=1h&startTime=${window.startsAt}&limit=1`,
    )
    const state = await json<{ windows: (typeof window)[] }>(`${venue.endpoints.control}/state`)
    const over = state.windows.find(({ slug }) => slug === window.slug)
    expect(rows).toHaveLength(1)
    expect(rows[0]?.[0]).toBe(window.startsAt)
    expect(Number(rows[0]?.[1])).toBeCloseTo(over?.strike ?? 0, 7)
    expect(Number(rows[0]?.[4])).toBeCloseTo(over?.final ?? 0, 7)
    expect(Number(rows[0]?.[4]) >= Number(rows[0]?.[1]) ? 'UP' : 'DOWN').toBe(over?.winner)
  }, 30_000)

  test('the package of others works with its addresses changed only', async () => {
    const venue = await aVenue()
    const rest = new MainClient({ baseUrl: venue.endpoints.binanceRest })
    // Its getServerTime knows the real address only.
    const { symbols } = await rest.getExchangeInfo()
    expect(symbols.map(({ symbol }) => symbol)).toContain('BTCUSDT')
    expect(await rest.getSymbolPriceTicker({ symbol: 'BTCUSDT' })).toMatchObject({
      symbol: 'BTCUSDT',
    })
    const klines = await rest.getKlines({ symbol: 'ETHUSDT', interval: '1m', limit: 3 })
    expect(klines).toHaveLength(3)
    const silent = { trace: () => undefined, info: () => undefined, error: () => undefined }
    const sockets = new WebsocketClient(
      { wsUrl: venue.endpoints.binanceWs, beautify: true },
      silent,
    )
    const heard: unknown[] = []
    sockets.on('formattedMessage', (message) => heard.push(message))
    await sockets.subscribe('btcusdt@trade', 'main')
    await vi.waitUntil(() => heard.length > 2, { timeout: 15_000 })
    sockets.closeAll(true)
    expect(heard[0]).toMatchObject({ eventType: 'trade', symbol: 'BTCUSDT' })
  }, 30_000)

  test('fills of one order are one aggregated trade; times in microseconds where asked for', async () => {
    const venue = await aVenue()
    const client = await connect(
      `${venue.endpoints.binanceWs}/stream?streams=btcusdt@trade/btcusdt@aggTrade&timeUnit=MICROSECOND`,
    )
    const of = (stream: string): Record<string, number | string>[] =>
      client.texts
        .map((text) => JSON.parse(text) as { stream: string; data: Record<string, number> })
        .filter((message) => message.stream.endsWith(stream))
        .map(({ data }) => data)
    const merged = (): Record<string, number | string> | undefined =>
      of('@aggTrade').find(({ f, l }) => f !== l)
    await vi.waitUntil(() => merged() !== undefined, { timeout: 20_000 })
    const whole = merged() as Record<string, number>
    const fills = of('@trade').filter(
      ({ t }) => Number(t) >= (whole['f'] as number) && Number(t) <= (whole['l'] as number),
    )
    expect(fills.length).toBeGreaterThan(1)
    for (const fill of fills)
      expect([fill['T'], fill['p'], fill['m']]).toEqual([whole['T'], whole['p'], whole['m']])
    expect(fills.reduce((sum, fill) => sum + Number(fill['q']), 0)).toBeCloseTo(
      Number(whole['q']),
      8,
    )
    expect(Number(whole['T'])).toBeGreaterThan(EPOCH_MS * 1_000)
    client.close()
  }, 30_000)

  test('who sends more than five messages a second is let go', async () => {
    const venue = await aVenue()
    const client = await connect(`${venue.endpoints.binanceWs}/ws/btcusdt@trade`)
    for (let id = 0; id < 12; id += 1) client.send({ method: 'LIST_SUBSCRIPTIONS', id })
    expect(await client.closed()).toBe(1008)
  })

  test('quiet, and off the settlement source by a basis', async () => {
    const venue = await aVenue()
    const client = await connect(`${venue.endpoints.binanceWs}/ws/btcusdt@trade`)
    const { frames } = await rtds(
      venue,
      { topic: 'crypto_prices_chainlink', type: '*' },
      { topic: 'crypto_prices', type: 'update' },
    )
    const at = (symbol: string): Map<number, number> =>
      new Map(
        frames()
          .filter(({ payload }) => payload.symbol === symbol)
          .map(({ payload }) => [payload.timestamp, payload.value]),
      )
    await vi.waitUntil(() => at('btc/usd').size >= 2 && at('btcusdt').size >= 2, {
      timeout: 10_000,
    })
    const [[stamp, exchange]] = [...at('btcusdt')] as [[number, number]]
    const settlement = at('btc/usd').get(stamp) as number
    expect(exchange).not.toBe(settlement)
    expect(Math.abs(exchange / settlement - 1)).toBeLessThan(0.002)
    expect(Math.round(exchange * 100) / 100).toBe(exchange)
    const trades = JSON.parse(await client.until((text) => text.includes('"trade"'))) as {
      p: string
    }
    expect(Math.abs(Number(trades.p) / exchange - 1)).toBeLessThan(0.001)
    await setFault(venue, { name: 'exchange-quiet' })
    await new Promise((resolve) => setTimeout(resolve, 1_200))
    const quietFrom = client.texts.length
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect(client.texts.length).toBe(quietFrom)
    client.close()
  }, 30_000)

  test('not from this place, and the end of a day', async () => {
    const venue = await aVenue()
    const url = `${venue.endpoints.binanceWs}/ws/btcusdt@trade`
    const client = await connect(url)
    await setFault(venue, { name: 'binance-close' })
    await client.until((text) => text.includes('serverShutdown'))
    expect(await client.closed()).toBe(1001)
    await clearFaults(venue)
    await setFault(venue, { name: 'binance-451' })
    await expect(connect(url)).rejects.toThrow('451')
    expect((await fetch(`${venue.endpoints.binanceRest}/api/v3/time`)).status).toBe(451)
  })

  test.each([
    ['symbol=DOGEUSDT&interval=1m', -1121],
    ['symbol=BTCUSDT&interval=7m', -1120],
    ['interval=1m', -1121],
    ['symbol=BTCUSDT&interval=constructor', -1120],
  ])('klines of %s are refused', async (query, code) => {
    const venue = await aVenue()
    const response = await fetch(`${venue.endpoints.binanceRest}/api/v3/klines?${query}`)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code })
  })
})

describe.concurrent('Coinbase', () => {
  test('candles come newest first, low before high before open; nonsense is refused', async () => {
    const venue = await aVenue()
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
    const venue = await aVenue()
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
  }, 20_000)
})

describe.concurrent('crypto-price of the website', () => {
  test('strike and final with the average, another price without it, nothing before the start', async () => {
    const venue = await aVenue({ windowSec: 5, firstCloseSec: 6 })
    const next = await windowOf(venue, 'eth', '15m', 'upcoming')
    const ask = async (average: boolean) => {
      const times = `eventStartTime=${new Date(next.startsAt).toISOString()}&endDate=${new Date(next.endsAt).toISOString()}`
      const twap = average ? '&twapEnabled=true&twapLookbackSeconds=60' : ''
      return json<{ openPrice: number | null; closePrice: number | null; completed: boolean }>(
        `${venue.endpoints.site}/api/crypto/crypto-price?symbol=ETH&variant=fifteen&${times}${twap}`,
      )
    }
    expect(await ask(true)).toMatchObject({ openPrice: null, closePrice: null, completed: false })
    await vi.waitUntil(async () => (await ask(true)).completed, { timeout: 15_000, interval: 200 })
    const state = await json<{ windows: (typeof next)[] }>(`${venue.endpoints.control}/state`)
    const over = state.windows.find(({ slug }) => slug === next.slug)
    const told = await ask(true)
    expect(told.openPrice).toBeCloseTo(over?.strike ?? 0, 9)
    expect(told.closePrice).toBeCloseTo(over?.final ?? 0, 9)
    expect((await ask(false)).openPrice).not.toBe(told.openPrice)
  }, 30_000)

  test.each([
    '',
    '?symbol=BTC',
    '?symbol=DOGE&eventStartTime=2026-11-20T17:00:00Z&endDate=2026-11-20T17:05:00Z',
  ])('a question like "%s" is refused', async (query) => {
    const venue = await aVenue()
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
    const venue = await aVenue({ seed: 23 })
    const path = name === 'binanceWs' ? '/stream?streams=btcusdt@trade/ethusdt@bookTicker' : ''
    const client = await connect(`${venue.endpoints[name]}${path}`)
    for (const message of greet(venue)) client.send(message)
    await vi.waitUntil(() => venue.nowMs() > EPOCH_MS + 9_000, { timeout: 25_000 })
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
  ] as const)(
    '%s says the same',
    async (name, greet, stampOf) => {
      const [one, other] = await Promise.all([
        heard(name, greet, stampOf),
        heard(name, greet, stampOf),
      ])
      expect(one.length).toBeGreaterThan(2)
      // The numbers of PolyBolt count from each connection's own beginning.
      const plain = (texts: readonly string[]): string[] =>
        texts.map((text) => text.replace(/"seq":\d+,/, ''))
      expect(plain(one)).toEqual(plain(other))
    },
    40_000,
  )
})
