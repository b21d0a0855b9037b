/**
 * Orchestrator: carries out what the engine asks for a window. It opens the YES and the NO listener, closes both when the window is
 * over, and has the finder watch for the result. It decides nothing.
 */
import type { EngineCommand } from '../domain/commands.ts'
import type { ConditionId } from '../domain/ids.ts'
import { assertNever } from '../domain/invariant.ts'
import type { Market } from '../domain/market.ts'
import type { BookSource, Finder, Gateway, Listener, Log } from '../domain/ports.ts'
import type { Timers } from './timers.ts'

/** A socket that does not close by itself in this time is left behind; the window's clean-up does not wait for it. */
const CLEAN_UP_TIMEOUT_MS = 5_000

type ActiveTrader = { readonly market: Market; readonly yes: Listener; readonly no: Listener }

export type Orchestrator = {
  act(command: EngineCommand): void
  /** Windows with open listeners. */
  readonly activeTraders: ReadonlyMap<ConditionId, ActiveTrader>
  /** Windows that somebody still waits for: listening, or waiting for the result. */
  readonly monitoredMarkets: ReadonlySet<ConditionId>
  close(): Promise<void>
}

export type OrchestratorDeps = {
  readonly books: BookSource
  readonly finder: Finder
  readonly gateway: Gateway
  readonly timers: Timers
  readonly log: Log
}

export function createOrchestrator({
  books,
  finder,
  gateway,
  timers,
  log,
}: OrchestratorDeps): Orchestrator {
  const activeTraders = new Map<ConditionId, ActiveTrader>()
  const monitoredMarkets = new Set<ConditionId>()
  const closing = new Set<Promise<void>>()

  function watch(market: Market): void {
    monitoredMarkets.add(market.conditionId)
    if (activeTraders.has(market.conditionId)) return
    const yes = books.listen(market, 'UP')
    const no = books.listen(market, 'DOWN')
    activeTraders.set(market.conditionId, { market, yes, no })
    finder.askStrike(market)
  }

  function unwatch(conditionId: ConditionId): void {
    const trader = activeTraders.get(conditionId)
    if (trader === undefined) return
    activeTraders.delete(conditionId)
    const done = withTimeout(
      Promise.all([trader.yes.close(), trader.no.close()]),
      CLEAN_UP_TIMEOUT_MS,
    ).then(
      (inTime) => {
        if (!inTime)
          log.warn('a listener did not close in time and was left behind', {
            slug: trader.market.slug,
          })
      },
      (error: unknown) =>
        log.error('closing a listener failed', { slug: trader.market.slug, error }),
    )
    closing.add(done)
    done
      .finally(() => closing.delete(done))
      .catch(() => {
        // `done` handles both outcomes itself; `finally` only repeats them.
      })
  }

  function act(command: EngineCommand): void {
    switch (command.kind) {
      case 'submit':
        return gateway.submit(command)
      case 'arm':
        return gateway.arm(command)
      case 'cancel_all':
        return gateway.cancelAll()
      case 'wake':
        return timers.wake(command)
      case 'resync':
        return books.resync(command.token, command.reason)
      case 'watch':
        return watch(command.market)
      case 'unwatch':
        return unwatch(command.conditionId)
      case 'cancel':
        return gateway.cancel(command)
      case 'cancel_market':
        return gateway.cancelMarket(command)
      case 'await_resolution':
        monitoredMarkets.add(command.market.conditionId)
        return finder.awaitResolution(command.market)
      case 'retire':
        monitoredMarkets.delete(command.conditionId)
        timers.forget(command.conditionId)
        return finder.forget(command.conditionId)
      default:
        return assertNever(command)
    }
  }

  return {
    act,
    activeTraders,
    monitoredMarkets,
    async close() {
      for (const conditionId of [...activeTraders.keys()]) unwatch(conditionId)
      await Promise.all(closing)
    },
  }
}

/** True when the work ended in time. */
async function withTimeout(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  try {
    return await Promise.race([work.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}
