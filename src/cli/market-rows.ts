/** The windows that a poll found, and those it would not list, for people and for programs. */
import type { Market } from '../domain/market.ts'
import {
  formatDecimal,
  formatPrice,
  MICROS_PER_MS,
  MICROS_PER_SECOND,
  type Micros,
} from '../domain/units.ts'
import type { NotListed, Span } from '../venues/polymarket/gamma-market.ts'
import { clockTextEt, dateTextUtc } from '../venues/polymarket/window-names.ts'
import { shortened, textTable } from './text-table.ts'

const HEAD = ['WINDOW', 'ET', 'UTC', 'MIN LEFT', 'TICK', 'FEE', 'YES', 'NO', 'STATE'] as const

export type Survey = {
  readonly venueNow: Micros
  readonly listed: readonly Market[]
  readonly refused: readonly NotListed[]
}

export function marketTable({ venueNow, listed, refused }: Survey): string {
  const rows = inOrder(listed).map((market) => [
    market.slug,
    ...times(market, venueNow),
    formatPrice(market.tickSize),
    formatDecimal(market.fee.rateMicro, 6),
    shortened(market.up),
    shortened(market.down),
    market.mappingDoubt === null ? 'listed' : `doubted: ${market.mappingDoubt}`,
  ])
  const others = refused.map(({ slug, span, reason }) => {
    const when = span === null ? ['-', '-', '-'] : times(span, venueNow)
    return [slug, ...when, '-', '-', '-', '-', `not listed: ${reason}`]
  })
  return textTable(HEAD, [...rows, ...others])
}

/** One object for each window; prices and fees are decimal texts. */
export function marketObjects({ venueNow, listed, refused }: Survey): readonly object[] {
  const rows = inOrder(listed).map((market) => ({
    market: market.slug,
    listed: true,
    reason: market.mappingDoubt,
    ...instants(market, venueNow),
    title: market.title,
    asset: market.asset,
    interval: market.interval,
    conditionId: market.conditionId,
    yes: market.up,
    no: market.down,
    tickSize: formatPrice(market.tickSize),
    minShares: formatDecimal(market.minShares, 6),
    feeRate: formatDecimal(market.fee.rateMicro, 6),
    takerHold: market.takerHold,
    version: market.version,
    resolutionSource: market.resolutionSource,
  }))
  const others = refused.map(({ slug, span, reason }) => ({
    market: slug,
    listed: false,
    reason,
    ...(span === null ? {} : instants(span, venueNow)),
  }))
  return [...rows, ...others]
}

function inOrder(markets: readonly Market[]): readonly Market[] {
  return [...markets].sort((a, b) => a.endAt - b.endAt || a.slug.localeCompare(b.slug))
}

function times({ startAt, endAt }: Span, venueNow: Micros): string[] {
  const et = `${clockTextEt(startAt).slice(0, 8)}-${clockTextEt(endAt)}`
  const utc = `${dateTextUtc(startAt).slice(0, 19)}-${dateTextUtc(endAt).slice(11)}`
  return [et, utc, minutesLeft(endAt, venueNow).toFixed(1)]
}

function instants({ startAt, endAt }: Span, venueNow: Micros) {
  return {
    start: new Date(startAt / MICROS_PER_MS).toISOString(),
    end: new Date(endAt / MICROS_PER_MS).toISOString(),
    minutesLeft: Math.round(minutesLeft(endAt, venueNow) * 100) / 100,
  }
}

function minutesLeft(endAt: Micros, venueNow: Micros): number {
  return (endAt - venueNow) / (60 * MICROS_PER_SECOND)
}
