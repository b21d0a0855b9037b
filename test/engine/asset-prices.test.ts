/** What the engine makes of the prices of an asset. */
import { describe, expect, test } from 'vitest'
import { at } from '../support/builders.ts'
import { armed } from './armed.ts'

describe('prices of the asset', () => {
  const tick = (
    price: string,
    venueSec: number,
    recvSec: number,
    feed: 'rtds' | 'binance' = 'rtds',
  ) =>
    ({
      kind: 'price_tick',
      feed,
      asset: 'btc',
      series: 'spot',
      price,
      recvAt: at(recvSec),
      venueAt: at(venueSec),
    }) as const

  test('a decision keeps what each source said last, and how long ago it was heard', () => {
    const bot = armed()
    bot.send(tick('91204.55', 890, 891.5))
    bot.send(tick('91205.25', 896, 897.5))
    // The one before, delivered again.
    bot.send(tick('91204.55', 890, 898.1))
    bot.send(tick('91230.07', 898, 898.2, 'binance'))
    bot.send({ ...tick('3018.4', 898, 898.3), asset: 'eth' })
    bot.runTo(at(899))
    expect(bot.of('decided').at(-1)?.decision.prices).toEqual([
      { feed: 'rtds', series: 'spot', price: '91205.25', ageMicros: 1_500_000, isLive: true },
      { feed: 'binance', series: 'spot', price: '91230.07', ageMicros: 800_000, isLive: true },
    ])
  })

  test('a decision says which source counted: the better one, until it is lost', () => {
    const counted = (bot: ReturnType<typeof armed>) =>
      bot
        .of('decided')
        .at(-1)
        ?.decision.prices.flatMap(({ feed, isLive }) => (isLive ? [feed] : []))
    const both = armed()
    both.send(tick('91204.55', 896, 897.5))
    both.send({ ...tick('91204.56', 896, 897.6), feed: 'polybolt' })
    both.runTo(at(899))
    expect(counted(both)).toEqual(['polybolt'])
    const one = armed()
    one.send(tick('91204.55', 896, 897.5))
    one.send({ ...tick('91204.56', 896, 897.6), feed: 'polybolt' })
    const detail = 'closed with code 4003'
    one.send({
      kind: 'feed',
      feed: 'polybolt',
      state: 'lost',
      detail,
      recvAt: at(898),
      venueAt: null,
    })
    one.runTo(at(899))
    expect(counted(one)).toEqual(['rtds'])
    expect(one.of('feed').map(({ feed, state }) => `${feed} ${state}`)).toEqual([
      'polybolt lost',
      'rtds live',
    ])
  })

  test('a rounded price of the past does not stand in for the exact one', () => {
    const bot = armed()
    bot.send(tick('91204.55', 896, 897.5))
    bot.send({ ...tick('91204.6', 896, 897.6), rounded: true })
    bot.send({ ...tick('91203.1', 895, 897.6), rounded: true })
    bot.runTo(at(899))
    expect(
      bot
        .of('decided')
        .at(-1)
        ?.decision.prices.map(({ price }) => price),
    ).toEqual(['91204.55'])
  })

  test('silence is told although nothing else happens than time', () => {
    const bot = armed()
    bot.send(tick('91204.55', 896, 897.5))
    bot.runTo(at(904.5))
    expect(bot.of('feed').map(({ state, detail }) => `${state} ${detail}`)).toEqual([
      'live btc spot: taken from here',
      'gap btc spot: nothing for 5 s',
    ])
  })

  test('a source that is lost is told', () => {
    const bot = armed()
    const detail = 'no data for 15000 ms'
    bot.send({ kind: 'feed', feed: 'rtds', state: 'lost', detail, recvAt: at(898), venueAt: null })
    expect(bot.of('feed')).toEqual([
      { kind: 'feed', at: at(898), feed: 'rtds', state: 'lost', detail },
    ])
  })
})
