import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ASSETS, INTERVALS, type Interval } from '../../../src/domain/ids.ts'
import { type Micros, micros } from '../../../src/domain/units.ts'
import {
  clockTextEt,
  dateTextUtc,
  searchText,
  seriesOfSlug,
  seriesSlug,
  windowAfter,
  windowAt,
  windowSlugs,
} from '../../../src/venues/polymarket/window-names.ts'

function at(iso: string): Micros {
  return micros(Date.parse(iso) * 1_000)
}

function text(instant: Micros): string {
  return new Date(instant / 1_000).toISOString().replace(':00.000Z', 'Z')
}

function span(interval: Interval, iso: string): string {
  const window = windowAt(interval, at(iso))
  return `${text(window.startAt)} ${text(window.endAt)}${window.doubtful ? ' ?' : ''}`
}

describe('the window that holds an instant', () => {
  test.each([
    ['5m', '2026-11-20T17:04:59Z', '2026-11-20T17:00Z 2026-11-20T17:05Z'],
    ['5m', '2026-11-20T17:05:00Z', '2026-11-20T17:05Z 2026-11-20T17:10Z'],
    ['15m', '2026-11-20T17:14:59Z', '2026-11-20T17:00Z 2026-11-20T17:15Z'],
    ['1h', '2026-11-20T17:59:59Z', '2026-11-20T17:00Z 2026-11-20T18:00Z'],
    // Winter: one hour off the UTC grid. Summer: on it.
    ['4h', '2026-11-20T17:59:59Z', '2026-11-20T17:00Z 2026-11-20T21:00Z'],
    ['4h', '2026-11-20T16:59:59Z', '2026-11-20T13:00Z 2026-11-20T17:00Z'],
    ['4h', '2026-07-20T17:59:59Z', '2026-07-20T16:00Z 2026-07-20T20:00Z'],
    // The last one of New York's day ends in tomorrow's UTC.
    ['4h', '2026-11-21T04:59:59Z', '2026-11-21T01:00Z 2026-11-21T05:00Z'],
  ] as const)('%s at %s', (interval, instant, expected) => {
    expect(span(interval, instant)).toBe(expected)
  })

  test.each([
    // 2026-11-01: New York goes from 2 a.m. back to 1 a.m. at 06:00 UTC.
    ['4h', '2026-11-01T03:59:59Z', '2026-11-01T00:00Z 2026-11-01T04:00Z'],
    ['4h', '2026-11-01T05:00:00Z', '2026-11-01T04:00Z 2026-11-01T09:00Z ?'],
    ['4h', '2026-11-01T09:00:00Z', '2026-11-01T09:00Z 2026-11-01T13:00Z ?'],
    ['4h', '2026-11-02T05:00:00Z', '2026-11-02T05:00Z 2026-11-02T09:00Z'],
    ['1h', '2026-11-01T05:30:00Z', '2026-11-01T05:00Z 2026-11-01T06:00Z ?'],
    ['1h', '2026-11-01T06:30:00Z', '2026-11-01T06:00Z 2026-11-01T07:00Z ?'],
    // 2027-03-14: from 2 a.m. on to 3 a.m. at 07:00 UTC.
    ['4h', '2027-03-14T06:00:00Z', '2027-03-14T05:00Z 2027-03-14T08:00Z ?'],
    ['4h', '2027-03-14T08:00:00Z', '2027-03-14T08:00Z 2027-03-14T12:00Z ?'],
    ['4h', '2027-03-15T04:00:00Z', '2027-03-15T04:00Z 2027-03-15T08:00Z'],
    // The UTC grid knows no such days.
    ['5m', '2026-11-01T06:02:00Z', '2026-11-01T06:00Z 2026-11-01T06:05Z'],
    ['15m', '2027-03-14T07:02:00Z', '2027-03-14T07:00Z 2027-03-14T07:15Z'],
  ] as const)('on a switch day: %s at %s', (interval, instant, expected) => {
    expect(span(interval, instant)).toBe(expected)
  })

  test('windows follow each other without a gap, and each holds its own instants', () => {
    const from = Date.parse('2026-01-01') * 1_000
    const until = Date.parse('2029-01-01') * 1_000
    fc.assert(
      fc.property(
        fc.integer({ min: from, max: until }),
        fc.constantFrom(...INTERVALS),
        (instant, interval) => {
          const window = windowAt(interval, micros(instant))
          expect(window.startAt).toBeLessThanOrEqual(instant)
          expect(window.endAt).toBeGreaterThan(instant)
          expect(windowAfter(interval, window).startAt).toBe(window.endAt)
          expect(windowAt(interval, window.startAt)).toEqual(window)
        },
      ),
    )
  })
})

describe('slugs', () => {
  test('of 5m, 15m and 4h carry the start', () => {
    const start = at('2026-11-20T17:00:00Z')
    expect(windowSlugs({ asset: 'btc', interval: '5m' }, start)).toEqual([
      'btc-updown-5m-1795194000',
    ])
    expect(windowSlugs({ asset: 'xrp', interval: '15m' }, start)).toEqual([
      'xrp-updown-15m-1795194000',
    ])
    expect(windowSlugs({ asset: 'sol', interval: '4h' }, start)).toEqual([
      'sol-updown-4h-1795194000',
    ])
  })

  test.each([
    ['2026-11-20T17:00:00Z', 'november-20-2026-12pm-et', 'november-20-12pm-et'],
    ['2026-11-20T05:00:00Z', 'november-20-2026-12am-et', 'november-20-12am-et'],
    ['2026-11-21T04:00:00Z', 'november-20-2026-11pm-et', 'november-20-11pm-et'],
    ['2026-07-03T20:00:00Z', 'july-3-2026-4pm-et', 'july-3-4pm-et'],
    // New York is still in the old year, the old month.
    ['2027-01-01T04:00:00Z', 'december-31-2026-11pm-et', 'december-31-11pm-et'],
    ['2027-01-01T05:00:00Z', 'january-1-2027-12am-et', 'january-1-12am-et'],
    ['2028-03-01T04:00:00Z', 'february-29-2028-11pm-et', 'february-29-11pm-et'],
    // Both hours that New York calls 1 a.m. have one name: the reason why such a name is only a hint.
    ['2026-11-01T05:00:00Z', 'november-1-2026-1am-et', 'november-1-1am-et'],
    ['2026-11-01T06:00:00Z', 'november-1-2026-1am-et', 'november-1-1am-et'],
    ['2027-03-14T06:00:00Z', 'march-14-2027-1am-et', 'march-14-1am-et'],
    ['2027-03-14T07:00:00Z', 'march-14-2027-3am-et', 'march-14-3am-et'],
  ])('of the hour that begins at %s', (start, withYear, without) => {
    expect(windowSlugs({ asset: 'eth', interval: '1h' }, at(start))).toEqual([
      `ethereum-up-or-down-${withYear}`,
      `ethereum-up-or-down-${without}`,
    ])
  })

  test('and series slugs tell asset and interval again', () => {
    const instant = at('2026-11-20T17:00:00Z')
    for (const asset of ASSETS) {
      for (const interval of INTERVALS) {
        const series = { asset, interval }
        for (const slug of windowSlugs(series, instant)) expect(seriesOfSlug(slug)).toEqual(series)
        expect(seriesOfSlug(seriesSlug(series))).toEqual(series)
      }
    }
    expect(seriesSlug({ asset: 'btc', interval: '1h' })).toBe('btc-up-or-down-hourly')
  })

  test.each([
    ['bitcoin-up-or-down-november-20-2026-12pm-et-1795194090', { asset: 'btc', interval: '1h' }],
    ['btc-updown-15m-1795194090', { asset: 'btc', interval: '15m' }],
    ['doge-updown-5m-1795194000', null],
    ['btc-updown-30m-1795194000', null],
    ['bitcoin-up-or-down-on-november-20', null],
    ['will-bitcoin-hit-100k', null],
    ['', null],
  ])('%s', (slug, expected) => {
    expect(seriesOfSlug(slug)).toEqual(expected)
  })
})

test('a search names the one window', () => {
  const noon = at('2026-11-20T17:00:00Z')
  expect(searchText({ asset: 'btc', interval: '5m' }, windowAt('5m', noon))).toBe(
    'Bitcoin Up or Down November 20 12:00PM-12:05PM ET',
  )
  expect(searchText({ asset: 'xrp', interval: '4h' }, windowAt('4h', noon))).toBe(
    'XRP Up or Down November 20 12:00PM-4:00PM ET',
  )
  expect(searchText({ asset: 'sol', interval: '1h' }, windowAt('1h', noon))).toBe(
    'Solana Up or Down November 20 12PM ET',
  )
})

test('times for people are right in summer and in winter', () => {
  expect(clockTextEt(at('2026-11-20T17:05:00Z'))).toBe('12:05:00 ET')
  expect(clockTextEt(at('2026-07-20T17:05:00Z'))).toBe('13:05:00 ET')
  expect(dateTextUtc(at('2026-11-20T17:05:00Z'))).toBe('2026-11-20 17:05:00 UTC')
})
