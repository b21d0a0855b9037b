/** The legacy real-time data socket: prices by topic, and the trades of the whole venue. It acknowledges nothing. */
import type { Server } from 'node:http'
import type { WebSocket } from 'ws'
import { ASSETS, type Asset } from '../../domain/ids.ts'
import { activityOf, type TradePrint } from '../activity.ts'
import type { Bugs } from '../bugs.ts'
import type { Faults } from '../faults.ts'
import { hexId } from '../identity.ts'
import type { World } from '../world.ts'
import { floatOf } from './prints.ts'
import type { Relay, RelayedPrint } from './relay.ts'
import { createSocketServer, parseObject, tell } from './socket-server.ts'

/** Topic -> which value of a print it tells, and how it names the asset. */
const TOPICS = {
  crypto_prices: { value: 'exchange', windowSec: null, symbol: (asset: Asset) => `${asset}usdt` },
  crypto_prices_chainlink: {
    value: 'spot',
    windowSec: null,
    symbol: (asset: Asset) => `${asset}/usd`,
  },
  crypto_prices_twap_thirty: {
    value: 'twap30',
    windowSec: 30,
    symbol: (asset: Asset) => `${asset}/usd`,
  },
  crypto_prices_twap_sixty: {
    value: 'twap60',
    windowSec: 60,
    symbol: (asset: Asset) => `${asset}/usd`,
  },
} as const
type Topic = keyof typeof TOPICS

const BACKFILL_PRINTS = 60
/** Between the time a message bears and its arrival. */
const ON_THE_WAY_MS = 200
const EXCHANGE_DECIMALS = 8
const FULL_DECIMALS = 18

type Client = {
  readonly socket: WebSocket
  readonly connectionId: string
  /** Topic -> the symbols asked for; null means all. Another filter for a topic replaces the one before. */
  readonly topics: Map<Topic, ReadonlySet<string> | null>
  trades: boolean
}

export type RtdsDeps = {
  readonly world: World
  readonly relay: Relay
  readonly faults: Faults
  readonly bugs: Bugs
  later(afterMs: number, action: () => void): void
  nowMs(): number
}

export function createRtds(deps: RtdsDeps): Server {
  const clients = new Set<Client>()
  // Who subscribes now gets them as they arrive, not with the past.
  const onTheWay = new Set<RelayedPrint>()
  let connections = 0
  deps.relay.listen((print) => {
    if (deps.faults.strikes('rtds-freeze')) return
    onTheWay.add(print)
    deps.later(ON_THE_WAY_MS, () => {
      onTheWay.delete(print)
      for (const client of clients)
        for (const topic of client.topics.keys()) sendPrint(client, topic, print)
    })
  })
  deps.world.listen((event) => {
    if (event.kind !== 'print') return
    for (const client of clients) if (client.trades) tell(client.socket, tradeText(client, event))
  })
  return createSocketServer({
    bugs: deps.bugs,
    refuses: () => null,
    welcome(socket) {
      connections += 1
      const connectionId = Buffer.from(hexId('rtds', connections).slice(2, 24), 'hex').toString(
        'base64',
      )
      const client: Client = { socket, connectionId, topics: new Map(), trades: false }
      clients.add(client)
      socket.on('close', () => clients.delete(client))
      socket.on('message', (data) => receive({ ...deps, onTheWay }, client, String(data)))
    },
  })
}

type Talk = RtdsDeps & { readonly onTheWay: ReadonlySet<RelayedPrint> }

function receive(deps: Talk, client: Client, text: string): void {
  if (text.toUpperCase() === 'PING') return tell(client.socket, 'PONG')
  const message = parseObject(text)
  if (message === null || !Array.isArray(message['subscriptions'])) return
  for (const one of message['subscriptions'] as unknown[]) {
    if (typeof one !== 'object' || one === null) continue
    const { topic, type, filters } = one as Record<string, unknown>
    if (message['action'] === 'subscribe') subscribe(deps, client, topic, type, filters)
    else if (message['action'] === 'unsubscribe') unsubscribe(client, topic)
  }
}

function subscribe(
  deps: Talk,
  client: Client,
  topic: unknown,
  type: unknown,
  filters: unknown,
): void {
  if (topic === 'activity') {
    // Trades of their own kind have been silent for long; only matched orders are told.
    if (type === '*' || type === 'orders_matched') client.trades = true
    return
  }
  if (!isTopic(topic)) {
    if (typeof topic === 'string')
      tell(client.socket, JSON.stringify({ message: 'topic not found', topic }))
    return
  }
  if (type !== '*' && type !== 'update') return
  const symbols = symbolsOf(filters)
  client.topics.set(topic, symbols)
  if (symbols !== null) sendBackfill(deps, client, topic, symbols)
}

function unsubscribe(client: Client, topic: unknown): void {
  if (topic === 'activity') client.trades = false
  else if (isTopic(topic)) client.topics.delete(topic)
}

function isTopic(topic: unknown): topic is Topic {
  return typeof topic === 'string' && Object.hasOwn(TOPICS, topic)
}

/** A comma list, or the JSON text of an object with a symbol. Nothing, or what cannot be read, means all. */
function symbolsOf(filters: unknown): ReadonlySet<string> | null {
  if (typeof filters !== 'string' || filters === '') return null
  const named = parseObject(filters)?.['symbol']
  const list =
    typeof named === 'string' ? [named] : filters.startsWith('{') ? [] : filters.split(',')
  const symbols = new Set(
    list.map((symbol) => symbol.trim().toLowerCase()).filter((symbol) => symbol !== ''),
  )
  return symbols.size === 0 ? null : symbols
}

function sendPrint(client: Client, topic: Topic, print: RelayedPrint): void {
  const { symbol, value, windowSec } = TOPICS[topic]
  const wanted = client.topics.get(topic)
  const name = symbol(print.asset)
  if (wanted === undefined || (wanted !== null && !wanted.has(name))) return
  if (value !== 'exchange' && !print.settlement) return
  const e18 = print[value]
  const full = topic === 'crypto_prices' ? decimalText(e18) : String(e18)
  const payload = {
    full_accuracy_value: full,
    symbol: name,
    timestamp: print.sec * 1_000,
    value: floatOf(e18),
    ...(windowSec === null ? {} : { window_s: windowSec }),
  }
  const envelope = {
    connection_id: client.connectionId,
    payload,
    timestamp: print.atMs,
    topic,
    type: 'update',
  }
  tell(client.socket, JSON.stringify(envelope))
}

/** What a filter gets first: the last minute, told under the topic of the exchange prices whatever was asked for. */
function sendBackfill(
  deps: Talk,
  client: Client,
  topic: Topic,
  symbols: ReadonlySet<string>,
): void {
  const { symbol, value } = TOPICS[topic]
  const now = deps.nowMs()
  for (const asset of ASSETS) {
    if (!symbols.has(symbol(asset))) continue
    const data = deps.relay
      .backfill(asset, BACKFILL_PRINTS)
      .filter((print) => !deps.onTheWay.has(print))
      .filter(({ settlement }) => value === 'exchange' || settlement)
      .map((print) => ({ timestamp: print.sec * 1_000, value: floatOf(print[value]) }))
    const payload = { data, symbol: symbol(asset) }
    tell(
      client.socket,
      JSON.stringify({
        payload,
        timestamp: Math.floor(now),
        topic: 'crypto_prices',
        type: 'subscribe',
      }),
    )
  }
}

/** Exchange prices are plain decimals, where the others are whole numbers of 10^-18. */
function decimalText(e18: bigint): string {
  const digits = String(e18).padStart(FULL_DECIMALS + 1, '0')
  return `${digits.slice(0, -FULL_DECIMALS)}.${digits.slice(-FULL_DECIMALS, EXCHANGE_DECIMALS - FULL_DECIMALS)}`
}

function tradeText(client: Client, print: TradePrint): string {
  return JSON.stringify({
    connection_id: client.connectionId,
    payload: activityOf(print),
    timestamp: print.atMs,
    topic: 'activity',
    type: 'orders_matched',
  })
}
