import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import type { RunningVenue } from '../../src/local-venue/venue.ts'
import {
  aVenue,
  type Client,
  connect,
  type Frame,
  frames,
  isKind,
  isSnapshot,
  ownClock,
  type WindowState,
  windowOf,
} from './support.ts'

type Level = { price: string; size: string }
type Snapshot = {
  asset_id: string
  bids: Level[]
  asks: Level[]
  hash: string
  last_trade_price: string
  tick_size: string
}
type Entry = {
  asset_id: string
  price: string
  size: string
  side: string
  hash: string
  best_bid: string
  best_ask: string
}

let venue: RunningVenue
let open: WindowState
let eth: WindowState

beforeAll(async () => {
  venue = await aVenue({ windowSec: 3_600, firstCloseSec: 1_800, ratePerSec: 150 })
  open = await windowOf(venue, 'btc', '5m')
  eth = await windowOf(venue, 'eth', '5m')
})

async function subscribed(
  tokens: readonly string[],
  more: Readonly<Record<string, unknown>> = {},
): Promise<Client> {
  const client = await connect(venue.endpoints.marketWs)
  client.send({ assets_ids: tokens, type: 'market', ...more })
  return client
}

const entriesOf = (frame: Frame): Entry[] => frame.price_changes as Entry[]

describe('subscribing', () => {
  it('answers with one array, one book for each token', async () => {
    const client = await subscribed([open.tokens.up, open.tokens.down, eth.tokens.up, '123'])
    const text = await client.until(isSnapshot)
    const books = JSON.parse(text) as Snapshot[]
    expect(books.map((book) => book.asset_id)).toEqual([
      open.tokens.up,
      open.tokens.down,
      eth.tokens.up,
    ])
    expect(Object.keys(books[0] as Snapshot)).toEqual([
      'market',
      'asset_id',
      'timestamp',
      'hash',
      'bids',
      'asks',
      'tick_size',
      'event_type',
      'last_trade_price',
    ])
    expect(text).toBe(JSON.stringify(books))
    client.close()
  })

  it('answers PING, and says so when nothing is new', async () => {
    const client = await subscribed([open.tokens.up])
    client.send('PING')
    await client.until((text) => text === 'PONG')
    client.send({ assets_ids: [open.tokens.up], operation: 'subscribe' })
    await client.until((text) => text === 'NO NEW ASSETS')
    client.close()
  })

  it('adds and takes away on an open socket, without a word', async () => {
    const client = await subscribed([open.tokens.up])
    client.send({ assets_ids: [eth.tokens.down], operation: 'subscribe' })
    await client.until((text) => isSnapshot(text) && text.includes(eth.tokens.down))
    await client.next(isKind('price_change', eth.tokens.down))
    client.send({ assets_ids: [eth.tokens.down], operation: 'unsubscribe' })
    client.send('PING')
    await client.next((text) => text === 'PONG')
    const from = client.texts.length
    for (let count = 0; count < 20; count += 1)
      await client.next(isKind('price_change', open.tokens.up))
    expect(client.texts.slice(from).some((text) => text.includes(eth.tokens.down))).toBe(false)
    client.close()
  })

  it('sends no snapshot to who does not want one, and ignores nonsense', async () => {
    const client = await connect(venue.endpoints.marketWs)
    for (const nonsense of ['', 'hello', '[]', '{"type":"user"}', '{"operation":"fly"}', 'null'])
      client.send(nonsense)
    client.send({ assets_ids: [open.tokens.up], type: 'market', initial_dump: false })
    await client.until(isKind('price_change'))
    expect(client.texts.some(isSnapshot)).toBe(false)
    client.close()
  })

  it('does not compress, and refuses other channels', async () => {
    const socket = new WebSocket(venue.endpoints.marketWs)
    await new Promise((resolve) => socket.once('open', resolve))
    expect(socket.extensions).toBe('')
    socket.terminate()
    const refusal = (url: string): Promise<string> =>
      new Promise((resolve) => {
        new WebSocket(url).on('error', (error) => resolve(error.message))
      })
    expect(await refusal(`${venue.endpoints.marketWs}s`)).toContain('404')
  })
})

describe('changes', () => {
  it('come in pairs that mirror each other, even to who follows one token only', async () => {
    const client = await subscribed([open.tokens.down])
    for (let count = 0; count < 40; count += 1) await client.next(isKind('price_change'))
    const texts = client.texts.filter(isKind('price_change'))
    const firsts = new Set<string>()
    for (const text of texts) {
      const frame = JSON.parse(text) as Frame
      expect(Object.keys(frame)).toEqual(['market', 'price_changes', 'timestamp', 'event_type'])
      const [one, two] = entriesOf(frame) as [Entry, Entry]
      expect(entriesOf(frame)).toHaveLength(2)
      expect(Object.keys(one)).toEqual([
        'asset_id',
        'price',
        'size',
        'side',
        'hash',
        'best_bid',
        'best_ask',
      ])
      expect(new Set([one.asset_id, two.asset_id])).toEqual(
        new Set([open.tokens.up, open.tokens.down]),
      )
      expect(one.size).toBe(two.size)
      expect(new Set([one.side, two.side])).toEqual(new Set(['BUY', 'SELL']))
      for (const [a, b] of [
        [one.price, two.price],
        [one.best_bid, two.best_ask],
        [one.best_ask, two.best_bid],
      ]) {
        expect(Number(a) + Number(b)).toBeCloseTo(1, 9)
      }
      // Spaces after commas, none after colons.
      expect(text).toMatch(
        /^\{"market":"0x[0-9a-f]{64}", "price_changes":\[\{"asset_id":"\d+", "price":"/,
      )
      firsts.add(one.asset_id)
    }
    expect(firsts.size).toBe(2)
    client.close()
  })

  it('lead from the snapshot to the very book that REST and live books show, hash by hash', async () => {
    const client = await subscribed([open.tokens.up, open.tokens.down])
    for (let matches = 0; matches < 4; matches += 1)
      await client.next(isKind('book', open.tokens.down))
    const checked = replay(client.texts, open.tokens.up)
    expect(checked.tops).toBeGreaterThan(20)
    expect(checked.books).toBeGreaterThanOrEqual(4)
    expect(checked.hashes).toBeGreaterThan(20)
    client.close()
  })
})

/** Follows one token's frames as a client would, and checks every claim they make. */
function replay(
  texts: readonly string[],
  token: string,
): { tops: number; books: number; hashes: number } {
  const snapshot = (JSON.parse(texts.find(isSnapshot) ?? '[]') as Snapshot[]).find(
    (book) => book.asset_id === token,
  )
  if (snapshot === undefined) throw new Error('no snapshot')
  const sides = { BUY: new Map<string, string>(), SELL: new Map<string, string>() }
  for (const { price, size } of snapshot.bids) sides.BUY.set(price, size)
  for (const { price, size } of snapshot.asks) sides.SELL.set(price, size)
  const levels = (side: 'BUY' | 'SELL'): Level[] =>
    [...sides[side]]
      .map(([price, size]) => ({ price, size }))
      .sort((a, b) => (side === 'BUY' ? 1 : -1) * (Number(a.price) - Number(b.price)))
  const counts = { tops: 0, books: 0, hashes: 0 }
  let lastTrade = snapshot.last_trade_price
  let sameMs: string[] = []
  const all = frames(texts)
  for (const [at, frame] of all.entries()) {
    if (frame.event_type === 'price_change') {
      const next = all[at + 1]
      const final =
        next === undefined ||
        next.timestamp !== frame.timestamp ||
        next.event_type !== 'price_change'
      for (const entry of entriesOf(frame)) {
        if (entry.asset_id !== token) continue
        const side = sides[entry.side as 'BUY' | 'SELL']
        if (entry.size === '0') side.delete(entry.price)
        else side.set(entry.price, entry.size)
        expect(levels('BUY').at(-1)?.price ?? '0').toBe(entry.best_bid)
        expect(levels('SELL').at(-1)?.price ?? '1').toBe(entry.best_ask)
        counts.tops += 1
      }
      sameMs.push(entriesOf(frame)[0]?.price ?? '')
      if (!final) continue
      const own = entriesOf(frame).find((entry) => entry.asset_id === token)
      // A match changes the last price before its print tells: it is the first entry of one of this millisecond's changes.
      const matched = next?.event_type === 'book'
      const possible = matched ? sameMs.map((price) => Number(price).toFixed(3)) : [lastTrade]
      const found = possible.find((price) => {
        const text = JSON.stringify({
          market: frame.market,
          asset_id: token,
          timestamp: frame.timestamp,
          hash: '',
          bids: levels('BUY'),
          asks: levels('SELL'),
          min_order_size: '5',
          tick_size: snapshot.tick_size,
          neg_risk: false,
          last_trade_price: price,
        })
        return own?.hash === createHash('sha1').update(text).digest('hex')
      })
      expect(found).toBeDefined()
      lastTrade = found ?? lastTrade
      sameMs = []
      counts.hashes += 1
    }
    if (frame.event_type === 'book' && frame.asset_id === token) {
      expect(Object.keys(frame)).toEqual([
        'market',
        'asset_id',
        'bids',
        'asks',
        'hash',
        'timestamp',
        'event_type',
      ])
      expect(frame.bids).toEqual(levels('BUY'))
      expect(frame.asks).toEqual(levels('SELL'))
      counts.books += 1
    }
  }
  return counts
}

describe('a match', () => {
  it('is a change, two books, the tops and, some 20 ms later, one print', async () => {
    const client = await subscribed([open.tokens.up, open.tokens.down], {
      custom_feature_enabled: true,
    })
    const timeOf = (text: string): number => Number((JSON.parse(text) as Frame).timestamp)
    const then = timeOf(await client.until(isKind('book')))
    // The print of a match from before the subscription may come first.
    const ofThat = (text: string): boolean => timeOf(text) - then >= 19 && timeOf(text) - then < 30
    const print = JSON.parse(
      await client.until((text) => isKind('last_trade_price')(text) && ofThat(text)),
    ) as Frame
    expect(Object.keys(print)).toEqual([
      'market',
      'asset_id',
      'price',
      'size',
      'fee_rate_bps',
      'side',
      'timestamp',
      'event_type',
      'transaction_hash',
    ])
    expect(print.transaction_hash).toMatch(/^0x[0-9a-f]{64}$/)
    const all = frames(client.texts)
    const kinds = (ms: number): unknown[] =>
      all.filter((frame) => Number(frame.timestamp) === ms).map((frame) => frame.event_type)
    expect(kinds(then).filter((kind) => kind === 'book')).toHaveLength(2)
    expect(kinds(then)[0]).toBe('price_change')
    expect(kinds(then + 1).filter((kind) => kind === 'best_bid_ask')).toHaveLength(2)
    client.close()
  })

  it('shows no tops to who did not ask for them', async () => {
    const client = await subscribed([open.tokens.up])
    await client.until(isKind('last_trade_price', open.tokens.up))
    expect(client.texts.some(isKind('best_bid_ask'))).toBe(false)
    expect(client.texts.filter(isKind('book')).every((text) => text.includes(open.tokens.up))).toBe(
      true,
    )
    client.close()
  })
})

describe('the life of a window', () => {
  it('is announced, and its winner is told to who asked for it', async () => {
    const clock = ownClock()
    const short = await aVenue({ clock, windowSec: 90, firstCloseSec: 5, resolutionDelayMs: 200 })
    const window = await windowOf(short, 'btc', '5m')
    const client = await connect(short.endpoints.marketWs)
    const plain = await connect(short.endpoints.marketWs)
    client.send({ assets_ids: [window.tokens.up], type: 'market', custom_feature_enabled: true })
    plain.send({ assets_ids: [window.tokens.up], type: 'market' })
    await Promise.all([client.until(isSnapshot), plain.until(isSnapshot)])
    clock.moveTo(window.endsAt + 300)
    const resolved = JSON.parse(
      await client.until(isKind('market_resolved', window.conditionId)),
    ) as Frame
    expect(resolved).toMatchObject({
      slug: window.slug,
      assets_ids: [window.tokens.up, window.tokens.down],
      tags: ['crypto', 'up-or-down', '5m'],
    })
    const up = resolved.winning_outcome === 'Up'
    expect(resolved.winning_asset_id).toBe(up ? window.tokens.up : window.tokens.down)
    const listed = JSON.parse(await client.until(isKind('new_market'))) as Frame
    expect(Object.keys(listed)).toEqual([
      'id',
      'question',
      'market',
      'slug',
      'description',
      'assets_ids',
      'outcomes',
      'event_message',
      'timestamp',
      'event_type',
      'tags',
      'condition_id',
      'active',
      'clob_token_ids',
      'sports_market_type',
      'line',
      'game_start_time',
      'order_price_min_tick_size',
      'group_item_title',
      'taker_base_fee',
      'fees_enabled',
      'fee_schedule',
    ])
    expect(listed).toMatchObject({
      active: false,
      order_price_min_tick_size: '0.01',
      fee_schedule: { rate: '0.07', exponent: '1' },
    })
    plain.send('PING')
    await plain.until((text) => text === 'PONG')
    expect(
      plain.texts.some((text) => isKind('market_resolved')(text) || isKind('new_market')(text)),
    ).toBe(false)
  })
})
