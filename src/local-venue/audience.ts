/** Who hears of a market on the market channel, and what the faults make of what they hear. */
import type { WebSocket } from 'ws'
import type { Faults } from './faults.ts'
import type { VenueMarket } from './market.ts'

export type Client = {
  readonly socket: WebSocket
  readonly tokens: Set<string>
  /** Wants best_bid_ask, new_market and market_resolved too. */
  custom: boolean
  greeted: boolean
}

/** A client that does not read is let go before it eats our memory. */
const UNREAD_BYTES_MAX = 64 * 1024 * 1024
const WEB_PAGE =
  '<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>502</body></html>'

export type Audience = ReturnType<typeof createAudience>

/** Who hears of a market. Frames are made only when somebody does. */
export function createAudience(clients: Set<Client>, market: VenueMarket, faults: Faults) {
  const follows = (client: Client): boolean =>
    client.tokens.has(market.up) || client.tokens.has(market.down)
  const sendTo = (listeners: readonly Client[], frame: () => string): void => {
    if (listeners.length === 0 || faults.isOn('silent-stall', market)) return
    for (const text of spoiled(frame(), market, faults)) {
      const bytes = Buffer.from(text)
      for (const client of listeners) send(client, bytes)
    }
  }
  const some = (wanted: (client: Client) => boolean): Client[] => [...clients].filter(wanted)
  return {
    hears: (): boolean => some(follows).length > 0,
    toMarket: (frame: string) => sendTo(some(follows), () => frame),
    toMarketCustom: (frame: () => string) =>
      sendTo(
        some((client) => client.custom && follows(client)),
        frame,
      ),
    toToken: (token: string, customOnly: boolean, frame: () => string) =>
      sendTo(
        some((client) => client.tokens.has(token) && (client.custom || !customOnly)),
        frame,
      ),
    toAll: (frame: () => string) =>
      sendTo(
        some((client) => client.custom),
        frame,
      ),
  }
}

/** A frame that waits for the next one of its market to go first. */
const waiting = new WeakMap<VenueMarket, string>()

/** The frames that go out instead of one frame: usually itself. */
function spoiled(text: string, market: VenueMarket, faults: Faults): string[] {
  const before = waiting.get(market)
  if (before === undefined && faults.strikes('swapped-frames', market)) {
    waiting.set(market, text)
    return []
  }
  waiting.delete(market)
  const frames: string[] = []
  if (faults.strikes('html-frame', market)) frames.push(WEB_PAGE)
  frames.push(
    faults.strikes('half-frame', market) ? text.slice(0, Math.floor(text.length / 2)) : text,
  )
  if (faults.strikes('duplicate-frames', market)) frames.push(text)
  if (before !== undefined) frames.push(before)
  return frames
}

function send(client: Client, bytes: Buffer): void {
  if (client.socket.bufferedAmount > UNREAD_BYTES_MAX) client.socket.terminate()
  else client.socket.send(bytes, { binary: false })
}
