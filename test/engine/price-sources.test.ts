/** Which source of prices counts, by the age of what each said. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Asset, FeedName, FeedState, PriceSeries } from '../../src/domain/ids.ts'
import { micros } from '../../src/domain/units.ts'
import { createPriceSources } from '../../src/engine/price-sources.ts'

const ORDER = { settlement: ['polybolt', 'rtds'], spot: ['binance', 'coinbase'] } as const
const sec = (seconds: number) => micros(1_000_000_000 + Math.round(seconds * 1_000_000))

function someSources() {
  const sources = createPriceSources({ order: ORDER, lostAfterMs: 15_000 })
  return {
    ...sources,
    tick: (
      feed: FeedName,
      at: number,
      { venueAt = at, asset = 'btc' as Asset, series = 'twap60' as PriceSeries } = {},
    ) =>
      sources.onTick({
        kind: 'price_tick',
        feed,
        asset,
        series,
        price: '1',
        recvAt: sec(at),
        venueAt: sec(venueAt),
      }),
    feed: (feed: FeedName, state: FeedState, at: number) =>
      sources.onFeed({ kind: 'feed', feed, state, detail: '', recvAt: sec(at), venueAt: null }),
    said: (at: number) =>
      sources.check(sec(at)).map(({ feed, state, detail }) => `${feed} ${state}: ${detail}`),
    counts: (at: number) => sources.live('settlement', 'btc', 'twap60', sec(at)),
  }
}

test('the first that speaks counts, and the better one as soon as it does', () => {
  const { tick, said, counts } = someSources()
  expect(counts(0)).toBeNull()
  tick('rtds', 0)
  expect(counts(0)).toBe('rtds')
  expect(said(0)).toEqual(['rtds live: btc twap60: taken from here'])
  tick('polybolt', 1)
  expect(counts(1)).toBe('polybolt')
  expect(said(1)).toEqual(['polybolt live: btc twap60: taken from here'])
  expect(said(2)).toEqual([])
})

test('five seconds of silence are a gap, fifteen a loss, and then the next one counts', () => {
  const { tick, said, counts } = someSources()
  for (const at of [0, 1]) {
    tick('polybolt', at)
    tick('rtds', at)
  }
  said(1)
  for (let at = 2; at <= 30; at += 1) {
    tick('rtds', at)
    if (at === 6) expect(said(at)).toEqual([])
    if (at === 7) expect(said(at)).toEqual(['polybolt gap: btc twap60: nothing for 6 s'])
    if (at === 16) expect(counts(at)).toBe('polybolt')
    if (at === 17) {
      expect(counts(at)).toBe('rtds')
      expect(said(at)).toEqual([
        'polybolt lost: btc twap60: nothing for 16 s',
        'rtds live: btc twap60: taken from here',
      ])
    }
  }
  tick('polybolt', 31)
  expect(said(31)).toEqual([
    'polybolt open: btc twap60: heard again',
    'polybolt live: btc twap60: taken from here',
  ])
})

test('one asset may be silent while the others go on', () => {
  const { tick, said, live } = someSources()
  for (const asset of ['btc', 'eth'] as const) tick('polybolt', 0, { asset })
  for (const asset of ['btc', 'eth'] as const) tick('rtds', 0, { asset })
  said(0)
  for (let at = 1; at <= 20; at += 1) {
    tick('polybolt', at, { asset: 'eth' })
    for (const asset of ['btc', 'eth'] as const) tick('rtds', at, { asset })
  }
  expect(live('settlement', 'btc', 'twap60', sec(20))).toBe('rtds')
  expect(live('settlement', 'eth', 'twap60', sec(20))).toBe('polybolt')
})

test('many lines in one silence are told once', () => {
  const { tick, said } = someSources()
  for (const asset of ['btc', 'eth'] as const)
    for (const series of ['spot', 'twap60'] as const) tick('rtds', 0, { asset, series })
  said(0)
  expect(said(6)).toEqual(['rtds gap: btc spot, btc twap60, eth spot, eth twap60: nothing for 6 s'])
})

test('without its connection a source does not count, however young its prices; its silence is not told twice', () => {
  const { tick, feed, said, counts } = someSources()
  tick('polybolt', 0)
  tick('rtds', 0)
  said(0)
  feed('polybolt', 'lost', 1)
  expect(counts(1)).toBe('rtds')
  tick('rtds', 20)
  expect(said(20)).toEqual(['rtds live: btc twap60: taken from here'])
  feed('polybolt', 'open', 21)
  expect(counts(21)).toBe('rtds')
  tick('polybolt', 22)
  expect(counts(22)).toBe('polybolt')
})

test('what is told of the past is no sign of life', () => {
  const { tick, counts } = someSources()
  tick('polybolt', 0)
  tick('rtds', 0)
  tick('polybolt', 14, { venueAt: -30 })
  tick('rtds', 14)
  expect(counts(16)).toBe('rtds')
})

test('a source that was let go is not missed', () => {
  const { tick, feed, said, live } = someSources()
  tick('coinbase', 0, { series: 'spot' })
  said(0)
  feed('coinbase', 'standby', 1)
  expect(said(40)).toEqual([])
  expect(live('spot', 'btc', 'spot', sec(1))).toBeNull()
})

test('whatever happens, what counts has spoken within the time of a loss, and no better one has', () => {
  const step = fc.record({
    feed: fc.constantFrom<FeedName>('polybolt', 'rtds'),
    what: fc.constantFrom<'tick' | 'lost' | 'open'>('tick', 'lost', 'open'),
    afterSec: fc.integer({ min: 0, max: 9 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { tick, feed: change, said, counts } = someSources()
      const heard = new Map<FeedName, number>()
      const down = new Set<FeedName>()
      let at = 0
      for (const { feed, what, afterSec } of steps) {
        at += afterSec
        if (what === 'tick') {
          if (heard.get(feed) !== at) tick(feed, at)
          heard.set(feed, at)
        } else {
          change(feed, what, at)
          down[what === 'lost' ? 'add' : 'delete'](feed)
        }
        said(at)
        const expected = ORDER.settlement.find(
          (name) => !down.has(name) && at - (heard.get(name) ?? Number.NEGATIVE_INFINITY) <= 15,
        )
        expect(counts(at)).toBe(expected ?? null)
      }
    }),
  )
})
