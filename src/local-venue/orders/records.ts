/** Orders and trades of people, found by name and by account, until their window is long over. */

import { HOUSE } from '../../sim/matching-accounts.ts'
import type { OrderRecord, Trade } from '../../sim/matching-types.ts'
import { hexId } from '../identity.ts'
import type { VenueMarket } from '../market.ts'

export type TradeStatus = 'MATCHED' | 'RETRYING' | 'MINED' | 'CONFIRMED' | 'FAILED'

export type TradeRecord = {
  readonly id: string
  readonly trade: Trade
  readonly market: VenueMarket
  status: TradeStatus
  transactionHash: string
  updatedMs: number
}

export type PlacedOrder = { readonly record: OrderRecord; readonly market: VenueMarket }

export type Records = {
  addOrder(order: PlacedOrder): void
  addTrade(trade: TradeRecord): void
  order(id: string): PlacedOrder | undefined
  ordersOf(account: string): PlacedOrder[]
  tradesOf(account: string): TradeRecord[]
  forget(market: VenueMarket): void
}

export function createRecords(): Records {
  const orders = new Map<string, PlacedOrder>()
  const ordersOf = new Map<string, Map<string, PlacedOrder>>()
  const tradesOf = new Map<string, Map<string, TradeRecord>>()
  return {
    addOrder(order) {
      const { id, account } = order.record.order
      orders.set(id, order)
      fileOf(ordersOf, account).set(id, order)
    },
    addTrade(trade) {
      for (const account of [trade.trade.taker, trade.trade.maker.account])
        if (account !== HOUSE) fileOf(tradesOf, account).set(trade.id, trade)
    },
    order: (id) => orders.get(id),
    ordersOf: (account) => [...(ordersOf.get(account)?.values() ?? [])],
    tradesOf: (account) => [...(tradesOf.get(account)?.values() ?? [])],
    forget(market) {
      for (const file of [orders, ...ordersOf.values(), ...tradesOf.values()])
        for (const [id, record] of file) if (record.market === market) file.delete(id)
    },
  }
}

function fileOf<Item>(files: Map<string, Map<string, Item>>, account: string): Map<string, Item> {
  let file = files.get(account)
  if (file === undefined) {
    file = new Map()
    files.set(account, file)
  }
  return file
}

/** What the venue calls a trade of the matching engine. */
export function uuidOf(text: string): string {
  const hex = hexId('trade', text).slice(2)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
