import { request } from 'node:http'
import { beforeAll, describe, expect, it } from 'vitest'
import type { RunningVenue } from '../../src/local-venue/venue.ts'
import {
  aVenue,
  EPOCH_MS,
  type Frame,
  get,
  json,
  ownClock,
  post,
  type WindowState,
  windowOf,
  windows,
} from './support.ts'

type Row = Frame

let venue: RunningVenue
let open: WindowState
const gamma = <Shape = Row[]>(path: string): Promise<Shape> =>
  json<Shape>(`${venue.endpoints.gamma}${path}`)

beforeAll(async () => {
  venue = await aVenue({ windowSec: 3_600, firstCloseSec: 1_800 })
  open = await windowOf(venue, 'btc', '5m')
})

describe('a market', () => {
  it('has the types of the real one', async () => {
    const market = await gamma<Row>(`/markets/slug/${open.slug}`)
    expect(market).toMatchObject({
      id: expect.stringMatching(/^\d{7}$/),
      version: 'v1',
      question: expect.stringMatching(/^Bitcoin Up or Down - November 20, .* ET$/),
      conditionId: expect.stringMatching(/^0x[0-9a-f]{64}$/),
      slug: open.slug,
      resolutionSource: 'https://data.chain.link/streams/btc-usd-twap-60s-streams',
      outcomes: '["Up", "Down"]',
      clobTokenIds: `["${open.tokens.up}", "${open.tokens.down}"]`,
      outcomePrices: expect.stringMatching(/^\["0\.\d+", "0\.\d+"\]$/),
      eventStartTime: new Date(EPOCH_MS - 1_800_000).toISOString().replace('.000', ''),
      endDate: new Date(EPOCH_MS + 1_800_000).toISOString().replace('.000', ''),
      active: true,
      closed: false,
      acceptingOrders: true,
      enableOrderBook: true,
      orderPriceMinTickSize: 0.01,
      orderMinSize: 5,
      feesEnabled: true,
      feeType: 'crypto_fees_v2',
      feeSchedule: { rate: 0.07, exponent: 1, takerOnly: true, rebateRate: 0.2 },
      bestBid: expect.any(Number),
      bestAsk: expect.any(Number),
      liquidity: expect.stringMatching(/^\d+(\.\d+)?$/),
      liquidityNum: expect.any(Number),
      negRisk: false,
      umaResolutionStatuses: '[]',
      cryptoMarketConfig: {
        id: 'btc-5m-twap-60',
        asset: 'btc',
        duration: '5m',
        twapEnabled: true,
        twapLookbackSeconds: 60,
      },
    })
    for (const absent of ['closedTime', 'umaResolutionStatus', 'automaticallyResolved']) {
      expect(market).not.toHaveProperty(absent)
    }
    expect(open.tokens.up).toMatch(/^\d{77}$/)
    const [event] = market.events as Row[]
    expect(event).toMatchObject({
      slug: open.slug,
      seriesSlug: 'btc-up-or-down-5m',
      liquidity: expect.any(Number),
    })
    expect(event).not.toHaveProperty('markets')
    expect(event).not.toHaveProperty('eventMetadata')
  })

  it('settles on a candle when it is an hourly one', async () => {
    const hourly = await windowOf(venue, 'btc', '1h')
    const market = await gamma<Row>(`/markets/slug/${hourly.slug}`)
    expect(market.resolutionSource).toBe('https://www.binance.com/en/trade/BTC_USDT')
    expect(market).not.toHaveProperty('cryptoMarketConfig')
  })
})

describe('finding', () => {
  it('finds an event by slug, by several slugs, by id and by path', async () => {
    const other = await windowOf(venue, 'eth', '5m')
    const both = await gamma(`/events?slug=${open.slug}&slug=${other.slug}`)
    expect(both.map(({ slug }) => slug).sort()).toEqual([open.slug, other.slug].sort())
    const byPath = await gamma<Row>(`/events/slug/${open.slug}`)
    expect(await gamma<Row>(`/events/${String(byPath.id)}`)).toMatchObject({ slug: open.slug })
    expect(byPath.markets).toHaveLength(1)
  })

  it('lists a series with the windows to come, in the order asked for', async () => {
    const events = await gamma(
      '/events?series_id=10684&closed=false&order=endDate&ascending=false&limit=50',
    )
    expect(events.length).toBeGreaterThanOrEqual(4)
    const ends = events.map(({ endDate }) => String(endDate))
    expect(ends).toEqual([...ends].sort().reverse())
    expect(events.every(({ seriesSlug }) => seriesSlug === 'btc-up-or-down-5m')).toBe(true)
    const page = await gamma(
      '/events?series_id=10684&closed=false&order=endDate&ascending=false&limit=2&offset=1',
    )
    expect(page.map(({ slug }) => slug)).toEqual(events.slice(1, 3).map(({ slug }) => slug))
  })

  it('pages by cursor too, without a gap and with an end', async () => {
    type Page = { events: Row[]; next_cursor?: string }
    const path = '/events/keyset?series_id=10684&closed=false&limit=2'
    const slugs: unknown[] = []
    let cursor: string | undefined = ''
    while (cursor !== undefined) {
      const page: Page = await gamma<Page>(`${path}&after_cursor=${cursor}`)
      slugs.push(...page.events.map(({ slug }) => slug))
      cursor = page.next_cursor
    }
    const all = await gamma('/events?series_id=10684&closed=false&limit=50')
    expect(slugs).toEqual(all.map(({ slug }) => slug))
    expect((await get(`${venue.endpoints.gamma}${path}&after_cursor=x`)).status).toBe(422)
  })

  it('keeps to dates and tags', async () => {
    const end = new Date(open.endsAt).toISOString()
    const ending = await gamma(
      `/events?tag_slug=up-or-down&end_date_min=${end}&end_date_max=${end}&limit=100`,
    )
    expect(ending).toHaveLength(16)
    expect(await gamma('/events?tag_slug=politics')).toEqual([])
  })

  it('finds markets by condition, by token and by id', async () => {
    for (const query of [
      `condition_ids=${open.conditionId}`,
      `clob_token_ids=${open.tokens.down}`,
      `slug=${open.slug}`,
    ]) {
      expect((await gamma(`/markets?${query}`)).map(({ slug }) => slug)).toEqual([open.slug])
    }
    const [market] = await gamma(`/markets?slug=${open.slug}`)
    expect(await gamma<Row>(`/markets/${String(market?.id)}`)).toMatchObject({
      slug: open.slug,
    })
  })

  it('says nothing found as lists do and as paths do', async () => {
    expect(await gamma('/events?slug=none')).toEqual([])
    expect(await gamma('/markets?condition_ids=0x00')).toEqual([])
    for (const path of [
      '/events/slug/none',
      '/events/1',
      '/markets/slug/none',
      '/markets/1',
      '/series/1',
      '/nowhere',
    ]) {
      expect((await get(`${venue.endpoints.gamma}${path}`)).status).toBe(404)
    }
    expect((await get(`${venue.endpoints.gamma}/events?limit=many`)).status).toBe(422)
    expect((await post(`${venue.endpoints.gamma}/events`, {})).status).toBe(405)
  })

  it('knows its series, and searches', async () => {
    const [series] = await gamma('/series?slug=eth-up-or-down-15m')
    expect(series).toMatchObject({ id: '10191', recurrence: '15m', seriesType: 'single' })
    expect(await gamma<Row>('/series/10114')).toMatchObject({ slug: 'btc-up-or-down-hourly' })
    const found = await gamma<{ events: Row[]; pagination: Row }>(
      '/public-search?q=solana%20up&limit_per_type=3',
    )
    expect(found.events).toHaveLength(3)
    expect(found.pagination.hasMore).toBe(true)
    expect(found.events.every(({ title }) => String(title).startsWith('Solana'))).toBe(true)
  })

  it('refuses who does not say what they are', async () => {
    const status = await new Promise((resolve, reject) => {
      request(`${venue.endpoints.gamma}/events`, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
        .on('error', reject)
        .end()
    })
    expect(status).toBe(403)
  })
})

describe('the life of a window', () => {
  it('ends, keeps its book until it is resolved, and then tells what it was about', async () => {
    const clock = ownClock()
    const short = await aVenue({ clock, windowSec: 90, firstCloseSec: 5, resolutionDelayMs: 700 })
    const base = short.endpoints.gamma
    const window = await windowOf(short, 'eth', '5m')
    expect(window.winner).toBeNull()
    clock.moveTo(window.endsAt + 100)
    const ended = await json<Row[]>(`${base}/events?slug=${window.slug}`)
    expect(ended[0]).toMatchObject({
      closed: false,
      eventMetadata: { priceToBeat: expect.any(Number) },
    })
    const after = (await windows(short)).find(({ slug }) => slug === window.slug)
    expect(after?.phase).toBe('ended')
    clock.moveTo(window.endsAt + 750)
    expect(await json(`${base}/markets?slug=${window.slug}`)).toEqual([])
    const [market] = await json<Row[]>(`${base}/markets?slug=${window.slug}&closed=true`)
    const up = after?.winner === 'UP'
    expect(market).toMatchObject({
      active: true,
      closed: true,
      acceptingOrders: false,
      umaResolutionStatus: 'resolved',
      automaticallyResolved: true,
      outcomePrices: up ? '["1", "0"]' : '["0", "1"]',
      closedTime: expect.stringMatching(/^2026-11-20 17:00:0\d\+00$/),
    })
    expect(market).not.toHaveProperty('bestBid')
    const event = await json<{ eventMetadata: { priceToBeat: number; finalPrice: number } }>(
      `${base}/events/slug/${window.slug}`,
    )
    expect(event.eventMetadata.finalPrice >= event.eventMetadata.priceToBeat).toBe(up)
    expect(event.eventMetadata.finalPrice).toBe(after?.final)
  })
})
