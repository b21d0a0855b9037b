/** What an order's trades, as far as they are listed, say of it. */
import type { Market } from '../domain/market.ts'
import { DUST_MICRO, type Fill, type Order, type SubmitOutcome } from '../domain/order.ts'
import type { TradeView } from '../domain/ports.ts'
import {
  type Micros,
  microShares,
  microUsdc,
  notional,
  TICKS_PER_DOLLAR,
  type Ticks,
} from '../domain/units.ts'
import { takerFee } from '../pricing/fees.ts'

export type Shot = {
  readonly venueId: string
  readonly order: Order
  readonly market: Market
  readonly sentAt: Micros
}

/** What the venue said when it matched an order, in millionths; of a sale, the dollars that it brought. */
export type Matched = { readonly spent: number; readonly shares: number }

export type TradesSay =
  /** Some of them are not listed yet. */
  | { readonly kind: 'not_whole' }
  /** More than the order was signed for: no such thing can have happened. */
  | { readonly kind: 'absurd'; readonly cost: number }
  | { readonly kind: 'outcome'; readonly outcome: SubmitOutcome; readonly isOver: boolean }

export function judge(
  shot: Shot,
  matched: Matched | null,
  listed: readonly TradeView[],
): TradesSay {
  // A list that is asked for in pages may name a trade twice.
  const trades = [...new Map(listed.map((trade) => [trade.id, trade])).values()]
  const standing = trades.filter(({ status }) => status !== 'FAILED')
  const isOver = trades.every(({ status }) => status === 'CONFIRMED' || status === 'FAILED')
  const fills = standing.flatMap((trade) => trade.fills)
  const cost = costOf(fills)
  if (isTooMuch(shot.order, fills)) return { kind: 'absurd', cost }
  if (!isWhole(shot, matched, trades, isOver)) return { kind: 'not_whole' }
  if (standing.length > 0)
    return { kind: 'outcome', outcome: filled(shot.market, standing, isOver), isOver }
  const outcome = { state: 'reverted', reason: 'the trade failed on the chain' } as const
  return { kind: 'outcome', outcome, isOver: true }
}

function isWhole(
  { order }: Shot,
  matched: Matched | null,
  trades: readonly TradeView[],
  isOver: boolean,
): boolean {
  const fills = trades.flatMap((trade) => trade.fills)
  const shares = sharesOf(fills)
  if (matched === null) {
    // How much of it was taken only the venue knows.
    if (order.kind === 'FAK') return false
    if (order.action === 'SELL') return shares >= order.shares
    return costOf(fills) >= order.spend - DUST_MICRO
  }
  return shares >= matched.shares - (isOver ? DUST_MICRO : 0)
}

/** A buyer's dollars are what was signed for, a seller's shares. */
function isTooMuch(order: Order, fills: readonly Fill[]): boolean {
  return order.action === 'BUY' ? costOf(fills) > order.spend : sharesOf(fills) > order.shares
}

export function sharesIn(trades: readonly TradeView[]): number {
  return sharesOf(trades.flatMap(({ fills }) => fills))
}

function sharesOf(fills: readonly Fill[]): number {
  return fills.reduce((sum, { shares }) => sum + shares, 0)
}

export function costOf(fills: readonly Fill[]): number {
  return fills.reduce((sum, { price, shares }) => sum + notional(price, shares, 'floor'), 0)
}

function filled(market: Market, trades: readonly TradeView[], isOver: boolean): SubmitOutcome {
  return { state: 'filled', ...sumsOf(market, trades), finality: isOver ? 'confirmed' : 'matched' }
}

/** What an order had of these trades. Who waited pays no fee. */
export function sumsOf(market: Market, trades: readonly TradeView[]) {
  const fills = trades.flatMap((trade) => trade.fills)
  let fee = 0
  for (const trade of trades)
    if (!trade.isMaker)
      for (const { price, shares } of trade.fills) fee += takerFee(market.fee, price, shares)
  return {
    fills,
    shares: microShares(sharesOf(fills)),
    cost: microUsdc(costOf(fills)),
    fee: microUsdc(fee),
  }
}

/** Before the trades are known: one fill at the limit or better, with the fee of the average price. */
export function estimated({ order, market }: Shot, { spent, shares }: Matched): SubmitOutcome {
  const average = Math.round((spent * TICKS_PER_DOLLAR) / shares)
  const better = order.action === 'BUY' ? Math.min : Math.max
  const price = better(order.limit, average) as Ticks
  return {
    state: 'filled',
    fills: [{ price, shares: microShares(shares) }],
    shares: microShares(shares),
    cost: microUsdc(spent),
    fee: takerFee(market.fee, price, microShares(shares)),
    finality: 'matched',
  }
}
