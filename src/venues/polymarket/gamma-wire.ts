/**
 * Gamma's events and markets as they come over the wire. Only the fields we use are named, all of them optional: what is
 * missing is judged where it is needed, by a reason a person can read, and an unknown field is no news.
 */
import { z } from 'zod'
import { type Micros, micros } from '../../domain/units.ts'

const text = z.string().nullish()
const flag = z.boolean().nullish()
/** A number in Gamma, a decimal text in some other answers of the venue. */
const decimal = z.union([z.number(), z.string()]).nullish()
/** An array, sent as JSON inside a string; a real array in some copies. */
const textList = z.union([z.string(), z.array(z.string())]).nullish()

/** How an average is taken, where the market says so. */
const cryptoConfig = z
  .object({ twapEnabled: z.boolean(), twapLookbackSeconds: z.number().int().nullish() })
  .nullish()
  .catch(null)

const marketSchema = z.object({
  slug: text,
  question: text,
  conditionId: text,
  version: text,
  groupItemTitle: text,
  outcomes: textList,
  outcomePrices: textList,
  clobTokenIds: textList,
  positionIds: textList,
  eventStartTime: text,
  endDate: text,
  active: flag,
  closed: flag,
  archived: flag,
  acceptingOrders: flag,
  enableOrderBook: flag,
  orderPriceMinTickSize: decimal,
  orderMinSize: decimal,
  feesEnabled: flag,
  feeSchedule: z.object({ rate: decimal, exponent: z.number().nullish() }).nullish(),
  umaResolutionStatus: text,
  resolutionSource: text,
  description: text,
  cryptoMarketConfig: cryptoConfig,
})

const eventSchema = z.object({
  slug: z.string().min(1),
  title: text,
  active: flag,
  closed: flag,
  archived: flag,
  startTime: text,
  endDate: text,
  resolutionSource: text,
  description: text,
  cryptoMarketConfig: cryptoConfig,
  seriesSlug: text,
  series: z.array(z.object({ slug: text })).nullish(),
  markets: z.array(marketSchema).nullish(),
})

const seriesSchema = z.object({ id: z.union([z.string(), z.number()]), slug: text })

export type GammaMarket = z.output<typeof marketSchema>
export type GammaEvent = z.output<typeof eventSchema>

export type Unreadable = { readonly unreadable: string }

export function readEvent(json: unknown): GammaEvent | Unreadable {
  const parsed = eventSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const fields = parsed.error.issues.map((issue) => issue.path.join('.') || 'the whole')
  return { unreadable: `an event of Gamma could not be read: ${fields.join(', ')}` }
}

export function readMarket(json: unknown): GammaMarket | null {
  const parsed = marketSchema.safeParse(json)
  return parsed.success ? parsed.data : null
}

export function isUnreadable(value: object): value is Unreadable {
  return 'unreadable' in value
}

/** The elements of a list answer: an array, or the array under that name where the answer is an object. */
export function listItems(json: unknown, name: string): readonly unknown[] | null {
  if (Array.isArray(json)) return json
  if (typeof json !== 'object' || json === null) return null
  const items: unknown = (json as Record<string, unknown>)[name]
  return Array.isArray(items) ? items : null
}

export function readSeriesIds(json: unknown): readonly string[] {
  return (listItems(json, 'series') ?? [])
    .map((item) => seriesSchema.safeParse(item))
    .flatMap((parsed) => (parsed.success ? [String(parsed.data.id)] : []))
}

/** Null when there is no list: absent, empty text, or text that is no JSON array of strings. */
export function stringList(value: z.output<typeof textList>): readonly string[] | null {
  if (value === null || value === undefined || value === '') return null
  if (Array.isArray(value)) return value
  try {
    const parsed = z.array(z.union([z.string(), z.number()])).safeParse(JSON.parse(value))
    return parsed.success ? parsed.data.map(String) : null
  } catch {
    return null
  }
}

/** An ISO instant with a time of day; a bare date is somebody's midnight and no instant. */
export function instant(value: string | null | undefined): Micros | null {
  if (!value?.includes('T')) return null
  const ms = Date.parse(value)
  return Number.isFinite(ms) ? micros(ms * 1_000) : null
}
