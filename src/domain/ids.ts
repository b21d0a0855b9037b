/** Names of things. A token id is a 75 to 78 digit decimal string and never a number. */
declare const id: unique symbol
type Id<Name extends string> = string & { readonly [id]: Name }

export type TokenId = Id<'TokenId'>
export type ConditionId = Id<'ConditionId'>
export type OrderId = Id<'OrderId'>

export const ASSETS = ['btc', 'eth', 'sol', 'xrp'] as const
export type Asset = (typeof ASSETS)[number]

export const INTERVALS = ['5m', '15m', '1h', '4h'] as const
export type Interval = (typeof INTERVALS)[number]

/** Windows of one asset and one length, as a person writes them: `btc:15m`. */
export type SeriesName = `${Asset}:${Interval}`
export const SERIES_NAMES: readonly SeriesName[] = ASSETS.flatMap((asset) =>
  INTERVALS.map((interval): SeriesName => `${asset}:${interval}`),
)

/** Who relays the prices that settle the windows. */
export const SETTLEMENT_FEEDS = ['polybolt', 'rtds'] as const
/** Who tells the trades of an exchange: where the price goes next. */
export const SPOT_FEEDS = ['binance', 'coinbase'] as const
/** Where prices of the assets themselves come from. */
export const FEEDS = [...SETTLEMENT_FEEDS, ...SPOT_FEEDS] as const
export type FeedName = (typeof FEEDS)[number]

/** What a source is for. Within a role one stands in for the other. */
export type PriceRole = 'settlement' | 'spot'

export function roleOf(feed: FeedName): PriceRole {
  return SETTLEMENT_FEEDS.some((name) => name === feed) ? 'settlement' : 'spot'
}

/**
 * `refused`: it will not serve us, and is not asked again. `gap`: some prices were not heard, though the connection may be well.
 * `standby`: not listened to, because a better one speaks.
 */
export type FeedState = 'open' | 'lost' | 'refused' | 'gap' | 'standby'

/** What a price is: the last one, or the mean of the last seconds. */
export type PriceSeries = 'spot' | 'twap30' | 'twap60'

/** YES of a window is Up, outcome index 0; NO is Down. */
export type Side = 'UP' | 'DOWN'
export type BookSide = 'BID' | 'ASK'

export function tokenId(text: string): TokenId {
  return text as TokenId
}

export function conditionId(text: string): ConditionId {
  return text as ConditionId
}

export function orderId(text: string): OrderId {
  return text as OrderId
}

/** The word for the listener of a side, as people who trade these windows say it. */
export function listenerName(side: Side): 'YES' | 'NO' {
  return side === 'UP' ? 'YES' : 'NO'
}
