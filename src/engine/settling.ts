/**
 * What becomes of a shot: its outcome, as often as more is learned of it; the winner of its window; the money. And what the process knew of
 * both before it was started again.
 */
import type { MarketResolved, OrderOutcome, OrderTimed, Restored } from '../domain/events.ts'
import type { EngineFact, Settlement } from '../domain/facts.ts'
import type { ConditionId, OrderId } from '../domain/ids.ts'
import { filledOf, isFinal, type SubmitOutcome, spentOn } from '../domain/order.ts'
import {
  type MicroShares,
  type Micros,
  type MicroUsdc,
  microShares,
  microUsdc,
} from '../domain/units.ts'
import { bury, dropOldest, findOwn, isDead, rise } from './dead-orders.ts'
import {
  canSettle,
  createTrader,
  type LastSecondTrader,
  settlementOf,
} from './last-second-trader.ts'
import { withTiming } from './latency.ts'
import type { OwnOrder } from './own-orders.ts'

/** The money that is left. */
export type Till = { cash: MicroUsdc }

export type SettlingDeps = {
  readonly traders: Map<ConditionId, LastSecondTrader>
  readonly till: Till
  fact(fact: EngineFact): void
  /** The window has its result. */
  judged(trader: LastSecondTrader, settlement: Settlement, recvAt: Micros): void
  /** Nothing more is to come of this window. */
  end(trader: LastSecondTrader): void
}

const BARRED =
  'MISSED: the process ended while this window was made ready, and nothing proves that no order is out'

/** The venue may say once more what it said of an order whose window is over; hours of that. */
const FINISHED_KEPT = 1_000

export function createSettling({ traders, till, fact, judged, end }: SettlingDeps) {
  const finished = new Map<OrderId, MicroShares>()

  function onOutcome(event: OrderOutcome): void {
    const found = findByOrder(event)
    const { outcome } = event
    if (found === undefined || !follows(found.own.outcome, outcome)) return stray(event, found?.own)
    const { trader, own } = found
    const { order } = own
    if (own.outcome === null) {
      const decisionToOutcomeMicros = event.recvAt - order.decidedAt
      trader.latency = { ...trader.latency, decisionToOutcomeMicros }
    }
    till.cash = microUsdc(till.cash + spentOn(order, own.outcome) - spentOn(order, outcome))
    own.outcome = outcome
    if (isDead(own)) bury(trader, own)
    else rise(trader, own)
    const { recvAt: at, venueId } = event
    fact({ kind: 'outcome', at, order, market: trader.market, venueId, outcome, cash: till.cash })
    settleIfKnown(trader, event.recvAt)
  }

  /** Told, never obeyed; a fill that is not in the books halts. */
  function stray({ orderId, outcome, recvAt: at }: OrderOutcome, own: OwnOrder | undefined): void {
    const known = own === undefined ? (finished.get(orderId) ?? null) : sharesOf(own)
    fact({ kind: 'stray_outcome', at, orderId, outcome, known })
  }

  function remember(id: OrderId, shares: MicroShares): void {
    finished.set(id, shares)
    if (finished.size > FINISHED_KEPT) dropOldest(finished)
  }

  function onTimed({ orderId, timing }: OrderTimed): void {
    const found = findByOrder({ orderId })
    if (found === undefined) return
    const { trader, own } = found
    trader.latency = withTiming(trader.latency, own.order.decidedAt, timing)
  }

  function findByOrder(event: {
    readonly orderId: OrderId
  }): { trader: LastSecondTrader; own: OwnOrder } | undefined {
    for (const trader of traders.values()) {
      const own = findOwn(trader, event.orderId)
      if (own !== undefined) return { trader, own }
    }
    return undefined
  }

  function onResolved(event: MarketResolved): void {
    const trader = traders.get(event.conditionId)
    if (trader === undefined || trader.winner !== null) return
    trader.winner = event.winner
    trader.winnerSource = event.source
    settleIfKnown(trader, event.recvAt)
  }

  function settleIfKnown(trader: LastSecondTrader, recvAt: Micros): void {
    if (trader.winner === null || !canSettle(trader)) return
    const settlement = settlementOf(trader, trader.winner, till.cash)
    till.cash = settlement.cash
    trader.state = 'settled'
    fact({ kind: 'settled', at: recvAt, settlement })
    judged(trader, settlement, recvAt)
    for (const own of trader.orders) remember(own.order.id, sharesOf(own))
    end(trader)
  }

  function restore(event: Restored, maxOrders: number): void {
    till.cash = event.cash
    const { recvAt: at } = event
    fact({
      kind: 'restored',
      at,
      cash: event.cash,
      shots: event.shots.length,
      barred: event.barred.length,
      unjudged: (event.unjudged ?? []).map(({ market }) => market.conditionId),
    })
    for (const { market, order, outcome, isNews } of event.shots) {
      const trader = traders.get(market.conditionId) ?? createTrader(market)
      trader.state = 'fired'
      const own: OwnOrder = { order, outcome, cancelAskedAt: null }
      trader.orders.push(own)
      trader.serial += 1
      if (isDead(own)) bury(trader, own)
      // What the process before this one had in mind is not known: this window is only brought to its end.
      trader.ordersSent = maxOrders
      trader.isRestored = true
      traders.set(market.conditionId, trader)
      if (isNews) fact({ kind: 'submitted', at, order, market })
    }
    for (const market of event.barred) {
      if (traders.has(market.conditionId)) continue
      const trader = createTrader(market)
      trader.state = 'passed'
      trader.standingRefusal = BARRED
      traders.set(market.conditionId, trader)
      fact({ kind: 'passed', at, market, reason: BARRED })
    }
    for (const { market, reason, decision } of event.unjudged ?? []) {
      if (traders.has(market.conditionId)) continue
      const trader = createTrader(market)
      trader.state = 'passed'
      trader.standingRefusal = reason
      trader.lastDecision = decision
      trader.leaning = decision?.side ?? null
      traders.set(market.conditionId, trader)
    }
  }

  return { onOutcome, onTimed, onResolved, restore }
}

function sharesOf({ outcome }: OwnOrder): MicroShares {
  return microShares(filledOf(outcome)?.shares ?? 0)
}

/**
 * More is learned of an order, never less: a fill that is known is not unknown again, and what is confirmed stays. While it waits, a trade of it may fail
 * on the chain. That no money moved, or no more, is what the venue said, or our conclusion: a trade that turns up proves otherwise.
 */
function follows(before: SubmitOutcome | null, next: SubmitOutcome): boolean {
  if (before === null || before.state === 'unknown') return true
  if (before.state === 'resting') return true
  if (next.state === 'filled')
    return before.state !== 'filled' || !isFinal(before) || next.shares > before.shares
  return next.state === 'reverted' && before.state === 'filled' && !isFinal(before)
}
