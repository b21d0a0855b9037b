/**
 * The paper gateway: a shadow fill-or-kill. The order is judged against the book as it stands after the round trip and the venue's
 * hold, because that is when the venue would have matched it and we would have seen what it matched against.
 */
import type { Book } from '../book/book.ts'
import type { Submit } from '../domain/commands.ts'
import type { OrderId, TokenId } from '../domain/ids.ts'
import type { Market } from '../domain/market.ts'
import type { SubmitOutcome } from '../domain/order.ts'
import type { EventSink, Gateway } from '../domain/ports.ts'
import { MICROS_PER_MS, type Micros, type MicroUsdc } from '../domain/units.ts'
import { judgeFillOrKill } from '../sim/exchange.ts'

export type PaperFill = 'shadow' | 'instant'

export type SimGatewayDeps = {
  readonly fill: PaperFill
  book(token: TokenId): Book | undefined
  balance(): MicroUsdc
  roundTripMicros(): number
  holdMicros(market: Market): number
  readonly emit: EventSink
  readonly now: () => Micros
}

export function createSimGateway(deps: SimGatewayDeps): Gateway {
  const inFlight = new Map<string, { timer: NodeJS.Timeout; judge: () => void }>()

  function tell(orderId: OrderId, outcome: SubmitOutcome): void {
    deps.emit({
      kind: 'order_outcome',
      orderId,
      venueId: null,
      outcome,
      recvAt: deps.now(),
      venueAt: null,
    })
  }

  function judge(command: Submit): void {
    inFlight.delete(command.order.id)
    const { order, market } = command
    tell(order.id, judgeFillOrKill(order, market, deps.book(order.token), deps.balance()))
  }

  return {
    // A shadow order needs no signature.
    arm: () => undefined,
    submit(command) {
      if (deps.fill === 'instant') return judge(command)
      const delayMicros = deps.roundTripMicros() + deps.holdMicros(command.market)
      const timer = setTimeout(() => judge(command), Math.ceil(delayMicros / MICROS_PER_MS))
      inFlight.set(command.order.id, { timer, judge: () => judge(command) })
    },
    recover(shots) {
      for (const { order, outcome } of shots) {
        if (outcome !== null) continue
        // A shadow order lives in its process alone: when that died before judging it, it bought nothing.
        const reason = 'the process ended before the shadow order was judged'
        tell(order.id, { state: 'killed', reason })
      }
    },
    cancelAll() {
      // A fill-or-kill never rests, and one that is on its way cannot be called back: it is judged as the venue would.
    },
    async close() {
      // A shadow order costs nothing to judge now, and an order without an answer would be carried over a restart.
      for (const { timer, judge: now } of [...inFlight.values()]) {
        clearTimeout(timer)
        now()
      }
    },
  }
}
