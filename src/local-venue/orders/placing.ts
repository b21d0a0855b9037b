/** Taking orders in: one or a batch, in whatever mood the venue is, and what is said of each. */
import { refuse } from '../../sim/matching-rules.ts'
import type { Refusal, VenueOrder } from '../../sim/matching-types.ts'
import { type Answer, ok, refusal } from '../http.ts'
import type { VenueMarket } from '../market.ts'
import { type Intake, takeIn } from './intake.ts'
import type { KeyOwner } from './keys.ts'
import { moodBefore, partOf, SLOW_MS } from './order-faults.ts'
import { decimal } from './order-json.ts'
import type { OrderRoutesDeps } from './trading-deps.ts'
import { EXCHANGE_V2, EXCHANGE_V3 } from './typed-data.ts'

const BATCH_MAX = 15
const NOT_READY = refuse('the market is not yet ready to process new orders')

export async function placeOne(
  deps: OrderRoutesDeps,
  owner: KeyOwner,
  body: unknown,
): Promise<Answer> {
  const { faults } = deps
  const mood = moodBefore(faults, isPostOnly(body), deps.nowMs())
  if (mood !== null) return mood
  const placing = place(deps, owner, body)
  if (faults.strikes('order-delayed')) return delayed(deps, owner, body, placing)
  const reply = await placing
  if (faults.strikes('order-slow')) await late(deps)
  if (faults.strikes('order-reset-after')) return 'reset'
  return 'error' in reply ? refusal(reply.status, reply.error) : ok(reply)
}

function isPostOnly(body: unknown): boolean {
  return (body as { postOnly?: unknown } | null)?.postOnly === true
}

function late(deps: OrderRoutesDeps): Promise<void> {
  return new Promise((resolve) => deps.later(SLOW_MS, resolve))
}

/** An order in its form, signed, by somebody who may trade for its maker. */
function admit(deps: OrderRoutesDeps, owner: KeyOwner, body: unknown): Intake | Refusal {
  const intake = takeIn(deps.intake, owner, body, deps.nowMs())
  if ('error' in intake || deps.holders.mayTrade(intake.order.account, owner)) return intake
  return refuse('maker address not allowed, please use the deposit wallet flow')
}

/** The answer does not wait for the outcome; a wrong order is refused all the same. */
async function delayed(
  deps: OrderRoutesDeps,
  owner: KeyOwner,
  body: unknown,
  placing: Promise<Placed | Refusal>,
): Promise<Answer> {
  // What comes of it is told by the user channel and the queries alone.
  placing.catch(deps.bugs.report)
  const intake = admit(deps, owner, body)
  if ('error' in intake) return refusal(intake.status, intake.error)
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
  const intake = admit(deps, owner, body)
  if ('error' in intake) return intake
  const { order, market } = intake
  // Who is refused leaves no trace: no money, and no claim to the account.
  const refused = allowanceRefusal(deps, order, market) ?? deps.desk.check(intake)
  if (refused !== null) return refused
  deps.desk.fund(order.account)
  deps.holders.remember(order.account, owner)
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
function allowanceRefusal(
  { allowances, intake }: OrderRoutesDeps,
  { account, way, makerAmount }: VenueOrder,
  market: VenueMarket,
): Refusal | null {
  const spender = intake.versionOf(market) === '2' ? EXCHANGE_V2 : EXCHANGE_V3
  const everything = BigInt(makerAmount)
  const sold = allowances.outcomes(account, spender) ? everything : 0n
  const allowed = way === 'BUY' ? allowances.dollars(account, spender) : sold
  if (allowed >= everything) return null
  return refuse(
    `not enough balance / allowance: the allowance is not enough -> spender: ${spender}, allowance: ${allowed}, order amount: ${makerAmount}`,
  )
}

export async function placeAll(
  deps: OrderRoutesDeps,
  owner: KeyOwner,
  body: unknown,
): Promise<Answer> {
  if (!Array.isArray(body) || body.length === 0) return refusal(400, 'Invalid order payload')
  if (body.length > BATCH_MAX) {
    return refusal(400, `Too many orders in payload: ${body.length}, max allowed: ${BATCH_MAX}`)
  }
  const mood = moodBefore(deps.faults, body.every(isPostOnly), deps.nowMs())
  if (mood !== null) return mood
  const { faults } = deps
  const placed = partOf(faults.strikes('orders-in-part'), body as unknown[])
  const legs = await Promise.all(
    (body as unknown[]).map((one) => (placed.includes(one) ? place(deps, owner, one) : NOT_READY)),
  )
  if (faults.strikes('order-slow')) await late(deps)
  if (faults.strikes('order-reset-after')) return 'reset'
  const entries = legs.map(entryOf)
  return ok(faults.strikes('orders-cut-short') ? entries.slice(0, -1) : entries)
}

/** A batch is answered as a whole with 200, whatever is said of an order in it. */
function entryOf(leg: Placed | Refusal): Placed {
  if (!('error' in leg)) return leg
  const empty = { orderID: '', status: '', makingAmount: '', takingAmount: '' }
  return { success: true, errorMsg: leg.error, ...empty }
}
