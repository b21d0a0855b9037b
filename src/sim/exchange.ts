/**
 * Paper fills: what the venue would have done with a fill-or-kill, judged against a book. Used by dry runs and backtests.
 * It keeps the venue's own rules: the grid, the dollar minimum, spending in dollars at the makers' prices, all or nothing,
 * the fee on top, the balance that must cover both.
 */
import type { Book } from '../book/book.ts'
import type { Market } from '../domain/market.ts'
import type { Fill, Order, SubmitOutcome } from '../domain/order.ts'
import {
  formatMicro,
  formatPrice,
  MICRO,
  type MicroShares,
  type MicroUsdc,
  microShares,
  microUsdc,
  mulDiv,
  notional,
  TICKS_PER_DOLLAR,
  type Ticks,
} from '../domain/units.ts'
import { takerFee } from '../pricing/fees.ts'

export function judgeFillOrKill(
  order: Order,
  market: Market,
  book: Book | undefined,
  balance: MicroUsdc,
): SubmitOutcome {
  if (book === undefined || book.state !== 'live') {
    return killed('the book was not known at the moment of matching, so no fill can be proven')
  }
  const refused = ruleBroken(order, book.tickSize)
  if (refused !== null) return { state: 'rejected', reason: refused }
  const fills = take(book.levels('ASK'), order.limit, order.spend)
  if (fills === null) {
    return killed(
      `no longer $${formatMicro(order.spend)} for sale at ${formatPrice(order.limit)} or less`,
    )
  }
  return settleUp(fills, market, balance)
}

function killed(reason: string): SubmitOutcome {
  return { state: 'killed', reason }
}

function ruleBroken(order: Order, tickSize: number): string | null {
  if (
    order.limit % tickSize !== 0 ||
    order.limit < tickSize ||
    order.limit > TICKS_PER_DOLLAR - tickSize
  ) {
    return `the price ${formatPrice(order.limit)} breaks the tick size ${formatPrice(tickSize as Ticks)}`
  }
  if (order.spend < MICRO) {
    return `a marketable buy needs at least $1, this one spends $${formatMicro(order.spend)}`
  }
  return null
}

/** Spends the whole amount at the makers' prices, best first, or returns null. Shares are floored, dust stays unspent. */
function take(asks: readonly number[], limit: Ticks, spend: MicroUsdc): Fill[] | null {
  const fills: Fill[] = []
  let left: number = spend
  for (let at = 0; at < asks.length && left > 0; at += 2) {
    const price = asks[at] as Ticks
    if (price > limit) break
    const size = asks[at + 1] as MicroShares
    const affordable = mulDiv(left, TICKS_PER_DOLLAR, price, 'floor')
    if (affordable === 0) {
      left = 0
      break
    }
    const shares = microShares(Math.min(size, affordable))
    fills.push({ price, shares })
    left = shares === affordable ? 0 : left - notional(price, shares, 'floor')
  }
  return left === 0 && fills.length > 0 ? fills : null
}

function settleUp(fills: readonly Fill[], market: Market, balance: MicroUsdc): SubmitOutcome {
  let shares = 0
  let cost = 0
  let fee = 0
  for (const fill of fills) {
    shares += fill.shares
    cost += notional(fill.price, fill.shares, 'floor')
    fee += takerFee(market.fee, fill.price, fill.shares)
  }
  if (cost + fee > balance) {
    return {
      state: 'rejected',
      reason: `not enough balance: $${formatMicro(balance)} for an order of $${formatMicro(microUsdc(cost + fee))} with its fee`,
    }
  }
  return {
    state: 'filled',
    fills,
    shares: microShares(shares),
    cost: microUsdc(cost),
    fee: microUsdc(fee),
    finality: 'confirmed',
  }
}
