/** Listens to the settlement source's prices on RTDS. Sockets there freeze while they stay open, so silence is a loss. */
import type { PriceFeed, PriceFeedDeps } from '../../domain/ports.ts'
import { MICROS_PER_MS, type Micros } from '../../domain/units.ts'
import { NOT_SERVED, openSocket, type Socket } from '../../net/socket.ts'
import { parseTick, subscription } from './rtds-wire.ts'

const PING = { text: 'PING', everyMs: 5_000 }
/** `PONG`, and the empty frames that the server sends now and then. */
const CONTROL_BYTES_MAX = 4

export function createRtdsFeed(deps: PriceFeedDeps): PriceFeed {
  let socket: Socket | null = null
  let refused = false

  function onFrame(frame: Buffer): void {
    if (frame.length <= CONTROL_BYTES_MAX) return
    const recvAt = deps.now()
    try {
      const tick = parseTick(frame.toString('utf8'))
      if (tick === null || !deps.assets.includes(tick.asset)) return
      socket?.touch()
      const { asset, series, price } = tick
      const venueAt = (tick.atMs * MICROS_PER_MS) as Micros
      deps.emit({ kind: 'price_tick', feed: 'rtds', asset, series, price, recvAt, venueAt })
    } catch (error) {
      deps.unreadable(frame, error)
    }
  }

  return {
    start() {
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
        onOpen: () => deps.tell('open', 'spot and averages'),
        onLost: (reason) => deps.tell(refused ? 'refused' : 'lost', reason),
      })
    },
    close: () => socket?.close() ?? Promise.resolve(),
  }
}
