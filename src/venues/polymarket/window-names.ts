/**
 * The names of windows, computed. A name is a hint for looking up, never a source of times: on the days on which New York changes its
 * clocks the hourly and four-hourly names are not certain, and the series then decides.
 */
import { DateTime } from 'luxon'
import type { Asset, Interval } from '../../domain/ids.ts'

const NEW_YORK = 'America/New_York'
const SECONDS: Readonly<Record<Interval, number>> = {
  '5m': 300,
  '15m': 900,
  '1h': 3_600,
  '4h': 14_400,
}
const LONG_NAME: Readonly<Record<Asset, string>> = {
  btc: 'bitcoin',
  eth: 'ethereum',
  sol: 'solana',
  xrp: 'xrp',
}

export function seriesSlug(asset: Asset, interval: Interval): string {
  return `${asset}-up-or-down-${interval === '1h' ? 'hourly' : interval}`
}

/** Start of the window that holds this second, by the real venue's alignment. */
export function windowStart(interval: Interval, atSec: number): number {
  if (interval !== '4h') return Math.floor(atSec / SECONDS[interval]) * SECONDS[interval]
  const there = DateTime.fromSeconds(atSec, { zone: NEW_YORK })
  const start = there.startOf('hour').set({ hour: Math.floor(there.hour / 4) * 4 })
  return Math.round(start.toSeconds())
}

/** The start of the window after the one that begins here. */
export function nextStart(interval: Interval, startSec: number): number {
  if (interval !== '4h') return startSec + SECONDS[interval]
  const there = DateTime.fromSeconds(startSec, { zone: NEW_YORK })
  const next =
    there.hour >= 20 ? there.plus({ days: 1 }).startOf('day') : there.set({ hour: there.hour + 4 })
  return Math.round(next.toSeconds())
}

/** Every slug under which a window with this start may be listed, the likeliest first. */
export function slugsOf(asset: Asset, interval: Interval, startSec: number): string[] {
  if (interval !== '1h') return [`${asset}-updown-${interval}-${startSec}`]
  const there = DateTime.fromSeconds(startSec, { zone: NEW_YORK }).setLocale('en-US')
  const hour = `${there.toFormat('h')}${there.toFormat('a').toLowerCase()}-et`
  const day = there.toFormat('LLLL-d').toLowerCase()
  const name = `${LONG_NAME[asset]}-up-or-down-${day}`
  return [`${name}-${there.year}-${hour}`, `${name}-${hour}`]
}

/** What a person would type to find the window. */
export function searchText(asset: Asset, startSec: number): string {
  const there = DateTime.fromSeconds(startSec, { zone: NEW_YORK }).setLocale('en-US')
  const name = LONG_NAME[asset]
  return `${name[0]?.toUpperCase()}${name.slice(1)} Up or Down ${there.toFormat('LLLL d, h:mma')} ET`
}

/** Asset and interval from a slug, or null when it is none of ours. */
export function readSlug(slug: string): { asset: Asset; interval: Interval } | null {
  const short = /^(btc|eth|sol|xrp)-updown-(5m|15m|4h)-\d+/.exec(slug)
  if (short !== null) return { asset: short[1] as Asset, interval: short[2] as Interval }
  const long = /^(bitcoin|ethereum|solana|xrp)-up-or-down-[a-z]+-\d+-.*\d{1,2}(am|pm)-et/.exec(slug)
  if (long === null) return null
  const asset = (Object.keys(LONG_NAME) as Asset[]).find((one) => LONG_NAME[one] === long[1])
  return asset === undefined ? null : { asset, interval: '1h' }
}

/** "14:59:30 ET", and "2026-11-20 19:59:30 UTC": how people read the end of a window. */
export function clockTexts(atMs: number): { et: string; utc: string } {
  const there = DateTime.fromMillis(atMs, { zone: NEW_YORK })
  return {
    et: `${there.toFormat('HH:mm:ss')} ET`,
    utc: `${there.toUTC().toFormat('yyyy-MM-dd HH:mm:ss')} UTC`,
  }
}
