/**
 * Settled windows come when the venue's word comes, which is a race. Here they leave in the order of their closes, and among equal closes
 * in that of their names, so that two runs of the same seed print the same lines in the same order.
 */
import type { EngineFact, Settlement } from '../domain/facts.ts'
import type { Market } from '../domain/market.ts'
import type { FactSink } from '../domain/ports.ts'

export function inOrderOfClose(print: (settlement: Settlement) => void): FactSink {
  const open = new Map<string, Market>()
  let held: Settlement[] = []

  function release(): void {
    held.sort((a, b) => compare(a.market, b.market))
    while (
      held[0] !== undefined &&
      ![...open.values()].some((market) => compare(market, (held[0] as Settlement).market) < 0)
    ) {
      print(held.shift() as Settlement)
    }
  }

  return {
    accept(fact: EngineFact) {
      if (fact.kind === 'found') open.set(fact.market.conditionId, fact.market)
      if (fact.kind !== 'settled') return
      open.delete(fact.settlement.market.conditionId)
      held.push(fact.settlement)
      release()
    },
    close() {
      open.clear()
      release()
      held = []
      return Promise.resolve()
    },
  }
}

function compare(a: Market, b: Market): number {
  return a.endAt - b.endAt || (a.slug < b.slug ? -1 : a.slug > b.slug ? 1 : 0)
}
