import { describe, expect, it } from 'vitest'
import {
  realSchedule,
  SERIES,
  type Series,
  shortSchedule,
  slugOf,
  titleOf,
} from '../../src/local-venue/schedule.ts'

const series = (slug: string): Series => {
  const found = SERIES.find((candidate) => candidate.slug === slug)
  if (found === undefined) throw new Error(`no series ${slug}`)
  return found
}
const seconds = (iso: string): number => Date.parse(iso) / 1000

describe('windows at their real lengths', () => {
  const schedule = realSchedule()

  it('stand on the UTC grid for 5m and 15m', () => {
    const now = seconds('2026-11-20T17:07:31Z')
    expect(schedule.at(series('btc-up-or-down-5m'), now)).toEqual({
      startSec: seconds('2026-11-20T17:05:00Z'),
      endSec: seconds('2026-11-20T17:10:00Z'),
    })
    const quarter = schedule.at(series('eth-up-or-down-15m'), now)
    expect(quarter.startSec).toBe(seconds('2026-11-20T17:00:00Z'))
    expect(schedule.after(series('eth-up-or-down-15m'), quarter).startSec).toBe(quarter.endSec)
  })

  it('follow the clocks of New York for 4h: off the UTC grid in winter, on it in summer', () => {
    const four = series('btc-up-or-down-4h')
    expect(schedule.at(four, seconds('2026-11-20T17:30:00Z'))).toEqual({
      startSec: seconds('2026-11-20T17:00:00Z'),
      endSec: seconds('2026-11-20T21:00:00Z'),
    })
    expect(schedule.at(four, seconds('2026-07-20T17:30:00Z'))).toEqual({
      startSec: seconds('2026-07-20T16:00:00Z'),
      endSec: seconds('2026-07-20T20:00:00Z'),
    })
  })

  it('leave no gap and no overlap over a clock change', () => {
    for (const name of ['btc-up-or-down-4h', 'btc-up-or-down-hourly']) {
      for (const day of ['2026-03-08T00:00:00Z', '2026-11-01T00:00:00Z']) {
        let window = schedule.at(series(name), seconds(day))
        for (let count = 0; count < 30; count += 1) {
          const next = schedule.after(series(name), window)
          expect(next.startSec).toBe(window.endSec)
          expect(next.endSec).toBeGreaterThan(next.startSec)
          window = next
        }
      }
    }
  })

  it('have the real names', () => {
    const five = series('btc-up-or-down-5m')
    const noon = schedule.at(five, seconds('2026-11-20T17:00:00Z'))
    expect(slugOf(five, noon, false)).toBe('btc-updown-5m-1795194000')
    expect(titleOf(five, noon, false)).toBe('Bitcoin Up or Down - November 20, 12:00PM-12:05PM ET')
    const hourly = series('sol-up-or-down-hourly')
    const hour = schedule.at(hourly, seconds('2026-11-20T20:10:00Z'))
    expect(slugOf(hourly, hour, false)).toBe('solana-up-or-down-november-20-2026-3pm-et')
    expect(titleOf(hourly, hour, false)).toBe('Solana Up or Down - November 20, 3PM ET')
    const night = schedule.at(hourly, seconds('2026-11-21T05:00:00Z'))
    expect(slugOf(hourly, night, false)).toBe('solana-up-or-down-november-21-2026-12am-et')
  })
})

describe('shortened windows', () => {
  const schedule = shortSchedule(90, 10_045)

  it('close first when asked to, then follow back to back', () => {
    for (const one of SERIES) {
      const first = schedule.at(one, 10_000)
      expect(first).toEqual({ startSec: 9_955, endSec: 10_045 })
      expect(schedule.after(one, first)).toEqual({ startSec: 10_045, endSec: 10_135 })
      expect(schedule.at(one, 10_045).startSec).toBe(10_045)
    }
    expect(shortSchedule(90, 500).at(SERIES[0] as Series, 100).endSec).toBe(500)
  })

  it('have names that stay unique within an hour', () => {
    const hourly = series('btc-up-or-down-hourly')
    const first = schedule.at(hourly, 10_000)
    const names = [first, schedule.after(hourly, first)].map((window) =>
      slugOf(hourly, window, true),
    )
    expect(new Set(names).size).toBe(2)
    expect(names[0]).toBe('bitcoin-up-or-down-december-31-1969-9pm-et-9955')
  })
})
