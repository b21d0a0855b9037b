/**
 * Listens to the settlement source's prices on PolyBolt. Unlike RTDS it numbers what it says and brings the last two minutes on every
 * subscription, exact to the last digit; but it wants the API credentials of a wallet.
 */
import type { Asset } from '../../domain/ids.ts'
import type { PriceFeed, PriceFeedDeps } from '../../domain/ports.ts'
import type { Micros } from '../../domain/units.ts'
import { createFeedSocket } from '../../net/feed-socket.ts'
import type { SocketEnd } from '../../net/socket.ts'
import { createLossCount } from './loss-count.ts'
import { createPolyBoltTalk, type PolyBoltTalk } from './polybolt-talk.ts'
import {
  CHANNELS,
  type FeedCredentials,
  type PolyBoltPrices,
  parsePolyBolt,
  SETTLEMENT_SOURCE,
  SYMBOLS,
} from './polybolt-wire.ts'
import { createPrintMemory } from './print-memory.ts'
import { priceTick } from './print-tick.ts'
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
  const socket = createFeedSocket(deps, {
    pauseAfter: (end) => pauseMs(end, deps.random),
    hear,
    begin() {
      rollCall.begin()
      losses.begin()
      strangers.clear()
      talk.begin()
    },
    end: () => talk.end(),
  })
  const talk: PolyBoltTalk = createPolyBoltTalk({
    credentials,
    assets: deps.assets,
    send: socket.send,
    ready: () => deps.tell('open', 'spot and averages'),
    refused: socket.refuse,
    broken: socket.reconnect,
    unserved: (what, code) => deps.tell('gap', `${what} is not served: ${code}`),
  })

  function hear(frame: Buffer): void {
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
    // A value that is carried forward is the value before: the connection lives, and the settlement source says nothing.
    const prints = said.isRepeated ? [] : said.prints(asset)
    const news = prints.filter(said.isPast ? memory.isMissing : memory.isNews)
    const words =
      said.isPast || news.length > 0
        ? null
        : memory.repeats({ asset, series: CHANNELS[said.channel] })
    if (words !== null) deps.tell('gap', words)
    const isAlive = said.isPast || said.isRepeated || news.length > 0
    if (isAlive && rollCall.answered(name)) socket.touch()
    for (const print of news) deps.emit(priceTick('polybolt', print, recvAt))
  }

  return socket
}

/** As the server asks for it; undefined where it asks for nothing, null where no other time will do. */
function pauseMs(
  { code, status, retryAfterSec, attempt }: SocketEnd,
  random: () => number,
): number | null | undefined {
  if (code === AUTH_FAILED || code === POLICY_VIOLATION) return null
  if (status !== null) return retryAfterSec === null ? undefined : retryAfterSec * MS_PER_SECOND
  if (code === DRAINING) return random() * DRAIN_MS
  if (code !== BROKEN) return undefined
  const { least, most } = BROKEN_PAUSE_MS
  return least + random() * (Math.min(most, 2 * least * 2 ** attempt) - least)
}
