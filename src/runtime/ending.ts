/**
 * When a run ends by itself: a run of one window of each series when those are settled; a stopped one when nothing that it fired in is
 * open any more, or after the longest wait.
 */
import type { ConditionId } from '../domain/ids.ts'
import type { FactSink } from '../domain/ports.ts'
import type { EngineSettings } from '../engine/settings.ts'

/** The venue usually names a winner within minutes. Shots that wait longer are kept by the ledger for the next start. */
const STOP_WAIT_MS = 10 * 60_000

export type Ending = {
  readonly sink: FactSink
  readonly done: Promise<void>
}

export function createEnding(settings: EngineSettings, openShots: () => number): Ending {
  const left = new Set(settings.series.map(({ asset, interval }) => `${asset}/${interval}`))
  const old = new Set<ConditionId>()
  let timer: NodeJS.Timeout | undefined
  let finish: () => void = () => undefined
  const done = new Promise<void>((resolve) => {
    finish = resolve
  })

  function finishWhenSettled(): void {
    if (timer !== undefined && openShots() === 0) finish()
  }

  return {
    done,
    sink: {
      accept(fact) {
        if (fact.kind === 'operator' && fact.action === 'stop') {
          timer ??= setTimeout(finish, STOP_WAIT_MS)
          return finishWhenSettled()
        }
        // A window that the run before this one passed over, and nobody waits for.
        if (fact.kind === 'restored') for (const id of fact.unjudged) old.add(id)
        if (fact.kind !== 'settled') return
        const { asset, interval, conditionId } = fact.settlement.market
        if (old.delete(conditionId)) return
        left.delete(`${asset}/${interval}`)
        if (settings.once && left.size === 0) finish()
        finishWhenSettled()
      },
      close() {
        clearTimeout(timer)
        return Promise.resolve()
      },
    },
  }
}
