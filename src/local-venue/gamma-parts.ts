/** The groups of keys of which Gamma's objects are made. */
import { MICRO, TICKS_PER_DOLLAR } from '../domain/units.ts'
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
import type { Series } from './schedule.ts'

export type GammaView = {
  readonly faults: Faults
  /** Gamma may lag: everything is told as of this instant. */
  readonly asOfMs: number
}

export type GammaObject = Readonly<Record<string, unknown>>

/** About a third, as counted. */
const DEAD_IDS_EVERY = 3

/** The real venue publishes a window about a day before it starts. */
export const PUBLISHED_BEFORE_MS = 24 * 3_600_000

export function versionOf(market: VenueMarket, view: GammaView): GammaObject {
  return view.faults.strikes('no-version', market) ? {} : { version: market.version }
}

export function outcomesOf(market: VenueMarket, view: GammaView, phase: Phase): GammaObject {
  const swapped = view.faults.strikes('outcomes-swapped', market)
  const inOrder = (up: string, down: string): string =>
    swapped ? `["${down}", "${up}"]` : `["${up}", "${down}"]`
  const { winner } = market.result ?? { winner: null }
  const [up, down] =
    phase === 'resolved' ? (winner === 'UP' ? ['1', '0'] : ['0', '1']) : middlePrices(market)
  return {
    outcomes: inOrder('Up', 'Down'),
    outcomePrices: inOrder(up, down),
    ...(hidesTokens(market, view) ? {} : idsOf(market, swapped)),
  }
}

/** Ids of the first version are a text, those of the second a list. Some markets of the first carry dead ones of the second, too. */
function idsOf(market: VenueMarket, swapped: boolean): GammaObject {
  const inOrder = (ids: readonly string[]): string[] => (swapped ? [...ids].reverse() : [...ids])
  const clob = inOrder(clobIdsOf(market))
  const positions = inOrder(positionIdsOf(market))
  return {
    clobTokenIds: clob.length === 0 ? null : `["${clob[0]}", "${clob[1]}"]`,
    ...(positions.length === 0 ? {} : { positionIds: positions }),
  }
}

/** Up first; empty where a market has none. */
export function clobIdsOf(market: VenueMarket): readonly string[] {
  return market.version === 'v2' ? [] : [market.up, market.down]
}

export function positionIdsOf(market: VenueMarket): readonly string[] {
  const pair = [market.up, market.down]
  if (market.version === 'v2') return pair
  const dead = Number(market.id) % DEAD_IDS_EVERY === 0
  // Another first digit: nobody's id.
  return dead ? pair.map((id) => `${id.startsWith('1') ? 2 : 1}${id.slice(1)}`) : []
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

export function moneyOf(market: VenueMarket, resolved: boolean): GammaObject {
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

export function resolutionOf(market: VenueMarket, resolved: boolean): GammaObject {
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
export function eventMetadataOf(market: VenueMarket, asOfMs: number): GammaObject {
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

export function cryptoConfigOf(series: Series): GammaObject {
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

export function fees(): GammaObject {
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

export function flags(): GammaObject {
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

export function publishedMs(market: VenueMarket): number {
  return market.window.startSec * 1000 - PUBLISHED_BEFORE_MS
}

/** Whole seconds, as window times are written. */
export function iso(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

export function isoMicros(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}117Z`
}
