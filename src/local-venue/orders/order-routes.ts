/** POST /order and all that follows it: batches, cancels, queries, balances, heartbeats. Each needs the signature of an API key. */
import { type Answer, type Ask, ok, type Routes, refusal } from '../http.ts'
import { cancelled, heartbeats, liveIds, meantBy } from './cancelling.ts'
import type { KeyOwner } from './keys.ts'
import { UNAUTHORIZED } from './keys.ts'
import { afterCancels, moodOfCancels, partOf } from './order-faults.ts'
import { placeAll, placeOne } from './placing.ts'
import { balance, order, orders, trades } from './queries.ts'
import { CANCELS, createRateLimit, ORDERS, type RateLimit, TIER } from './rate-limit.ts'
import type { OrderRoutesDeps, OwnedHandler } from './trading-deps.ts'

const CANCELS_MAX = 1_000

export function orderRoutes(deps: OrderRoutesDeps): Routes {
  const owned =
    (handler: OwnedHandler) =>
    async (ask: Ask): Promise<Answer> => {
      const owner = deps.keys.ownerOf(ask)
      if (owner === null) return UNAUTHORIZED
      let body: unknown = null
      try {
        if (ask.body !== '') body = JSON.parse(ask.body)
      } catch {
        return refusal(400, 'Invalid payload')
      }
      return handler(owner, ask, body)
    }
  const beat = heartbeats(deps)
  const placements = createRateLimit(deps.nowMs, ORDERS)
  const placing = (place: typeof placeOne, cost: (body: unknown) => Cost) =>
    owned(limited(placements, cost, (owner, _ask, body) => place(deps, owner, body)))
  return {
    'POST /order': placing(placeOne, () => ONE),
    'POST /orders': placing(placeAll, batchCost),
    ...cancelRoutes(deps, owned),
    'GET /data/order/:id': owned((owner, ask) => order(deps, owner, ask)),
    'GET /data/orders': owned((owner, ask) => orders(deps, owner, ask)),
    'GET /data/trades': owned((owner, ask) => trades(deps, owner, ask)),
    'GET /balance-allowance': owned((owner, ask) => balance(deps, owner, ask)),
    'GET /balance-allowance/update': owned((owner, ask) => balance(deps, owner, ask)),
    'GET /v1/user/rate-limit-tier': owned(() => ok({ tier: TIER })),
    // Nothing here earns rewards, and nobody is written to.
    'GET /order-scoring': owned(() => ok({ scoring: false })),
    'POST /orders-scoring': owned((_owner, _ask, body) => {
      const ids = Array.isArray(body) ? body.map(String) : []
      return ok(Object.fromEntries(ids.map((id) => [id, false])))
    }),
    'GET /notifications': owned(() => ok([])),
    'POST /v1/heartbeats': owned(beat),
    'POST /heartbeats': owned(beat),
  }
}

function cancelRoutes(
  deps: OrderRoutesDeps,
  owned: (handler: OwnedHandler) => (ask: Ask) => Promise<Answer>,
): Routes {
  const limit = createRateLimit(deps.nowMs, CANCELS)
  const cancel = (
    idsOf: (owner: KeyOwner, body: unknown) => readonly string[] | string,
    costOf: (orders: number) => Cost = named,
  ) =>
    owned(async (owner, ask, body) => {
      const mood = moodOfCancels(deps.faults, deps.nowMs())
      if (mood !== null) return mood
      const ids = idsOf(owner, body)
      if (typeof ids === 'string') return refusal(400, ids)
      const part = partOf(deps.faults.strikes('cancel-in-part'), ids)
      const handler = limited(
        limit,
        () => costOf(ids.length),
        () => cancelled(deps, owner, part),
      )
      return afterCancels(deps, await handler(owner, ask, body))
    })
  return {
    'DELETE /order': cancel((_owner, body) => {
      const id = (body as { orderID?: unknown } | null)?.orderID
      return typeof id === 'string' ? [id] : 'Invalid orderID'
    }),
    'DELETE /orders': cancel((_owner, body) => {
      if (!Array.isArray(body) || body.some((id) => typeof id !== 'string'))
        return 'Invalid payload'
      return body.length > CANCELS_MAX
        ? `Too many orders in payload, max allowed: ${CANCELS_MAX}`
        : (body as string[])
    }),
    'DELETE /cancel-all': cancel((owner) => liveIds(deps, owner, () => true), unnamed),
    'DELETE /cancel-market-orders': cancel((owner, body) => {
      const meant = meantBy(body)
      return meant === null ? 'Invalid payload' : liveIds(deps, owner, meant)
    }, unnamed),
  }
}

function limited(
  limit: RateLimit,
  cost: (body: unknown) => Cost,
  handler: OwnedHandler,
): OwnedHandler {
  return async (owner, ask, body) => {
    const key = owner.credentials.apiKey
    const { tokens, least } = cost(body)
    const refused = limit.spend(key, tokens, least)
    if (refused !== null) return refused
    const answer = await handler(owner, ask, body)
    return answer === 'reset'
      ? answer
      : { ...answer, headers: { ...limit.headers(key), ...answer.headers } }
  }
}

/** What a request costs, and how much of that has to be there: the rest is owed. */
type Cost = { readonly tokens: number; readonly least: number }

const ONE: Cost = { tokens: 1, least: 1 }

function named(orders: number): Cost {
  const tokens = Math.max(orders, 1)
  return { tokens, least: tokens }
}

/** How many orders rest nobody knows who does not name them. */
function unnamed(orders: number): Cost {
  return { tokens: 1 + orders, least: 1 }
}

function batchCost(body: unknown): Cost {
  return named(Array.isArray(body) ? body.length : 1)
}
