/** Binance's market streams: raw and combined, trades, aggregated trades, best prices and candles, with live subscriptions. */
import type { Server } from 'node:http'
import type { WebSocket } from 'ws'
import { ASSETS, type Asset } from '../../domain/ids.ts'
import { candleOf, type ExchangeTrade, ordersOf, tradesOf } from '../../sim/exchange-trades.ts'
import type { Bugs } from '../bugs.ts'
import type { Faults } from '../faults.ts'
import type { World } from '../world.ts'
import { CANDLE_SECONDS, RESTRICTED, symbolOf } from './binance-symbols.ts'
import { turnoverOf } from './exchange-turnover.ts'
import { exchangeText, type Prints } from './prints.ts'
import { createSocketServer, parseObject, tell } from './socket-server.ts'

export type BinanceWsDeps = {
  readonly world: World
  readonly prints: Prints
  readonly faults: Faults
  readonly bugs: Bugs
  nowMs(): number
}

type Client = {
  readonly socket: WebSocket
  readonly streams: Set<string>
  readonly combined: boolean
  /** Times are told in millionths of a second. */
  readonly micros: boolean
  messagesInSec: number
  unansweredMs: number
}

const SECOND_MS = 1_000
const STREAMS_MAX = 1_024
const DAY_MS = 86_400_000
const MESSAGES_MAX = 5
const POLICY_VIOLATION = 1008
const PING_MS = 20_000
const PONG_WITHIN_MS = 60_000
const TIMES: ReadonlySet<string> = new Set(['E', 'T', 't'])
/** A cent, in hundred-millionths. */
const SPREAD = 1_000_000
/** Candles are told at the end of each second. */
const CANDLE_AT_MS = 995
const KIND = /^(btc|eth|sol|xrp)usdt@(trade|aggTrade|bookTicker|kline_(\w+))$/

export function createBinanceWs(deps: BinanceWsDeps): Server {
  const clients = new Set<Client>()
  const send = (stream: string, event: () => object): void => {
    const texts: (string | null)[] = [null, null]
    for (const client of clients) {
      if (!client.streams.has(stream)) continue
      const at = client.micros ? 1 : 0
      const text = texts[at] ?? JSON.stringify(client.micros ? inMicros(event()) : event())
      texts[at] = text
      tell(client.socket, client.combined ? `{"stream":"${stream}","data":${text}}` : text)
    }
  }
  const follows = (asset: Asset): boolean =>
    [...clients].some((client) => [...client.streams].some((stream) => stream.startsWith(asset)))
  const turn = (sec: number): void => {
    if (deps.faults.strikes('binance-close'))
      for (const { socket } of clients) shutDown(socket, sec)
    for (const client of clients) watch(client)
    for (const asset of ASSETS) if (follows(asset)) playSecond(deps, asset, sec, send)
    deps.world.schedule((sec + 1) * SECOND_MS, () => turn(sec + 1))
  }
  const firstSec = Math.ceil(deps.nowMs() / SECOND_MS)
  deps.world.schedule(firstSec * SECOND_MS, () => turn(firstSec))

  return createSocketServer({
    bugs: deps.bugs,
    refuses(url) {
      if (deps.faults.isOn('binance-451')) return { status: 451, body: RESTRICTED }
      const known =
        url.pathname === '/stream' || url.pathname === '/ws' || url.pathname.startsWith('/ws/')
      return known
        ? null
        : { status: 404, body: { error: 'Connect to /ws/<stream> or /stream?streams=.' } }
    },
    welcome(socket, url) {
      const combined = url.pathname === '/stream'
      const asked = combined
        ? (url.searchParams.get('streams') ?? '')
        : url.pathname.slice('/ws/'.length)
      const streams = new Set(asked.split('/').filter((stream) => KIND.test(stream)))
      const client: Client = {
        socket,
        streams,
        combined,
        micros: /^microsecond$/i.test(url.searchParams.get('timeUnit') ?? ''),
        messagesInSec: 0,
        unansweredMs: 0,
      }
      clients.add(client)
      // No connection lives longer than a day.
      const day = setTimeout(() => shutDown(socket, Math.floor(deps.nowMs() / SECOND_MS)), DAY_MS)
      socket.on('close', () => {
        clearTimeout(day)
        clients.delete(client)
      })
      const listen = (react: (data: unknown) => void) => (data: unknown) => {
        client.messagesInSec += 1
        if (client.messagesInSec > MESSAGES_MAX) socket.close(POLICY_VIOLATION)
        else react(data)
      }
      socket.on(
        'ping',
        listen(() => undefined),
      )
      socket.on(
        'pong',
        listen(() => {
          client.unansweredMs = 0
        }),
      )
      socket.on(
        'message',
        listen((data) => receive(client, String(data))),
      )
    },
  })
}

/** Who sends too much, or does not answer for a minute, is let go. */
function watch(client: Client): void {
  client.messagesInSec = 0
  if (client.unansweredMs % PING_MS === 0) client.socket.ping(String(client.unansweredMs))
  client.unansweredMs += SECOND_MS
  if (client.unansweredMs > PING_MS + PONG_WITHIN_MS) client.socket.terminate()
}

/** Every time in an event is a whole number of milliseconds. */
function inMicros(event: object): object {
  return Object.fromEntries(
    Object.entries(event).map(([key, value]) => {
      if (key === 'k') return [key, inMicros(value as object)]
      return [
        key,
        TIMES.has(key) && typeof value === 'number' && value > 1e12 ? value * 1_000 : value,
      ]
    }),
  )
}

type Send = (stream: string, event: () => object) => void

function playSecond(deps: BinanceWsDeps, asset: Asset, sec: number, send: Send): void {
  if (deps.faults.isOn('exchange-quiet')) return
  for (const fills of ordersOf(tradesOf(deps.world.seed, deps.prints, asset, sec))) {
    const [first] = fills as [ExchangeTrade]
    deps.world.schedule(first.atMs, () => {
      for (const fill of fills) send(`${asset}usdt@trade`, () => tradeEvent(fill))
      send(`${asset}usdt@aggTrade`, () => aggTradeEvent(fills))
      send(`${asset}usdt@bookTicker`, () => bookTickerEvent(first))
    })
  }
  const atMs = sec * SECOND_MS + CANDLE_AT_MS
  deps.world.schedule(atMs, () => {
    for (const [interval, seconds] of Object.entries(CANDLE_SECONDS)) {
      send(`${asset}usdt@kline_${interval}`, () => klineEvent(deps, asset, interval, seconds, sec))
    }
  })
}

function tradeEvent(trade: ExchangeTrade): object {
  return {
    e: 'trade',
    E: trade.atMs + 1,
    s: symbolOf(trade.asset),
    t: trade.id,
    p: exchangeText(trade.price),
    q: exchangeText(trade.quantity),
    T: trade.atMs,
    m: trade.takerSells,
    M: true,
  }
}

function aggTradeEvent(fills: readonly ExchangeTrade[]): object {
  const [first, last] = [fills[0], fills.at(-1)] as [ExchangeTrade, ExchangeTrade]
  return {
    e: 'aggTrade',
    E: first.atMs + 1,
    s: symbolOf(first.asset),
    a: first.id,
    p: exchangeText(first.price),
    q: exchangeText(fills.reduce((sum, { quantity }) => sum + quantity, 0)),
    f: first.id,
    l: last.id,
    T: first.atMs,
    m: first.takerSells,
    M: true,
  }
}

/** It has no time of its own. */
function bookTickerEvent(trade: ExchangeTrade): object {
  const half = Math.min(SPREAD, Math.floor(trade.price / 20_000))
  return {
    u: trade.id,
    s: symbolOf(trade.asset),
    b: exchangeText(trade.price - half),
    B: exchangeText(trade.quantity * 3),
    a: exchangeText(trade.price + half),
    A: exchangeText(trade.quantity * 2),
  }
}

function klineEvent(
  { world, prints }: BinanceWsDeps,
  asset: Asset,
  interval: string,
  seconds: number,
  sec: number,
): object {
  const openSec = Math.floor(sec / seconds) * seconds
  const candle = candleOf(prints, asset, openSec, seconds, sec)
  const turnover = turnoverOf(world.seed, prints, asset, openSec, sec)
  return {
    e: 'kline',
    E: sec * SECOND_MS + CANDLE_AT_MS,
    s: symbolOf(asset),
    k: {
      t: openSec * SECOND_MS,
      T: (openSec + seconds) * SECOND_MS - 1,
      s: symbolOf(asset),
      i: interval,
      f: turnover.firstId,
      L: turnover.lastId,
      o: exchangeText(candle?.open ?? 0),
      c: exchangeText(candle?.close ?? 0),
      h: exchangeText(candle?.high ?? 0),
      l: exchangeText(candle?.low ?? 0),
      v: exchangeText(turnover.base),
      n: turnover.trades,
      x: sec === openSec + seconds - 1,
      q: exchangeText(turnover.quote),
      V: exchangeText(turnover.takerBase),
      Q: exchangeText(turnover.takerQuote),
      B: '0',
    },
  }
}

function receive(client: Client, text: string): void {
  const message = parseObject(text)
  const id = message?.['id'] ?? null
  const params = Array.isArray(message?.['params'])
    ? (message['params'] as unknown[]).map(String)
    : []
  switch (message?.['method']) {
    case 'SUBSCRIBE':
      for (const stream of params) {
        if (KIND.test(stream) && client.streams.size < STREAMS_MAX) client.streams.add(stream)
      }
      return tell(client.socket, JSON.stringify({ result: null, id }))
    case 'UNSUBSCRIBE':
      for (const stream of params) client.streams.delete(stream)
      return tell(client.socket, JSON.stringify({ result: null, id }))
    case 'LIST_SUBSCRIPTIONS':
      return tell(client.socket, JSON.stringify({ result: [...client.streams], id }))
    default:
      return tell(
        client.socket,
        JSON.stringify({ error: { code: 2, msg: 'Invalid request: unknown method' }, id }),
      )
  }
}

/** As at the end of a day: a word, then the end. */
function shutDown(socket: WebSocket, sec: number): void {
  tell(socket, JSON.stringify({ e: 'serverShutdown', E: sec * SECOND_MS }))
  socket.close(1001)
}
