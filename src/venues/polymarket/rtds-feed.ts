/**
 * Listens to the settlement source's prices on RTDS. Sockets there freeze while they stay open, so silence is a loss. Whoever comes back
 * asks for the minute that was missed.
 */
import type { PriceFeed, PriceFeedDeps } from '../../domain/ports.ts'
import { MICROS_PER_MS, type Micros } from '../../domain/units.ts'
import { NOT_SERVED, openSocket, type Socket } from '../../net/socket.ts'
import { createPrintMemory, type Print } from './print-memory.ts'
import { createRollCall } from './roll-call.ts'
import { createRtdsPast } from './rtds-past.ts'
import { parseTick, subscription } from './rtds-wire.ts'

const PING = { text: 'PING', everyMs: 5_000 }
/** `PONG`, and the empty frames that the server sends now and then. */
const CONTROL_BYTES_MAX = 4

export function createRtdsFeed(deps: PriceFeedDeps): PriceFeed {
  const memory = createPrintMemory()
  const rollCall = createRollCall()
  const past = createRtdsPast({
    url: deps.url,
    assets: deps.assets,
    heard: (prints) => tell(prints.filter(memory.isMissing)),
    unreadable: deps.unreadable,
  })
  let socket: Socket | null = null
  let refused = false

  function onFrame(frame: Buffer): void {
    if (frame.length <= CONTROL_BYTES_MAX) return
    try {
      const print = parseTick(frame.toString('utf8'))
      if (print === null || !deps.assets.includes(print.asset)) return
      if (rollCall.answered(`${print.series} ${print.asset}`)) socket?.touch()
      if (memory.isNews(print)) tell([print])
    } catch (error) {
      deps.unreadable(frame, error)
    }
  }

  function tell(prints: readonly Print[]): void {
    const recvAt = deps.now()
    for (const { asset, series, price, atMs, rounded } of prints) {
      deps.emit({
        kind: 'price_tick',
        feed: 'rtds',
        asset,
        series,
        price,
        ...(rounded ? { rounded } : {}),
        recvAt,
        venueAt: (atMs * MICROS_PER_MS) as Micros,
      })
    }
  }

  return {
    start() {
      refused = false
      socket = openSocket({
        url: deps.url,
        ping: PING,
        silenceMs: deps.silenceMs,
        random: deps.random,
        greeting: subscription,
        givesUp(status) {
          refused = status === NOT_SERVED
          return refused
        },
        onFrame,
        onOpen() {
          rollCall.begin()
          deps.tell('open', 'spot and averages')
          past.ask()
        },
        onLost(reason) {
          past.stop()
          deps.tell(refused ? 'refused' : 'lost', reason)
        },
      })
    },
    close() {
      past.stop()
      return socket?.close() ?? Promise.resolve()
    },
  }
}
