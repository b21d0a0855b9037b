/** Where the bot stands on the ladder of stakes: what it hears of shots, of their twins on paper and of results, and how large an order may be by it. */
import type { Result } from '../domain/account.ts'
import type { Restored, RestoredResult } from '../domain/events.ts'
import type { EngineFact } from '../domain/facts.ts'
import type { ConditionId, OrderId } from '../domain/ids.ts'
import type { Market } from '../domain/market.ts'
import type { Order, SubmitOutcome } from '../domain/order.ts'
import type { StakeMove, StakeSettings, StakeState } from '../domain/stakes.ts'
import type { StakesTold } from '../domain/stakes-text.ts'
import type { MicroShares, Micros } from '../domain/units.ts'
import { type ComparedWindow, createComparedWindow } from '../risk/compared-window.ts'
import { ordersOf } from '../risk/settled-shot.ts'
import { afterWindow, begun, stakesTold } from '../risk/stake-ladder.ts'
import { mostLost, type Play, type Stake, stakeOf, type WindowBet } from '../risk/window-bet.ts'

/** Where it stands now, and whether it went up or down to get there. */
export type Climbed = { readonly state: StakeState; readonly move: StakeMove | null }

/** A window with orders that waits for its result. All of it is forgotten then. */
type OpenWindow = {
  readonly endAt: Micros
  readonly compared: ComparedWindow
  /** What was put down on it when its first order left, and by whom: another standing knows nothing of it. */
  readonly stake: { readonly down: Stake; readonly most: number; readonly since: Micros } | null
  sold: boolean
}

/** Null settings: there is no ladder, and orders are as large as anything else lets them be. A strategy that sends one purchase a window has no `play`. */
export function createStakes(settings: StakeSettings | null, play: Play | null) {
  const open = new Map<ConditionId, OpenWindow>()
  // The locks before a live start let nobody in who has not shown what he can do on paper.
  let state: StakeState | null =
    settings === null ? null : begun('canary', 0 as Micros, settings.strategy)

  /** Where it stood when the ladder was last in force: what is settled without it is no step of it, on its next start neither. */
  let asleep: StakeState | null = null

  function opened({ endAt }: Pick<Market, 'endAt'>, stake: OpenWindow['stake']): OpenWindow {
    return { endAt, compared: createComparedWindow(), stake, sold: false }
  }

  function sent(order: Order, market: Market): void {
    if (settings === null) return
    const window = open.get(market.conditionId) ?? opened(market, stakeOn(market))
    window.compared.sent(order)
    if (order.action === 'SELL') window.sold = true
    open.set(market.conditionId, window)
  }

  /** Only of a canary is it known how much a window may lose. */
  function stakeOn({ fee }: Market): OpenWindow['stake'] {
    if (play === null || settings === null || state?.rung !== 'canary') return null
    const { since, proof } = state
    const most = mostLost(settings.canaryShares, fee, play)
    if (most === null) return null
    const others = [...open.values()].flatMap(({ stake }) =>
      stake?.since === since ? [stake.down] : [],
    )
    return { down: stakeOf(proof, others, play), most, since }
  }

  function betOn(window: OpenWindow | undefined, pnl: number): WindowBet | null {
    if (window === undefined || window.stake?.since !== state?.since) return null
    const { stake, sold } = window
    if (stake === null) return null
    // Who sold although he never does could have lost more than was reckoned with: then it may count against him only.
    const gain = (sold && !play?.sells ? Math.min(0, pnl) : pnl) / stake.most
    return { stake: stake.down, gain }
  }

  function settled(settlement: Result, at: Micros): StakeMove | null {
    const { market, pnl } = settlement
    const window = open.get(market.conditionId)
    open.delete(market.conditionId)
    if (state === null || settings === null || ordersOf(settlement) === 0) return null
    if (play !== null && window?.compared.isQuiet() === true) {
      state = { ...state, heardAt: at }
      return null
    }
    const step = {
      result: settlement,
      at,
      asOnPaper: window?.compared.asOnPaper(settlement) ?? null,
      isLast: ![...open.values()].some(({ endAt }) => endAt === market.endAt),
      ...(play === null ? {} : { bet: betOn(window, pnl) }),
    }
    const after = afterWindow(state, step, settings)
    state = after.state
    return after.move
  }

  function climb(settlement: Result, at: Micros): Climbed | null {
    if (asleep !== null) {
      asleep = { ...asleep, heardAt: at }
      return { state: asleep, move: null }
    }
    const before = state
    const move = settled(settlement, at)
    return state === null || state === before ? null : { state, move }
  }

  /** Of before this process: what its orders did on paper died with the one before. */
  function waits(market: Market): OpenWindow {
    const window = open.get(market.conditionId) ?? opened(market, null)
    open.set(market.conditionId, window)
    return window
  }

  /** A process may end between a settlement and the state that knows of it. */
  function climbAfter(unclimbed: readonly RestoredResult[]): Climbed[] {
    for (const { settlement } of unclimbed) if (ordersOf(settlement) > 0) waits(settlement.market)
    return unclimbed.flatMap(({ settlement, at }) => climb(settlement, at) ?? [])
  }

  return {
    /** Every fact of the engine; what came of it, where something did. */
    hear(fact: EngineFact): Climbed | null {
      if (fact.kind === 'submitted') sent(fact.order, fact.market)
      if (fact.kind === 'outcome')
        open.get(fact.market.conditionId)?.compared.outcome(fact.order, fact.outcome)
      return fact.kind === 'settled' ? climb(fact.settlement, fact.at) : null
    },

    hearTwin(orderId: OrderId, outcome: SubmitOutcome): void {
      for (const { compared } of open.values()) if (compared.twin(orderId, outcome)) return
    },

    /** The states that were not written down yet. */
    restore({ shots, account, recvAt }: Restored): Climbed[] {
      if (settings !== null)
        for (const { market, order } of shots) waits(market).compared.sent(order)
      const known = account?.stakes ?? null
      if (state === null) {
        asleep = known
        return []
      }
      const isNew = known === null || known.rung === 'paper' || known.strategy !== state.strategy
      state = isNew ? begun('canary', recvAt, state.strategy) : known
      return isNew ? [{ state, move: null }] : climbAfter(account?.unclimbed ?? [])
    },

    /** The most shares that one purchase may be for; null: no bound of this kind. */
    cap: (): MicroShares | null =>
      settings !== null && state?.rung === 'canary' ? settings.canaryShares : null,

    isOnPaper: (): boolean => state?.rung === 'paper',
    view: (): StakesTold | null =>
      state === null || settings === null ? null : stakesTold(state, settings, play !== null),
  }
}
