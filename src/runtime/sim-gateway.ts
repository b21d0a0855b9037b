/** The paper gateway: timers and events around the paper exchange, which judges orders against the book as it stands when the venue would have matched them. */
import type { EngineEvent } from '../domain/events.ts'
import type { OrderId } from '../domain/ids.ts'
import type { SubmitOutcome } from '../domain/order.ts'
import type { EventSink, Gateway } from '../domain/ports.ts'
import { MICROS_PER_MS, type Micros } from '../domain/units.ts'
import { createPaperExchange, type PaperDeps, type PaperSettings } from '../sim/paper/exchange.ts'

export type SimGatewayDeps = Omit<PaperDeps, 'settings'> & {
  readonly paper: PaperSettings
  readonly emit: EventSink
  readonly now: () => Micros
  /** Of an exchange that only plays beside a real one: its error is told here, and that was its end. Left out, it is thrown. */
  readonly failed?: (error: unknown) => void
}

/** The longest that a timer of Node can wait. */
const TIMER_MAX_MS = 2_000_000_000

export function createSimGateway({ paper, emit, now, failed, ...deps }: SimGatewayDeps): Gateway {
  const exchange = createPaperExchange({ ...deps, settings: paper })
  let timer: NodeJS.Timeout | null = null
  let timerAt = Number.POSITIVE_INFINITY
  let isOver = false

  /** Only the exchange itself: who hears its news is not its business. */
  function play(act: () => void): void {
    if (isOver) return
    if (failed === undefined) return act()
    try {
      act()
    } catch (error) {
      isOver = true
      failed(error)
    }
  }

  function tell(orderId: OrderId, outcome: SubmitOutcome): void {
    emit({ kind: 'order_outcome', orderId, venueId: null, outcome, recvAt: now(), venueAt: null })
  }

  function tellNews(): boolean {
    const news = isOver ? [] : exchange.news()
    for (const { orderId, outcome } of news) tell(orderId, outcome)
    return news.length > 0
  }

  function work(act: () => void = () => undefined): void {
    play(() => {
      act()
      exchange.advance(now())
    })
    tellNews()
    schedule()
  }

  function schedule(): void {
    const next = nextAt() ?? Number.POSITIVE_INFINITY
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
    submit: (command) => work(() => exchange.submit(command, now())),
    cancel: (command) => work(() => exchange.cancel(command, now())),
    cancelMarket: (command) => work(() => exchange.cancelMarket(command, now())),
    cancelAll: () => work(() => exchange.cancelAll(now())),
    hear(event: EngineEvent) {
      play(() => exchange.hear(event))
      if (tellNews()) schedule()
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
        tell(order.id, done)
      }
    },
    async close() {
      // What is on its way is judged as it would have been; what waits is withdrawn: an order without an answer would be carried over a restart.
      play(() => exchange.cancelAll(now()))
      for (let next = nextAt(); next !== null; next = nextAt()) {
        const last = next
        play(() => exchange.advance(last))
        tellNews()
      }
      if (timer !== null) clearTimeout(timer)
    },
  }

  function nextAt(): Micros | null {
    return isOver ? null : exchange.nextAt()
  }
}
