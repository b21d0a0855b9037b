/**
 * Gamma's objects with Gamma's own types: lists inside strings, some numbers as strings, keys that are absent rather than
 * null, and one time that is not quite ISO.
 */
import { MICRO, TICKS_PER_DOLLAR } from '../domain/units.ts'
import { MIN_ORDER_SHARES } from './book-text.ts'
import { bookLiquidity } from './book-worth.ts'
import type { Faults } from './faults.ts'
import {
  finalDollars,
  type Phase,
  phaseOf,
  strikeDollars,
  topOf,
  type VenueMarket,
} from './market.ts'
import { descriptionOf } from './rules-text.ts'
import { resolutionSourceOf, SERIES, type Series } from './schedule.ts'

export type GammaView = {
  readonly faults: Faults
  /** Gamma may lag: everything is told as of this instant. */
  readonly asOfMs: number
}

export type GammaObject = Readonly<Record<string, unknown>>

/** The real venue publishes a window about a day before it starts. */
const PUBLISHED_BEFORE_MS = 24 * 3_600_000
const TAGS = [
  { id: '21', slug: 'crypto', label: 'Crypto' },
  { id: '1312', slug: 'crypto-prices', label: 'Crypto Prices' },
  { id: '102127', slug: 'up-or-down', label: 'Up or Down' },
]
const TAG_IDS: Readonly<Record<string, string>> = {
  '5m': '102892',
  '15m': '102467',
  hourly: '102175',
  '4h': '102531',
}

export function tagsOf(series: Series): readonly { id: string; slug: string; label: string }[] {
  const { recurrence } = series
  return [...TAGS, { id: TAG_IDS[recurrence] ?? '102000', slug: recurrence, label: recurrence }]
}

/** A market as it stands alone: it embeds its event, without that event's markets. */
export function gammaMarket(market: VenueMarket, view: GammaView): GammaObject {
  return { ...bareMarket(market, view), events: [bareEvent(market, view)] }
}

/** An event embeds its one market. */
export function gammaEvent(market: VenueMarket, view: GammaView): GammaObject {
  return { ...bareEvent(market, view), markets: [bareMarket(market, view)] }
}

function bareMarket(market: VenueMarket, view: GammaView): GammaObject {
  const { series, window } = market
  const phase = phaseOf(market, view.asOfMs)
  const resolved = phase === 'resolved'
  const published = publishedMs(market)
  return {
    id: market.id,
    ...versionOf(market, view),
    question: market.title,
    conditionId: market.conditionId,
    slug: market.slug,
    resolutionSource: resolutionSourceOf(series),
    description: descriptionOf(market),
    ...outcomesOf(market, view, phase),
    startDate: isoMicros(published + 128_302),
    startDateIso: iso(published).slice(0, 10),
    eventStartTime: iso(window.startSec * 1000),
    endDate: iso(window.endSec * 1000),
    endDateIso: iso(window.endSec * 1000).slice(0, 10),
    createdAt: isoMicros(published + 5_939),
    updatedAt: isoMicros(Math.max(published, market.result?.atMs ?? view.asOfMs)),
    acceptingOrdersTimestamp: iso(published + 101_000),
    active: true,
    closed: resolved,
    archived: false,
    restricted: true,
    approved: true,
    ready: false,
    funded: false,
    new: false,
    featured: false,
    cyom: false,
    enableOrderBook: true,
    acceptingOrders: !resolved,
    clearBookOnStart: false,
    negRisk: false,
    negRiskOther: false,
    orderPriceMinTickSize: market.tick / TICKS_PER_DOLLAR,
    orderMinSize: MIN_ORDER_SHARES,
    ...fees(),
    ...moneyOf(market, resolved),
    rewardsMinSize: 50,
    rewardsMaxSpread: 4.5,
    holdingRewardsEnabled: false,
    questionID: market.questionId,
    marketMakerAddress: '',
    groupItemThreshold: '0',
    umaResolutionStatuses: '[]',
    ...resolutionOf(market, resolved),
    ...flags(),
    ...cryptoConfigOf(series),
    image: `https://polymarket-upload.s3.us-east-2.amazonaws.com/${series.asset}.png`,
    icon: `https://polymarket-upload.s3.us-east-2.amazonaws.com/${series.asset}.png`,
  }
}

function bareEvent(market: VenueMarket, view: GammaView): GammaObject {
  const { series, window } = market
  const resolved = phaseOf(market, view.asOfMs) === 'resolved'
  const published = publishedMs(market)
  return {
    id: market.eventId,
    ticker: market.slug,
    slug: market.slug,
    ...versionOf(market, view),
    title: market.title,
    description: descriptionOf(market),
    resolutionSource: resolutionSourceOf(series),
    startDate: isoMicros(published + 154_152),
    creationDate: isoMicros(published + 154_145),
    startTime: iso(window.startSec * 1000),
    endDate: iso(window.endSec * 1000),
    ...(resolved ? { closedTime: iso(market.result?.atMs ?? view.asOfMs) } : {}),
    active: true,
    closed: resolved,
    archived: false,
    new: false,
    featured: false,
    restricted: true,
    cyom: false,
    liquidity: resolved ? 0 : bookLiquidity(market),
    volume: market.volume / MICRO,
    openInterest: 0,
    competitive: 0.9999,
    commentCount: 0,
    enableOrderBook: true,
    negRisk: false,
    enableNegRisk: false,
    negRiskAugmented: false,
    automaticallyActive: true,
    seriesSlug: series.slug,
    series: [gammaSeries(series)],
    ...eventMetadataOf(market, view.asOfMs),
    tags: tagsOf(series),
  }
}

export function gammaSeries(series: Series): GammaObject {
  return {
    id: series.id,
    ticker: series.slug,
    slug: series.slug,
    title: series.title,
    seriesType: 'single',
    recurrence: series.recurrence,
    active: true,
    closed: false,
  }
}

export function seriesBy(field: 'id' | 'slug', value: string): Series | null {
  return SERIES.find((series) => series[field] === value) ?? null
}

function versionOf(market: VenueMarket, view: GammaView): GammaObject {
  return view.faults.strikes('no-version', market) ? {} : { version: 'v1' }
}

function outcomesOf(market: VenueMarket, view: GammaView, phase: Phase): GammaObject {
  const swapped = view.faults.strikes('outcomes-swapped', market)
  const inOrder = (up: string, down: string): string =>
    swapped ? `["${down}", "${up}"]` : `["${up}", "${down}"]`
  const { winner } = market.result ?? { winner: null }
  const [up, down] =
    phase === 'resolved' ? (winner === 'UP' ? ['1', '0'] : ['0', '1']) : middlePrices(market)
  return {
    outcomes: inOrder('Up', 'Down'),
    outcomePrices: inOrder(up, down),
    ...(hidesTokens(market, view) ? {} : { clobTokenIds: inOrder(market.up, market.down) }),
  }
}

/** Listed, but its tokens are not known yet; by the middle of the window they always are. */
function hidesTokens(market: VenueMarket, view: GammaView): boolean {
  const middleMs = (market.window.startSec + market.window.endSec) * 500
  return view.asOfMs < middleMs && view.faults.strikes('no-tokens', market)
}

function middlePrices(market: VenueMarket): [string, string] {
  const { bid, ask } = topOf(market, market.up)
  const up = (bid + ask) / 2
  const text = (ticks: number): string => String(Number((ticks / TICKS_PER_DOLLAR).toFixed(5)))
  return [text(up), text(TICKS_PER_DOLLAR - up)]
}

function moneyOf(market: VenueMarket, resolved: boolean): GammaObject {
  const bid = market.book.bestBid()?.price
  const ask = market.book.bestAsk()?.price
  const volume = market.volume / MICRO
  const liquidity = resolved ? 0 : bookLiquidity(market)
  const last = market.lastTrade
  const lastUp =
    last === null ? null : last.takerOnDown ? TICKS_PER_DOLLAR - last.price : last.price
  return {
    ...(bid === undefined ? {} : { bestBid: bid / TICKS_PER_DOLLAR }),
    ...(ask === undefined ? {} : { bestAsk: ask / TICKS_PER_DOLLAR }),
    ...(lastUp === null ? {} : { lastTradePrice: lastUp / TICKS_PER_DOLLAR }),
    spread: ((ask ?? TICKS_PER_DOLLAR) - (bid ?? 0)) / TICKS_PER_DOLLAR,
    competitive: 0.9999,
    ...(volume === 0 ? {} : { volume: String(volume) }),
    ...(liquidity === 0 ? {} : { liquidity: String(liquidity) }),
    volumeNum: volume,
    liquidityNum: liquidity,
    volume24hr: volume,
    volume1wk: volume,
    volume1mo: volume,
    volume1yr: volume,
    volumeClob: volume,
    volume24hrClob: volume,
    volume1wkClob: volume,
    volume1moClob: volume,
    volume1yrClob: volume,
    liquidityClob: liquidity,
    oneHourPriceChange: 0,
  }
}

function resolutionOf(market: VenueMarket, resolved: boolean): GammaObject {
  if (!resolved || market.result === null) return {}
  const at = iso(market.result.atMs)
  return {
    umaResolutionStatus: 'resolved',
    // The one time with a space and a short offset.
    closedTime: `${at.slice(0, 10)} ${at.slice(11, 19)}+00`,
    umaEndDate: at,
    automaticallyResolved: true,
  }
}

/** The strike and the final value are told after the end only. */
function eventMetadataOf(market: VenueMarket, asOfMs: number): GammaObject {
  const phase = phaseOf(market, asOfMs)
  if (phase === 'upcoming' || phase === 'open') return {}
  const priceToBeat = strikeDollars(market, asOfMs)
  return {
    eventMetadata:
      phase === 'resolved'
        ? { priceToBeat, finalPrice: finalDollars(market, asOfMs) }
        : { priceToBeat },
  }
}

function cryptoConfigOf(series: Series): GammaObject {
  if (series.rule === 'candle') return {}
  const id = `${series.asset}-${series.interval}-twap-60`
  return {
    cryptoMarketConfigId: id,
    cryptoMarketConfig: {
      id,
      asset: series.asset,
      duration: series.interval,
      twapEnabled: true,
      twapLookbackSeconds: 60,
    },
  }
}

function fees(): GammaObject {
  return {
    feesEnabled: true,
    feeType: 'crypto_fees_v2',
    feeSchedule: { rate: 0.07, exponent: 1, takerOnly: true, rebateRate: 0.2 },
    // Legacy numbers, not the rate.
    makerBaseFee: 1000,
    takerBaseFee: 1000,
    makerRebatesFeeShareBps: 10000,
  }
}

function flags(): GammaObject {
  return {
    automaticallyActive: true,
    manualActivation: false,
    pendingDeployment: false,
    deploying: false,
    rfqEnabled: false,
    hasReviewedDates: true,
    requiresTranslation: false,
    pagerDutyNotificationEnabled: false,
    showGmpSeries: false,
    showGmpOutcome: false,
    comboStatus: 'disabled',
  }
}

function publishedMs(market: VenueMarket): number {
  return market.window.startSec * 1000 - PUBLISHED_BEFORE_MS
}

/** Whole seconds, as window times are written. */
function iso(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

function isoMicros(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}117Z`
}
