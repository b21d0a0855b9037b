/**
 * Settings that a person changes while the engine runs. They hold from the next decision on; windows that wait for their second are planned and made ready
 * anew, and one whose shot is out is left alone. What is out already is never taken back, and a halt stays a halt.
 */
import type { ParametersChanged } from '../domain/events.ts'
import type { EngineFact } from '../domain/facts.ts'
import type { BoundStrategy } from '../domain/strategy.ts'
import type { Micros } from '../domain/units.ts'
import type { InForce } from './in-force.ts'
import type { LastSecondTrader } from './last-second-trader.ts'
import type { Schedule } from './schedule.ts'
import type { Standing } from './standing.ts'

export type ChangingDeps = {
  readonly inForce: InForce
  readonly traders: ReadonlyMap<unknown, LastSecondTrader>
  readonly schedule: Schedule
  readonly standing: Pick<Standing, 'limitTo'>
  venueNow(recvAt: Micros): Micros
  chooseSecond(trader: LastSecondTrader, recvAt: Micros): void
  arm(trader: LastSecondTrader): void
  fact(next: EngineFact): void
}

export function createChanging(deps: ChangingDeps): (event: ParametersChanged) => void {
  const { inForce, traders, schedule, standing, fact } = deps
  const { settings } = inForce

  function planAnew(trader: LastSecondTrader, before: BoundStrategy, recvAt: Micros): void {
    const { strategy } = settings
    const isOther = !same(before.span, strategy.span)
    if (isOther && trader.fireAt !== null) {
      trader.fireAt = null
      deps.chooseSecond(trader, recvAt)
    }
    if (isOther) schedule.reconsider(trader, deps.venueNow(recvAt))
    const isReady = trader.readyFor !== null && trader.readyFor !== ''
    if (isReady && (isOther || !same(before.ladder, strategy.ladder))) {
      trader.readyFor = null
      deps.arm(trader)
    }
    schedule.plan(trader)
  }

  return ({ changes, by, recvAt }) => {
    const before = settings.strategy
    const text = inForce.change(changes)
    standing.limitTo(settings.limits.account)
    fact({ kind: 'parameters', at: recvAt, changes, by, settings: text })
    for (const trader of traders.values())
      if (trader.orders.length === 0) planAnew(trader, before, recvAt)
  }
}

/** Plain data of one making: its parts are always in the same order. */
function same(a: object | null, b: object | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
