import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { EngineEvent } from '../../../src/domain/events.ts'
import { conditionId, tokenId } from '../../../src/domain/ids.ts'
import { micros } from '../../../src/domain/units.ts'
import {
  createFrameCounts,
  createFrameDecoder,
} from '../../../src/venues/polymarket/frame-decoder.ts'

const MARKET = `0x${'d'.repeat(64)}`
const TOKENS = ['7'.repeat(76), `${'7'.repeat(75)}8`, '9'.repeat(78)] as const
const HASH = 'a'.repeat(40)

function decoder() {
  const events: EngineEvent[] = []
  const counts = createFrameCounts()
  const decode = createFrameDecoder(counts, (event) => events.push(event))
  // The third token is a stranger to this socket.
  decode.add({ token: tokenId(TOKENS[0]), conditionId: conditionId(MARKET), side: 'UP' })
  decode.add({ token: tokenId(TOKENS[1]), conditionId: conditionId(MARKET), side: 'DOWN' })
  return { events, counts, decode: (text: string) => decode.decode(Buffer.from(text), micros(1)) }
}

/** The same frame twice: as the venue writes it, and in a key order that the scanner does not take, so that the schema reads it. */
function bothWays(text: string) {
  const fast = decoder()
  fast.decode(text)
  const slow = decoder()
  const { event_type: kind, ...rest } = JSON.parse(text) as Record<string, unknown>
  slow.decode(JSON.stringify({ event_type: kind, ...rest }))
  return { fast, slow }
}

const decimal = (places: number) =>
  fc.integer({ min: 0, max: 10 ** places }).map((n) => String(n / 10 ** places))
const price = fc.oneof(
  decimal(2),
  decimal(3),
  decimal(4),
  fc.constantFrom('0', '1', '0.50', '.48', '0.990'),
)
const size = fc.oneof(
  fc.integer({ min: 0, max: 999_999 }).map(String),
  decimal(2),
  fc
    .integer({ min: 1, max: 999_999_999 })
    .map((n) => `${Math.floor(n / 1e6)}.${String(n % 1e6).padStart(6, '0')}`),
)
const token = fc.constantFrom(...TOKENS)
const side = fc.constantFrom('BUY', 'SELL')
const stamp = fc.integer({ min: 1_600_000_000_000, max: 1_999_999_999_999 }).map(String)
const gap = fc.constantFrom('', ' ')

/** Spaces after the commas of a frame are all there or none is. */
const entry = fc.tuple(token, price, size, side, price, price).map(
  ([id, p, s, way, bid, ask]) =>
    (sp: string) =>
      `{"asset_id":"${id}",${sp}"price":"${p}",${sp}"size":"${s}",${sp}"side":"${way}",${sp}"hash":"${HASH}",${sp}"best_bid":"${bid}",${sp}"best_ask":"${ask}"}`,
)
const levels = fc
  .array(
    fc.tuple(price, size).map(([p, s]) => `{"price":"${p}","size":"${s}"}`),
    { maxLength: 8 },
  )
  .map((list) => list.join(','))

const frames = {
  price_change: fc
    .tuple(fc.array(entry, { minLength: 1, maxLength: 4 }), stamp, gap)
    .map(
      ([list, at, sp]) =>
        `{"market":"${MARKET}",${sp}"price_changes":[${list.map((of) => of(sp)).join(`,${sp}`)}],${sp}"timestamp":"${at}",${sp}"event_type":"price_change"}`,
    ),
  best_bid_ask: fc
    .tuple(token, price, price, stamp)
    .map(
      ([id, bid, ask, at]) =>
        `{"market":"${MARKET}","asset_id":"${id}","best_bid":"${bid}","best_ask":"${ask}","spread":"0.01","timestamp":"${at}","event_type":"best_bid_ask"}`,
    ),
  last_trade_price: fc
    .tuple(token, price, size, side, stamp, fc.boolean())
    .map(
      ([id, p, s, way, at, hash]) =>
        `{"market":"${MARKET}","asset_id":"${id}","price":"${p}","size":"${s}","fee_rate_bps":"1000","side":"${way}","timestamp":"${at}","event_type":"last_trade_price"${hash ? `,"transaction_hash":"0x${'e'.repeat(64)}"` : ''}}`,
    ),
  book: fc
    .tuple(token, levels, levels, stamp)
    .map(
      ([id, bids, asks, at]) =>
        `{"market":"${MARKET}","asset_id":"${id}","bids":[${bids}],"asks":[${asks}],"hash":"${HASH}","timestamp":"${at}","event_type":"book"}`,
    ),
}

describe('the scanner reads what the schema reads', () => {
  test.each(Object.entries(frames))('%s', (kind, arbitrary) => {
    let scanned = 0
    fc.assert(
      fc.property(arbitrary, (text) => {
        const { fast, slow } = bothWays(text)
        expect(fast.events).toEqual(slow.events)
        expect(slow.counts.slow).toBe(1)
        if (fast.counts.slow === 0) scanned += 1
      }),
    )
    // A scanner that left everything to the schema would agree with it too.
    expect(scanned, kind).toBeGreaterThan(90)
  })

  test('a frame cut short at any byte is no frame, and tells nothing', () => {
    fc.assert(
      fc.property(frames.price_change, fc.nat(), (text, at) => {
        const cut = decoder()
        expect(cut.decode(text.slice(0, 1 + (at % (text.length - 1))))).toBe('failed')
        expect(cut.events).toEqual([])
      }),
    )
  })

  test('a changed byte in a number or a key is read as the schema reads it, or not at all', () => {
    fc.assert(
      fc.property(
        frames.price_change,
        fc.nat(),
        fc.constantFrom('x', '"', '.', '9', '-', '}', ',', ' '),
        (text, at, put) => {
          // Ids and hashes are opaque to the scanner.
          const opaque = new RegExp(`${MARKET}|${TOKENS.join('|')}|${HASH}`, 'g')
          const places = [...text].map((_, index) => index)
          for (const match of text.matchAll(opaque))
            for (let i = 0; i < match[0].length; i += 1) places[match.index + i] = -1
          const open = places.filter((index) => index >= 0)
          const index = open[at % open.length] as number
          const changed = text.slice(0, index) + put + text.slice(index + 1)
          const fast = decoder()
          const fate = fast.decode(changed)
          if (fate !== 'data') {
            expect(fast.events).toEqual([])
            return
          }
          const slow = decoder()
          const { event_type: kind, ...rest } = JSON.parse(changed) as Record<string, unknown>
          slow.decode(JSON.stringify({ event_type: kind, ...rest }))
          expect(fast.events).toEqual(slow.events)
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('what is not market data', () => {
  test.each([
    ['PONG', 'control'],
    ['NO NEW ASSETS', 'control'],
    ['', 'control'],
    ['[]', 'control'],
    ['<html>', 'failed'],
    ['{"event_type":"price_change"}', 'failed'],
    ['{"event_type":"something_new","x":1}', 'unknown'],
    ['42', 'failed'],
  ])('%s is %s', (text, fate) => {
    const one = decoder()
    expect(one.decode(text)).toBe(fate)
    expect(one.events).toEqual([])
  })

  test('an absent decimal is absent, not zero; unknown fields are fine; arrays are taken', () => {
    const one = decoder()
    one.decode(
      JSON.stringify([
        {
          event_type: 'best_bid_ask',
          market: MARKET,
          asset_id: TOKENS[0],
          best_bid: '',
          best_ask: '0.5',
          timestamp: '1789459204887',
          extra: 1,
        },
      ]),
    )
    expect(one.events).toMatchObject([{ kind: 'top_of_book', bestBid: null, bestAsk: 5_000 }])
  })

  test('a resolution names the side of the winning token', () => {
    const one = decoder()
    one.decode(
      JSON.stringify({
        event_type: 'market_resolved',
        market: MARKET,
        winning_asset_id: TOKENS[1],
        winning_outcome: 'Down',
        timestamp: '1789459204887',
      }),
    )
    expect(one.events).toMatchObject([
      { kind: 'market_resolved', winner: 'DOWN', source: 'channel' },
    ])
  })
})
