/** Binance and RTDS against a server over a real socket: frames as the sources write them, and as nobody should. */
import { afterEach, describe, expect, test } from 'vitest'
import { createBinanceFeed } from '../../src/venues/binance/spot-feed.ts'
import { createRtdsFeed } from '../../src/venues/polymarket/rtds-feed.ts'
import { closeAll, fakeFeed } from '../support/price-listener.ts'
import { until } from '../support/until.ts'

afterEach(closeAll)

function trade(symbol: string, price: unknown, at = 1_789_459_204_900): string {
  return `{"stream":"${symbol}@trade","data":{"e":"trade","E":${at + 1},"s":"${symbol.toUpperCase()}","t":6400112233,"p":${JSON.stringify(price)},"q":"0.02510000","T":${at},"m":false,"M":true}}`
}

function chainlink(topic: string, symbol: string, payload: object): string {
  return JSON.stringify({
    connection_id: 'aZ3kQm7pLPECEjg=',
    payload: { symbol, timestamp: 1_789_459_204_000, ...payload },
    timestamp: 1_789_459_205_679,
    topic,
    type: 'update',
  })
}

describe('Binance', () => {
  test('trades of the watched assets become ticks; everything else is left alone', async () => {
    const { server, ticks, states, warnings } = await fakeFeed('binance', createBinanceFeed)
    await until(() => states().includes('open') && server.clients() === 1)
    expect(server.paths).toEqual(['/stream?streams=btcusdt@trade/ethusdt@trade'])
    server.say('{"result":null,"id":1}')
    server.say(trade('xrpusdt', '2.20410000'))
    server.say(trade('btcusdt', '91230.07000000'))
    server.say('{"stream":"btcusdt@trade","data":{"e":"serverShutdown","E":1789459204901}}')
    server.say(trade('btcusdt', '0.00000000'))
    server.say(trade('btcusdt', 91_230))
    server.say('not json')
    // The buyer was the maker.
    server.say(trade('ethusdt', '3018.00000000').replace('"m":false', '"m":true'))
    await until(() => ticks().length === 2)
    expect(ticks()).toEqual([
      {
        kind: 'price_tick',
        feed: 'binance',
        asset: 'btc',
        series: 'spot',
        price: '91230.07',
        size: '0.0251',
        taker: 'BUY',
        recvAt: 7,
        venueAt: 1_789_459_204_900_000,
      },
      expect.objectContaining({ asset: 'eth', price: '3018', taker: 'SELL' }),
    ])
    // Four that did not fit in one sample.
    expect(warnings).toHaveLength(1)
    expect(server.heard).toEqual([])
  })

  test.each(['"q":"0.02510000",', '"m":false,'])(
    'a trade without %s is a price, and nothing is said of who took',
    async (missing) => {
      const { server, ticks } = await fakeFeed('binance', createBinanceFeed)
      await until(() => server.clients() === 1)
      server.say(trade('btcusdt', '91230.5').replace(missing, ''))
      await until(() => ticks().length === 1)
      expect(ticks()[0]).not.toHaveProperty('size')
      expect(ticks()[0]).not.toHaveProperty('taker')
    },
  )

  test('a trade of another symbol than its stream is no price', async () => {
    const { server, ticks, warnings } = await fakeFeed('binance', createBinanceFeed)
    await until(() => server.clients() === 1)
    server.say(trade('btcusdt', '3018.5').replace('"s":"BTCUSDT"', '"s":"ETHUSDT"'))
    server.say(trade('btcusdt', '91230.5'))
    await until(() => ticks().length === 1)
    expect(ticks()[0]?.price).toBe('91230.5')
    expect(warnings).toHaveLength(1)
  })

  test('where it is not allowed it is asked once', async () => {
    const { server, states } = await fakeFeed('binance', createBinanceFeed, 451)
    await until(() => states().includes('refused'))
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(server.paths).toHaveLength(1)
    expect(states()).toEqual(['refused'])
  })

  test('a cut connection is made again', async () => {
    const { server, states, ticks } = await fakeFeed('binance', createBinanceFeed)
    await until(() => server.clients() === 1)
    server.cut()
    await until(() => states().filter((state) => state === 'open').length === 2)
    expect(states()).toEqual(['open', 'lost', 'open'])
    server.say(trade('ethusdt', '3018.5'))
    await until(() => ticks().length === 1)
  })
})

describe('RTDS', () => {
  test('each topic is one series; the exact value wins; snapshots and relays are left alone', async () => {
    const { server, ticks, warnings } = await fakeFeed('rtds', createRtdsFeed)
    await until(() => server.heard.length >= 1)
    expect(JSON.parse(server.heard[0] ?? '')).toEqual({
      action: 'subscribe',
      subscriptions: [
        { topic: 'crypto_prices_chainlink', type: '*', filters: '' },
        { topic: 'crypto_prices_twap_thirty', type: '*', filters: '' },
        { topic: 'crypto_prices_twap_sixty', type: '*', filters: '' },
      ],
    })
    server.say('')
    server.say('PONG')
    server.say(
      '{"payload":{"data":[],"symbol":"btc/usd"},"timestamp":1,"topic":"crypto_prices","type":"subscribe"}',
    )
    server.say(chainlink('crypto_prices', 'btcusdt', { value: 1, full_accuracy_value: '1' }))
    server.say(chainlink('crypto_prices_chainlink', 'doge/usd', { value: 1 }))
    server.say(
      chainlink('crypto_prices_chainlink', 'btc/usd', {
        value: 91_204.55,
        full_accuracy_value: '91204550000000000000001',
      }),
    )
    server.say(chainlink('crypto_prices_twap_thirty', 'eth/usd', { value: 3_018.25 }))
    server.say(
      chainlink('crypto_prices_twap_sixty', 'btc/usd', {
        value: 91_200,
        full_accuracy_value: '91200000000000000000000',
        window_s: 60,
      }),
    )
    server.say(
      chainlink('crypto_prices_chainlink', 'btc/usd', { value: 1, full_accuracy_value: '-5' }),
    )
    server.say(
      chainlink('crypto_prices_chainlink', 'btc/usd', {
        value: 2,
        full_accuracy_value: '2000000000000000000',
      }),
    )
    await until(() => ticks().length === 4)
    expect(ticks().map(({ asset, series, price }) => [asset, series, price])).toEqual([
      ['btc', 'spot', '91204.550000000000000001'],
      ['eth', 'twap30', '3018.25'],
      ['btc', 'twap60', '91200'],
      ['btc', 'spot', '2'],
    ])
    expect(ticks()[0]?.venueAt).toBe(1_789_459_204_000_000)
    expect(warnings).toHaveLength(1)
  })

  test('a socket that stays open and says nothing is replaced, PONG or not', async () => {
    const { server, states } = await fakeFeed('rtds', createRtdsFeed, null, 300)
    await until(() => server.clients() >= 1)
    const pongs = setInterval(() => server.say('PONG'), 50)
    await until(() => states().filter((state) => state === 'open').length === 2)
    clearInterval(pongs)
    expect(states().slice(0, 3)).toEqual(['open', 'lost', 'open'])
  })

  test('one series that stops while the others go on is a loss; one that never came is not', async () => {
    // Longer than a crowded machine puts a process aside.
    const { server, told, states } = await fakeFeed('rtds', createRtdsFeed, null, 3_000)
    await until(() => server.clients() >= 1)
    let sec = 0
    let silent = ''
    const saying = setInterval(() => {
      sec += 1
      for (const symbol of ['btc/usd', 'eth/usd']) {
        if (symbol !== silent)
          server.say(
            chainlink('crypto_prices_chainlink', symbol, {
              value: sec,
              timestamp: 1_789_459_204_000 + sec * 1_000,
            }),
          )
      }
    }, 50)
    await new Promise((resolve) => setTimeout(resolve, 4_000))
    expect(states()).toEqual(['open'])
    silent = 'eth/usd'
    await until(() => states().includes('lost'))
    expect(told()[1]?.detail).toBe('no data for 3000 ms')
    await until(() => states().filter((state) => state === 'open').length === 2)
    await new Promise((resolve) => setTimeout(resolve, 4_000))
    clearInterval(saying)
    expect(states()).toEqual(['open', 'lost', 'open'])
  })

  test('a print that is repeated is told as that, and is no sign of life', async () => {
    const { server, told, ticks } = await fakeFeed('rtds', createRtdsFeed, null, 400)
    await until(() => server.clients() >= 1)
    const saying = setInterval(
      () => server.say(chainlink('crypto_prices_chainlink', 'btc/usd', { value: 91_204.5 })),
      30,
    )
    await until(() => told().some(({ state }) => state === 'lost'), 5_000)
    clearInterval(saying)
    expect(ticks()).toHaveLength(1)
    expect(
      told()
        .map(({ state, detail }) => `${state}: ${detail}`)
        .slice(0, 3),
    ).toEqual([
      'open: spot and averages',
      'gap: btc spot repeats what it said before',
      'lost: no data for 400 ms',
    ])
  })

  test('an average of another length, or a symbol of another source, is no price', async () => {
    const { server, ticks, warnings } = await fakeFeed('rtds', createRtdsFeed)
    await until(() => server.heard.length >= 1)
    server.say(chainlink('crypto_prices_twap_sixty', 'btc/usd', { value: 1, window_s: 30 }))
    server.say(chainlink('crypto_prices_chainlink', 'btcusdt', { value: 1 }))
    server.say(chainlink('crypto_prices_twap_thirty', 'btc/usd', { value: 2, window_s: 30 }))
    await until(() => ticks().length === 1)
    expect(ticks()[0]).toMatchObject({ price: '2', series: 'twap30' })
    expect(warnings).toHaveLength(1)
  })

  test('the past of each series is asked for by itself, and told after what is known exactly', async () => {
    const { server, ticks } = await fakeFeed('rtds', createRtdsFeed)
    const at = 1_789_459_204_000
    const asked = (topic: string, symbol: string): boolean =>
      server.heard.some((text) => text.includes(`"${topic}"`) && text.includes(`${symbol}\\"`))
    const past = (symbol: string) =>
      JSON.stringify({
        payload: {
          data: [0, 1].map((sec) => ({ timestamp: at - 1_000 + sec * 1_000, value: 91_210.5 })),
          symbol,
        },
        timestamp: at,
        topic: 'crypto_prices',
        type: 'subscribe',
      })
    await until(() => asked('crypto_prices_twap_sixty', 'btc/usd'))
    server.say(
      chainlink('crypto_prices_twap_sixty', 'btc/usd', {
        value: 91_210.25,
        full_accuracy_value: '91210250000000000000000',
      }),
    )
    // On the connection of the question another asset is no answer.
    server.say(past('eth/usd'))
    expect(asked('crypto_prices_twap_sixty', 'eth/usd')).toBe(false)
    server.say(past('btc/usd'))
    await until(() => asked('crypto_prices_twap_sixty', 'eth/usd'))
    expect(ticks().map(({ price, venueAt, rounded }) => [price, venueAt, rounded])).toEqual([
      ['91210.25', at * 1_000, undefined],
      ['91210.5', (at - 1_000) * 1_000, true],
    ])
    server.say(past('eth/usd'))
    await until(() => asked('crypto_prices_chainlink', 'btc/usd'))
    server.say(past('btc/usd'))
    await until(() => asked('crypto_prices_chainlink', 'eth/usd'))
    server.say(past('eth/usd'))
    // The question is over when it is answered: only the listener is left.
    await until(() => server.clients() === 1)
    expect(ticks()).toHaveLength(8)
    expect(server.heard).toHaveLength(5)
  })
})
