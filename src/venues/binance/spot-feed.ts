/**
 * The last trades of the assets on Binance: the quickest public word of where the price goes. The socket lives across windows, so that
 * what is learnt from it is warm when a window needs it. Binance ends every connection after a day; it comes back by itself.
 */
import type { Asset } from '../../domain/ids.ts'
import type { PriceFeed, PriceFeedDeps } from '../../domain/ports.ts'
import { MICROS_PER_MS, type Micros } from '../../domain/units.ts'
import { createFeedSocket } from '../../net/feed-socket.ts'
import { NOT_SERVED } from '../../net/socket.ts'
import { parseTrade, STREAMS } from './wire.ts'

/** Not from here: no other time will do either. */
const RESTRICTED = 451

export function createBinanceFeed(deps: PriceFeedDeps): PriceFeed {
  const assets = new Map<string, Asset>(deps.assets.map((asset) => [STREAMS[asset], asset]))
  const socket = createFeedSocket(deps, {
    url: `${deps.url}/stream?streams=${[...assets.keys()].join('/')}`,
    closedDoors: [RESTRICTED, NOT_SERVED],
    hear,
    begin: () => deps.tell('open', `${assets.size} streams`),
  })

  function hear(frame: Buffer): void {
    const recvAt = deps.now()
    try {
      const trade = parseTrade(frame.toString('utf8'))
      const asset = trade === null ? undefined : assets.get(trade.stream)
      if (trade === null || asset === undefined) return
      socket.touch()
      const venueAt = (trade.atMs * MICROS_PER_MS) as Micros
      const { price, taken } = trade
      deps.emit({
        kind: 'price_tick',
        feed: 'binance',
        asset,
        series: 'spot',
        price,
        recvAt,
        venueAt,
        ...taken,
      })
    } catch (error) {
      deps.unreadable(frame, error)
    }
  }

  return socket
}
