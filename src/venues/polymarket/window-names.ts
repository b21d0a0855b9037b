/**
 * What the venue calls its windows, computed. 5m and 15m stand on the UTC grid; 1h and 4h follow New York's clock, through the
 * time-zone database and never by a fixed offset. A computed name is a guess of where to look: what a window is and when it
 * ends is said by the market itself. On the two days a year that New York changes its clock nobody has documented the names.
 */
import { DateTime } from 'luxon'
import { ASSETS, type Asset, INTERVALS, type Interval } from '../../domain/ids.ts'
import { MICROS_PER_MS, MICROS_PER_SECOND, type Micros, micros } from '../../domain/units.ts'

export const VENUE_ZONE = 'America/New_York'

export type Series = { readonly asset: Asset; readonly interval: Interval }

export type WindowSpan = {
  readonly startAt: Micros
  readonly endAt: Micros
  /** The clock of New York changes on this day: the span and its names are only a hint. */
  readonly doubtful: boolean
}

const NAMES: Readonly<Record<Asset, string>> = {
  btc: 'bitcoin',
  eth: 'ethereum',
  sol: 'solana',
  xrp: 'xrp',
}

const GRID_SEC = { '5m': 300, '15m': 900, '1h': 3_600 } as const
const FOUR_HOURS = 4

/** The window that holds the instant. */
export function windowAt(interval: Interval, at: Micros): WindowSpan {
  if (interval === '4h') return fourHourWindowAt(at)
  const length = GRID_SEC[interval] * MICROS_PER_SECOND
  const startAt = Math.floor(at / length) * length
  return {
    startAt: micros(startAt),
    endAt: micros(startAt + length),
    doubtful: interval === '1h' && isSwitchDay(micros(startAt)),
  }
}

export function windowAfter(interval: Interval, window: WindowSpan): WindowSpan {
  return windowAt(interval, window.endAt)
}

/** The slugs that a window starting then may have, the likeliest first. */
export function windowSlugs({ asset, interval }: Series, startAt: Micros): readonly string[] {
  if (interval !== '1h') {
    return [`${asset}-updown-${interval}-${Math.floor(startAt / MICROS_PER_SECOND)}`]
  }
  const start = inVenueZone(startAt)
  const day = start.toFormat('LLLL-d').toLowerCase()
  const hour = start.toFormat('ha').toLowerCase()
  const stem = `${NAMES[asset]}-up-or-down`
  return [`${stem}-${day}-${start.year}-${hour}-et`, `${stem}-${day}-${hour}-et`]
}

export function seriesSlug({ asset, interval }: Series): string {
  return `${asset}-up-or-down-${interval === '1h' ? 'hourly' : interval}`
}

/** A text query that names the one window, for the search of last resort. */
export function searchText({ asset, interval }: Series, window: WindowSpan): string {
  const start = inVenueZone(window.startAt)
  const name = asset === 'xrp' ? 'XRP' : `${NAMES[asset][0]?.toUpperCase()}${NAMES[asset].slice(1)}`
  const day = start.toFormat('LLLL d')
  if (interval === '1h') return `${name} Up or Down ${day} ${start.toFormat('ha')} ET`
  const end = inVenueZone(window.endAt)
  return `${name} Up or Down ${day} ${start.toFormat('h:mma')}-${end.toFormat('h:mma')} ET`
}

const SLUG = /^([a-z]+)-updown-(\d+[mh])-\d+(-|$)/
const HOURLY_SLUG = /^([a-z]+)-up-or-down-[a-z]+-\d{1,2}(-\d{4})?-\d{1,2}[ap]m-et(-|$)/
const SERIES_SLUG = /^([a-z]+)-up-or-down-(\d+[mh]|hourly)$/

/** Asset and interval as the slug of a window or of a series tells them; null when it tells of neither. */
export function seriesOfSlug(slug: string): Series | null {
  const hourly = HOURLY_SLUG.exec(slug)
  if (hourly !== null) return seriesOf(hourly[1], '1h')
  const named = SLUG.exec(slug) ?? SERIES_SLUG.exec(slug)
  return named === null ? null : seriesOf(named[1], named[2] === 'hourly' ? '1h' : named[2])
}

function seriesOf(assetText: string | undefined, intervalText: string | undefined): Series | null {
  const asset = ASSETS.find((known) => known === assetText || NAMES[known] === assetText)
  const interval = INTERVALS.find((known) => known === intervalText)
  return asset === undefined || interval === undefined ? null : { asset, interval }
}

/** "16:05:00 ET", for people. */
export function clockTextEt(at: Micros): string {
  return `${inVenueZone(at).toFormat('HH:mm:ss')} ET`
}

/** "2026-11-20 21:05:00 UTC", for people. */
export function dateTextUtc(at: Micros): string {
  return `${DateTime.fromMillis(at / MICROS_PER_MS, { zone: 'utc' }).toFormat('yyyy-MM-dd HH:mm:ss')} UTC`
}

/** Six windows a day from New York's midnight; on a switch day one of them is an hour longer or shorter. */
function fourHourWindowAt(at: Micros): WindowSpan {
  const now = inVenueZone(at)
  const midnight = now.startOf('day')
  const row = Math.floor(now.hour / FOUR_HOURS)
  const start = midnight.set({ hour: row * FOUR_HOURS })
  const end =
    row === 5 ? midnight.plus({ days: 1 }) : midnight.set({ hour: (row + 1) * FOUR_HOURS })
  return {
    startAt: fromDateTime(start),
    endAt: fromDateTime(end),
    doubtful: isSwitchDay(at),
  }
}

function isSwitchDay(at: Micros): boolean {
  const midnight = inVenueZone(at).startOf('day')
  return midnight.offset !== midnight.plus({ days: 1 }).offset
}

function inVenueZone(at: Micros): DateTime {
  return DateTime.fromMillis(Math.floor(at / MICROS_PER_MS), { zone: VENUE_ZONE, locale: 'en-US' })
}

function fromDateTime(time: DateTime): Micros {
  return micros(time.toMillis() * MICROS_PER_MS)
}
