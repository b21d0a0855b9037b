/**
 * Follows an order that left until its fate is proven: filled and confirmed, killed, or reverted. The venue is asked again and again; the user
 * channel only makes us ask sooner. No answer is no proof: an order counts as dead only when the venue, asked several times and long after it
 * could still have matched, knows neither the order nor a trade of it.
 */
import type { Market } from '../domain/market.ts'
import type { Fill, Order, SubmitOutcome } from '../domain/order.ts'
import type { Account, EventSink, Log, TradeView } from '../domain/ports.ts'
import { type Micros, microShares, microUsdc, notional } from '../domain/units.ts'
import { takerFee } from '../pricing/fees.ts'

const ASK_FIRST_MS = 250
const ASK_MOST_MS = 5_000
const ASK_GROWTH = 1.5
/** So long after the send, and so many answers without it, that it cannot be on its way any more. */
const GONE_AFTER_MS = 12_000
const GONE_ANSWERS = 4
/** Dust that a spend in dollars leaves at the makers' prices. */
const DUST_MICRO = 10_000

export type Shot = {
  readonly venueId: string
  readonly order: Order
  readonly market: Market
  readonly sentAt: Micros
}

export type OrderFates = {
  /** `matched` is what the venue answered, where it did. */
  follow(shot: Shot, matched: { readonly spent: number; readonly shares: number } | null): void
  /** Somebody heard something of this order. */
  nudge(venueId: string): void
  /** Something may have been missed. */
  nudgeAll(): void
  close(): void
}

export type FateDeps = {
  readonly account: Account
  readonly emit: EventSink
  readonly now: () => Micros
  readonly log: Log
}

type Followed = {
  readonly shot: Shot
  readonly matched: { readonly spent: number; readonly shares: number } | null
  told: string
  waitMs: number
  answersWithout: number
  timer: NodeJS.Timeout | undefined
  asking: boolean
  again: boolean
}

export function createOrderFates(deps: FateDeps): OrderFates {
  const followed = new Map<string, Followed>()
  let closed = false

  function tell(one: Followed, outcome: SubmitOutcome): void {
    const text = JSON.stringify(outcome)
    if (text === one.told) return
    one.told = text
    const { venueId, order } = one.shot
    deps.emit({
      kind: 'order_outcome',
      orderId: order.id,
      venueId,
      outcome,
      recvAt: deps.now(),
      venueAt: null,
    })
  }

  function end(one: Followed, outcome: SubmitOutcome): void {
    followed.delete(one.shot.venueId)
    clearTimeout(one.timer)
    tell(one, outcome)
  }

  async function ask(one: Followed): Promise<void> {
    const { venueId, market } = one.shot
    const trades = await deps.account.tradesOf(market.conditionId, venueId)
    if (closed || !followed.has(venueId)) return
    if (trades.length > 0) return judgeTrades(one, trades)
    const order = await deps.account.order(venueId)
    if (closed || !followed.has(venueId)) return
    const dead = order !== null && /^(CANCELED|INVALID|UNMATCHED)/.test(order.status)
    if (dead && one.matched === null)
      return end(one, { state: 'killed', reason: `the venue says ${order.status}` })
    if (order !== null || one.matched !== null) return
    one.answersWithout += 1
    const waitedMs = (deps.now() - one.shot.sentAt) / 1_000
    if (one.answersWithout < GONE_ANSWERS || waitedMs < GONE_AFTER_MS) return
    end(one, {
      state: 'killed',
      reason: 'the venue, asked again and again, knows neither the order nor a trade of it',
    })
  }

  function judgeTrades(one: Followed, trades: readonly TradeView[]): void {
    const standing = trades.filter(({ status }) => status !== 'FAILED')
    const isOver = trades.every(({ status }) => status === 'CONFIRMED' || status === 'FAILED')
    if (!isWhole(one, trades)) return
    if (standing.length === 0)
      return end(one, { state: 'reverted', reason: 'the trade failed on the chain' })
    const outcome = filled(
      one.shot.market,
      standing.flatMap(({ fills }) => fills),
      isOver,
    )
    if (isOver) end(one, outcome)
    else tell(one, outcome)
  }

  function plan(one: Followed): void {
    if (closed || !followed.has(one.shot.venueId)) return
    one.timer = setTimeout(() => run(one), one.waitMs)
    one.waitMs = Math.min(one.waitMs * ASK_GROWTH, ASK_MOST_MS)
  }

  function run(one: Followed): void {
    clearTimeout(one.timer)
    if (one.asking) {
      one.again = true
      return
    }
    one.asking = true
    ask(one)
      .catch((error: unknown) => {
        const { venueId } = one.shot
        deps.log.warn('the venue could not be asked about an order', { venueId, error })
      })
      .finally(() => {
        one.asking = false
        if (one.again) {
          one.again = false
          run(one)
        } else plan(one)
      })
      // Everything that can fail in there is handled there.
      .catch(() => undefined)
  }

  function soon(one: Followed): void {
    one.waitMs = ASK_FIRST_MS
    run(one)
  }

  return {
    follow(shot, matched) {
      if (followed.has(shot.venueId)) return
      const one: Followed = {
        shot,
        matched,
        told: '',
        waitMs: ASK_FIRST_MS,
        answersWithout: 0,
        timer: undefined,
        asking: false,
        again: false,
      }
      followed.set(shot.venueId, one)
      if (matched !== null) tell(one, estimated(shot, matched))
      plan(one)
    },
    nudge(venueId) {
      const one = followed.get(venueId)
      if (one !== undefined) soon(one)
    },
    nudgeAll() {
      for (const one of followed.values()) soon(one)
    },
    close() {
      closed = true
      for (const { timer } of followed.values()) clearTimeout(timer)
    },
  }
}

/** Some of an order's trades may be listed before the others. */
function isWhole({ matched, shot }: Followed, trades: readonly TradeView[]): boolean {
  const fills = trades.flatMap((trade) => trade.fills)
  if (matched !== null) return fills.reduce((sum, { shares }) => sum + shares, 0) === matched.shares
  const spent = fills.reduce((sum, { price, shares }) => sum + notional(price, shares, 'floor'), 0)
  return spent >= shot.order.spend - DUST_MICRO
}

function filled(market: Market, fills: readonly Fill[], isOver: boolean): SubmitOutcome {
  let shares = 0
  let cost = 0
  let fee = 0
  for (const fill of fills) {
    shares += fill.shares
    cost += notional(fill.price, fill.shares, 'floor')
    fee += takerFee(market.fee, fill.price, fill.shares)
  }
  return {
    state: 'filled',
    fills,
    shares: microShares(shares),
    cost: microUsdc(cost),
    fee: microUsdc(fee),
    finality: isOver ? 'confirmed' : 'matched',
  }
}

/** Before the trades are known: one fill at the limit or better, with the fee of the average price. */
function estimated(
  { order, market }: Shot,
  { spent, shares }: { readonly spent: number; readonly shares: number },
): SubmitOutcome {
  const average = Math.min(order.limit, Math.round((spent * 10_000) / shares)) as Order['limit']
  return {
    state: 'filled',
    fills: [{ price: average, shares: microShares(shares) }],
    shares: microShares(shares),
    cost: microUsdc(spent),
    fee: takerFee(market.fee, average, microShares(shares)),
    finality: 'matched',
  }
}
