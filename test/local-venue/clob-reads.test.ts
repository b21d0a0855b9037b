import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { RunningVenue } from '../../src/local-venue/venue.ts'
import {
  aVenue,
  get,
  json,
  ownClock,
  post,
  type WindowState,
  windowOf,
  windows,
} from './support.ts'

type Level = { price: string; size: string }
type Book = {
  asset_id: string
  hash: string
  bids: Level[]
  asks: Level[]
  timestamp: string
  market: string
}

let venue: RunningVenue
let clob: string
let open: WindowState

beforeAll(async () => {
  venue = await aVenue({ windowSec: 3_600, firstCloseSec: 1_800 })
  clob = venue.endpoints.clob
  open = await windowOf(venue, 'btc', '5m')
})

describe('a book', () => {
  it('has its keys in order, its best prices last and the hash of itself', async () => {
    const { text } = await get(`${clob}/book?token_id=${open.tokens.up}`)
    const book = JSON.parse(text) as Book
    expect(Object.keys(book)).toEqual([
      'market',
      'asset_id',
      'timestamp',
      'hash',
      'bids',
      'asks',
      'min_order_size',
      'tick_size',
      'neg_risk',
      'last_trade_price',
    ])
    const hashed = createHash('sha1')
      .update(JSON.stringify({ ...book, hash: '' }))
      .digest('hex')
    expect(book.hash).toBe(hashed)
    const bids = book.bids.map(({ price }) => Number(price))
    const asks = book.asks.map(({ price }) => Number(price))
    expect(bids).toEqual([...bids].sort((a, b) => a - b))
    expect(asks).toEqual([...asks].sort((a, b) => b - a))
    expect(bids.at(-1)).toBeLessThan(asks.at(-1) ?? 0)
    expect(book).toMatchObject({
      market: open.conditionId,
      min_order_size: '5',
      tick_size: '0.01',
      neg_risk: false,
    })
  })

  it('mirrors the book of the other token', async () => {
    const response = await post(`${clob}/books`, [
      { token_id: open.tokens.up },
      { token_id: '1' },
      { token_id: open.tokens.down },
    ])
    const [up, down] = JSON.parse(response.text) as [Book, Book]
    expect([up.asset_id, down.asset_id]).toEqual([open.tokens.up, open.tokens.down])
    const mirrored = (levels: Level[]) =>
      levels.map(({ price, size }) => ({
        price: String(Number((1 - Number(price)).toFixed(4))),
        size,
      }))
    expect(mirrored(up.bids)).toEqual(down.asks)
    expect(mirrored(up.asks)).toEqual(down.bids)
  })

  it('is refused for what is no token and for what has no book', async () => {
    const unknown = await get(`${clob}/book?token_id=12345`)
    expect([unknown.status, JSON.parse(unknown.text)]).toEqual([
      404,
      { error: 'No orderbook exists for the requested token id' },
    ])
    const bad = await get(`${clob}/book?token_id=abc`)
    expect([bad.status, JSON.parse(bad.text)]).toEqual([400, { error: 'Invalid token id' }])
    expect((await get(`${clob}/book`)).status).toBe(400)
    expect((await post(`${clob}/books`, { token_id: '1' })).status).toBe(400)
    const many = await post(
      `${clob}/books`,
      Array.from({ length: 501 }, () => ({ token_id: '1' })),
    )
    expect([many.status, JSON.parse(many.text)]).toEqual([
      400,
      { error: 'Payload exceeds the limit' },
    ])
  })
})

describe('the small reads', () => {
  const token = (path: string): Promise<unknown> => json(`${clob}${path}token_id=${open.tokens.up}`)

  it('have the types of the real ones', async () => {
    expect((await get(`${clob}/ok`)).text).toBe('"OK"')
    const before = Math.floor(venue.nowMs() / 1_000)
    const time = await json<number>(`${clob}/time`)
    expect(time).toBeGreaterThanOrEqual(before)
    expect(time).toBeLessThanOrEqual(venue.nowMs() / 1_000)
    expect(await json(`${clob}/version`)).toEqual({ version: 2 })
    expect(await token('/tick-size?')).toEqual({ minimum_tick_size: 0.01 })
    expect(await token('/neg-risk?')).toEqual({ neg_risk: false })
    expect(await token('/fee-rate?')).toEqual({ base_fee: 1000 })
    expect(await token('/midpoint?')).toEqual({ mid: expect.stringMatching(/^0\.\d+$/) })
    expect(await token('/spread?')).toEqual({ spread: expect.stringMatching(/^0\.0\d$/) })
    expect(await token('/last-trade-price?')).toEqual({
      price: expect.any(String),
      side: expect.stringMatching(/^(BUY|SELL)?$/),
    })
  })

  it('agree with the book', async () => {
    // A window that has not begun hardly moves, so four reads see one book.
    const calm = (await windowOf(venue, 'xrp', '4h', 'upcoming')).tokens.down
    const agrees = async (): Promise<boolean> => {
      const book = await json<Book>(`${clob}/book?token_id=${calm}`)
      const buy = await json<{ price: string }>(`${clob}/price?token_id=${calm}&side=BUY`)
      const sell = await json<{ price: string }>(`${clob}/price?token_id=${calm}&side=sell`)
      const both = JSON.parse(
        (
          await post(`${clob}/prices`, [
            { token_id: calm, side: 'BUY' },
            { token_id: calm, side: 'SELL' },
          ])
        ).text,
      )
      const after = await json<Book>(`${clob}/book?token_id=${calm}`)
      if (after.hash !== book.hash) return agrees()
      expect(both).toEqual({ [calm]: { BUY: buy.price, SELL: sell.price } })
      return buy.price === book.bids.at(-1)?.price && sell.price === book.asks.at(-1)?.price
    }
    expect(await agrees()).toBe(true)
    expect((await get(`${clob}/price?token_id=${calm}&side=HOLD`)).status).toBe(400)
  })

  it.each([{}, { side: 'XX' }, { side: 7 }])('need to know the side: %j', async (row) => {
    const rows = [
      { token_id: open.tokens.up, side: 'buy' },
      { token_id: open.tokens.up, ...row },
    ]
    const { status, text } = await post(`${clob}/prices`, rows)
    expect([status, text]).toEqual([400, '{"error":"Invalid side"}'])
    const first = await post(`${clob}/prices`, rows.slice(0, 1))
    expect(Object.keys(JSON.parse(first.text)[open.tokens.up])).toEqual(['BUY'])
  })

  it("tells the venue's time in the Date header", async () => {
    const before = Math.floor(venue.nowMs() / 1_000) * 1_000
    const { headers } = await get(`${clob}/ok`)
    const told = Date.parse(headers.get('date') ?? '')
    expect(told).toBeGreaterThanOrEqual(before)
    expect(told).toBeLessThanOrEqual(venue.nowMs())
  })
})

describe('what a market is', () => {
  it('is told in short keys without what is false', async () => {
    const info = await json<Record<string, unknown>>(`${clob}/clob-markets/${open.conditionId}`)
    expect(info).toEqual({
      c: open.conditionId,
      t: [
        { t: open.tokens.up, o: 'Up' },
        { t: open.tokens.down, o: 'Down' },
      ],
      mts: 0.01,
      mos: 5,
      fd: { r: 0.07, e: 1, to: true },
      mbf: 1000,
      tbf: 1000,
      r: { mi: 50, ma: 4.5, e: true },
      ao: true,
      itode: true,
      aot: expect.stringMatching(/Z$/),
      v: 'v1',
    })
    expect((await get(`${clob}/clob-markets/0xabc`)).status).toBe(404)
    const loud = `0x${open.conditionId.slice(2).toUpperCase()}`
    expect(await json(`${clob}/clob-markets/${loud}`)).toEqual(info)
  })

  it('is told in long keys, and by token', async () => {
    const market = await json(`${clob}/markets/${open.conditionId}`)
    expect(market).toMatchObject({
      condition_id: open.conditionId,
      closed: false,
      accepting_orders: true,
      minimum_order_size: 5,
      minimum_tick_size: 0.01,
      tokens: [
        { token_id: open.tokens.up, outcome: 'Up', price: expect.any(Number), winner: false },
        { token_id: open.tokens.down, outcome: 'Down', price: expect.any(Number), winner: false },
      ],
    })
    expect(await json(`${clob}/markets-by-token/${open.tokens.down}`)).toMatchObject({
      condition_id: open.conditionId,
    })
    expect((await get(`${clob}/markets/nonsense`)).status).toBe(400)
    expect((await get(`${clob}/markets/0x${'0'.repeat(64)}`)).status).toBe(404)
  })

  it('is in the lists, long and short, in pages; none pays for resting orders', async () => {
    type Page = { data: { condition_id: string }[]; count: number; next_cursor: string }
    const all = (await windows(venue)).map(({ conditionId }) => conditionId).sort()
    for (const name of ['markets', 'simplified-markets']) {
      const page = await json<Page>(`${clob}/${name}?next_cursor=`)
      expect(page).toMatchObject({ limit: 1_000, count: all.length, next_cursor: 'LTE=' })
      expect(page.data.map(({ condition_id }) => condition_id).sort()).toEqual(all)
      expect(await json(`${clob}/${name}?next_cursor=LTE%3D`)).toMatchObject({ data: [], count: 0 })
      expect((await get(`${clob}/${name}?next_cursor=%25%25`)).status).toBe(400)
    }
    for (const name of ['sampling-markets', 'sampling-simplified-markets'])
      expect(await json(`${clob}/${name}`)).toMatchObject({ data: [], next_cursor: 'LTE=' })
    const short = await json<Page>(`${clob}/simplified-markets`)
    expect(short.data.find(({ condition_id }) => condition_id === open.conditionId)).toMatchObject({
      closed: false,
      tokens: [{ token_id: open.tokens.up }, { token_id: open.tokens.down }],
    })
  })

  it('names the winner and has no book once it is resolved', async () => {
    const clock = ownClock()
    const short = await aVenue({ clock, windowSec: 90, firstCloseSec: 5, resolutionDelayMs: 100 })
    const window = await windowOf(short, 'sol', '15m')
    clock.moveTo(window.endsAt + 150)
    const book = await get(`${short.endpoints.clob}/book?token_id=${window.tokens.up}`)
    expect([book.status, JSON.parse(book.text)]).toEqual([
      404,
      { error: 'No orderbook exists for the requested token id' },
    ])
    const market = await json<{ closed: boolean; tokens: { winner: boolean; price: number }[] }>(
      `${short.endpoints.clob}/markets/${window.conditionId}`,
    )
    expect(market.closed).toBe(true)
    expect(market.tokens.map(({ winner }) => winner).sort()).toEqual([false, true])
    expect(
      await json(`${short.endpoints.clob}/clob-markets/${window.conditionId}`),
    ).not.toHaveProperty('ao')
  })
})
