/**
 * From an event of Gamma to a Market, or to the reason why it is none. Two steps, because Gamma does not say everything: a draft
 * holds what the event proves; the order book service fills in the taker hold and whatever Gamma left out. Which token is Up is
 * proven from the text of the outcomes and never from their order.
 */
import { type ConditionId, conditionId, type TokenId, tokenId } from '../../domain/ids.ts'
import type { FeeSchedule, Market } from '../../domain/market.ts'
import {
  type Micros,
  parseDecimal,
  parsePrice,
  parseShares,
  type Ticks,
} from '../../domain/units.ts'
import type { ClobMarket } from './clob-reads.ts'
import { type GammaEvent, type GammaMarket, instant } from './gamma-wire.ts'
import { marketPair, tokensOf } from './outcome-tokens.ts'
import { type Series, seriesOfSlug } from './window-names.ts'

export type Span = { readonly startAt: Micros; readonly endAt: Micros }

export type Draft = Series &
  Span & {
    readonly slug: string
    readonly title: string
    readonly conditionId: ConditionId
    readonly up: TokenId
    readonly down: TokenId
    readonly mappingDoubt: string | null
    readonly version: 'v1' | 'v2' | null
    readonly tickSize: Ticks | null
    readonly minShares: Market['minShares'] | null
    readonly fee: FeeSchedule | null
    readonly resolutionSource: string | null
    readonly rules: Market['rules']
  }

export type NotListed = {
  readonly slug: string
  readonly span: Span | null
  readonly reason: string
}

export type Reading =
  | { readonly kind: 'draft'; readonly draft: Draft }
  /** The venue has made the market but not its tokens: ask again soon. */
  | ({ readonly kind: 'not_hydrated' } & NotListed)
  | ({ readonly kind: 'not_listed' } & NotListed)

/** What to think of a market that does not say which protocol generation it is. */
export type AbsentVersion = 'ask_clob' | 'refuse'

export function readWindow(event: GammaEvent, venueNow: Micros): Reading {
  const { slug } = event
  const pair = marketPair(event)
  if (typeof pair === 'string') return { kind: 'not_listed', slug, span: null, reason: pair }
  const span = spanOf(event, pair.up)
  const not = (reason: string): Reading => ({ kind: 'not_listed', slug, span, reason })
  if (span === null) return not('it does not say when it starts and ends')
  if (span.endAt <= span.startAt) return not('it ends before it starts')
  const series = seriesOfEvent(event)
  if (typeof series === 'string') return not(series)
  const closed = whyNotOpen(event, [pair.up, pair.down], span, venueNow)
  if (closed !== null) return not(closed)
  const { version } = pair.up
  if (version != null && version !== 'v1' && version !== 'v2') {
    return not(`its protocol version "${version}" is unknown here`)
  }
  if (pair.up.conditionId == null || pair.up.conditionId === '')
    return not('it has no condition id')
  const tokens = tokensOf(pair)
  if (tokens === null) {
    return { kind: 'not_hydrated', slug, span, reason: 'the venue has not given it its tokens yet' }
  }
  const malformed = [tokens.up, tokens.down].find((id) => !/^\d+$/.test(id))
  if (malformed !== undefined) return not(`its token id "${malformed}" is not a decimal number`)
  if (tokens.up === tokens.down) return not('both its outcomes have the same token')
  const draft: Draft = {
    ...series,
    ...span,
    slug,
    title: event.title ?? pair.up.question ?? slug,
    conditionId: conditionId(pair.up.conditionId),
    up: tokenId(tokens.up),
    down: tokenId(tokens.down),
    mappingDoubt: tokens.doubt,
    version: version ?? null,
    tickSize: readTick(pair.up.orderPriceMinTickSize),
    minShares: readShares(pair.up.orderMinSize),
    fee: readFee(pair.up),
    resolutionSource: pair.up.resolutionSource || event.resolutionSource || null,
    rules: rulesOf(event, pair.up),
  }
  return { kind: 'draft', draft }
}

/** The words and settings that say how the window is settled; what they mean is for the engine to judge. */
function rulesOf(event: GammaEvent, market: GammaMarket): Market['rules'] {
  const config = market.cryptoMarketConfig ?? event.cryptoMarketConfig ?? null
  return {
    description: market.description || event.description || null,
    averaging:
      config === null
        ? null
        : {
            twapEnabled: config.twapEnabled,
            lookbackSeconds: config.twapLookbackSeconds ?? null,
          },
  }
}

/** Null for the order book's answer means that it knows no such market; undefined, that it could not be asked. */
export function completeMarket(
  draft: Draft,
  clob: ClobMarket | null | undefined,
  absentVersion: AbsentVersion,
): Market | NotListed {
  const not = (reason: string): NotListed => ({ slug: draft.slug, span: draft, reason })
  if (draft.version === null) {
    if (absentVersion === 'refuse') return not('it does not say its protocol version')
    if (!clob?.tokens.includes(draft.up)) {
      return not('it does not say its protocol version, and the order book does not know its token')
    }
  }
  const tickSize = draft.tickSize ?? readTick(clob?.tickSize)
  if (tickSize === null) return not('nobody says its tick size')
  const minShares = draft.minShares ?? readShares(clob?.minShares)
  if (minShares === null) return not('nobody says its minimum order size')
  const fee = draft.fee ?? feeOf(clob?.fee?.rate, clob?.fee?.exponent)
  if (fee === null) return not('nobody says its fee')
  return {
    ...draft,
    tickSize,
    minShares,
    fee,
    version: draft.version ?? 'v1',
    takerHold: clob?.takerHold ?? null,
  }
}

export function isMarket(value: Market | NotListed): value is Market {
  return 'conditionId' in value
}

function spanOf(event: GammaEvent, market: GammaMarket): Span | null {
  const startAt = instant(market.eventStartTime) ?? instant(event.startTime)
  const endAt = instant(market.endDate) ?? instant(event.endDate)
  return startAt === null || endAt === null ? null : { startAt, endAt }
}

/** The slug and the series must not contradict each other: a window in the wrong series would be traded by the wrong rule. */
function seriesOfEvent(event: GammaEvent): Series | string {
  const named = seriesOfSlug(event.slug)
  const seriesText = event.seriesSlug || event.series?.[0]?.slug || ''
  const listed = seriesOfSlug(seriesText)
  const series = named ?? listed
  if (series === null) return 'neither its slug nor its series names an asset and an interval'
  if (listed !== null && (listed.asset !== series.asset || listed.interval !== series.interval)) {
    return `its slug and its series "${seriesText}" contradict each other`
  }
  return series
}

function whyNotOpen(
  event: GammaEvent,
  markets: readonly GammaMarket[],
  span: Span,
  venueNow: Micros,
): string | null {
  if (span.endAt <= venueNow) return 'it has ended'
  const all = [event, ...markets]
  if (all.some(({ archived }) => archived === true)) return 'it is archived'
  if (all.some(({ closed }) => closed === true)) return 'it is closed'
  if (all.some(({ active }) => active === false)) return 'it is not active'
  if (markets.some((market) => market.enableOrderBook === false)) return 'it has no order book'
  if (markets.some((market) => market.acceptingOrders === false)) return 'it accepts no orders'
  return null
}

type WireDecimal = number | string | null | undefined

function readTick(value: WireDecimal): Ticks | null {
  const tick = value == null ? null : parsePrice(String(value))
  return tick === 0 ? null : tick
}

function readShares(value: WireDecimal): Market['minShares'] | null {
  return value == null ? null : parseShares(String(value))
}

function readFee(market: GammaMarket): FeeSchedule | null {
  const fee = feeOf(market.feeSchedule?.rate, market.feeSchedule?.exponent)
  return fee ?? (market.feesEnabled === false ? { rateMicro: 0, exponent: 1 } : null)
}

function feeOf(rate: WireDecimal, exponent: number | null | undefined): FeeSchedule | null {
  const rateMicro = rate == null ? null : parseDecimal(String(rate), 6)
  if (rateMicro === null || exponent == null || !Number.isFinite(exponent) || exponent < 0)
    return null
  return { rateMicro, exponent }
}
