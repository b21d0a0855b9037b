/** Windows that are watched and get no orders: the strategy is asked there as everywhere, so that what it would have wanted is judged, and then nothing is wanted. */
import type { Market } from '../domain/market.ts'
import type { BoundStrategy, Check, Verdict } from '../domain/strategy.ts'

export function tradedOnlyWhere(
  isTraded: (market: Market) => boolean,
  strategy: BoundStrategy,
): BoundStrategy {
  return {
    ...strategy,
    decide(view) {
      const verdict = strategy.decide(view)
      return isTraded(view.market) ? verdict : without(verdict)
    },
  }
}

const WATCHED: Check = {
  name: 'TRADED',
  ok: false,
  margin: null,
  unit: '',
  note: 'this window is watched and not traded',
}

function without({ checks, quotes: _, others: __, ...verdict }: Verdict): Verdict {
  return { ...verdict, intents: [], why: WATCHED.note, checks: [WATCHED, ...checks] }
}
