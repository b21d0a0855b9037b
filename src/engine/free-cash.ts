/** Money that no order of ours could take. Asked at every decision, and changed only by what happens to orders. */
import type { EngineFact } from '../domain/facts.ts'
import { type MicroUsdc, microUsdc } from '../domain/units.ts'
import type { LastSecondTrader } from './last-second-trader.ts'
import { reservedIn } from './own-orders.ts'
import type { Till } from './settling.ts'

export type FreeCash = {
  /** Every fact of the engine. */
  hear(fact: EngineFact): void
  now(): MicroUsdc
}

export function createFreeCash(
  till: Till,
  traders: ReadonlyMap<unknown, LastSecondTrader>,
): FreeCash {
  /** Null when it is to be reckoned anew. */
  let reserved: number | null = null

  return {
    hear({ kind }) {
      if (kind === 'submitted' || kind === 'outcome' || kind === 'restored') reserved = null
    },
    now() {
      reserved ??= reservedIn(traders.values())
      return microUsdc(till.cash - reserved)
    },
  }
}
