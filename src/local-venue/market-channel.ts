/**
 * The market channel: subscriptions in, book events out. Each frame is made once for all who hear it. Nothing is
 * acknowledged and nothing is replayed, as on the real venue.
 */
import type { WebSocket } from 'ws'
import { type Audience, type Client, createAudience } from './audience.ts'
import type { BookText } from './book-text.ts'
import { bookHash, bookText } from './book-text.ts'
import type { FaultName, Faults } from './faults.ts'
import {
  bestBidAskFrame,
  lastTradeFrame,
  liveBookFrame,
  marketResolvedFrame,
  newMarketFrame,
  priceChangeFrame,
  snapshotText,
  tickSizeFrame,
} from './frames.ts'
import type { VenueMarket } from './market.ts'
import { parseSubscription, type Subscription } from './subscription.ts'
import type { World } from './world.ts'
import type { WorldEvent } from './world-events.ts'

export type MarketChannel = {
  accept(socket: WebSocket): void
  close(): void
}

export type MarketChannelDeps = {
  readonly world: World
  readonly faults: Faults
  /** Brings the world to now: a snapshot must not lag behind what was due. */
  catchUp(): void
  /** Runs something later in the venue's time. */
  later(afterMs: number, action: () => void): void
}

/** Beyond this many tokens on one connection no snapshot is sent: the undocumented limit of the real venue. */
const SNAPSHOT_TOKENS_MAX = 500
const LATE_SNAPSHOT_MS = 1_000
const CUT_AFTER_MS = 1_000

export function createMarketChannel(deps: MarketChannelDeps): MarketChannel {
  const clients = new Set<Client>()
  deps.world.listen((event) => {
    if (clients.size > 0) broadcast(clients, event, deps.faults)
  })
  deps.faults.onSet((fault) => {
    if (fault.name !== 'close-without-frame') return
    for (const client of clients) if (shouldCut(deps, client)) client.socket.terminate()
  })

  return {
    accept: (socket) => {
      const client: Client = { socket, tokens: new Set(), custom: false, greeted: false }
      clients.add(client)
      socket.on('message', (data, isBinary) => {
        if (!isBinary) receive(deps, client, String(data))
      })
      socket.on('close', () => clients.delete(client))
      // A broken frame closes the socket; `close` follows and is enough.
      socket.on('error', () => socket.terminate())
    },
    close: () => {
      for (const client of clients) client.socket.terminate()
      clients.clear()
    },
  }
}

function receive(deps: MarketChannelDeps, client: Client, text: string): void {
  if (text === 'PING') {
    client.socket.send('PONG')
    return
  }
  const subscription = parseSubscription(text)
  if (subscription === null) return
  if (subscription.custom !== null) client.custom = subscription.custom
  if (subscription.operation === 'unsubscribe') {
    for (const token of subscription.tokens) client.tokens.delete(token)
    return
  }
  subscribe(deps, client, subscription)
}

function subscribe(deps: MarketChannelDeps, client: Client, subscription: Subscription): void {
  const fresh = [...new Set(subscription.tokens)].filter((token) => !client.tokens.has(token))
  if (fresh.length === 0 && client.greeted) {
    client.socket.send('NO NEW ASSETS')
    return
  }
  client.greeted = true
  deps.catchUp()
  for (const token of fresh) client.tokens.add(token)
  if (shouldCut(deps, client))
    deps.later(CUT_AFTER_MS, () => shouldCut(deps, client) && client.socket.terminate())
  if (!subscription.dump || client.tokens.size > SNAPSHOT_TOKENS_MAX) return
  const late = fresh.some((token) => strikesToken(deps, 'late-snapshot', token))
  if (late) deps.later(LATE_SNAPSHOT_MS, () => sendSnapshot(deps, client, fresh))
  else sendSnapshot(deps, client, fresh)
}

function sendSnapshot(deps: MarketChannelDeps, client: Client, tokens: readonly string[]): void {
  const books: string[] = []
  for (const token of tokens) {
    const market = deps.world.byToken(token)
    if (market === null || market.result !== null || !client.tokens.has(token)) continue
    if (!deps.faults.isOn('silent-stall', market)) books.push(snapshotText(market, token))
  }
  if (books.length > 0) client.socket.send(`[${books.join(',')}]`)
}

function shouldCut(deps: MarketChannelDeps, client: Client): boolean {
  if (client.tokens.size === 0) return deps.faults.strikes('close-without-frame')
  return [...client.tokens].some((token) => strikesToken(deps, 'close-without-frame', token))
}

function strikesToken(deps: MarketChannelDeps, name: FaultName, token: string): boolean {
  return deps.faults.strikes(name, deps.world.byToken(token) ?? undefined)
}

function broadcast(clients: Set<Client>, event: WorldEvent, faults: Faults): void {
  const { market, atMs } = event
  const audience = createAudience(clients, market, faults)
  switch (event.kind) {
    case 'changes': {
      if (!audience.hears()) return
      const books = { up: bookText(market, market.up), down: bookText(market, market.down) }
      const hashes = { up: bookHash(books.up), down: bookHash(books.down) }
      for (const change of event.changes) {
        if (!faults.strikes('lost-delta', market)) {
          audience.toMarket(priceChangeFrame(market, atMs, change, hashes))
        }
      }
      if (event.matched) sendLiveBooks(audience, market, books, hashes)
      return
    }
    case 'top':
      audience.toToken(market.up, true, () => bestBidAskFrame(market, market.up, atMs))
      audience.toToken(market.down, true, () => bestBidAskFrame(market, market.down, atMs))
      return
    case 'print': {
      const token = event.print.onDown ? market.down : market.up
      audience.toToken(token, false, () => lastTradeFrame(market, token, atMs, event.print))
      return
    }
    case 'tick':
      for (const token of [market.up, market.down]) {
        audience.toToken(token, false, () => tickSizeFrame(market, token, atMs, event))
      }
      return
    case 'listed':
      audience.toAll(() => newMarketFrame(market, atMs))
      return
    case 'resolved':
      if (!faults.strikes('missing-resolution-event', market)) {
        audience.toMarketCustom(() => marketResolvedFrame(market, atMs))
      }
      return
  }
}

function sendLiveBooks(
  audience: Audience,
  market: VenueMarket,
  books: { readonly up: BookText; readonly down: BookText },
  hashes: { readonly up: string; readonly down: string },
): void {
  audience.toToken(market.up, false, () => liveBookFrame(books.up, hashes.up))
  audience.toToken(market.down, false, () => liveBookFrame(books.down, hashes.down))
}
