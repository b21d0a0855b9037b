/**
 * The way of everything that follows a market's price rather than its last second: orders that wait, their withdrawals, heartbeats. It has
 * connections of its own, so that a shot never stands behind a quote; where all of them are busy, a request waits a moment, and a withdrawal waits
 * before the others. Like an order of any kind, nothing is written twice.
 */
import type { OrderWire, WireAnswer } from '../net/order-wire.ts'

const LOOK_MS = 20

export type LaneRequest = {
  /** The bytes, as they are at the moment in which they leave. */
  make(): Buffer
  /** Called once; `unsent` where no connection was free in time. */
  onAnswer(answer: WireAnswer): void
  readonly isUrgent: boolean
  readonly patienceMs: number
}

export type RequestLane = {
  send(request: LaneRequest): void
  close(): Promise<void>
}

type Waiting = { readonly request: LaneRequest; readonly timer: NodeJS.Timeout }

export function createRequestLane(
  open: () => Pick<OrderWire, 'send' | 'ready' | 'close'>,
): RequestLane {
  const queue: Waiting[] = []
  // Who never has anything to wait needs no connections.
  let wire: ReturnType<typeof open> | null = null
  let look: NodeJS.Timeout | undefined
  let closed = false

  function drain(): void {
    clearTimeout(look)
    wire ??= open()
    while (queue.length > 0 && wire.ready()) {
      const [{ request, timer }] = queue.splice(0, 1) as [Waiting]
      clearTimeout(timer)
      leave(wire, request)
    }
    if (queue.length > 0) look = setTimeout(drain, LOOK_MS)
  }

  function leave(to: NonNullable<typeof wire>, { make, onAnswer }: LaneRequest): void {
    let bytes: Buffer
    try {
      bytes = make()
    } catch (error) {
      return onAnswer(unsent(String(error)))
    }
    to.send(bytes, (answer) => {
      onAnswer(answer)
      if (!closed) drain()
    })
  }

  function giveUp(one: Waiting, reason: string): void {
    const at = queue.indexOf(one)
    if (at < 0) return
    queue.splice(at, 1)
    clearTimeout(one.timer)
    one.request.onAnswer(unsent(reason))
  }

  return {
    send(request) {
      if (closed) return void setImmediate(request.onAnswer, unsent('the bot is ending'))
      const timer = setTimeout(
        () => giveUp(one, 'no connection was free in time'),
        request.patienceMs,
      )
      const one: Waiting = { request, timer }
      if (request.isUrgent) queue.unshift(one)
      else queue.push(one)
      drain()
    },
    async close() {
      closed = true
      clearTimeout(look)
      for (const one of [...queue]) giveUp(one, 'the bot is ending')
      await wire?.close()
    },
  }
}

function unsent(reason: string): WireAnswer {
  return { kind: 'lost', unsent: true, reason, wroteAt: null }
}
