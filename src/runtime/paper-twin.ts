/**
 * Beside a live bot on trial each shot is also played on paper, and what became of it there is told as a `twin` event: whether the paper exchange can be
 * believed is measured with every order. The real order is on its way before its twin is born.
 */
import type { EngineEvent } from '../domain/events.ts'
import type { EventSink, Gateway } from '../domain/ports.ts'
import { microUsdc } from '../domain/units.ts'
import type { PaperSettings } from '../sim/paper/exchange.ts'
import { createSimGateway, type SimGatewayDeps } from './sim-gateway.ts'

/** A twin has no purse: whether the real one can pay is the venue's word. */
const ANY_MONEY = microUsdc(Number.MAX_SAFE_INTEGER)

export function withTwin(
  live: Gateway,
  paper: PaperSettings,
  context: Omit<SimGatewayDeps, 'paper'>,
): Gateway {
  const twin = createSimGateway({
    ...context,
    balance: () => ANY_MONEY,
    // It is judged a way earlier than the real one: a moment later our own fill would be missing from the book that it looks at.
    paper: { ...paper, postMs: 0 },
    emit: asTwin(context.emit),
  })
  return {
    ...live,
    submit(command) {
      live.submit(command)
      if (command.order.action === 'BUY' && command.order.kind === 'FOK') twin.submit(command)
    },
    hear(event) {
      live.hear(event)
      twin.hear(event)
    },
    async close() {
      await twin.close()
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
