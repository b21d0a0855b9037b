/** The frames of the market channel as text, with the venue's own key orders and spacing. */
import { TICKS_PER_DOLLAR } from '../domain/units.ts'
import { type BookText, bookHash, bookText, priceText, sizeText } from './book-text.ts'
import { outcomeOf, topOf, type VenueMarket } from './market.ts'
import { descriptionOf } from './rules-text.ts'
import type { AppliedChange, Print } from './world-events.ts'

/** One element of the snapshot after a subscribe. Its time is that of the last change, not of the sending. */
export function snapshotText(market: VenueMarket, token: string): string {
  const book = bookText(market, token)
  return (
    `{"market":"${book.market}","asset_id":"${token}","timestamp":"${book.timestamp}","hash":"${bookHash(book)}",` +
    `"bids":${book.bids},"asks":${book.asks},"tick_size":"${book.tickSize}","event_type":"book",` +
    `"last_trade_price":"${book.lastTradePrice}"}`
  )
}

/** The whole book after a match: another key order, and neither tick size nor last price. */
export function liveBookFrame(book: BookText, hash: string): string {
  return (
    `{"market":"${book.market}","asset_id":"${book.token}","bids":${book.bids},"asks":${book.asks},` +
    `"hash":"${hash}","timestamp":"${book.timestamp}","event_type":"book"}`
  )
}

export type Hashes = { readonly up: string; readonly down: string }

/** Both tokens' view of one change; the token on which the order was placed comes first. */
export function priceChangeFrame(
  market: VenueMarket,
  atMs: number,
  change: AppliedChange,
  hashes: Hashes,
): string {
  const up = entry(market.up, change, false, hashes.up)
  const down = entry(market.down, change, true, hashes.down)
  const [first, second] = change.onDown ? [down, up] : [up, down]
  return (
    `{"market":"${market.conditionId}", "price_changes":[${first}, ${second}], ` +
    `"timestamp":"${atMs}", "event_type":"price_change"}`
  )
}

function entry(token: string, change: AppliedChange, mirror: boolean, hash: string): string {
  const view = (price: number): string => priceText(mirror ? TICKS_PER_DOLLAR - price : price)
  const buys = (change.side === 'BID') !== mirror
  const bestBid = view(mirror ? change.bestAsk : change.bestBid)
  const bestAsk = view(mirror ? change.bestBid : change.bestAsk)
  return (
    `{"asset_id":"${token}", "price":"${view(change.price)}", "size":"${sizeText(change.size)}", ` +
    `"side":"${buys ? 'BUY' : 'SELL'}", "hash":"${hash}", "best_bid":"${bestBid}", "best_ask":"${bestAsk}"}`
  )
}

export function bestBidAskFrame(market: VenueMarket, token: string, atMs: number): string {
  const top = topOf(market, token)
  return (
    `{"market":"${market.conditionId}","asset_id":"${token}","best_bid":"${priceText(top.bid)}",` +
    `"best_ask":"${priceText(top.ask)}","spread":"${priceText(Math.abs(top.ask - top.bid))}",` +
    `"timestamp":"${atMs}","event_type":"best_bid_ask"}`
  )
}

/** The legacy fee field is always 1000 on these markets; the fee is not computed from it. */
export function lastTradeFrame(
  market: VenueMarket,
  token: string,
  atMs: number,
  print: Print,
): string {
  return (
    `{"market":"${market.conditionId}","asset_id":"${token}","price":"${priceText(print.price)}",` +
    `"size":"${sizeText(print.size)}","fee_rate_bps":"1000","side":"${print.buys ? 'BUY' : 'SELL'}",` +
    `"timestamp":"${atMs}","event_type":"last_trade_price","transaction_hash":"${print.transactionHash}"}`
  )
}

export function tickSizeFrame(
  market: VenueMarket,
  token: string,
  atMs: number,
  ticks: { readonly from: number; readonly to: number },
): string {
  return (
    `{"event_type":"tick_size_change","asset_id":"${token}","market":"${market.conditionId}",` +
    `"old_tick_size":"${priceText(ticks.from)}","new_tick_size":"${priceText(ticks.to)}","timestamp":"${atMs}"}`
  )
}

export function newMarketFrame(market: VenueMarket, atMs: number): string {
  return spaced({
    ...marketHead(market),
    timestamp: String(atMs),
    event_type: 'new_market',
    tags: ['crypto', 'up-or-down', market.series.recurrence],
    condition_id: market.conditionId,
    active: false,
    clob_token_ids: [market.up, market.down],
    sports_market_type: '',
    line: '',
    game_start_time: '',
    order_price_min_tick_size: priceText(market.tick),
    group_item_title: '',
    taker_base_fee: '1000',
    fees_enabled: true,
    fee_schedule: { exponent: '1', rate: '0.07', taker_only: true, rebate_rate: '0.2' },
  })
}

export function marketResolvedFrame(market: VenueMarket, atMs: number): string {
  const winner = market.result?.winner === 'UP' ? market.up : market.down
  return spaced({
    ...marketHead(market),
    winning_asset_id: winner,
    winning_outcome: outcomeOf(market, winner),
    timestamp: String(atMs),
    event_type: 'market_resolved',
    tags: ['crypto', 'up-or-down', market.series.recurrence],
  })
}

function marketHead(market: VenueMarket) {
  const description = descriptionOf(market)
  return {
    id: market.id,
    question: market.title,
    market: market.conditionId,
    slug: market.slug,
    description,
    assets_ids: [market.up, market.down],
    outcomes: ['Up', 'Down'],
    event_message: {
      id: market.eventId,
      ticker: market.slug,
      slug: market.slug,
      title: market.title,
      description,
    },
  }
}

/** JSON with a space after each comma and none after the colons, as these two kinds come. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const parts = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${spaced(item)}`)
  return `{${parts.join(', ')}}`
}
