/** Candles over HTTP: from the embedded venue, and from servers that refuse, wait and answer late. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { EngineEvent, StrikeCandle } from '../../src/domain/events.ts'
import type { Market } from '../../src/domain/market.ts'
import type { CandleSource } from '../../src/domain/ports.ts'
import { micros } from '../../src/domain/units.ts'
import { nowMicros } from '../../src/net/clock.ts'
import { createHttp } from '../../src/net/http.ts'
import { createStrikeCandles } from '../../src/runtime/strike-candles.ts'
import { createBinanceCandles } from '../../src/venues/binance/candles.ts'
import { createCoinbaseCandles } from '../../src/venues/coinbase/candles.ts'
import { aVenue, EPOCH_MS, setFault, windowOf } from '../local-venue/support.ts'
import { aMarket, at, START } from '../support/builders.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const http = createHttp({ userAgent: 'test', timeoutMs: 2_000, now: nowMicros })
const HOURLY = 'https://www.binance.com/en/trade/BTC_USDT'

function asking(sources: readonly CandleSource[], venueNow: () => number) {
  const events: EngineEvent[] = []
  const warnings: string[] = []
  const warn = (message: string, data?: unknown) =>
    void warnings.push(`${message} ${JSON.stringify(data)}`)
  const log = { debug: () => undefined, info: () => undefined, warn, error: warn }
  const candles = createStrikeCandles({
    sources,
    emit: (event) => events.push(event),
    now: nowMicros,
    venueNow: () => micros(Math.floor(venueNow())),
    log,
    pauseMs: 20,
  })
  closers.push(candles.close)
  const told = () => events as StrikeCandle[]
  return { candles, told, warnings }
}

type Say = (response: ServerResponse, attempt: number) => void

/** An exchange that answers as the test says; keeps what it was asked. */
async function exchange(say: Say) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    say(response, asked.length)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => new Promise((resolve) => server.close(resolve)))
  closers.push(() => server.closeAllConnections())
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const startMs = START / 1_000
const minuteRow = (openMs: number, trades = 9) =>
  JSON.stringify([
    [
      openMs,
      '91200.10000000',
      '91230.5',
      '91190.00',
      '91220.25',
      '1',
      openMs + 59_999,
      '1',
      trades,
      '1',
      '1',
      '0',
    ],
  ])
const coinbaseRow = JSON.stringify([
  [startMs / 1_000, 1, 1, 1, 1, 1],
  [startMs / 1_000 - 60, 91_100.5, 91_300, 91_150, 91_250.25, 3.5],
])

describe('what the embedded venue serves', () => {
  test('the minute before a window of averages, of both exchanges alike', async () => {
    const venue = await aVenue({ windowSec: 300, firstCloseSec: 300 })
    const market = aMarket({ startAt: micros(EPOCH_MS * 1_000) })
    const { binanceRest, coinbaseRest } = venue.endpoints
    for (const source of [
      createBinanceCandles(http, binanceRest),
      createCoinbaseCandles(http, coinbaseRest),
    ]) {
      const { candles, told } = asking([source], () => venue.nowMs() * 1_000)
      candles.ask(market)
      await vi.waitUntil(() => told().length === 1, 10_000)
      const [candle] = told()
      expect(candle).toMatchObject({ feed: source.feed, seconds: 60, isOver: true })
      expect(candle?.openAt).toBe(market.startAt - 60_000_000)
      const [low, high] = [Number(candle?.low), Number(candle?.high)]
      for (const edge of [candle?.open, candle?.close]) {
        expect(Number(edge)).toBeGreaterThanOrEqual(low)
        expect(Number(edge)).toBeLessThanOrEqual(high)
      }
    }
  }, 30_000)

  test('the open of an hour is the strike of its window, and the close its end', async () => {
    const hourEnds = Math.ceil(EPOCH_MS / 3_600_000) * 3_600_000 + 3_600_000
    const venue = await aVenue({ profile: 'faithful', epochMs: hourEnds - 5_000 })
    const window = await windowOf(venue, 'btc', '1h')
    const { candles, told } = asking(
      [createBinanceCandles(http, venue.endpoints.binanceRest)],
      () => venue.nowMs() * 1_000,
    )
    candles.ask(
      aMarket({
        interval: '1h',
        startAt: micros(window.startsAt * 1_000),
        endAt: micros(window.endsAt * 1_000),
        resolutionSource: HOURLY,
      }),
    )
    await vi.waitUntil(() => told().length === 2, 15_000)
    const [first, last] = told()
    expect(first?.isOver).toBe(false)
    expect(last).toMatchObject({ isOver: true, openAt: first?.openAt, open: first?.open })
    expect(Number(first?.open)).toBeCloseTo(window.strike ?? 0, 7)
  }, 30_000)

  test('where Binance does not serve Coinbase does, and Binance is not asked again', async () => {
    const venue = await aVenue({ windowSec: 300, firstCloseSec: 300 })
    await setFault(venue, { name: 'binance-451' })
    const binance = createBinanceCandles(http, venue.endpoints.binanceRest)
    const fetch = vi.fn(binance.fetch)
    const { candles, told, warnings } = asking(
      [{ ...binance, fetch }, createCoinbaseCandles(http, venue.endpoints.coinbaseRest)],
      () => venue.nowMs() * 1_000,
    )
    const startAt = micros(EPOCH_MS * 1_000)
    candles.ask(aMarket({ startAt }))
    await vi.waitUntil(() => told().length === 1, 10_000)
    candles.ask(aMarket({ startAt, conditionId: `0x${'d'.repeat(64)}` as Market['conditionId'] }))
    await vi.waitUntil(() => told().length === 2, 10_000)
    expect(told().map(({ feed }) => feed)).toEqual(['coinbase', 'coinbase'])
    expect(fetch).toHaveBeenCalledTimes(1)
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toContain('451')
  }, 30_000)
})

describe('servers that do not answer at once', () => {
  const now = () => at(3)
  const market = aMarket()

  test('a candle that is not there yet is asked for again; one of another minute or without trades is none', async () => {
    const { url, asked } = await exchange((response, attempt) => {
      if (attempt === 1) response.end('[]')
      else if (attempt === 2) response.end(minuteRow(startMs))
      else if (attempt === 3) response.end(minuteRow(startMs - 60_000, 0))
      else if (attempt === 4) response.writeHead(500).end()
      else response.end(minuteRow(startMs - 60_000))
    })
    const { candles, told, warnings } = asking([createBinanceCandles(http, url)], now)
    candles.ask(market)
    candles.ask(market)
    await vi.waitUntil(() => told().length === 1)
    expect(asked).toHaveLength(5)
    expect(asked[0]).toBe(
      `/api/v3/klines?symbol=BTCUSDT&interval=1m&startTime=${startMs - 60_000}&limit=1`,
    )
    expect(told()[0]).toMatchObject({
      open: '91200.1',
      high: '91230.5',
      low: '91190',
      close: '91220.25',
      feed: 'binance',
    })
    expect(warnings).toEqual([])
  })

  test.each([418, 429])(
    '%i: left alone as long as it says, while the other one speaks',
    async (status) => {
      const binance = await exchange((response) =>
        response.writeHead(status, { 'Retry-After': '3600' }).end('{}'),
      )
      const coinbase = await exchange((response) => response.end(coinbaseRow))
      const { candles, told, warnings } = asking(
        [createBinanceCandles(http, binance.url), createCoinbaseCandles(http, coinbase.url)],
        now,
      )
      candles.ask(market)
      await vi.waitUntil(() => told().length === 1)
      candles.forget(market.conditionId)
      candles.ask(market)
      await vi.waitUntil(() => told().length === 2)
      expect(binance.asked).toHaveLength(1)
      expect(told()[0]).toMatchObject({
        feed: 'coinbase',
        low: '91100.5',
        high: '91300',
        open: '91150',
      })
      expect(warnings).toEqual([
        `an exchange was asked for candles too often {"feed":"binance","status":${status},"restsMs":3600000}`,
      ])
    },
  )

  test('an hourly window goes on asking the exchange that settles it after another one spoke', async () => {
    const hour = aMarket({ interval: '1h', endAt: at(3_600), resolutionSource: HOURLY })
    const binance = await exchange((response, attempt) => {
      if (attempt < 4) response.writeHead(503).end()
      else response.end(minuteRow(startMs))
    })
    const coinbase = await exchange((response) => response.end(coinbaseRow))
    const { candles, told } = asking(
      [createBinanceCandles(http, binance.url), createCoinbaseCandles(http, coinbase.url)],
      now,
    )
    candles.ask(hour)
    await vi.waitUntil(() => told().length === 2)
    expect(told().map(({ feed, isOver }) => [feed, isOver])).toEqual([
      ['coinbase', false],
      ['binance', false],
    ])
    expect(coinbase.asked).toHaveLength(1)
  })

  test('nobody serves: asked once, told once; a closed door is not knocked at', async () => {
    const { url, asked } = await exchange((response) => response.writeHead(451).end('{}'))
    const { candles, told, warnings } = asking([createBinanceCandles(http, url)], now)
    candles.ask(market)
    await vi.waitUntil(() => warnings.length === 1)
    candles.forget(market.conditionId)
    candles.ask(market)
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(asked).toHaveLength(1)
    expect(told()).toEqual([])
    expect(warnings).toHaveLength(1)
  })

  test('what is forgotten or closed is asked for no more, and nothing is said of it', async () => {
    const { url, asked } = await exchange((response) => response.end('[]'))
    const { candles, warnings } = asking([createBinanceCandles(http, url)], now)
    candles.ask(market)
    await vi.waitUntil(() => asked.length > 0)
    candles.forget(market.conditionId)
    const count = asked.length
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(asked.length).toBeLessThanOrEqual(count + 1)
    expect(warnings).toEqual([])
  })
})
