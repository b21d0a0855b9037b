/** The live gateway with all that it stands on: the wires, the signer, the user channel, the fates of orders, and the measuring of them. */
import { randomInt } from 'node:crypto'
import type { Config } from '../config/schema.ts'
import { rests } from '../domain/order.ts'
import type { Account, Gateway, Log } from '../domain/ports.ts'
import type { ShotJournal } from '../ledger/shot-journal.ts'
import { type OrderWireOptions, openOrderWire } from '../net/order-wire.ts'
import { watchPauses } from '../net/pauses.ts'
import { createPosts } from '../net/prepared-post.ts'
import { createLiveGateway, type ShotRecord } from '../runtime/live-gateway.ts'
import { createLostNames } from '../runtime/lost-names.ts'
import { createLostWaits } from '../runtime/lost-waits.ts'
import type { GatewayContext } from '../runtime/modes.ts'
import { createOrderFates } from '../runtime/order-fate.ts'
import { createQuotes } from '../runtime/quotes.ts'
import { createRequestLane } from '../runtime/request-lane.ts'
import { createShotTimer, type ShotTimer } from '../runtime/shot-timer.ts'
import type { PolymarketAccount } from '../venues/polymarket/account.ts'
import { createAheadSigner } from '../venues/polymarket/ahead-signer.ts'
import type { Endpoints } from '../venues/polymarket/endpoints.ts'
import { createSigner } from '../venues/polymarket/signer.ts'
import { openUserChannel } from '../venues/polymarket/user-channel.ts'
import { bindStrategy, seriesOf, USER_AGENT } from './bot-setup.ts'
import type { Purse } from './live-purse.ts'

/** A salt travels as a JSON number. */
const SALT_BELOW = 2 ** 48 - 1
const KEEP_ALIVE_MS = 10_000
const ANSWER_TIMEOUT_MS = 10_000
/** A withdrawal or a quote whose answer takes longer is asked for by other means. */
const LANE_TIMEOUT_MS = 5_000
/** Windows of all series may close in the same second; one connection more is being kept alive meanwhile. */
const SPARE_CONNECTIONS = 1
/** Both sides of a window are bought in the same turn; where they are quoted, what is placed and what is withdrawn. */
const SIDES = 2
/** The age at which the venue refuses a signature is not known; a window is made ready a minute before its close. */
const MAX_SIGNED_AGE_MS = 90_000

export type GatewayArgs = {
  readonly config: Config
  readonly endpoints: Endpoints
  readonly purse: Purse
  readonly log: Log
  shot(record: ShotRecord): void
}

export function liveGateway(
  { config, endpoints, purse: { wallet }, log, shot }: GatewayArgs,
  account: PolymarketAccount,
  journal: ShotJournal,
  { emit, now, venueNow, rehearse }: GatewayContext,
): Gateway {
  let closing = false
  const signer = createSigner(wallet)
  const series = seriesOf(config).length
  const { beyond } = bindStrategy(config)
  const open = (special: Pick<OrderWireOptions, 'connections' | 'timeoutMs' | 'rehearsals'>) =>
    openOrderWire({
      url: endpoints.clob,
      keepAlivePath: '/ok',
      keepAliveMs: KEEP_ALIVE_MS,
      now,
      tell(what, detail) {
        if (what === 'lost' && !closing) log.warn('an order connection was lost', { detail })
      },
      userAgent: USER_AGENT,
      ...special,
    })
  const wire = open({
    timeoutMs: ANSWER_TIMEOUT_MS,
    connections: series * (beyond.includes('pairs') ? SIDES : 1) + SPARE_CONNECTIONS,
    rehearsals: true,
  })
  const timer = createShotTimer({ emit, now, pauses: watchPauses(now) })
  const heard = heardBy(timer, account)
  const fates = createOrderFates({ account: heard, emit, now, log })
  const users = openUserChannel({
    url: endpoints.userWs,
    credentials: account.credentials,
    random: Math.random,
    log,
    news({ venueId, kind, status }) {
      if (kind === 'trade') timer.heard(venueId, status)
      fates.nudge(venueId)
      quotes.nudge(venueId)
    },
    opened() {
      fates.nudgeAll()
      quotes.nudgeAll()
    },
  })
  const { host } = new URL(endpoints.clob)
  const poster = {
    host,
    signer: { address: signer.address, ...account.credentials },
    userAgent: USER_AGENT,
  }
  const quotes = createQuotes({
    lane: createRequestLane(() =>
      open({
        timeoutMs: LANE_TIMEOUT_MS,
        connections: series * SIDES + SPARE_CONNECTIONS,
        rehearsals: false,
      }),
    ),
    account: heard,
    several: createPosts({ ...poster, path: '/orders' }),
    cancelling: createPosts({ ...poster, method: 'DELETE', path: '/order' }),
    cancellingSeveral: createPosts({ ...poster, method: 'DELETE', path: '/orders' }),
    cancellingMarket: createPosts({ ...poster, method: 'DELETE', path: '/cancel-market-orders' }),
    beating: createPosts({ ...poster, path: '/v1/heartbeats' }),
    ...{ emit, now, venueNow, log },
  })
  const lostNames = createLostNames({
    ...{ account, fates, emit, now, log },
    armed: (id) => journal.before.armed.find(({ conditionId }) => conditionId === id)?.orders ?? [],
  })
  const lostWaits = createLostWaits({ account, quotes, emit, now, log })
  const live = createLiveGateway({
    wire,
    journal,
    signer,
    ahead: createAheadSigner(wallet),
    account,
    fates,
    quotes,
    nameless: (lost) => (rests(lost.order) ? lostWaits : lostNames).find(lost),
    prepare: createPosts({ ...poster, path: '/order' }),
    owner: account.credentials.apiKey,
    maxSignedAgeMs: MAX_SIGNED_AGE_MS,
    now,
    venueNow,
    salt: () => randomInt(1, SALT_BELOW),
    rehearseDecision: rehearse,
    emit,
    log,
    shot(record) {
      timer.answered(record)
      shot(record)
    },
  })
  return {
    ...live,
    recover(shots) {
      for (const { venueId, order } of shots) {
        if (venueId === null) continue
        timer.knows(venueId, order.id)
        lostWaits.knows(venueId)
      }
      live.recover(shots)
    },
    async close() {
      closing = true
      lostNames.close()
      lostWaits.close()
      await live.close()
      timer.close()
      await users.close()
    },
  }
}

/** What the list of trades says is heard of, too. */
function heardBy(timer: ShotTimer, account: Account): Account {
  return {
    ...account,
    async tradesOf(conditionId, venueId) {
      const trades = await account.tradesOf(conditionId, venueId)
      for (const { status } of trades) timer.heard(venueId, status)
      return trades
    },
  }
}
