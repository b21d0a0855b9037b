/** Binance of the embedded venue, by sockets of our own and by the package that others wrote for the real one, unmodified. */
import { MainClient, WebsocketClient } from 'binance'
import { describe, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { aFeedVenue, rtds } from './feed-support.ts'
import { clearFaults, connect, EPOCH_MS, json, ownClock, setFault, windowOf } from './support.ts'

describe.concurrent('Binance', () => {
  test('combined streams wrap, raw streams do not; live subscriptions are answered', async () => {
    const venue = await aFeedVenue()
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
  })

  test('the candle of an hour opens and closes where the window of that hour does', async () => {
    // Two seconds before the hour ends, at the real lengths.
    const hourEnds = Math.ceil(EPOCH_MS / 3_600_000) * 3_600_000
    const clock = ownClock(hourEnds + 3_600_000 - 2_000)
    const venue = await aFeedVenue({ clock, profile: 'faithful' })
    const window = await windowOf(venue, 'btc', '1h')
    clock.moveTo(window.endsAt + 1_500)
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
  })

  test('the package of others works with its addresses changed only', async () => {
    const venue = await aFeedVenue()
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
    await until(() => heard.length > 2)
    sockets.closeAll(true)
    expect(heard[0]).toMatchObject({ eventType: 'trade', symbol: 'BTCUSDT' })
  })

  test('fills of one order are one aggregated trade; times in microseconds where asked for', async () => {
    const venue = await aFeedVenue()
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
    await until(() => merged() !== undefined)
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
  })

  test('who sends more than five messages a second is let go', async () => {
    const venue = await aFeedVenue()
    const client = await connect(`${venue.endpoints.binanceWs}/ws/btcusdt@trade`)
    for (let id = 0; id < 12; id += 1) client.send({ method: 'LIST_SUBSCRIPTIONS', id })
    expect(await client.closed()).toBe(1008)
  })

  test('quiet, and off the settlement source by a basis', async () => {
    const venue = await aFeedVenue()
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
    await until(() => at('btc/usd').size >= 2 && at('btcusdt').size >= 2)
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
  })

  test('not from this place, and the end of a day', async () => {
    const venue = await aFeedVenue()
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
    const venue = await aFeedVenue()
    const response = await fetch(`${venue.endpoints.binanceRest}/api/v3/klines?${query}`)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code })
  })
})
