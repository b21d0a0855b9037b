/** Where the bot stands on the ladder of stakes: what it hears of shots, of their twins on paper and of results, and how large an order may be by it. */
import type { Result } from '../domain/account.ts'
import type { Restored, RestoredResult } from '../domain/events.ts'
import type { EngineFact } from '../domain/facts.ts'
import type { ConditionId, OrderId } from '../domain/ids.ts'
import type { SubmitOutcome } from '../domain/order.ts'
import type { StakeMove, StakeSettings, StakeState } from '../domain/stakes.ts'
import type { StakesTold } from '../domain/stakes-text.ts'
import type { MicroShares, Micros } from '../domain/units.ts'
import { ordersOf } from '../risk/settled-shot.ts'
import { afterWindow, begun, sameAsPaper, stakesTold } from '../risk/stake-ladder.ts'

/** Where it stands now, and whether it went up or down to get there. */
export type Climbed = { readonly state: StakeState; readonly move: StakeMove | null }

/** Null: there is no ladder, and orders are as large as anything else lets them be. */
export function createStakes(settings: StakeSettings | null) {
  const twins = new Map<OrderId, SubmitOutcome>()
  /** Windows with orders that wait for their result. */
  const open = new Map<ConditionId, Micros>()
  // The locks before a live start let nobody in who has not shown what he can do on paper.
  let state: StakeState | null =
    settings === null ? null : begun('canary', 0 as Micros, settings.strategy)

  /** Where it stood when the ladder was last in force: what is settled without it is no step of it, on its next start neither. */
  let asleep: StakeState | null = null

  function settled(settlement: Result, at: Micros): StakeMove | null {
    const { market, order, outcome } = settlement
    open.delete(market.conditionId)
    const twin = order === null ? null : (twins.get(order.id) ?? null)
    if (order !== null) twins.delete(order.id)
    if (state === null || settings === null || ordersOf(settlement) === 0) return null
    const isSingle = ordersOf(settlement) === 1
    const asOnPaper = isSingle ? sameAsPaper(outcome, twin) : null
    const isLast = ![...open.values()].includes(market.endAt)
    const after = afterWindow(state, { result: settlement, at, asOnPaper, isLast }, settings)
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

  /** A process may end between a settlement and the state that knows of it. */
  function climbAfter(unclimbed: readonly RestoredResult[]): Climbed[] {
    for (const { settlement } of unclimbed)
      if (ordersOf(settlement) > 0) open.set(settlement.market.conditionId, settlement.market.endAt)
    return unclimbed.flatMap(({ settlement, at }) => climb(settlement, at) ?? [])
  }

  return {
    /** Every fact of the engine; what came of it, where something did. */
    hear(fact: EngineFact): Climbed | null {
      if (fact.kind === 'submitted') open.set(fact.market.conditionId, fact.market.endAt)
      return fact.kind === 'settled' ? climb(fact.settlement, fact.at) : null
    },

    hearTwin: (orderId: OrderId, outcome: SubmitOutcome): void => void twins.set(orderId, outcome),

    /** The states that were not written down yet. */
    restore({ shots, account, recvAt }: Restored): Climbed[] {
      for (const { market } of shots) open.set(market.conditionId, market.endAt)
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
      state === null || settings === null ? null : stakesTold(state, settings),
  }
}
