/** The only switch between dry and live: which gateway carries the orders. */

import type { Gateway } from '../domain/ports.ts'
import type { Micros } from '../domain/units.ts'
import { createSimGateway, type PaperFill, type SimGatewayDeps } from './sim-gateway.ts'

export type Mode = 'dry' | 'live'

/** What a gateway may know of the bot that it belongs to. */
export type GatewayContext = Omit<SimGatewayDeps, 'fill'> & {
  venueNow(): Micros
  /** Goes through a decision that nobody hears of. */
  rehearse(): void
}

export type Orders =
  | { readonly mode: 'dry'; readonly fill: PaperFill }
  | { readonly mode: 'live'; open(context: GatewayContext): Gateway }

export function createGateway(orders: Orders, context: GatewayContext): Gateway {
  switch (orders.mode) {
    case 'dry':
      return createSimGateway({ ...context, fill: orders.fill })
    case 'live':
      return orders.open(context)
  }
}
