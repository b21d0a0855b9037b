import { describe, expect, test } from 'vitest'
import {
  nextStart,
  readSlug,
  searchText,
  slugsOf,
  windowStart,
} from '../../../src/venues/polymarket/window-names.ts'

const sec = (text: string) => Date.parse(text) / 1_000

describe('names of windows', () => {
  test('short ones carry the start', () => {
    expect(slugsOf('btc', '15m', windowStart('15m', sec('2026-11-20T17:07:00Z')))).toEqual([
      'btc-updown-15m-1795194000',
    ])
    expect(slugsOf('xrp', '5m', windowStart('5m', sec('2026-11-20T17:07:00Z')))).toEqual([
      `xrp-updown-5m-${sec('2026-11-20T17:05:00Z')}`,
    ])
  })

  test.each([
    ['2026-11-20T17:30:00Z', 'bitcoin-up-or-down-november-20-2026-12pm-et'],
    ['2026-11-21T05:10:00Z', 'bitcoin-up-or-down-november-21-2026-12am-et'],
    ['2027-01-01T04:59:59Z', 'bitcoin-up-or-down-december-31-2026-11pm-et'],
    ['2026-07-04T13:00:00Z', 'bitcoin-up-or-down-july-4-2026-9am-et'],
  ])('the hour of %s is %s', (at, name) => {
    const start = windowStart('1h', sec(at))
    expect(slugsOf('btc', '1h', start)[0]).toBe(name)
    expect(slugsOf('btc', '1h', start)[1]).toBe(name.replace(/-20\d\d-/, '-'))
    expect(readSlug(name)).toEqual({ asset: 'btc', interval: '1h' })
  })

  test('four hours are counted in New York: 01, 05, 09 UTC in winter, 00, 04, 08 in summer', () => {
    expect(windowStart('4h', sec('2026-11-20T18:30:00Z'))).toBe(sec('2026-11-20T17:00:00Z'))
    expect(windowStart('4h', sec('2026-07-20T18:30:00Z'))).toBe(sec('2026-07-20T16:00:00Z'))
    expect(nextStart('4h', sec('2026-11-20T17:00:00Z'))).toBe(sec('2026-11-20T21:00:00Z'))
  })

  test('on the days on which New York changes its clocks the boundaries stay those of the wall', () => {
    // 2026-11-01: midnight to four lasts five hours. 2027-03-14: it lasts three.
    expect(nextStart('4h', sec('2026-11-01T04:00:00Z'))).toBe(sec('2026-11-01T09:00:00Z'))
    expect(nextStart('4h', sec('2027-03-14T05:00:00Z'))).toBe(sec('2027-03-14T08:00:00Z'))
    expect(windowStart('4h', sec('2026-11-01T08:30:00Z'))).toBe(sec('2026-11-01T04:00:00Z'))
    expect(nextStart('4h', sec('2026-11-01T01:00:00Z') - 3_600)).toBe(sec('2026-11-01T04:00:00Z'))
  })

  test('strangers are strangers', () => {
    for (const slug of [
      'doge-updown-5m-1',
      'btc-updown-2h-1',
      'will-it-rain',
      'bitcoin-above-100k',
    ])
      expect(readSlug(slug)).toBeNull()
    expect(searchText('eth', sec('2026-11-20T17:00:00Z'))).toBe(
      'Ethereum Up or Down November 20, 12:00PM ET',
    )
  })
})
