/** The last matches of the assets on Coinbase, in dollars: what stands in for Binance where that is not to be had. */
import type { Asset } from '../../domain/ids.ts'
import type { PriceFeed, PriceFeedDeps } from '../../domain/ports.ts'
import type { Micros } from '../../domain/units.ts'
import { createFeedSocket } from '../../net/feed-socket.ts'
import { NOT_SERVED } from '../../net/socket.ts'
import { parseWord, productOf, subscription } from './wire.ts'

/** Not from here, or not for us: no other time will do either. */
const CLOSED_DOORS: readonly number[] = [403, 451, NOT_SERVED]

export function createCoinbaseFeed(deps: PriceFeedDeps): PriceFeed {
  const assets = new Map<string, Asset>(deps.assets.map((asset) => [productOf(asset), asset]))
  const socket = createFeedSocket(deps, {
    greeting: () => subscription([...assets.keys()]),
    closedDoors: CLOSED_DOORS,
    hear,
    begin: () => deps.tell('open', `${assets.size} products`),
  })

  function hear(frame: Buffer): void {
    const recvAt = deps.now()
    try {
      const word = parseWord(frame.toString('utf8'))
      if (word === null) return
      // It says no to the whole subscription, and will say so again.
      if ('refused' in word) return socket.refuse(word.refused)
      const asset = assets.get(word.product)
      if (asset === undefined) return
      socket.touch()
      const { price, atMicros, taken } = word
      deps.emit({
        kind: 'price_tick',
        feed: 'coinbase',
        asset,
        series: 'spot',
        price,
        recvAt,
        venueAt: atMicros as Micros,
        ...taken,
      })
    } catch (error) {
      deps.unreadable(frame, error)
    }
  }

  return socket
}
