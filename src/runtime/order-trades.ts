/** What an order's trades, as far as they are listed, say of it. */
import type { Market } from '../domain/market.ts'
import type { Fill, Order, SubmitOutcome } from '../domain/order.ts'
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

/** What the venue said when it matched an order, in millionths. */
export type Matched = { readonly spent: number; readonly shares: number }

/** Dust that a spend in dollars leaves at the makers' prices, and a count of shares in another number of decimals. */
export const DUST_MICRO = 10_000

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
  if (cost > shot.order.spend) return { kind: 'absurd', cost }
  if (!isWhole(shot, matched, trades, isOver)) return { kind: 'not_whole' }
  if (standing.length > 0)
    return { kind: 'outcome', outcome: filled(shot.market, fills, cost, isOver), isOver }
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
  if (matched === null) return costOf(fills) >= order.spend - DUST_MICRO
  const shares = fills.reduce((sum, fill) => sum + fill.shares, 0)
  return shares >= matched.shares - (isOver ? DUST_MICRO : 0)
}

export function costOf(fills: readonly Fill[]): number {
  return fills.reduce((sum, { price, shares }) => sum + notional(price, shares, 'floor'), 0)
}

function filled(
  market: Market,
  fills: readonly Fill[],
  cost: number,
  isOver: boolean,
): SubmitOutcome {
  let shares = 0
  let fee = 0
  for (const fill of fills) {
    shares += fill.shares
    fee += takerFee(market.fee, fill.price, fill.shares)
  }
  return {
    state: 'filled',
    fills,
    shares: microShares(shares),
    cost: microUsdc(cost),
    fee: microUsdc(fee),
    finality: isOver ? 'confirmed' : 'matched',
  }
}

/** Before the trades are known: one fill at the limit or better, with the fee of the average price. */
export function estimated({ order, market }: Shot, { spent, shares }: Matched): SubmitOutcome {
  const average = Math.round((spent * TICKS_PER_DOLLAR) / shares)
  const price = Math.min(order.limit, average) as Ticks
  return {
    state: 'filled',
    fills: [{ price, shares: microShares(shares) }],
    shares: microShares(shares),
    cost: microUsdc(spent),
    fee: takerFee(market.fee, price, microShares(shares)),
    finality: 'matched',
  }
}
