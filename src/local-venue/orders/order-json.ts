/** Orders and trades as the CLOB tells them: by REST and on the user channel. Sizes and prices are decimal texts, times seconds or milliseconds as texts. */
import { getAddress } from 'ethers'
import { TICKS_PER_DOLLAR } from '../../domain/units.ts'
import { HOUSE } from '../../sim/matching-accounts.ts'
import { limitOf } from '../../sim/matching-rules.ts'
import { outcomeOf } from '../market.ts'
import { type DeskEvent, tokenOf } from './desk.ts'
import { type PlacedOrder, type TradeRecord, uuidOf } from './records.ts'

const MICRO = 1_000_000
/** The key of the crowd: nobody's. */
const NOBODY = '00000000-0000-4000-8000-000000000000'
const NO_ADDRESS = `0x${'0'.repeat(40)}`

const addresses = new Map<string, string>()

/** With the capitals that make up an address's checksum. */
function addressText(account: string): string {
  let text = addresses.get(account)
  if (text === undefined) {
    text = getAddress(account)
    addresses.set(account, text)
  }
  return text
}

export type OwnerOf = (account: string) => string

export function decimal(micro: number): string {
  return String(micro / MICRO)
}

export function priceText(ticks: number): string {
  return String(ticks / TICKS_PER_DOLLAR)
}

export function orderJson(
  { record, market }: PlacedOrder,
  ownerOf: OwnerOf,
): Record<string, unknown> {
  const { order, price, shares, matched, state, trades } = record
  const token = tokenOf(market, order.token)
  return {
    id: order.id,
    status: state,
    owner: ownerOf(order.account),
    maker_address: addressText(order.account),
    market: market.conditionId,
    asset_id: token,
    side: order.way,
    original_size: decimal(shares),
    size_matched: decimal(matched),
    price: priceText(price),
    outcome: outcomeOf(market, token),
    expiration: String(order.expiresSec),
    order_type: order.type,
    associate_trades: trades.map(uuidOf),
    created_at: Math.floor(order.atMs / 1_000),
  }
}

export function tradeJson(
  record: TradeRecord,
  account: string,
  ownerOf: OwnerOf,
): Record<string, unknown> {
  const { trade, market, status, transactionHash, updatedMs } = record
  const token = tokenOf(market, trade.token)
  const { maker } = trade
  const makerToken = tokenOf(market, maker.token)
  return {
    id: record.id,
    taker_order_id: trade.takerOrderId ?? `0x${'0'.repeat(64)}`,
    market: market.conditionId,
    asset_id: token,
    side: trade.way,
    size: decimal(trade.shares),
    fee_rate_bps: '0',
    price: priceText(trade.price),
    status,
    match_time: String(Math.floor(trade.atMs / 1_000)),
    match_time_nano: String(BigInt(trade.atMs) * 1_000_000n),
    last_update: String(Math.floor(updatedMs / 1_000)),
    outcome: outcomeOf(market, token),
    bucket_index: 0,
    owner: trade.taker === HOUSE ? NOBODY : ownerOf(trade.taker),
    maker_address: trade.taker === HOUSE ? NO_ADDRESS : addressText(trade.taker),
    transaction_hash: transactionHash,
    trader_side: trade.taker === account ? 'TAKER' : 'MAKER',
    maker_orders: [
      {
        order_id: maker.orderId ?? `0x${'0'.repeat(64)}`,
        owner: maker.account === HOUSE ? NOBODY : ownerOf(maker.account),
        maker_address: maker.account === HOUSE ? NO_ADDRESS : addressText(maker.account),
        matched_amount: decimal(maker.shares),
        price: priceText(maker.price),
        fee_rate_bps: '',
        asset_id: makerToken,
        outcome: outcomeOf(market, makerToken),
        side: maker.way,
      },
    ],
  }
}

/** What was killed has no outcome, no size and no time, only its reason. */
function killedJson(
  { order, market, why }: Extract<DeskEvent, { kind: 'killed' }>,
  ownerOf: OwnerOf,
  timestamp: string,
): Record<string, unknown> {
  const owner = ownerOf(order.account)
  return {
    event_type: 'order',
    type: 'CANCELLATION',
    id: order.id,
    owner,
    order_owner: owner,
    market: market.conditionId,
    asset_id: tokenOf(market, order.token),
    side: order.way,
    original_size: decimal(order.way === 'BUY' ? order.takerAmount : order.makerAmount),
    size_matched: '',
    price: priceText(limitOf(order)),
    outcome: '',
    associate_trades: null,
    created_at: '',
    expiration: '0',
    order_type: order.type,
    status: `CANCELED_${why}`,
    maker_address: addressText(order.account),
    timestamp,
  }
}

/** A frame of the user channel, as one account hears it. */
export function eventText(
  event: DeskEvent,
  account: string,
  ownerOf: OwnerOf,
  timestamp: string,
): string {
  if (event.kind === 'trade') {
    const json = tradeJson(event.trade, account, ownerOf)
    return JSON.stringify({
      event_type: 'trade',
      type: 'TRADE',
      ...json,
      trade_owner: ownerOf(account),
      timestamp,
    })
  }
  if (event.kind === 'killed') return JSON.stringify(killedJson(event, ownerOf, timestamp))
  const json = orderJson(event.placed, ownerOf)
  return JSON.stringify({
    event_type: 'order',
    type: event.what,
    ...json,
    order_owner: json['owner'],
    created_at: String(json['created_at']),
    timestamp,
  })
}
