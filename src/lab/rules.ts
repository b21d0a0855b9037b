/** The rules that name a winner, as strategies: one that shoots in one second only, and one that is asked and never shoots. */
import type { ConditionId, Side } from '../domain/ids.ts'
import type { BoundStrategy } from '../domain/strategy.ts'
import { MICROS_PER_SECOND } from '../domain/units.ts'
import { lastSecond } from '../strategies/last-second.ts'

export const RULES = ['settlement', 'book', 'spot'] as const
export type Rule = (typeof RULES)[number]

/** Listeners open so long before they are needed, and the engine adds some seconds of its own. */
const LISTEN_AHEAD_SEC = 5

/** The strategy with its usual settings, from the second it is to fire at until the next one. */
export function shooterOf(rule: Rule, fireSec: number): BoundStrategy {
  const bound = lastSecond.bind({ winner: rule, listenFromSec: fireSec + LISTEN_AHEAD_SEC })
  return { ...bound, span: { fromSec: fireSec, toSec: fireSec - 1, isAuto: false, asks: null } }
}

/** Who wins in the opinion of each rule; null where it has none. */
export type Opinions = Readonly<Record<Rule, Side | null>>

export type Asked = {
  readonly strategy: BoundStrategy
  /** By window, then by whole seconds left. */
  readonly opinions: Map<ConditionId, Map<number, Opinions>>
}

/** Answers at whole seconds, where somebody has to wake it; it never shoots. */
export function createAsked(fromSec: number, toSec: number): Asked {
  const rules = RULES.map((rule) => [rule, shooterOf(rule, fromSec)] as const)
  const opinions: Asked['opinions'] = new Map()
  const strategy: BoundStrategy = {
    name: 'asked',
    listenFromSec: fromSec + LISTEN_AHEAD_SEC,
    // The end of a span does not belong to it.
    span: { fromSec, toSec: toSec - 0.5, isAuto: false, asks: null },
    ladder: null,
    bothSides: false,
    beyond: [],
    bounds: { fromSec, toSec, lowest: null, highest: null },
    starts: [],
    decide(view) {
      const left = view.leftMicros / MICROS_PER_SECOND
      if (Number.isInteger(left)) {
        const said = rules.map(([rule, { decide }]) => [rule, decide(view).side])
        const { conditionId } = view.market
        const ofWindow = opinions.get(conditionId) ?? new Map<number, Opinions>()
        opinions.set(conditionId, ofWindow.set(left, Object.fromEntries(said) as Opinions))
      }
      return { intents: [], side: null, why: 'it is only asked', checks: [] }
    },
  }
  return { strategy, opinions }
}
