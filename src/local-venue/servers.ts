/** What answers on which port: the served rooms of the venue, and the rooms that say they are not furnished yet. */

import type { Server } from 'node:http'
import type { Bugs } from './bugs.ts'
import { createAllowances } from './chain/allowances.ts'
import { createAutoRedeemer } from './chain/auto-redeemer.ts'
import { createContracts } from './chain/contracts.ts'
import { chainRoutes } from './chain/rpc.ts'
import { historyRoutes } from './clob-history.ts'
import { clobNowMs, clobRoutes } from './clob-reads.ts'
import { controlRoutes } from './control.ts'
import { dataRoutes } from './data-api.ts'
import type { Faults } from './faults.ts'
import { binanceRestRoutes } from './feeds/binance-rest.ts'
import { createBinanceWs } from './feeds/binance-ws.ts'
import { coinbaseRestRoutes } from './feeds/coinbase-rest.ts'
import { createCoinbaseWs } from './feeds/coinbase-ws.ts'
import { siteRoutes } from './feeds/crypto-price.ts'
import { createPolyBolt } from './feeds/polybolt.ts'
import { createPrints } from './feeds/prints.ts'
import { createRelay } from './feeds/relay.ts'
import { createRtds } from './feeds/rtds.ts'
import { gammaRoutes } from './gamma.ts'
import { gammaGate } from './gamma-gate.ts'
import { createService, type Gate, type Routes } from './http.ts'
import { createMarketChannel, type MarketChannel } from './market-channel.ts'
import { createMarketServer } from './market-server.ts'
import { createDesk, type Desk } from './orders/desk.ts'
import { createHolders } from './orders/holders.ts'
import type { IntakeDeps } from './orders/intake.ts'
import { createKeys, type Keys } from './orders/keys.ts'
import { orderRoutes } from './orders/order-routes.ts'
import { createUserChannel, type UserChannel } from './orders/user-channel.ts'
import type { Pacer } from './pacer.ts'
import type { ProfileName } from './profile.ts'
import { createRequestCounts } from './request-counts.ts'
import type { ServiceName } from './services.ts'
import type { World } from './world.ts'

/** How long a trade takes to its block and to its end. */
const FAITHFUL_TIMES = { minedMs: 3_000, confirmedMs: 12_000 }
const DEMO_TIMES = { minedMs: 1_000, confirmedMs: 2_000 }

const open: Gate = () => null

export type ServerDeps = {
  readonly world: World
  readonly faults: Faults
  readonly bugs: Bugs
  readonly pacer: Pacer
  readonly profile: ProfileName
  readonly holdMs: number
  /** Has an API key from the start. */
  readonly account: string
  nowMs(): number
}

export function createServers(deps: ServerDeps): {
  readonly servers: Readonly<Record<ServiceName, Server>>
  readonly channel: MarketChannel
  readonly users: UserChannel
} {
  const { world, faults, bugs, pacer, nowMs } = deps
  const reads = { world, faults, nowMs }
  const prints = createPrints(world.pathOf)
  const exchange = createPrints(world.exchangePathOf)
  const { routes, chain, desk, keys, users } = createTrading(deps)
  const relay = createRelay({ world, prints, exchange, faults, nowMs })
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
  const service = (
    routesOf: Routes,
    { before = open, dateMs = nowMs }: { before?: Gate; dateMs?: () => number } = {},
  ): Server => createService({ routes: routesOf, dateMs, before: upToDate(before), bugs })
  const requests = createRequestCounts()
  const clob = requests.counted({ ...clobRoutes(reads), ...historyRoutes(world, nowMs), ...routes })
  const servers = {
    gamma: service(gammaRoutes(reads), { before: gammaGate(reads) }),
    clob: service(clob, { dateMs: () => clobNowMs(reads) }),
    data: service(dataRoutes({ world, desk })),
    market: createMarketServer(channel, users, bugs),
    rtds: createRtds({ world, relay, faults, bugs, later: pacer.later, nowMs }),
    polybolt: createPolyBolt({
      relay,
      faults,
      bugs,
      knows: (given) => keys.knows(given) !== null,
      seed: world.seed,
      nowMs,
    }),
    binanceWs: createBinanceWs({ world, prints: exchange, faults, bugs, nowMs }),
    binanceRest: service(binanceRestRoutes({ seed: world.seed, prints: exchange, faults, nowMs })),
    coinbaseWs: createCoinbaseWs({ world, prints, faults, bugs, nowMs }),
    coinbaseRest: service(coinbaseRestRoutes({ prints, nowMs })),
    site: service(siteRoutes({ prints, exchange, faults, nowMs })),
    chain: service(chain),
    control: service(
      controlRoutes({
        ...{ ...reads, bugs, desk, profile: deps.profile },
        waitUntil: pacer.waitUntil,
        requests: requests.all,
      }),
    ),
  }
  return { servers, channel, users }
}

/** Everything that takes orders: accounts, keys, the routes for both, and the channel that tells their owners. */
function createTrading(deps: ServerDeps): {
  readonly routes: Routes
  readonly chain: Routes
  readonly desk: Desk
  readonly keys: Keys
  readonly users: UserChannel
} {
  const { world, pacer, nowMs } = deps
  const { later } = pacer
  const desk = createDesk({
    world,
    nowMs,
    later,
    faults: deps.faults,
    holdMs: deps.holdMs,
    ...(deps.profile === 'demo' ? DEMO_TIMES : FAITHFUL_TIMES),
  })
  const holders = createHolders()
  const keys = createKeys({
    seed: world.seed,
    account: deps.account,
    nowMs,
    onOwner(owner) {
      desk.fund(owner.address)
      holders.introduce(owner)
    },
  })
  const intake: IntakeDeps = {
    marketOf: (token) => world.byToken(token),
    versionOf: ({ version }) => (version === 'v2' ? '3' : '2'),
  }
  const users = createUserChannel({ desk, keys, holders, faults: deps.faults, nowMs })
  const allowances = createAllowances()
  const orders = orderRoutes({
    world,
    desk,
    keys,
    holders,
    allowances,
    faults: deps.faults,
    bugs: deps.bugs,
    nowMs,
    later,
    intake,
  })
  world.listen(createAutoRedeemer({ accounts: desk.accounts, allowances, later }))
  const contracts = createContracts({ world, accounts: desk.accounts, allowances })
  const chain = chainRoutes({ contracts, seed: world.seed, nowMs })
  return { routes: { ...keys.routes, ...orders }, chain, desk, keys, users }
}
