/** Which candles belong to a window, also on the days on which New York changes its clock. */
import { describe, expect, test } from 'vitest'
import type { Market } from '../../src/domain/market.ts'
import { micros } from '../../src/domain/units.ts'
import { candlesOf } from '../../src/runtime/candles-of.ts'
import { windowAt, windowSlugs } from '../../src/venues/polymarket/window-names.ts'
import { aMarket } from '../support/builders.ts'

const at = (iso: string) => micros(Date.parse(iso) * 1_000)
const BINANCE = 'https://www.binance.com/en/trade/BTC_USDT'

function spoken(market: Market): string[] {
  return candlesOf(market).map(
    ({ span, dueAt, isSettling }) =>
      `${new Date(span.openAt / 1_000).toISOString().slice(0, 19)} ${span.seconds} s, from ${new Date(dueAt / 1_000).toISOString().slice(11, 19)}${isSettling ? ', settles' : ''}`,
  )
}

test('averages ask for the minute before the start; one that stands between minutes for nothing', () => {
  const startAt = at('2026-11-20T17:05:00Z')
  expect(spoken(aMarket({ startAt }))).toEqual(['2026-11-20T17:04:00 60 s, from 17:05:02'])
  expect(spoken(aMarket({ startAt: at('2026-11-20T17:05:30Z') }))).toEqual([])
})

describe('a window that a candle settles', () => {
  test.each([
    // The hour of New York, the instant, and what it is called.
    ['winter', '2026-11-20T20:00:00Z', 'bitcoin-up-or-down-november-20-2026-3pm-et'],
    ['summer', '2026-07-20T19:00:00Z', 'bitcoin-up-or-down-july-20-2026-3pm-et'],
    ['the hour before the clock is put forward', '2026-03-08T06:00:00Z', '1am-et'],
    ['the hour after it: two is left out', '2026-03-08T07:00:00Z', '3am-et'],
    ['the first one o’clock of the day it is put back', '2026-11-01T05:00:00Z', '1am-et'],
    ['the second one', '2026-11-01T06:00:00Z', '1am-et'],
  ])('%s: its candle begins with it, in UTC', (_name, iso, name) => {
    const { startAt, endAt } = windowAt('1h', at(iso))
    expect(windowSlugs({ asset: 'btc', interval: '1h' }, startAt)[0]).toContain(name)
    const market = aMarket({ interval: '1h', startAt, endAt, resolutionSource: BINANCE })
    const opened = iso.slice(0, 19)
    const [first, last] = spoken(market)
    expect(first).toBe(`${opened} 3600 s, from ${opened.slice(11, 17)}02, settles`)
    expect(last?.startsWith(`${opened} 3600 s, from `)).toBe(true)
    expect(candlesOf(market)[1]?.dueAt).toBe(endAt + 2_000_000)
  })

  test('four hours by the clock of New York are no candle of UTC: its first and its last second are asked for', () => {
    const { startAt, endAt } = windowAt('4h', at('2026-11-20T18:00:00Z'))
    const market = aMarket({ interval: '4h', startAt, endAt, resolutionSource: BINANCE })
    expect(spoken(market)).toEqual([
      '2026-11-20T17:00:00 1 s, from 17:00:02, settles',
      '2026-11-20T20:59:59 1 s, from 21:00:02, settles',
    ])
  })
})
