/** Coinbase: what its server may write, and the embedded one over real sockets. */
import { afterEach, expect, test } from 'vitest'
import { createCoinbaseFeed } from '../../src/venues/coinbase/spot-feed.ts'
import { parseWord } from '../../src/venues/coinbase/wire.ts'
import { aVenue, setFault } from '../local-venue/support.ts'
import { closeAll, fakeFeed, hearing } from '../support/price-listener.ts'
import { until } from '../support/until.ts'

afterEach(closeAll)

function match(product: string, price: unknown, type = 'match'): string {
  return JSON.stringify({
    type,
    trade_id: 900_112_233,
    maker_order_id: 'm',
    taker_order_id: 't',
    side: 'sell',
    size: '0.0041',
    price,
    product_id: product,
    sequence: 31_200_456_789,
    time: '2026-11-20T03:21:07.410882Z',
  })
}

test('matches become ticks, the one before we came too, with who took how much; other messages are left alone', async () => {
  const { server, ticks, warnings } = await fakeFeed('coinbase', createCoinbaseFeed)
  await until(() => server.heard.length === 1)
  expect(JSON.parse(server.heard[0] ?? '')).toEqual({
    type: 'subscribe',
    product_ids: ['BTC-USD', 'ETH-USD'],
    channels: ['matches'],
  })
  server.say('{"type":"subscriptions","channels":[]}')
  server.say(match('BTC-USD', '91560.1600', 'last_match'))
  server.say(match('SOL-USD', '180.1'))
  server.say('{"type":"heartbeat","product_id":"BTC-USD","time":"2026-11-20T03:21:08.000000Z"}')
  server.say(match('BTC-USD', 91_560))
  server.say(match('BTC-USD', '-1'))
  server.say(match('ETH-USD', '3018.40'))
  await until(() => ticks().length === 2)
  expect(ticks()).toEqual([
    {
      kind: 'price_tick',
      feed: 'coinbase',
      asset: 'btc',
      series: 'spot',
      price: '91560.16',
      size: '0.0041',
      // The maker sold.
      taker: 'BUY',
      recvAt: 7,
      venueAt: Date.UTC(2026, 10, 20, 3, 21, 7, 410) * 1_000 + 882,
    },
    expect.objectContaining({ asset: 'eth', price: '3018.4' }),
  ])
  expect(warnings).toHaveLength(1)
})

test.each([
  ['2026-11-20T03:21:07Z', 0],
  ['2026-11-20T03:21:07.5Z', 500_000],
  ['2026-11-20T03:21:07.4108Z', 410_800],
  ['2026-11-20T03:21:07.000001Z', 1],
])('the time %s keeps its microseconds', (time, beyond) => {
  const word = parseWord(JSON.stringify({ type: 'match', product_id: 'BTC-USD', price: '1', time }))
  expect(word).toMatchObject({ atMicros: Date.UTC(2026, 10, 20, 3, 21, 7) * 1_000 + beyond })
})

test('a subscription that is refused is not asked for again', async () => {
  const { server, states } = await fakeFeed('coinbase', createCoinbaseFeed)
  await until(() => server.heard.length === 1)
  server.say('{"type":"error","message":"Failed to subscribe","reason":"BTC-USD is delisted"}')
  await until(() => states().includes('refused'))
  await until(() => server.clients() === 0)
  await new Promise((resolve) => setTimeout(resolve, 600))
  expect(states()).toEqual(['open', 'refused'])
  expect(server.paths).toHaveLength(1)
})

test('the embedded venue: every asset is heard, and a quiet exchange is a loss', async () => {
  const venue = await aVenue()
  const heard = hearing('coinbase', createCoinbaseFeed, venue.endpoints.coinbaseWs, {
    silenceMs: 1_500,
    assets: ['btc', 'eth', 'sol', 'xrp'],
  })
  await until(() => new Set(heard.ticks().map(({ asset }) => asset)).size === 4)
  expect(heard.ticks().every(({ venueAt }) => venueAt !== null && venueAt > 0)).toBe(true)
  expect(heard.warnings).toEqual([])
  await setFault(venue, { name: 'exchange-quiet' })
  await until(() => heard.states().includes('lost'))
})
