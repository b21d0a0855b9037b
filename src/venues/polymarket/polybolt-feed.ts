/**
 * Listens to the settlement source's prices on PolyBolt. Unlike RTDS it numbers what it says and brings the last two minutes on every
 * subscription, exact to the last digit; but it wants the API credentials of a wallet.
 */
import type { Asset } from '../../domain/ids.ts'
import type { PriceFeed, PriceFeedDeps } from '../../domain/ports.ts'
import { MICROS_PER_MS, type Micros } from '../../domain/units.ts'
import { openSocket, type Socket, type SocketEnd } from '../../net/socket.ts'
import { createLossCount } from './loss-count.ts'
import { createPolyBoltTalk, type PolyBoltTalk } from './polybolt-talk.ts'
import {
  type FeedCredentials,
  type PolyBoltPrices,
  parsePolyBolt,
  SETTLEMENT_SOURCE,
  SYMBOLS,
} from './polybolt-wire.ts'
import { createPrintMemory } from './print-memory.ts'
import { createRollCall } from './roll-call.ts'

const AUTH_FAILED = 4001
const DRAINING = 4003
const POLICY_VIOLATION = 4008
const BROKEN = 1006
const DRAIN_MS = 10_000
const BROKEN_PAUSE_MS = { least: 1_000, most: 30_000 }
const MS_PER_SECOND = 1_000

export type PolyBoltFeedDeps = PriceFeedDeps & { readonly credentials: FeedCredentials | null }

export function createPolyBoltFeed(deps: PolyBoltFeedDeps): PriceFeed {
  const { credentials } = deps
  if (credentials === null) {
    return {
      start: () => deps.tell('refused', 'needs credentials'),
      close: () => Promise.resolve(),
    }
  }
  const assets = new Map<string, Asset>(deps.assets.map((asset) => [SYMBOLS[asset], asset]))
  const memory = createPrintMemory()
  const rollCall = createRollCall()
  const losses = createLossCount()
  /** Series that another source speaks for, each told once a connection. */
  const strangers = new Set<string>()
  let socket: Socket | null = null
  let refused = false

  const talk: PolyBoltTalk = createPolyBoltTalk({
    credentials,
    assets: deps.assets,
    send: (text) => socket?.send(text),
    ready: () => deps.tell('open', 'spot and averages'),
    refused(why) {
      refused = true
      socket?.giveUp(why)
    },
    broken: (why) => socket?.reconnect(why),
    unserved: (what, code) => deps.tell('gap', `${what} is not served: ${code}`),
  })

  function onFrame(frame: Buffer): void {
    const recvAt = deps.now()
    try {
      const said = parsePolyBolt(frame.toString('utf8'))
      if (said === null) return
      if (said.kind === 'answer') return talk.hear(said)
      const loss = losses.heard(said.channel, said.seq, said.dropped, recvAt)
      if (loss !== null) deps.tell('gap', loss)
      onPrices(said, recvAt)
    } catch (error) {
      deps.unreadable(frame, error)
    }
  }

  function onPrices(said: PolyBoltPrices, recvAt: Micros): void {
    const asset = assets.get(said.symbol)
    if (asset === undefined || said.isOtherMean) return
    const name = `${said.channel} ${said.symbol}`
    if (said.source !== SETTLEMENT_SOURCE) {
      if (!strangers.has(name)) deps.tell('gap', `${name} is from ${said.source}, and not used`)
      strangers.add(name)
      return
    }
    if (rollCall.answered(name)) socket?.touch()
    // The value before, told again because there was none: no word of the settlement source.
    if (said.isRepeated) return
    for (const print of said.prints(asset)) {
      if (!(said.isPast ? memory.isMissing(print) : memory.isNews(print))) continue
      const { series, price, atMs, rounded } = print
      deps.emit({
        kind: 'price_tick',
        feed: 'polybolt',
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
        ping: null,
        silenceMs: deps.silenceMs,
        random: deps.random,
        // The talk greets, when there is a socket to send with.
        greeting: () => '',
        pauseAfter(end) {
          refused ||= end.code === AUTH_FAILED || end.code === POLICY_VIOLATION
          return refused ? null : pauseMs(end, deps.random)
        },
        onFrame,
        onOpen() {
          rollCall.begin()
          losses.begin()
          strangers.clear()
          talk.begin()
        },
        onLost(reason) {
          talk.end()
          deps.tell(refused ? 'refused' : 'lost', reason)
        },
      })
    },
    close() {
      talk.end()
      return socket?.close() ?? Promise.resolve()
    },
  }
}

/** As the server asks for it; undefined where it asks for nothing. */
function pauseMs(
  { code, status, retryAfterSec, attempt }: SocketEnd,
  random: () => number,
): number | undefined {
  if (status !== null) return retryAfterSec === null ? undefined : retryAfterSec * MS_PER_SECOND
  if (code === DRAINING) return random() * DRAIN_MS
  if (code !== BROKEN) return undefined
  const { least, most } = BROKEN_PAUSE_MS
  return least + random() * (Math.min(most, 2 * least * 2 ** attempt) - least)
}
