/**
 * Gamma's objects with Gamma's own types: lists inside strings, some numbers as strings, keys that are absent rather than
 * null, and one time that is not quite ISO.
 */
import { MICRO, TICKS_PER_DOLLAR } from '../domain/units.ts'
import { MIN_ORDER_SHARES } from './book-text.ts'
import { bookLiquidity } from './book-worth.ts'
import {
  cryptoConfigOf,
  eventMetadataOf,
  fees,
  flags,
  type GammaObject,
  type GammaView,
  iso,
  isoMicros,
  moneyOf,
  outcomesOf,
  publishedMs,
  resolutionOf,
  versionOf,
} from './gamma-parts.ts'
import { phaseOf, type VenueMarket } from './market.ts'
import { descriptionOf } from './rules-text.ts'
import { resolutionSourceOf, SERIES, type Series } from './schedule.ts'

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
    ...ruleOf(market, view),
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

function ruleOf(market: VenueMarket, view: GammaView): GammaObject {
  if (view.faults.strikes('unknown-rule', market)) {
    return {
      resolutionSource: 'https://example.org/oracle',
      description: 'This market resolves to "Up" if the committee is in a good mood.',
    }
  }
  return {
    resolutionSource: resolutionSourceOf(market.series),
    description: descriptionOf(market),
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
    ...ruleOf(market, view),
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
