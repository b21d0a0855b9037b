/**
 * Listens to the settlement source's prices on RTDS. Sockets there freeze while they stay open, so silence is a loss. Whoever comes back
 * asks for the minute that was missed.
 */
import type { PriceFeed, PriceFeedDeps } from '../../domain/ports.ts'
import { createFeedSocket } from '../../net/feed-socket.ts'
import { NOT_SERVED } from '../../net/socket.ts'
import { createPrintMemory, type Print } from './print-memory.ts'
import { priceTick } from './print-tick.ts'
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
    heard(prints) {
      const recvAt = deps.now()
      for (const print of prints)
        if (memory.isMissing(print)) deps.emit(priceTick('rtds', print, recvAt))
    },
    unreadable: deps.unreadable,
  })
  const socket = createFeedSocket(deps, {
    ping: PING,
    greeting: subscription,
    closedDoors: [NOT_SERVED],
    hear,
    begin() {
      rollCall.begin()
      deps.tell('open', 'spot and averages')
      past.ask()
    },
    end: past.stop,
  })

  function hear(frame: Buffer): void {
    if (frame.length <= CONTROL_BYTES_MAX) return
    const recvAt = deps.now()
    try {
      const print = parseTick(frame.toString('utf8'))
      if (print === null || !deps.assets.includes(print.asset)) return
      // What is told again is no sign of life: sockets freeze in this way, too.
      if (!memory.isNews(print)) return repeated(print)
      if (rollCall.answered(`${print.series} ${print.asset}`)) socket.touch()
      deps.emit(priceTick('rtds', print, recvAt))
    } catch (error) {
      deps.unreadable(frame, error)
    }
  }

  function repeated(print: Print): void {
    const words = memory.repeats(print)
    if (words !== null) deps.tell('gap', words)
  }

  return socket
}
