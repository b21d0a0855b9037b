/**
 * Gamma's objects -> our `Market`, or the named reason why not. Gamma puts JSON inside strings, leaves keys out, and names the start of a
 * window `eventStartTime`: its `startDate` is the time of listing.
 */
import { z } from 'zod'
import { conditionId, tokenId } from '../../domain/ids.ts'
import type { FeeSchedule, Market, Winner } from '../../domain/market.ts'
import {
  MICRO,
  MICROS_PER_MS,
  type MicroShares,
  type Micros,
  TICKS_PER_DOLLAR,
  type Ticks,
} from '../../domain/units.ts'
import type { ClobMarket } from './clob-reads.ts'
import { readSlug } from './window-names.ts'

/** A JSON text holding a list of texts; a real array is taken too. */
const textList = z
  .union([z.string(), z.array(z.string())])
  .nullish()
  .transform((value, context): string[] | null => {
    if (value === null || value === undefined || value === '') return null
    if (Array.isArray(value)) return value
    try {
      return z.array(z.coerce.string()).parse(JSON.parse(value))
    } catch {
      context.addIssue({ code: 'custom', message: 'must be a list, or a JSON text of a list' })
      return z.NEVER
    }
  })

const gammaMarket = z.object({
  conditionId: z.string(),
  slug: z.string(),
  question: z.string().default(''),
  version: z.string().nullish(),
  groupItemTitle: z.string().nullish(),
  outcomes: textList,
  outcomePrices: textList,
  clobTokenIds: textList,
  positionIds: textList,
  eventStartTime: z.string().nullish(),
  endDate: z.string().nullish(),
  active: z.boolean().default(false),
  closed: z.boolean().default(false),
  enableOrderBook: z.boolean().default(true),
  acceptingOrders: z.boolean().default(true),
  orderPriceMinTickSize: z.number().nullish(),
  orderMinSize: z.number().nullish(),
  feeSchedule: z.object({ rate: z.number(), exponent: z.number() }).nullish(),
  feesEnabled: z.boolean().nullish(),
  umaResolutionStatus: z.string().nullish(),
  resolutionSource: z.string().nullish(),
})

const gammaEvent = z.object({
  slug: z.string(),
  title: z.string().default(''),
  startTime: z.string().nullish(),
  endDate: z.string().nullish(),
  markets: z.array(gammaMarket).default([]),
})

export type GammaMarket = z.infer<typeof gammaMarket>
export type GammaEvent = z.infer<typeof gammaEvent>

export const gammaEvents = z.array(gammaEvent)
export const gammaOneMarket = gammaMarket

export type Listing =
  | { readonly ok: true; readonly market: Market }
  /** `again`: it may yet become a market, for example when its tokens are filled in. */
  | { readonly ok: false; readonly slug: string; readonly reason: string; readonly again: boolean }

/** Null when the CLOB was not asked or does not know the market. */
export function listingOf(event: GammaEvent, clob: ClobMarket | null, venueNow: Micros): Listing {
  const market = joined(event)
  const refuse = (reason: string, again = false): Listing => ({
    ok: false,
    slug: event.slug,
    reason,
    again,
  })
  if (market === null) return refuse('the event has no market')
  const named = readSlug(event.slug) ?? readSlug(market.slug)
  if (named === null) return refuse('its name is not one of a window that we know')
  if (!market.active) return refuse('it is not active')
  if (market.closed) return refuse('it is closed')
  if (!market.enableOrderBook) return refuse('it has no order book')
  if (!market.acceptingOrders) return refuse('it does not accept orders', true)
  const startAt = instant(market.eventStartTime ?? event.startTime)
  const endAt = instant(market.endDate ?? event.endDate)
  if (startAt === null || endAt === null || endAt <= startAt)
    return refuse('its start and end times make no window', true)
  if (endAt <= venueNow) return refuse('its end is in the past')
  const version = versionOf(market, clob)
  if (version === null)
    return refuse(
      `its version is ${market.version ?? 'missing'}, and the CLOB does not know it`,
      true,
    )
  const tokens = version === 'v1' ? market.clobTokenIds : market.positionIds
  if (tokens === null || tokens.length !== 2 || !tokens.every((token) => /^\d+$/.test(token))) {
    return refuse('its tokens are not filled in yet', true)
  }
  const fee = feeOf(market, clob)
  if (fee === null) return refuse('its fee is not known', true)
  const mapping = mappingOf(market.outcomes)
  const [first, second] = tokens as [string, string]
  return {
    ok: true,
    market: {
      conditionId: conditionId(market.conditionId),
      slug: market.slug,
      title: event.title === '' ? market.question : event.title,
      ...named,
      startAt,
      endAt,
      up: tokenId(mapping.upFirst ? first : second),
      down: tokenId(mapping.upFirst ? second : first),
      mappingDoubt: mapping.doubt,
      tickSize: ticksOf(market.orderPriceMinTickSize ?? clob?.mts ?? 0.01),
      minShares: Math.round((market.orderMinSize ?? clob?.mos ?? 5) * MICRO) as MicroShares,
      fee,
      takerHold: clob === null ? null : clob.itode === true,
      version,
      resolutionSource: market.resolutionSource ?? null,
    },
  }
}

/** Who won, once all three signs agree; null before. */
export function winnerOf(market: GammaMarket): Winner | null {
  if (!market.closed || market.umaResolutionStatus !== 'resolved') return null
  const { doubt, upFirst } = mappingOf(market.outcomes)
  const prices = market.outcomePrices
  if (doubt !== null || prices === null || prices.length !== 2) return null
  const [first, second] = prices as [string, string]
  if (Number(first) === 0.5 && Number(second) === 0.5) return 'SPLIT'
  const firstWon = first === '1' && second === '0'
  if (!firstWon && !(first === '0' && second === '1')) return null
  return firstWon === upFirst ? 'UP' : 'DOWN'
}

/** The other event shape has two markets, titled Up and Down, each with a token of its own: together they are one window. */
function joined(event: GammaEvent): GammaMarket | null {
  const [one, two] = event.markets
  if (one === undefined) return null
  const titles = event.markets.map((market) => market.groupItemTitle?.toLowerCase())
  if (two === undefined || !titles.includes('up') || !titles.includes('down')) return one
  const up = titles[0] === 'up' ? one : two
  const down = up === one ? two : one
  const pair = (list: (market: GammaMarket) => string[] | null): string[] | null => {
    const [a, b] = [list(up)?.[0], list(down)?.[0]]
    return a === undefined || b === undefined ? null : [a, b]
  }
  return {
    ...up,
    outcomes: ['Up', 'Down'],
    clobTokenIds: pair((market) => market.clobTokenIds),
    positionIds: pair((market) => market.positionIds),
  }
}

/** The outcome texts prove which token is Up; anything else is a doubt, and a doubted market is listed but never shot at. */
function mappingOf(outcomes: string[] | null): { doubt: string | null; upFirst: boolean } {
  const words = outcomes?.map((text) => text.trim().toLowerCase()) ?? []
  const text = words.join('/')
  if (text === 'up/down' || text === 'yes/no') return { doubt: null, upFirst: true }
  if (text === 'down/up' || text === 'no/yes') return { doubt: null, upFirst: false }
  return { doubt: `the outcomes are "${text}"`, upFirst: true }
}

/** By `version`, never by which field is there. Older rows have none: those count as v1 when the CLOB knows the market. */
function versionOf(market: GammaMarket, clob: ClobMarket | null): Market['version'] | null {
  if (market.version === 'v1' || market.version === 'v2') return market.version
  return (market.version ?? null) === null && clob !== null ? 'v1' : null
}

function feeOf(market: GammaMarket, clob: ClobMarket | null): FeeSchedule | null {
  if (market.feesEnabled === false) return { rateMicro: 0, exponent: 1 }
  const rate = market.feeSchedule?.rate ?? clob?.fd?.r
  const exponent = market.feeSchedule?.exponent ?? clob?.fd?.e
  if (
    rate === undefined ||
    exponent === undefined ||
    !Number.isInteger(exponent) ||
    exponent < 0 ||
    exponent > 8
  )
    return null
  return { rateMicro: Math.round(rate * MICRO), exponent }
}

function ticksOf(price: number): Ticks {
  return Math.round(price * TICKS_PER_DOLLAR) as Ticks
}

function instant(text: string | null | undefined): Micros | null {
  if (text === null || text === undefined) return null
  const ms = Date.parse(text)
  return Number.isFinite(ms) ? ((ms * MICROS_PER_MS) as Micros) : null
}
