/** POST /order and all that follows it: batches, cancels, queries, balances, heartbeats. Each needs the signature of an API key. */
import { refuse } from '../../sim/matching-rules.ts'
import type { Refusal, VenueOrder } from '../../sim/matching-types.ts'
import type { Allowances } from '../chain/allowances.ts'
import type { Faults } from '../faults.ts'
import { type Answer, type Ask, ok, param, type Reply, type Routes, refusal } from '../http.ts'
import { hexId } from '../identity.ts'
import type { VenueMarket } from '../market.ts'
import type { World } from '../world.ts'
import { type Desk, type PlacedOrder, tokenOf } from './desk.ts'
import type { Holders } from './holders.ts'
import { type IntakeDeps, takeIn } from './intake.ts'
import { type KeyOwner, type Keys, UNAUTHORIZED } from './keys.ts'
import { moodBefore, SLOW_MS } from './order-faults.ts'
import { decimal, orderJson, tradeJson } from './order-json.ts'
import { createRateLimit, type RateLimit } from './rate-limit.ts'
import { EXCHANGE_V2, EXCHANGE_V3, NEG_RISK_EXCHANGE_V2 } from './typed-data.ts'

export type OrderRoutesDeps = {
  readonly world: World
  readonly desk: Desk
  readonly keys: Keys
  readonly intake: IntakeDeps
  readonly holders: Holders
  readonly allowances: Allowances
  readonly faults: Faults
  nowMs(): number
  later(afterMs: number, action: () => void): void
}

const BATCH_MAX = 15
const CANCELS_MAX = 1_000
const PAGE_END = 'LTE='
const PAGE = 100
const HEARTBEAT_MS = 10_000

type Handler = (owner: KeyOwner, ask: Ask, body: unknown) => Answer | Promise<Answer>

export function orderRoutes(deps: OrderRoutesDeps): Routes {
  const owned =
    (handler: Handler) =>
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
  const limit = createRateLimit(deps.nowMs)
  return {
    'POST /order': owned(
      limited(
        limit,
        () => 1,
        (owner, _ask, body) => placeOne(deps, owner, body),
      ),
    ),
    'POST /orders': owned(
      limited(limit, costOf, (owner, _ask, body) => placeAll(deps, owner, body)),
    ),
    'DELETE /order': owned((owner, _ask, body) => {
      const id = (body as { orderID?: unknown } | null)?.orderID
      return typeof id === 'string' ? cancelled(deps, owner, [id]) : refusal(400, 'Invalid orderID')
    }),
    'DELETE /orders': owned((owner, _ask, body) => {
      if (!Array.isArray(body) || body.some((id) => typeof id !== 'string'))
        return refusal(400, 'Invalid payload')
      if (body.length > CANCELS_MAX)
        return refusal(400, `Too many orders in payload, max allowed: ${CANCELS_MAX}`)
      return cancelled(deps, owner, body as string[])
    }),
    'DELETE /cancel-all': owned((owner) =>
      cancelled(
        deps,
        owner,
        liveIds(deps, owner, () => true),
      ),
    ),
    'DELETE /cancel-market-orders': owned((owner, _ask, body) => {
      const { market, asset_id: asset } = (body ?? {}) as Record<string, unknown>
      const meant = (one: PlacedOrder): boolean =>
        (typeof market !== 'string' || market === '' || one.market.conditionId === market) &&
        (typeof asset !== 'string' ||
          asset === '' ||
          tokenOf(one.market, one.record.order.token) === asset)
      return cancelled(deps, owner, liveIds(deps, owner, meant))
    }),
    'GET /data/order/:id': owned((owner, ask) => {
      const placed = deps.desk.order(param(ask, 'id'))
      return ok(
        placed !== undefined && isOf(deps, placed, owner)
          ? orderJson(placed, deps.holders.keyOf)
          : null,
      )
    }),
    'GET /data/orders': owned((owner, ask) => orders(deps, owner, ask)),
    'GET /data/trades': owned((owner, ask) => tradesPage(deps, owner, ask)),
    'GET /balance-allowance': owned((owner, ask) => balance(deps, owner, ask)),
    'GET /balance-allowance/update': owned((owner, ask) => balance(deps, owner, ask)),
    'POST /v1/heartbeats': owned(beat),
    'POST /heartbeats': owned(beat),
  }
}

function limited(limit: RateLimit, cost: (body: unknown) => number, handler: Handler): Handler {
  return async (owner, ask, body) => {
    const key = owner.credentials.apiKey
    const refused = limit.spend(key, cost(body))
    if (refused !== null) return refused
    const answer = await handler(owner, ask, body)
    return answer === 'reset'
      ? answer
      : { ...answer, headers: { ...limit.headers(key), ...answer.headers } }
  }
}

function costOf(body: unknown): number {
  return Array.isArray(body) ? body.length : 1
}

async function placeOne(deps: OrderRoutesDeps, owner: KeyOwner, body: unknown): Promise<Answer> {
  const { faults } = deps
  const mood = moodBefore(
    faults,
    (body as { postOnly?: unknown } | null)?.postOnly === true,
    deps.nowMs(),
  )
  if (mood !== null) return mood
  const placing = place(deps, owner, body)
  if (faults.strikes('order-delayed')) return delayed(deps, owner, body, placing)
  const reply = await placing
  if (faults.strikes('order-slow'))
    await new Promise<void>((resolve) => deps.later(SLOW_MS, resolve))
  if (faults.strikes('order-reset-after')) return 'reset'
  return 'error' in reply ? refusal(reply.status, reply.error) : ok(reply)
}

/** The answer does not wait for the outcome; a wrong order is refused all the same. */
async function delayed(
  deps: OrderRoutesDeps,
  owner: KeyOwner,
  body: unknown,
  placing: Promise<Placed | Refusal>,
): Promise<Answer> {
  const intake = takeIn(deps.intake, owner, body, deps.nowMs())
  if ('error' in intake) return refusal(intake.status, intake.error)
  // What comes of it is told by the user channel and the queries alone.
  placing.catch(() => undefined)
  const orderID = intake.order.id
  return ok({
    success: true,
    errorMsg: '',
    orderID,
    status: 'delayed',
    makingAmount: '',
    takingAmount: '',
  })
}

type Placed = {
  readonly success: true
  readonly errorMsg: string
  readonly orderID: string
  readonly status: string
  readonly makingAmount: string
  readonly takingAmount: string
  readonly tradeIDs?: readonly string[]
  readonly transactionsHashes?: readonly string[]
}

async function place(
  deps: OrderRoutesDeps,
  owner: KeyOwner,
  body: unknown,
): Promise<Placed | Refusal> {
  const intake = takeIn(deps.intake, owner, body, deps.nowMs())
  if ('error' in intake) return intake
  const { order, market } = intake
  deps.desk.fund(order.account)
  deps.holders.remember(order.account, owner)
  const refused = allowanceRefusal(deps.allowances, order)
  if (refused !== null) return refused
  const result = await deps.desk.submit(intake)
  if ('error' in result) return result
  const matched = result.trades.length > 0
  const [making, taking] =
    order.way === 'BUY' ? [result.dollars, result.shares] : [result.shares, result.dollars]
  return {
    success: true,
    errorMsg: '',
    orderID: order.id,
    status: matched ? 'matched' : 'live',
    makingAmount: matched ? decimal(making) : '',
    takingAmount: matched ? decimal(taking) : '',
    ...(matched
      ? {
          tradeIDs: deps.desk
            .tradesOf(order.account)
            .filter(
              ({ trade }) => trade.takerOrderId === order.id && trade.atMs >= market.listedAtMs,
            )
            .map(({ id }) => id),
          transactionsHashes: [],
        }
      : {}),
  }
}

/** Who does not let the exchange move what the order costs cannot trade it. */
function allowanceRefusal(allowances: Allowances, order: VenueOrder): Refusal | null {
  const { account, way, makerAmount } = order
  const allowed =
    way === 'BUY'
      ? allowances.dollars(account, EXCHANGE_V2)
      : allowances.outcomes(account, EXCHANGE_V2)
        ? BigInt(makerAmount)
        : 0n
  if (allowed >= BigInt(makerAmount)) return null
  return refuse(
    `not enough balance / allowance: the allowance is not enough -> spender: ${EXCHANGE_V2}, allowance: ${allowed}, order amount: ${makerAmount}`,
  )
}

function isOf(deps: OrderRoutesDeps, placed: PlacedOrder, owner: KeyOwner): boolean {
  return deps.holders.accountsOf(owner).includes(placed.record.order.account)
}

async function placeAll(deps: OrderRoutesDeps, owner: KeyOwner, body: unknown): Promise<Reply> {
  if (!Array.isArray(body) || body.length === 0) return refusal(400, 'Invalid order payload')
  if (body.length > BATCH_MAX) {
    return refusal(400, `Too many orders in payload: ${body.length}, max allowed: ${BATCH_MAX}`)
  }
  const legs = await Promise.all((body as unknown[]).map((one) => place(deps, owner, one)))
  return ok(
    legs.map((leg) =>
      'error' in leg
        ? {
            success: true,
            errorMsg: leg.error,
            orderID: '',
            status: '',
            makingAmount: '',
            takingAmount: '',
          }
        : leg,
    ),
  )
}

function liveIds(
  deps: OrderRoutesDeps,
  owner: KeyOwner,
  meant: (placed: PlacedOrder) => boolean,
): string[] {
  return deps.holders
    .accountsOf(owner)
    .flatMap((account) => deps.desk.ordersOf(account))
    .filter((placed) => placed.record.state === 'LIVE' && meant(placed))
    .map(({ record }) => record.order.id)
}

function cancelled(deps: OrderRoutesDeps, owner: KeyOwner, ids: readonly string[]): Reply {
  const canceled: string[] = []
  const notCanceled: Record<string, string> = {}
  for (const id of ids) {
    const placed = deps.desk.order(id)
    if (placed !== undefined && isOf(deps, placed, owner) && deps.desk.cancel(id)) canceled.push(id)
    else
      notCanceled[id] =
        placed === undefined ? "order can't be found" : 'already canceled or matched'
  }
  return ok({ canceled, not_canceled: notCanceled })
}

function pageOf(rows: readonly unknown[]): Reply {
  return ok({ data: rows, next_cursor: PAGE_END, limit: PAGE, count: rows.length })
}

function orders(deps: OrderRoutesDeps, owner: KeyOwner, ask: Ask): Reply {
  const [market, asset, id] = ['market', 'asset_id', 'id'].map((name) => ask.query.get(name))
  const rows = deps.holders
    .accountsOf(owner)
    .flatMap((account) => deps.desk.ordersOf(account))
    .filter(({ record }) => record.state === 'LIVE')
    .map((placed) => orderJson(placed, deps.holders.keyOf))
    .filter((row) => !market || row['market'] === market)
    .filter((row) => !asset || row['asset_id'] === asset)
    .filter((row) => !id || row['id'] === id)
  return pageOf(rows)
}

function tradesPage(deps: OrderRoutesDeps, owner: KeyOwner, ask: Ask): Reply {
  const { query } = ask
  const [market, asset, id] = ['market', 'asset_id', 'id'].map((name) => query.get(name))
  const after = Number(query.get('after') ?? 0)
  const before = Number(query.get('before') ?? Number.MAX_SAFE_INTEGER)
  if (Number.isNaN(after) || Number.isNaN(before))
    return refusal(400, 'Invalid trade params payload')
  const rows = deps.holders
    .accountsOf(owner)
    .flatMap((account) =>
      deps.desk.tradesOf(account).map((trade) => tradeJson(trade, account, deps.holders.keyOf)),
    )
    .filter((row) => !market || row['market'] === market)
    .filter((row) => !asset || row['asset_id'] === asset)
    .filter((row) => !id || row['id'] === id)
    .filter((row) => Number(row['match_time']) >= after && Number(row['match_time']) <= before)
    .reverse()
  return pageOf(rows)
}

function balance(deps: OrderRoutesDeps, owner: KeyOwner, ask: Ask): Reply {
  const type = ask.query.get('asset_type')
  const account = owner.address.toLowerCase()
  deps.desk.fund(account)
  const allowances = Object.fromEntries(
    [EXCHANGE_V2, NEG_RISK_EXCHANGE_V2, EXCHANGE_V3].map((spender) => [
      spender,
      String(deps.allowances.dollars(account, spender)),
    ]),
  )
  const signatureType = ask.query.get('signature_type')
  if (signatureType !== null && !/^[0-3]$/.test(signatureType))
    return refusal(400, 'Invalid signature_type')
  if (type === 'COLLATERAL')
    return ok({ balance: String(deps.desk.accounts.dollars(account)), allowances })
  if (type !== 'CONDITIONAL' && type !== 'CONDITIONAL-V2') return refusal(400, 'Invalid asset type')
  const token = ask.query.get('token_id') ?? ''
  const market: VenueMarket | null = deps.world.byToken(token)
  if (market === null) return refusal(400, 'Invalid token id')
  const shares = deps.desk.accounts.shares(
    account,
    market.conditionId,
    token === market.up ? 'UP' : 'DOWN',
  )
  return ok({ balance: String(shares), allowances })
}

/** Who began to send heartbeats and stops loses all resting orders. */
function heartbeats(deps: OrderRoutesDeps): Handler {
  const latest = new Map<string, { readonly id: string; readonly atMs: number }>()
  return (owner, _ask, body) => {
    const given = (body as { heartbeat_id?: unknown } | null)?.heartbeat_id ?? ''
    const known = latest.get(owner.address)
    if (known !== undefined && given !== known.id) {
      return { status: 400, body: { error_msg: 'Invalid Heartbeat ID', heartbeat_id: known.id } }
    }
    const atMs = deps.nowMs()
    const id = hexId(owner.address, 'heartbeat', Math.floor(atMs), known?.id ?? '').slice(2, 34)
    latest.set(owner.address, { id, atMs })
    deps.later(HEARTBEAT_MS, () => {
      if (latest.get(owner.address)?.id !== id) return
      latest.delete(owner.address)
      for (const order of liveIds(deps, owner, () => true)) deps.desk.cancel(order)
    })
    return ok({ heartbeat_id: id })
  }
}
