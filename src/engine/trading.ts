/** Where orders are born, and withdrawn: one look at one window, and what comes of it. */
import type { EngineCommand } from '../domain/commands.ts'
import { type EngineFact, NO_LATENCY } from '../domain/facts.ts'
import { isOver, type Order, rests } from '../domain/order.ts'
import type { Quote } from '../domain/strategy.ts'
import type { Truth } from '../domain/truth.ts'
import { MICROS_PER_SECOND, type Micros, micros } from '../domain/units.ts'
import { type Evaluation, evaluate, sameAnswer, type World } from './decision.ts'
import { ageMicros, type LastSecondTrader, trackOf } from './last-second-trader.ts'
import { type OwnOrder, shotIsOpen, shotOf } from './own-orders.ts'
import type { EngineSettings } from './settings.ts'
import { planSlots, QUOTE_RULES } from './slots.ts'
import { orderOf, waiting } from './wishes.ts'

/** A strategy that goes on after a shot is asked this often, should nothing else happen. */
const LOOK_EVERY_MICROS = MICROS_PER_SECOND

export type Trading = {
  /** Asks the strategy, where it may still do something. */
  look(trader: LastSecondTrader, recvAt: Micros, triggerErrorMicros: number | null): void
  /** It is time to look again, or to withdraw what waits. */
  onLook(trader: LastSecondTrader, recvAt: Micros): void
  /**
   * Goes through the decision on the window that was heard last, for nothing: what lay idle for a tenth of a second is slow. Nothing is kept of it
   * that could be answered otherwise later: a run with these and one without are the same to the event.
   */
  preview(recvAt: Micros): void
  /** Everything that waits. */
  withdraw(trader: LastSecondTrader, recvAt: Micros): void
}

export type TradingDeps = {
  readonly settings: EngineSettings
  world(trader: LastSecondTrader, recvAt: Micros, truth?: Truth): World
  /** What was said last of its winner; null where nobody asked yet. */
  knownTruth(trader: LastSecondTrader): Truth | null
  inSpan(trader: LastSecondTrader, recvAt: Micros): boolean
  /** The next moment at which one of several strategies begins, by our own clock; null when there is none. */
  nextStart(trader: LastSecondTrader, recvAt: Micros): Micros | null
  command(next: EngineCommand): void
  fact(next: EngineFact): void
}

export function createTrading(deps: TradingDeps): Trading {
  const { settings, command, fact } = deps
  const goesOn = (): boolean => settings.strategy.beyond.length > 0
  let heard: LastSecondTrader | null = null
  const looksOften = (): boolean => goesOn() || settings.strategy.starts.length > 0

  function mayLook(trader: LastSecondTrader): boolean {
    if (trader.state === 'listening' || trader.state === 'armed') return true
    if (trader.state !== 'fired' || trader.isRestored) return false
    if (goesOn()) return !shotIsOpen(trader)
    return (
      shotOf(trader)?.outcome?.state === 'killed' &&
      trader.ordersSent < settings.limits.maxOrdersPerMarket
    )
  }

  function look(trader: LastSecondTrader, recvAt: Micros, triggerErrorMicros: number | null): void {
    if (!mayLook(trader)) return
    heard = trader
    if (!deps.inSpan(trader, recvAt)) return
    const world = deps.world(trader, recvAt)
    const evaluation = evaluate(trader, world, settings)
    keep(trader, evaluation, recvAt)
    const { orders, isExit, decision } = evaluation
    for (const order of orders) {
      const bookAgeMicros = ageMicros(trackOf(trader, order.side), recvAt)
      trader.latency = { ...NO_LATENCY, triggerErrorMicros, bookAgeMicros }
      send(trader, order)
    }
    if (orders.length > 0) {
      // Those that are sent together are one shot; giving back is none.
      if (!isExit) trader.ordersSent += 1
      trader.firedWhy = decision.why
    }
    if (goesOn()) follow(trader, evaluation, world)
    if (looksOften()) planLook(trader, recvAt)
  }

  function keep(trader: LastSecondTrader, { decision, late }: Evaluation, at: Micros): void {
    // Once the deadline has passed no answer matters: the reason that stood before it is the true one.
    if (late && trader.lastDecision !== null) return
    if (!sameAnswer(trader.lastDecision, decision)) fact({ kind: 'decided', at, decision })
    trader.lastDecision = decision
    trader.leaning = decision.side ?? trader.leaning
    trader.standingRefusal =
      decision.refusedBy === null ? null : `${decision.refusedBy}: ${decision.why}`
    if (!goesOn()) trader.firedWhy = decision.why
  }

  function send(trader: LastSecondTrader, order: Order): void {
    const { market } = trader
    trader.state = 'fired'
    trader.serial += 1
    trader.orders.push({ order, outcome: null, cancelAskedAt: null })
    command({ kind: 'submit', order, market })
    fact({ kind: 'submitted', at: order.decidedAt, order, market })
  }

  function preview(recvAt: Micros): void {
    const trader = heard
    if (trader === null) return
    // Only what was reckoned already: an answer that is reckoned now would be given again in the next tenth of a second.
    const truth = deps.knownTruth(trader)
    if (truth === null) return
    const world = deps.world(trader, recvAt, truth)
    if (mayLook(trader) && world.venueNow < trader.market.endAt) evaluate(trader, world, settings)
    else heard = null
  }

  /** What waits becomes what is wanted. */
  function follow(trader: LastSecondTrader, { decision, quotes }: Evaluation, world: World): void {
    const { recvAt } = world
    if (quotes.length === 0) return withdraw(trader, recvAt)
    const ticks = { UP: trader.up.book.tickSize, DOWN: trader.down.book.tickSize }
    const { place, cancel } = planSlots(
      quotes,
      trader.orders,
      recvAt,
      ticks,
      settings.quotes ?? QUOTE_RULES,
    )
    for (const own of cancel) takeBack(own, recvAt)
    for (const quote of place) put(trader, quote, decision.strategy, world)
  }

  function put(trader: LastSecondTrader, quote: Quote, by: string, world: World): void {
    trader.firedWhy ??= quote.why
    send(trader, orderOf(waiting(quote), trader, trader.serial, by, world))
  }

  function takeBack(own: OwnOrder, recvAt: Micros): void {
    own.cancelAskedAt = recvAt
    command({ kind: 'cancel', order: own.order })
  }

  function withdraw(trader: LastSecondTrader, recvAt: Micros): void {
    const asked = trader.orders.filter(
      (own) => rests(own.order) && !isOver(own.outcome) && own.cancelAskedAt === null,
    )
    if (asked.length === 0) return
    for (const own of asked) own.cancelAskedAt = recvAt
    const orders = asked.map(({ order }) => order)
    command({ kind: 'cancel_market', conditionId: trader.market.conditionId, orders })
  }

  function planLook(trader: LastSecondTrader, recvAt: Micros): void {
    if (trader.nextLookAt !== null && trader.nextLookAt > recvAt) return
    const next = deps.nextStart(trader, recvAt) ?? Number.POSITIVE_INFINITY
    const at = micros(Math.min(recvAt + LOOK_EVERY_MICROS, next))
    trader.nextLookAt = at
    command({ kind: 'wake', purpose: 'look', conditionId: trader.market.conditionId, at })
  }

  return {
    look,
    preview,
    onLook(trader, recvAt) {
      trader.nextLookAt = null
      if (!deps.inSpan(trader, recvAt)) return withdraw(trader, recvAt)
      look(trader, recvAt, null)
      // Also while a shot is on its way.
      planLook(trader, recvAt)
    },
    withdraw,
  }
}
