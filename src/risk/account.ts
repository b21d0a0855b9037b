/**
 * The account over all windows: what is at stake, and how it fares. It hears the engine's own facts and answers two questions: how much is out where an order
 * would go (the gates ask that), and whether the trading has to end (`shouldHalt`).
 *
 * At stake is what an order was sent with, from the moment it is sent; what it cost, once that is known; nothing, once it is proven that no money moved. An
 * order of which nobody knows is at stake, and so is one that rests. What a sale brought is not at stake any more, but a window never lowers what others have out.
 */
import type { AccountState, Halt, Result, TripwireState } from '../domain/account.ts'
import type { Restored } from '../domain/events.ts'
import type { EngineFact } from '../domain/facts.ts'
import type { ConditionId, OrderId } from '../domain/ids.ts'
import type { Market } from '../domain/market.ts'
import { filledOf, isOver, type Order, type SubmitOutcome } from '../domain/order.ts'
import type { TripwireTold } from '../domain/tripwire-text.ts'
import { formatMicro, type Micros, type MicroUsdc, microUsdc } from '../domain/units.ts'
import { type AccountLimits, UNLIMITED } from './limits.ts'
import { ordersOf, shotOf } from './settled-shot.ts'
import { afterClose, afterShot, hasTripped, NO_SHOTS, shotsNeeded, wealth } from './tripwire.ts'

const MICROS_PER_MINUTE = 60_000_000

/** What is out already, seen from one window and one strategy, in millionths of a dollar. */
export type Stakes = {
  readonly market: number
  readonly asset: number
  readonly strategy: number
  readonly all: number
  /** Everything that closes in the same minute. */
  readonly together: number
  /** Windows with money in them, this one left out. */
  readonly otherPositions: number
  /** What was paid for shares of which the result is not known: money that is not in the cash. */
  readonly held: number
  /** By our own clock; null before the first order of this window. */
  readonly lastOrderAt: Micros | null
}

type Stake = {
  readonly market: Market
  readonly strategy: string
  /** Below zero of a sale. */
  readonly micro: number
  readonly isHeld: boolean
}

export function createRiskAccount(initial: AccountLimits = UNLIMITED) {
  let limits = initial
  const stakes = new Map<OrderId, Stake>()
  const lastOrders = new Map<ConditionId, Micros>()
  /** Asked at every decision, and changed by few events. */
  const reckoned = new Map<string, Map<ConditionId, Stakes>>()
  let state: AccountState = begun(0 as Micros, null)
  let due = haltOf(state, limits)

  function now(next: AccountState): void {
    state = next
    due = haltOf(state, limits)
  }

  function put(market: Market, order: Order, outcome: SubmitOutcome | null): void {
    const { id, strategy, decidedAt } = order
    const { conditionId } = market
    const micro = atStake(order, outcome)
    reckoned.clear()
    if (micro === 0) stakes.delete(id)
    else stakes.set(id, { market, strategy, micro, isHeld: isOver(outcome) })
    lastOrders.set(conditionId, later(decidedAt, lastOrders.get(conditionId) ?? decidedAt))
  }

  function onSettled(settlement: Result, at: Micros): void {
    const { market } = settlement
    reckoned.clear()
    lastOrders.delete(market.conditionId)
    for (const [id, stake] of stakes)
      if (stake.market.conditionId === market.conditionId) stakes.delete(id)
    if (ordersOf(settlement) > 0) now(counted(state, settlement, at, !isAwaited(market.endAt)))
  }

  function isAwaited(endAt: Micros): boolean {
    for (const { market } of stakes.values()) if (market.endAt === endAt) return true
    return false
  }

  return {
    /** True where what a restart has to know has changed. */
    hear(fact: EngineFact): boolean {
      if (fact.kind === 'submitted') put(fact.market, fact.order, null)
      else if (fact.kind === 'outcome') put(fact.market, fact.order, fact.outcome)
      else if (fact.kind === 'settled') {
        onSettled(fact.settlement, fact.at)
        return ordersOf(fact.settlement) > 0
      }
      return false
    },

    /** What was before the process: the open shots, the counters, and what was settled after they were last written down. */
    restore({ shots, account }: Pick<Restored, 'shots' | 'account'>): void {
      for (const { market, order, outcome } of shots) put(market, order, outcome)
      if (account === undefined || account.state === null) return
      now(account.state)
      for (const { settlement, at } of account.unheard) onSettled(settlement, at)
    },

    /** True where a new day has begun; what is heard twice begins none. */
    startDay(startedAt: Micros, at: Micros): boolean {
      const { dayStartedAt } = state
      if (dayStartedAt !== null && startedAt <= dayStartedAt) return false
      // Before the first word of a day nothing is known of when it began, and what was counted since is kept.
      const dayPnl = dayStartedAt === null ? state.dayPnl : microUsdc(0)
      now({ ...state, heardAt: later(state.heardAt, at), dayStartedAt: startedAt, dayPnl })
      return true
    },

    /** A person took responsibility for what was lost: everything is counted from now on. */
    startAnew(at: Micros): void {
      now(begun(at, state.dayStartedAt))
    },

    /** A person set other limits: what is counted stays. */
    limitTo(next: AccountLimits = UNLIMITED): void {
      limits = next
      now(state)
    },

    /** Asked after every event, so it is worked out when something changes. */
    shouldHalt: (): Halt | null => due,

    /** What is out already, for an order in this window. */
    stakesOf(market: Market, strategy: string): Stakes {
      const ofStrategy = reckoned.get(strategy) ?? new Map<ConditionId, Stakes>()
      const known = ofStrategy.get(market.conditionId)
      if (known !== undefined) return known
      const lastOrderAt = lastOrders.get(market.conditionId) ?? null
      const out = stakes.size === 0 ? NOTHING_OUT : sumsOf(stakes.values(), market, strategy)
      const sums = { ...out, lastOrderAt }
      reckoned.set(strategy, ofStrategy.set(market.conditionId, sums))
      return sums
    },

    state: () => state,
    view: () => viewOf(stakes.values(), state, limits),
  }
}

function begun(heardAt: Micros, dayStartedAt: Micros | null): AccountState {
  const zero = microUsdc(0)
  return { heardAt, dayStartedAt, dayPnl: zero, pnl: zero, peak: zero, tripwire: NO_SHOTS }
}

function later(a: Micros, b: Micros): Micros {
  return a > b ? a : b
}

function atStake(order: Order, outcome: SubmitOutcome | null): number {
  const filled = filledOf(outcome)
  if (order.action === 'SELL') return -(filled?.cost ?? 0)
  return isOver(outcome) ? (filled?.cost ?? 0) : order.spend
}

/** Settlements of before tell of one order at most. */
function counted(
  state: AccountState,
  settlement: Result,
  at: Micros,
  isLast: boolean,
): AccountState {
  const gained = settlement.pnl
  const pnl = microUsdc(state.pnl + gained)
  const shot = shotOf(settlement)
  return {
    ...state,
    heardAt: later(state.heardAt, at),
    dayPnl: microUsdc(state.dayPnl + gained),
    pnl,
    peak: pnl > state.peak ? pnl : state.peak,
    tripwire:
      shot === null
        ? afterClose(state.tripwire, settlement.market.endAt, isLast)
        : afterShot(state.tripwire, { ...shot, isLast }),
  }
}

function haltOf(state: AccountState, limits: AccountLimits): Halt | null {
  const { maxDailyLoss, maxDrawdown, tripwireAlpha } = limits
  const lost = -state.dayPnl
  if (maxDailyLoss !== null && lost >= maxDailyLoss) {
    const why = `${dollars(lost)} were lost since the day began, and the limit is ${dollars(maxDailyLoss)}`
    return { cause: 'daily_loss', why }
  }
  const down = state.peak - state.pnl
  if (maxDrawdown !== null && down >= maxDrawdown) {
    const why = `the account is ${dollars(down)} below the most that it had won, and the limit is ${dollars(maxDrawdown)}`
    return { cause: 'drawdown', why }
  }
  const { tripwire } = state
  if (tripwireAlpha === null || !hasTripped(tripwire, tripwireAlpha)) return null
  const why = `${tripwire.wins} of ${tripwire.shots} shots won, the prices ask for ${tripwire.expected.toFixed(1)}: whoever is as good as the prices meets that once in ${Math.round(wealth(tripwire))} times at most`
  return { cause: 'tripwire', why }
}

function dollars(micro: number): string {
  return `${formatMicro(microUsdc(micro))} USD`
}

/** So much more is out in the window, and with it everywhere. */
export function withMore(stakes: Stakes, micro: number): Stakes {
  const [market, asset, strategy, all, together] = [
    stakes.market,
    stakes.asset,
    stakes.strategy,
    stakes.all,
    stakes.together,
  ].map((out) => Math.max(0, out + micro)) as [number, number, number, number, number]
  return { ...stakes, market, asset, strategy, all, together }
}

type Sums = Omit<Stakes, 'lastOrderAt'>

const NOTHING_OUT: Sums = {
  ...{ market: 0, asset: 0, strategy: 0, all: 0, together: 0 },
  otherPositions: 0,
  held: 0,
}

function sumsOf(open: Iterable<Stake>, market: Market, strategy: string): Sums {
  const windows = new Map<
    ConditionId,
    { market: Market; out: number; held: number; same: number }
  >()
  for (const { market: where, micro, isHeld, strategy: by } of open) {
    const window = windows.get(where.conditionId) ?? { market: where, out: 0, held: 0, same: 0 }
    window.out += micro
    if (isHeld) window.held += micro
    if (by === strategy) window.same += micro
    windows.set(where.conditionId, window)
  }
  let [here, asset, same, all, together, held, otherPositions] = [0, 0, 0, 0, 0, 0, 0]
  for (const { market: where, ...window } of windows.values()) {
    const out = Math.max(0, window.out)
    all += out
    held += Math.max(0, window.held)
    same += Math.max(0, window.same)
    if (where.asset === market.asset) asset += out
    if (minuteOf(where) === minuteOf(market)) together += out
    if (where.conditionId === market.conditionId) here = out
    else if (out > 0) otherPositions += 1
  }
  return { market: here, asset, strategy: same, all, together, otherPositions, held }
}

function minuteOf({ endAt }: Market): number {
  return Math.floor(endAt / MICROS_PER_MINUTE)
}

export type AccountView = {
  readonly atStake: MicroUsdc
  readonly positions: number
  readonly dayPnl: MicroUsdc
  readonly drawdown: MicroUsdc
  readonly tripwire: TripwireTold
}

function viewOf(open: Iterable<Stake>, state: AccountState, limits: AccountLimits): AccountView {
  const windows = new Map<ConditionId, number>()
  for (const { market, micro } of open)
    windows.set(market.conditionId, (windows.get(market.conditionId) ?? 0) + micro)
  const out = [...windows.values()].filter((micro) => micro > 0)
  const atStake = out.reduce((sum, micro) => sum + micro, 0)
  return {
    atStake: microUsdc(atStake),
    positions: out.length,
    dayPnl: state.dayPnl,
    drawdown: microUsdc(state.peak - state.pnl),
    tripwire: tripwireView(state.tripwire, limits.tripwireAlpha),
  }
}

export function tripwireView(tripwire: TripwireState, alpha: number | null): TripwireTold {
  const { shots, wins, expected } = tripwire
  return {
    shots,
    wins,
    expected,
    evidence: wealth(tripwire),
    haltsAt: alpha === null ? null : 1 / alpha,
    needed: alpha === null ? null : shotsNeeded(tripwire, alpha),
  }
}
