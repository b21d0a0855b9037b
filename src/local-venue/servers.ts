/** What answers on which port: the served rooms of the venue, and the rooms that say they are not furnished yet. */

import type { Server } from 'node:http'
import { clobNowMs, clobRoutes } from './clob-reads.ts'
import { controlRoutes } from './control.ts'
import type { Faults } from './faults.ts'
import { binanceRestRoutes } from './feeds/binance-rest.ts'
import { createBinanceWs } from './feeds/binance-ws.ts'
import { createCoinbaseWs } from './feeds/coinbase-ws.ts'
import { siteRoutes } from './feeds/crypto-price.ts'
import { type Credentials, createPolyBolt } from './feeds/polybolt.ts'
import { createPrints } from './feeds/prints.ts'
import { createRelay } from './feeds/relay.ts'
import { createRtds } from './feeds/rtds.ts'
import { gammaRoutes } from './gamma.ts'
import { gammaGate } from './gamma-gate.ts'
import { createService, type Gate } from './http.ts'
import { createMarketChannel, type MarketChannel } from './market-channel.ts'
import { createMarketServer } from './market-server.ts'
import type { Pacer } from './pacer.ts'
import type { ProfileName } from './profile.ts'
import type { ServiceName } from './services.ts'
import { createUnserved } from './unserved.ts'
import type { World } from './world.ts'

export type ServerDeps = {
  readonly world: World
  readonly faults: Faults
  readonly pacer: Pacer
  readonly profile: ProfileName
  /** Whether these are API credentials of the venue. */
  knows(credentials: Credentials): boolean
  nowMs(): number
}

export function createServers(deps: ServerDeps): {
  readonly servers: Readonly<Record<ServiceName, Server>>
  readonly channel: MarketChannel
} {
  const { world, faults, pacer, nowMs } = deps
  const reads = { world, faults, nowMs }
  const prints = createPrints(world.pathOf, world.firstPrintSec)
  const relay = createRelay(world, prints, faults, nowMs)
  const channel = createMarketChannel({
    world,
    faults,
    catchUp: pacer.catchUp,
    later: pacer.later,
  })
  // An answer must not lag behind what was due when it is given.
  const upToDate = (gate: Gate): Gate => {
    return (ask) => {
      pacer.catchUp()
      return gate(ask)
    }
  }
  const open: Gate = () => null
  const servers = {
    gamma: createService({
      routes: gammaRoutes(reads),
      dateMs: nowMs,
      before: upToDate(gammaGate(reads)),
    }),
    clob: createService({
      routes: clobRoutes(reads),
      dateMs: () => clobNowMs(reads),
      before: upToDate(open),
    }),
    data: createUnserved('the Data API'),
    market: createMarketServer(channel),
    rtds: createRtds({ world, relay, nowMs }),
    polybolt: createPolyBolt({ relay, faults, knows: deps.knows, nowMs }),
    binanceWs: createBinanceWs({ world, prints, faults, nowMs }),
    binanceRest: createService({
      routes: binanceRestRoutes({ prints, faults, nowMs }),
      dateMs: nowMs,
      before: upToDate(open),
    }),
    coinbaseWs: createCoinbaseWs({ world, prints, nowMs }),
    site: createService({
      routes: siteRoutes({ prints, faults, nowMs }),
      dateMs: nowMs,
      before: upToDate(open),
    }),
    chain: createUnserved('the chain (JSON-RPC)'),
    control: createService({
      routes: controlRoutes({ ...reads, profile: deps.profile, waitUntil: pacer.waitUntil }),
      dateMs: nowMs,
      before: upToDate(open),
    }),
  }
  return { servers, channel }
}
