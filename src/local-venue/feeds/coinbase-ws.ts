/** Coinbase's public feed in what is used of it: tickers, matches and heartbeats. Who does not subscribe within five seconds is let go. */
import type { Server } from 'node:http'
import type { WebSocket } from 'ws'
import { ASSETS, type Asset } from '../../domain/ids.ts'
import { type ExchangeTrade, tradesOf } from '../../sim/exchange-trades.ts'
import type { Bugs } from '../bugs.ts'
import type { Faults } from '../faults.ts'
import { hexId } from '../identity.ts'
import type { World } from '../world.ts'
import { productOf } from './coinbase-products.ts'
import { exchangeText, type Prints } from './prints.ts'
import { createSocketServer, parseObject, tell } from './socket-server.ts'

export type CoinbaseDeps = {
  readonly world: World
  readonly prints: Prints
  readonly faults: Faults
  readonly bugs: Bugs
  nowMs(): number
}

const CHANNELS = ['ticker', 'matches', 'heartbeat'] as const
type Channel = (typeof CHANNELS)[number]
type Client = { readonly socket: WebSocket; readonly products: Map<Channel, Set<Asset>> }

const SECOND_MS = 1_000
const SUBSCRIBE_WITHIN_MS = 5_000
/** Trades here are not those of the other exchange. */
const OWN_SEED = 7_919

export function createCoinbaseWs(deps: CoinbaseDeps): Server {
  const clients = new Set<Client>()
  const wants = (client: Client, channel: Channel, asset: Asset): boolean =>
    client.products.get(channel)?.has(asset) === true
  const turn = (sec: number): void => {
    if (clients.size > 0) for (const asset of ASSETS) playSecond(asset, sec)
    deps.world.schedule((sec + 1) * SECOND_MS, () => turn(sec + 1))
  }
  const playSecond = (asset: Asset, sec: number): void => {
    if (deps.faults.isOn('exchange-quiet')) return
    for (const trade of tradesOf(deps.world.seed + OWN_SEED, deps.prints, asset, sec)) {
      deps.world.schedule(trade.atMs, () => {
        for (const client of clients) {
          if (wants(client, 'matches', asset)) tell(client.socket, matchText(trade, 'match'))
          if (wants(client, 'ticker', asset)) tell(client.socket, tickerText(trade))
        }
      })
    }
    for (const client of clients) {
      if (wants(client, 'heartbeat', asset)) tell(client.socket, heartbeatText(asset, sec))
    }
  }
  const firstSec = Math.ceil(deps.nowMs() / SECOND_MS)
  deps.world.schedule(firstSec * SECOND_MS, () => turn(firstSec))

  return createSocketServer({
    bugs: deps.bugs,
    refuses: () => null,
    welcome(socket) {
      const client: Client = { socket, products: new Map() }
      clients.add(client)
      const idle = setTimeout(
        () => client.products.size === 0 && socket.close(),
        SUBSCRIBE_WITHIN_MS,
      )
      socket.on('close', () => {
        clearTimeout(idle)
        clients.delete(client)
      })
      socket.on('message', (data) => receive(deps, client, String(data)))
    },
  })
}

function receive(deps: CoinbaseDeps, client: Client, text: string): void {
  const message = parseObject(text)
  const type = message?.['type']
  if (message === null || (type !== 'subscribe' && type !== 'unsubscribe')) {
    return tell(
      client.socket,
      JSON.stringify({ type: 'error', message: 'Failed to subscribe', reason: 'Malformed JSON' }),
    )
  }
  const assets = assetsOf(message['product_ids'])
  for (const channel of channelsOf(message['channels'])) {
    const products = client.products.get(channel) ?? new Set()
    for (const asset of assets) {
      if (type === 'unsubscribe') products.delete(asset)
      else products.add(asset)
    }
    client.products.set(channel, products)
  }
  tell(client.socket, JSON.stringify({ type: 'subscriptions', channels: subscriptionsOf(client) }))
  if (type === 'subscribe') sendLastMatches(deps, client, assets)
}

function assetsOf(ids: unknown): Asset[] {
  return Array.isArray(ids) ? ASSETS.filter((asset) => ids.includes(productOf(asset))) : []
}

function channelsOf(names: unknown): Channel[] {
  return Array.isArray(names) ? CHANNELS.filter((channel) => names.includes(channel)) : []
}

function subscriptionsOf(client: Client): unknown {
  return [...client.products].map(([name, assets]) => ({
    name,
    product_ids: [...assets].map(productOf),
    account_ids: null,
  }))
}

function sendLastMatches(deps: CoinbaseDeps, client: Client, assets: readonly Asset[]): void {
  const sec = Math.floor(deps.nowMs() / SECOND_MS) - 1
  for (const asset of assets) {
    if (client.products.get('matches')?.has(asset) !== true) continue
    const last = tradesOf(deps.world.seed + OWN_SEED, deps.prints, asset, sec).at(-1)
    if (last !== undefined) tell(client.socket, matchText(last, 'last_match'))
  }
}

function timeOf(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, -1)}000Z`
}

/** The side of a match is the maker's, the side of a ticker the taker's. */
function matchText(trade: ExchangeTrade, type: 'match' | 'last_match'): string {
  return JSON.stringify({
    type,
    trade_id: trade.id,
    maker_order_id: uuidOf('maker', trade),
    taker_order_id: uuidOf('taker', trade),
    side: trade.takerSells ? 'buy' : 'sell',
    size: exchangeText(trade.quantity),
    price: exchangeText(trade.price),
    product_id: productOf(trade.asset),
    sequence: trade.id * 10,
    time: timeOf(trade.atMs),
  })
}

function tickerText(trade: ExchangeTrade): string {
  const price = exchangeText(trade.price)
  return JSON.stringify({
    type: 'ticker',
    sequence: trade.id * 10 + 1,
    product_id: productOf(trade.asset),
    price,
    open_24h: price,
    volume_24h: '6876.75000000',
    low_24h: price,
    high_24h: price,
    volume_30d: '301540.02000000',
    best_bid: exchangeText(trade.price - Math.floor(trade.price / 20_000)),
    best_bid_size: '0.36370000',
    best_ask: exchangeText(trade.price + Math.floor(trade.price / 20_000)),
    best_ask_size: '0.26520000',
    side: trade.takerSells ? 'sell' : 'buy',
    time: timeOf(trade.atMs),
    trade_id: trade.id,
    last_size: exchangeText(trade.quantity),
  })
}

function heartbeatText(asset: Asset, sec: number): string {
  return JSON.stringify({
    type: 'heartbeat',
    last_trade_id: sec * 100 - 1,
    product_id: productOf(asset),
    sequence: sec * 1_000,
    time: timeOf(sec * SECOND_MS),
  })
}

function uuidOf(role: string, trade: ExchangeTrade): string {
  const hex = hexId(role, trade.asset, trade.id).slice(2)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
