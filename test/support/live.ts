/** What tests of the live order path share: a log that is watched, an account that says what it is told to, a shot. */
import { vi } from 'vitest'
import { orderId } from '../../src/domain/ids.ts'
import type { Market } from '../../src/domain/market.ts'
import type { Order } from '../../src/domain/order.ts'
import type { Account, TradeView } from '../../src/domain/ports.ts'
import { microShares, microUsdc, ticks } from '../../src/domain/units.ts'
import { aMarket, at } from './builders.ts'

export function aLog() {
  return { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() }
}

/** Five shares at 0.97. */
export function anOrder(change: Partial<Order> = {}, market: Market = aMarket()): Order {
  return {
    id: orderId(`${market.slug}/1`),
    conditionId: market.conditionId,
    strategy: 'test',
    side: 'UP',
    token: market.up,
    action: 'BUY',
    kind: 'FOK',
    postOnly: false,
    expiresAt: null,
    limit: ticks(9_700),
    spend: microUsdc(4_850_000),
    shares: microShares(5_000_000),
    decidedAt: at(899),
    ...change,
  }
}

/** Holds a thousand dollars and knows nothing of any order. */
export function anAccount() {
  return {
    address: '0x0000000000000000000000000000000000000001',
    balance: vi.fn<Account['balance']>(() => Promise.resolve(microUsdc(1_000_000_000))),
    refresh: vi.fn<Account['refresh']>(() => Promise.resolve()),
    order: vi.fn<Account['order']>(() => Promise.resolve(null)),
    tradesOf: vi.fn<Account['tradesOf']>(() => Promise.resolve([])),
    takenIn: vi.fn<Account['takenIn']>(() => Promise.resolve([])),
    filledIn: vi.fn<Account['filledIn']>(() => Promise.resolve([])),
    openOrders: vi.fn<Account['openOrders']>(() => Promise.resolve([])),
    cancelAll: vi.fn<Account['cancelAll']>(() => Promise.resolve()),
  }
}

export function aTrade(
  status: TradeView['status'],
  shares: number,
  price = 9_700,
  id = `trade of ${shares} at ${price}`,
): TradeView {
  const fills = [{ price: ticks(price), shares: microShares(shares) }]
  return { id, isMaker: false, status, fills, transactionHash: '' }
}
