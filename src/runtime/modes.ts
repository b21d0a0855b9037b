/** The only switch between dry and live: which gateway carries the orders. */

import type { Gateway } from '../domain/ports.ts'
import { UserError } from '../domain/user-error.ts'
import { createSimGateway, type SimGatewayDeps } from './sim-gateway.ts'

export type Mode = 'dry' | 'live'

export function createGateway(mode: Mode, deps: SimGatewayDeps): Gateway {
  switch (mode) {
    case 'dry':
      return createSimGateway(deps)
    case 'live':
      throw new UserError(
        'preflight',
        'live trading is not possible with this version: the live order path has not landed yet; run without --live',
      )
  }
}
