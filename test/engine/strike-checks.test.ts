/** Strikes and what others say of them: candles that are the strike, minutes that must hold it, and conflicts, which name no winner. */
import { describe, expect, test } from 'vitest'
import type { StrikeCandle } from '../../src/domain/events.ts'
import type { FeedName, PriceSeries } from '../../src/domain/ids.ts'
import type { Market } from '../../src/domain/market.ts'
import { micros } from '../../src/domain/units.ts'
import { createTruths, type Truths } from '../../src/engine/truth.ts'
import { aMarket, at, SECOND, START, someSettings } from '../support/builders.ts'
import { createHarness } from '../support/harness.ts'

const AVERAGED = aMarket({
  resolutionSource: 'https://data.chain.link/streams/btc-usd-twap-60s-streams',
  rules: {
    description:
      'This market resolves to "Up" if the 60 second average price at the end is greater than or equal to the 60 second average price at its beginning, and to "Down" otherwise.',
    averaging: { twapEnabled: true, lookbackSeconds: 60 },
  },
})
const HOURLY = aMarket({
  interval: '1h',
  endAt: at(3_600),
  resolutionSource: 'https://www.binance.com/en/trade/BTC_USDT',
  rules: {
    description:
      'This market resolves to "Up" if the close of the BTC/USDT 1 hour candle is greater than or equal to its open, and to "Down" otherwise.',
    averaging: null,
  },
})

function tick(sec: number, price: string, series: PriceSeries = 'spot', feed: FeedName = 'rtds') {
  const venueAt = at(sec)
  const recvAt = micros(venueAt + 1_500_000)
  return { kind: 'price_tick', feed, asset: 'btc', series, price, venueAt, recvAt } as const
}

function candle(change: Partial<StrikeCandle> = {}): StrikeCandle {
  return {
    kind: 'strike_candle',
    conditionId: AVERAGED.conditionId,
    asset: 'btc',
    feed: 'binance',
    openAt: micros(START - 60 * SECOND),
    seconds: 60,
    open: '91200',
    high: '91230',
    low: '91180',
    close: '91210',
    isOver: true,
    recvAt: at(3),
    venueAt: null,
    ...change,
  }
}

const hour = (change: Partial<StrikeCandle> = {}) =>
  candle({ openAt: START, seconds: 3_600, open: '91200.5', isOver: false, ...change })

const site = (price: string, market: Market = AVERAGED) =>
  ({
    kind: 'strike_quote',
    conditionId: market.conditionId,
    price,
    recvAt: at(3),
    venueAt: null,
  }) as const

/** Prints and trades beside each other, the settlement source `basis` dollars above the exchange. */
function fed(truths: Truths, toSec: number, basis = 0, feed: FeedName = 'binance'): void {
  for (let sec = -70; sec <= toSec; sec += 1) {
    const price = 91_300 + ((sec * 7) % 5) - 2
    truths.apply(tick(sec, String(price - basis), 'spot', feed))
    truths.apply(tick(sec, String(price)))
  }
}

const truths = () => createTruths({ holdMicros: () => 150_000, burstSec: 3 })

describe('averages', () => {
  function withStrike(strike = '91300.25', basis = 0): Truths {
    const known = truths()
    fed(known, 889, basis)
    known.apply(tick(0, strike, 'twap60'))
    return known
  }

  test('a site that says the same to a float is no conflict', () => {
    const known = withStrike('91300.123456789012345678')
    known.quote(site('91300.12345678901'))
    const { strike, winner } = known.of(AVERAGED, at(890))
    expect(winner).not.toBeNull()
    expect(strike).toMatchObject({ certainty: 'exact', conflict: null, source: 'tick' })
    expect(Number(strike?.crossCheckGap)).toBeLessThan(0)
  })

  test('a site that says another one is a conflict: no winner, and why', () => {
    const known = withStrike()
    known.quote(site('91320.5'))
    const truth = known.of(AVERAGED, at(890))
    expect(truth).toMatchObject({ winner: null, doubt: "the venue's site says another strike" })
    expect(truth.strike).toMatchObject({ certainty: 'disputed', crossCheckGap: '20.25' })
  })

  test.each([
    ['holds the strike', { low: '91280', high: '91320' }, 0, null],
    ['holds it when the basis is taken from it', { low: '91230', high: '91270' }, 50, null],
    [
      'does not hold it',
      { low: '91180', high: '91230' },
      0,
      'binance did not trade at the strike in its minute',
    ],
    [
      'does not hold it for its basis',
      { low: '91280', high: '91320' },
      50,
      'binance did not trade at the strike in its minute',
    ],
    ['is upside down, and says nothing', { low: '91230', high: '91180' }, 0, null],
    ['is no price, and says nothing', { low: '0', high: '1e5' }, 0, null],
  ])('a minute that %s', (_name, prices, basis, conflict) => {
    const known = withStrike('91300.25', basis)
    known.candle(candle(prices))
    const { strike, doubt } = known.of(AVERAGED, at(890))
    expect(strike?.conflict).toBe(conflict)
    expect(doubt).toBe(conflict)
  })

  test('without a basis an exchange may be off by more', () => {
    const known = truths()
    for (let sec = -70; sec <= 889; sec += 1) known.apply(tick(sec, String(91_300 + (sec % 3))))
    known.apply(tick(0, '91300.25', 'twap60'))
    // Five hundredths of a percent, three times, below the middle's half.
    known.candle(candle({ low: '91180', high: '91200' }))
    expect(known.of(AVERAGED, at(890)).strike?.conflict).toBeNull()
    known.candle(candle({ low: '91000', high: '91100' }))
    expect(known.of(AVERAGED, at(891)).strike?.certainty).toBe('disputed')
  })

  test.each([
    ['of another minute', { openAt: micros(START - 120 * SECOND) }],
    ['that was not over', { isOver: false }],
    [
      'of another window',
      { conditionId: HOURLY.conditionId.replace('c', 'd') as Market['conditionId'] },
    ],
  ])('a minute %s says nothing', (_name, change) => {
    const known = withStrike()
    known.candle(candle({ low: '1', high: '2', ...change }))
    expect(known.of(AVERAGED, at(890)).strike).toMatchObject({ conflict: null, certainty: 'exact' })
  })

  test('where only a float of the average is known it is approximate, and a better one takes its place', () => {
    const known = truths()
    for (let sec = 100; sec < 890; sec += 1) known.apply(tick(sec, String(91_300 + (sec % 3))))
    known.apply({ ...tick(0, '91300.25', 'twap60'), rounded: true })
    expect(known.of(AVERAGED, at(890))).toMatchObject({
      winner: 'UP',
      strike: { source: 'rounded_tick', certainty: 'approximate', price: '91300.25' },
    })
    known.apply(tick(0, '91300.250000000000000001', 'twap60'))
    expect(known.of(AVERAGED, at(891)).strike).toMatchObject({ source: 'tick', certainty: 'exact' })
  })
})

describe('a candle that settles', () => {
  test('its open is the strike, exactly, and the trades of its exchange name the winner', () => {
    const known = truths()
    fed(known, 3_590)
    expect(known.of(HOURLY, at(3_590)).strike?.certainty).toBe('approximate')
    known.candle(hour())
    expect(known.of(HOURLY, at(3_591))).toMatchObject({
      winner: 'UP',
      strike: { price: '91200.5', source: 'candle_open', certainty: 'exact', conflict: null },
    })
  })

  test.each([
    ['91200.50', 'UP'],
    ['91200.49999999', 'DOWN'],
  ] as const)('when it is over its close decides: %s is %s', (close, winner) => {
    const known = truths()
    fed(known, 3_590)
    known.candle(hour())
    known.candle(hour({ isOver: true, close }))
    const truth = known.of(HOURLY, at(3_603))
    expect(truth).toMatchObject({ winner, basedOn: 'final', win: { mid: 1 } })
  })

  test('the candle of another exchange is not the strike, nor are its trades the close', () => {
    const known = truths()
    fed(known, 3_620, 0, 'coinbase')
    known.candle(hour({ feed: 'coinbase' }))
    known.candle(hour({ feed: 'coinbase', isOver: true }))
    expect(known.of(HOURLY, at(3_590)).doubt).toBe('the strike is not known')
    known.candle(hour({ open: '91299.5' }))
    const { winner, basedOn, win } = known.of(HOURLY, at(3_621))
    // Ahead by a dollar in a currency that nobody compared: hardly more than a guess.
    expect([winner, basedOn]).not.toContain('final')
    expect(win?.mid ?? 0.5).toBeLessThan(0.7)
  })

  test('the site and the candle must agree', () => {
    const known = truths()
    fed(known, 3_590)
    known.candle(hour())
    known.quote(site('91200.5', HOURLY))
    expect(known.of(HOURLY, at(3_590)).strike?.conflict).toBeNull()
    known.quote(site('91230.5', HOURLY))
    expect(known.of(HOURLY, at(3_591))).toMatchObject({
      winner: null,
      strike: { certainty: 'disputed', crossCheckGap: '30' },
    })
  })
})

test('a disputed strike is no shot, and the reason names it', () => {
  const harness = createHarness(someSettings({}, { winner: 'settlement' }))
  harness.clock(micros(START - 100 * SECOND))
  for (let sec = -70; sec <= 897; sec += 1) {
    harness.send({ ...tick(sec, String(91_300 + ((sec * 7) % 5) - 2)), recvAt: at(sec) })
    if (sec === 0) harness.send({ ...tick(0, '91200.5', 'twap60'), recvAt: at(0) })
    if (sec === 600) harness.list(AVERAGED, at(600))
    if (sec === 601) harness.send(candle({ low: '91500', high: '91600', recvAt: at(sec) }))
    harness.runTo(at(sec))
  }
  harness.books(AVERAGED, at(898), 9_500, 9_600)
  harness.runTo(at(901))
  expect(harness.asked('submit')).toHaveLength(0)
  expect(harness.of('passed')[0]?.reason).toContain('binance did not trade at the strike')
})
