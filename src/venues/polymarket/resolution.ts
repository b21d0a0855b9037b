/** Who won: asks for the finished market by its slug (finished markets leave the lists) until the venue has said it in all three ways. */
import type { ConditionId } from '../../domain/ids.ts'
import type { Market } from '../../domain/market.ts'
import type { EventSink, Log } from '../../domain/ports.ts'
import { MICROS_PER_MS, type Micros } from '../../domain/units.ts'
import type { Http } from '../../net/http.ts'
import type { Endpoints } from './endpoints.ts'
import { gammaOneMarket, winnerOf } from './gamma-wire.ts'

const FIRST_WAIT_MS = 2_000
const WAIT_MAX_MS = 15_000
/** Past this a person should know; the asking goes on, once a minute. */
const LATE_MS = 600_000
const LATE_WAIT_MS = 60_000

export type Resolution = {
  await(market: Market): void
  forget(conditionId: ConditionId): void
  stop(): void
}

export type ResolutionDeps = {
  readonly http: Http
  readonly endpoints: Endpoints
  readonly emit: EventSink
  readonly now: () => Micros
  readonly venueNow: () => Micros
  readonly log: Log
}

export function createResolution(deps: ResolutionDeps, signal: AbortSignal): Resolution {
  const waiting = new Map<ConditionId, NodeJS.Timeout | null>()

  function plan(market: Market, waitMs: number): void {
    if (!waiting.has(market.conditionId)) return
    const timer = setTimeout(() => {
      ask(market).then(
        (done) => {
          if (!done) plan(market, nextWait(market, waitMs))
        },
        (error: unknown) => {
          if (signal.aborted) return
          deps.log.error('asking for the result failed; it is asked again', {
            slug: market.slug,
            error,
          })
          plan(market, nextWait(market, waitMs))
        },
      )
    }, waitMs)
    waiting.set(market.conditionId, timer)
  }

  function nextWait(market: Market, waitMs: number): number {
    const sinceMs = (deps.venueNow() - market.endAt) / MICROS_PER_MS
    if (sinceMs < LATE_MS) return Math.min(WAIT_MAX_MS, waitMs * 1.3)
    if (waitMs < LATE_WAIT_MS) {
      deps.log.warn('the venue has not named the winner ten minutes after the close', {
        slug: market.slug,
      })
    }
    return LATE_WAIT_MS
  }

  async function ask(market: Market): Promise<boolean> {
    const answer = await deps.http.getJson(`${deps.endpoints.gamma}/markets/slug/${market.slug}`, {
      signal,
    })
    const winner = winnerOf(gammaOneMarket.parse(answer.json))
    // Somebody else may have told it meanwhile.
    if (!waiting.has(market.conditionId)) return true
    if (winner === null) return false
    waiting.delete(market.conditionId)
    const { conditionId } = market
    deps.emit({
      kind: 'market_resolved',
      conditionId,
      winner,
      source: 'gamma',
      recvAt: deps.now(),
      venueAt: null,
    })
    return true
  }

  return {
    await(market) {
      if (waiting.has(market.conditionId) || signal.aborted) return
      waiting.set(market.conditionId, null)
      plan(market, FIRST_WAIT_MS)
    },
    forget(conditionId) {
      const timer = waiting.get(conditionId)
      if (timer !== undefined && timer !== null) clearTimeout(timer)
      waiting.delete(conditionId)
    },
    stop() {
      for (const timer of waiting.values()) if (timer !== null) clearTimeout(timer)
      waiting.clear()
    },
  }
}
