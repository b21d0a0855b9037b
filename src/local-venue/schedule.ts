/**
 * Which windows there are and what they are called. Windows of a series follow each other without a gap. At their real
 * lengths they stand where the real ones stand: 5m and 15m on the UTC grid, 1h and 4h on the hours of New York.
 */
import { DateTime } from 'luxon'
import { ASSETS, type Asset, INTERVALS, type Interval } from '../domain/ids.ts'
import type { SettlementRule } from '../sim/window-truth.ts'

export type Series = {
  readonly index: number
  readonly id: string
  readonly slug: string
  readonly title: string
  readonly asset: Asset
  readonly interval: Interval
  readonly recurrence: string
  readonly rule: SettlementRule
}

export type WindowTimes = { readonly startSec: number; readonly endSec: number }

export type Schedule = {
  /** Null: the windows have their real lengths. */
  readonly windowSec: number | null
  /** The window that holds the second, or the first one to come. */
  at(series: Series, sec: number): WindowTimes
  after(series: Series, window: WindowTimes): WindowTimes
}

const ZONE = 'America/New_York'

export const ASSET_NAMES: Readonly<Record<Asset, string>> = {
  btc: 'Bitcoin',
  eth: 'Ethereum',
  sol: 'Solana',
  xrp: 'XRP',
}

/** Ids as reported for the real series; those of SOL, XRP and the 4h of ETH are not known and made up. */
const SERIES_IDS: Readonly<Record<Asset, Readonly<Record<Interval, string>>>> = {
  btc: { '5m': '10684', '15m': '10192', '1h': '10114', '4h': '10331' },
  eth: { '5m': '10683', '15m': '10191', '1h': '10117', '4h': '10332' },
  sol: { '5m': '10686', '15m': '10423', '1h': '10122', '4h': '10326' },
  xrp: { '5m': '10685', '15m': '10422', '1h': '10123', '4h': '10327' },
}

const SERIES_NAMES: Readonly<Record<Interval, string>> = {
  '5m': '5m',
  '15m': '15m',
  '1h': 'hourly',
  '4h': '4h',
}

const REAL_SECONDS = { '5m': 300, '15m': 900 } as const

export const SERIES: readonly Series[] = ASSETS.flatMap((asset, row) =>
  INTERVALS.map((interval, column) => ({
    index: row * INTERVALS.length + column,
    id: SERIES_IDS[asset][interval],
    slug: `${asset}-up-or-down-${SERIES_NAMES[interval]}`,
    title: `${asset.toUpperCase()} Up or Down ${interval === '1h' ? 'Hourly' : interval}`,
    asset,
    interval,
    recurrence: SERIES_NAMES[interval],
    rule: interval === '1h' ? ('candle' as const) : ('twap60' as const),
  })),
)

/** Windows of one length for every series, the first of which closes at `firstCloseSec`. */
export function shortSchedule(windowSec: number, firstCloseSec: number): Schedule {
  return {
    windowSec,
    at: (_series, sec) => {
      const endSec =
        firstCloseSec + Math.max(0, Math.floor((sec - firstCloseSec) / windowSec) + 1) * windowSec
      return { startSec: endSec - windowSec, endSec }
    },
    after: (_series, { endSec }) => ({ startSec: endSec, endSec: endSec + windowSec }),
  }
}

export function realSchedule(): Schedule {
  const at = (series: Series, sec: number): WindowTimes => {
    switch (series.interval) {
      case '5m':
      case '15m': {
        const length = REAL_SECONDS[series.interval]
        const startSec = Math.floor(sec / length) * length
        return { startSec, endSec: startSec + length }
      }
      case '1h':
        return newYorkHours(sec, 1)
      case '4h':
        return newYorkHours(sec, 4)
    }
  }
  return { windowSec: null, at, after: (series, window) => at(series, window.endSec) }
}

/** Time zones are slow and every asset asks the same; an hour has one answer. */
const KNOWN_HOURS = new Map<string, WindowTimes>()
const KNOWN_HOURS_MAX = 1_000

function newYorkHours(sec: number, hours: number): WindowTimes {
  const key = `${hours}/${Math.floor(sec / 3_600)}`
  const known = KNOWN_HOURS.get(key)
  if (known !== undefined) return known
  if (KNOWN_HOURS.size >= KNOWN_HOURS_MAX) KNOWN_HOURS.clear()
  const times = hoursAround(sec, hours)
  KNOWN_HOURS.set(key, times)
  return times
}

/** From one multiple of `hours` on the clocks of New York to the next, however long the clock change makes it. */
function hoursAround(sec: number, hours: number): WindowTimes {
  const hour = DateTime.fromSeconds(sec, { zone: ZONE }).startOf('hour')
  let start = hour
  while (start.hour % hours !== 0) start = start.minus({ hours: 1 })
  let end = start.plus({ hours: 1 })
  while (end.hour % hours !== 0) end = end.plus({ hours: 1 })
  return { startSec: start.toSeconds(), endSec: end.toSeconds() }
}

/** The slug by which the real venue would call it. `short` windows of 1h get their start second too. */
export function slugOf(series: Series, window: WindowTimes, short: boolean): string {
  if (series.interval !== '1h') {
    return `${series.asset}-updown-${series.interval}-${window.startSec}`
  }
  const start = DateTime.fromSeconds(window.startSec, { zone: ZONE }).setLocale('en-US')
  const name = ASSET_NAMES[series.asset].toLowerCase()
  const hour = `${start.toFormat('h')}${start.hour < 12 ? 'am' : 'pm'}`
  const text = `${name}-up-or-down-${start.toFormat('LLLL-d-yyyy').toLowerCase()}-${hour}-et`
  return short ? `${text}-${window.startSec}` : text
}

/** "Bitcoin Up or Down - November 20, 12:00PM-12:05PM ET"; short windows show their seconds. */
export function titleOf(series: Series, window: WindowTimes, short: boolean): string {
  const start = DateTime.fromSeconds(window.startSec, { zone: ZONE }).setLocale('en-US')
  const end = DateTime.fromSeconds(window.endSec, { zone: ZONE }).setLocale('en-US')
  const clock = short ? 'h:mm:ssa' : 'h:mma'
  const day = start.toFormat('LLLL d')
  const subject = `${ASSET_NAMES[series.asset]} Up or Down - ${day}`
  if (series.interval === '1h' && !short) return `${subject}, ${start.toFormat('ha')} ET`
  return `${subject}, ${start.toFormat(clock)}-${end.toFormat(clock)} ET`
}

export function resolutionSourceOf(series: Series): string {
  return series.rule === 'candle'
    ? `https://www.binance.com/en/trade/${series.asset.toUpperCase()}_USDT`
    : `https://data.chain.link/streams/${series.asset}-usd-twap-60s-streams`
}
