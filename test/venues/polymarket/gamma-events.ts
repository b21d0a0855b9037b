/** Events of Gamma as they come over the wire, with made-up values. */
import { type Micros, micros } from '../../../src/domain/units.ts'

export type WireMarket = Record<string, unknown>
export type WireEvent = Record<string, unknown> & {
  slug: string
  markets: WireMarket[]
}

export type WindowSpec = {
  readonly asset?: string
  readonly interval?: string
  readonly slug?: string
  readonly seriesSlug?: string
  readonly startSec: number
  readonly endSec: number
}

export function at(iso: string): Micros {
  return micros(Date.parse(iso) * 1_000)
}

export function sec(iso: string): number {
  return Date.parse(iso) / 1_000
}

/** 64 hex digits and 77 decimal digits, always the same for the same window. */
export function conditionOf(slug: string): string {
  return `0x${digits(slug).repeat(4).slice(0, 64)}`
}

export function tokensOfSlug(slug: string): readonly [string, string] {
  const stem = `7${digits(slug).repeat(5)}`
  return [`${stem.slice(0, 76)}1`, `${stem.slice(0, 76)}2`]
}

function digits(text: string): string {
  let sum = 7
  for (const letter of text) sum = (sum * 31 + letter.charCodeAt(0)) % 999_999_999_989
  return String(sum).padStart(16, '3')
}

export function wireMarket(spec: WindowSpec, changed: WireMarket = {}): WireMarket {
  const slug = slugOf(spec)
  return {
    id: '3914207',
    version: 'v1',
    question: `Window ${slug}`,
    conditionId: conditionOf(slug),
    slug,
    resolutionSource: 'https://data.chain.link/streams/btc-usd-twap-60s-streams',
    outcomes: '["Up", "Down"]',
    outcomePrices: '["0.505", "0.495"]',
    clobTokenIds: JSON.stringify(tokensOfSlug(slug)),
    startDate: '2026-11-19T17:04:11.302901Z',
    eventStartTime: iso(spec.startSec),
    endDate: iso(spec.endSec),
    endDateIso: iso(spec.endSec).slice(0, 10),
    active: true,
    closed: false,
    archived: false,
    enableOrderBook: true,
    acceptingOrders: true,
    orderPriceMinTickSize: 0.01,
    orderMinSize: 5,
    feesEnabled: true,
    feeSchedule: { rate: 0.07, exponent: 1, takerOnly: true, rebateRate: 0.2 },
    ...changed,
  }
}

export function wireEvent(spec: WindowSpec, changed: WireMarket = {}): WireEvent {
  const slug = slugOf(spec)
  const { asset = 'btc', interval = '5m' } = spec
  const seriesSlug =
    spec.seriesSlug ?? `${asset}-up-or-down-${interval === '1h' ? 'hourly' : interval}`
  return {
    id: '431200',
    ticker: slug,
    slug,
    title: `Title of ${slug}`,
    startDate: '2026-11-19T17:04:37.152914Z',
    startTime: iso(spec.startSec),
    endDate: iso(spec.endSec),
    active: true,
    closed: false,
    archived: false,
    seriesSlug,
    series: [{ id: '10684', slug: seriesSlug }],
    markets: [wireMarket(spec, changed)],
  }
}

export function slugOf({ asset = 'btc', interval = '5m', slug, startSec }: WindowSpec): string {
  return slug ?? `${asset}-updown-${interval}-${startSec}`
}

export function resolvedEvent(
  spec: WindowSpec,
  prices: string,
  changed: WireMarket = {},
): WireEvent {
  return wireEvent(spec, {
    closed: true,
    acceptingOrders: false,
    umaResolutionStatus: 'resolved',
    outcomePrices: prices,
    closedTime: '2026-11-20 17:06:12+00',
    ...changed,
  })
}

export function clobMarket(slug: string, changed: WireMarket = {}): WireMarket {
  const [up, down] = tokensOfSlug(slug)
  return {
    c: conditionOf(slug),
    t: [
      { t: up, o: 'Up' },
      { t: down, o: 'Down' },
    ],
    mts: 0.01,
    mos: 5,
    fd: { r: 0.07, e: 1, to: true },
    ao: true,
    itode: true,
    ...changed,
  }
}

function iso(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().replace('.000Z', 'Z')
}
