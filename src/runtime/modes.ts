/** The only switch between dry and live: which gateway carries the orders. */

import type { Gateway } from '../domain/ports.ts'
import type { Micros } from '../domain/units.ts'
import type { PaperSettings } from '../sim/paper/exchange.ts'
import { type TwinContext, withTwin } from './paper-twin.ts'
import { createSimGateway } from './sim-gateway.ts'

export type Mode = 'dry' | 'live'

/** What a gateway may know of the bot that it belongs to. */
export type GatewayContext = TwinContext & {
  venueNow(): Micros
  /** Goes through a decision that nobody hears of. */
  rehearse(): void
}

export type Orders =
  | { readonly mode: 'dry'; readonly fill: 'shadow' | 'instant'; readonly paper: PaperSettings }
  | {
      readonly mode: 'live'
      open(context: GatewayContext): Gateway
      /** Each order is played on paper, too; null: it is not. */
      readonly twin?: PaperSettings | null
    }

export function createGateway(orders: Orders, context: GatewayContext): Gateway {
  switch (orders.mode) {
    case 'dry':
      // At once means from the book as it is, without a way and without a hold.
      return orders.fill === 'shadow'
        ? createSimGateway({ ...context, paper: orders.paper })
        : createSimGateway({
            ...context,
            paper: { ...orders.paper, postMs: 0 },
            holdMicros: () => 0,
          })
    case 'live':
      return orders.twin == null
        ? orders.open(context)
        : withTwin(orders.open(context), orders.twin, context)
  }
}
