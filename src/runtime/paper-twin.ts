/**
 * Beside a live bot on trial each order is also played on paper, and what became of it there is told as a `twin` event: whether the paper exchange can be
 * believed is measured with every order. The real order is on its way before its twin is born, nothing that goes wrong with a twin reaches it, and when it is
 * over its twin is withdrawn: as late as any other order, so that the trade that ended the one is heard by the other.
 */
import type { EngineEvent } from '../domain/events.ts'
import { rests } from '../domain/order.ts'
import type { EventSink, Gateway } from '../domain/ports.ts'
import { microUsdc } from '../domain/units.ts'
import type { PaperSettings } from '../sim/paper/exchange.ts'
import { createOwnLevels } from './own-levels.ts'
import { createSimGateway, type SimGatewayDeps } from './sim-gateway.ts'

/** A twin has no purse and no shares: whether the real one can pay, and has what it sells, is the venue's word. */
const ANY_MONEY = microUsdc(Number.MAX_SAFE_INTEGER)
const ANY_SHARES = Number.MAX_SAFE_INTEGER

export type TwinContext = Omit<SimGatewayDeps, 'paper' | 'failed'> & {
  /** The paper exchange broke. The real orders go on without it, and nothing is compared any more. */
  twinFailed(error: unknown): void
}

export function withTwin(live: Gateway, paper: PaperSettings, context: TwinContext): Gateway {
  const own = createOwnLevels(context.book)
  let isBroken = false
  const failed = (error: unknown): void => {
    if (!isBroken) context.twinFailed(error)
    isBroken = true
  }
  const beside = (act: () => void): void => {
    if (isBroken) return
    try {
      act()
    } catch (error) {
      failed(error)
    }
  }
  const twin = createSimGateway({
    ...context,
    balance: () => ANY_MONEY,
    sharesOf: () => ANY_SHARES,
    // Each is judged a way earlier than the real one. A moment later our own fill would be missing from the book that a taker looks at, and who waits would stand in
    // line behind his own real order. What comes in that moment makes the two less alike, never more.
    paper: { ...paper, postMs: 0 },
    emit: asTwin(context.emit),
    failed,
  })
  return {
    ...live,
    submit(command) {
      live.submit(command)
      beside(() => {
        if (rests(command.order)) own.placed(command.order)
        twin.submit(command)
      })
    },
    cancel(command) {
      live.cancel(command)
      beside(() => twin.cancel(command))
    },
    cancelMarket(command) {
      live.cancelMarket(command)
      beside(() => twin.cancelMarket(command))
    },
    cancelAll() {
      live.cancelAll()
      beside(() => twin.cancelAll())
    },
    hear(event) {
      live.hear(event)
      beside(() => {
        twin.hear(own.without(event))
        const over = event.kind === 'order_outcome' ? own.heard(event.orderId, event.outcome) : null
        if (over !== null) twin.cancel({ kind: 'cancel', order: over })
      })
    },
    async close() {
      await twin.close().catch(failed)
      await live.close()
    },
  }
}

function asTwin(emit: EventSink): EventSink {
  return (event: EngineEvent) => {
    if (event.kind !== 'order_outcome') return
    const { orderId, outcome, recvAt, venueAt } = event
    emit({ kind: 'twin', orderId, outcome, recvAt, venueAt })
  }
}
