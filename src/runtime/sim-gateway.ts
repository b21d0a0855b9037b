/** The paper gateway: timers and events around the paper exchange, which judges orders against the book as it stands when the venue would have matched them. */
import type { EngineEvent } from '../domain/events.ts'
import type { EventSink, Gateway } from '../domain/ports.ts'
import { MICROS_PER_MS, type Micros } from '../domain/units.ts'
import { createPaperExchange, type PaperDeps, type PaperSettings } from '../sim/paper/exchange.ts'

export type SimGatewayDeps = Omit<PaperDeps, 'settings'> & {
  readonly paper: PaperSettings
  readonly emit: EventSink
  readonly now: () => Micros
}

/** The longest that a timer of Node can wait. */
const TIMER_MAX_MS = 2_000_000_000

export function createSimGateway({ paper, emit, now, ...deps }: SimGatewayDeps): Gateway {
  const exchange = createPaperExchange({ ...deps, settings: paper })
  let timer: NodeJS.Timeout | null = null
  let timerAt = Number.POSITIVE_INFINITY

  function work(): void {
    exchange.advance(now())
    for (const { orderId, outcome } of exchange.news())
      emit({ kind: 'order_outcome', orderId, venueId: null, outcome, recvAt: now(), venueAt: null })
    schedule()
  }

  function schedule(): void {
    const next = exchange.nextAt() ?? Number.POSITIVE_INFINITY
    if (next === timerAt) return
    if (timer !== null) clearTimeout(timer)
    timer = null
    timerAt = next
    if (!Number.isFinite(next)) return
    const delay = Math.min(TIMER_MAX_MS, Math.max(0, Math.ceil((next - now()) / MICROS_PER_MS)))
    timer = setTimeout(() => {
      timerAt = Number.POSITIVE_INFINITY
      work()
    }, delay)
  }

  return {
    // A shadow order needs no signature.
    arm: () => undefined,
    submit(command) {
      exchange.submit(command, now())
      work()
    },
    cancel(command) {
      exchange.cancel(command, now())
      work()
    },
    cancelMarket(command) {
      exchange.cancelMarket(command, now())
      work()
    },
    hear(event: EngineEvent) {
      exchange.hear(event)
      const news = exchange.news()
      for (const { orderId, outcome } of news)
        emit({
          kind: 'order_outcome',
          orderId,
          venueId: null,
          outcome,
          recvAt: now(),
          venueAt: null,
        })
      if (news.length > 0) schedule()
    },
    recover(shots) {
      for (const { order, outcome } of shots) {
        if (outcome !== null && outcome.state !== 'resting') continue
        // A shadow order lives in its process alone: when that died, what was not filled never will be.
        const reason = 'the process ended before the shadow order was judged'
        const done =
          outcome?.state === 'resting' && outcome.shares > 0
            ? ({ ...outcome, state: 'filled', finality: 'confirmed' } as const)
            : ({ state: 'killed', reason } as const)
        emit({
          kind: 'order_outcome',
          orderId: order.id,
          venueId: null,
          outcome: done,
          recvAt: now(),
          venueAt: null,
        })
      }
    },
    cancelAll() {
      exchange.cancelAll(now())
      work()
    },
    async close() {
      // What is on its way is judged as it would have been; what waits is withdrawn: an order without an answer would be carried over a restart.
      exchange.cancelAll(now())
      for (let next = exchange.nextAt(); next !== null; next = exchange.nextAt()) {
        const last = next
        exchange.advance(last)
        for (const { orderId, outcome } of exchange.news())
          emit({
            kind: 'order_outcome',
            orderId,
            venueId: null,
            outcome,
            recvAt: now(),
            venueAt: null,
          })
      }
      if (timer !== null) clearTimeout(timer)
    },
  }
}
