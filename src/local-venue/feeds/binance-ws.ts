/** Binance's market streams: raw and combined, trades, aggregated trades, best prices and candles, with live subscriptions. */
import type { Server } from 'node:http'
import type { WebSocket } from 'ws'
import { ASSETS, type Asset } from '../../domain/ids.ts'
import type { Faults } from '../faults.ts'
import type { World } from '../world.ts'
import { CANDLE_SECONDS, RESTRICTED, symbolOf } from './binance-symbols.ts'
import { candleOf, type ExchangeTrade, tradesOf } from './exchange-trades.ts'
import { exchangeText, type Prints } from './prints.ts'
import { createSocketServer, parseObject, tell } from './socket-server.ts'

export type BinanceWsDeps = {
  readonly world: World
  readonly prints: Prints
  readonly faults: Faults
  nowMs(): number
}

type Client = {
  readonly socket: WebSocket
  readonly streams: Set<string>
  readonly combined: boolean
}

const SECOND_MS = 1_000
const STREAMS_MAX = 1_024
const DAY_MS = 86_400_000
/** A cent, in hundred-millionths. */
const SPREAD = 1_000_000
/** Candles are told at the end of each second. */
const CANDLE_AT_MS = 995
const KIND = /^(btc|eth|sol|xrp)usdt@(trade|aggTrade|bookTicker|kline_(\w+))$/

export function createBinanceWs(deps: BinanceWsDeps): Server {
  const clients = new Set<Client>()
  const send = (stream: string, event: () => object): void => {
    let text: string | null = null
    for (const client of clients) {
      if (!client.streams.has(stream)) continue
      text ??= JSON.stringify(event())
      tell(client.socket, client.combined ? `{"stream":"${stream}","data":${text}}` : text)
    }
  }
  const follows = (asset: Asset): boolean =>
    [...clients].some((client) => [...client.streams].some((stream) => stream.startsWith(asset)))
  const turn = (sec: number): void => {
    if (deps.faults.strikes('binance-close'))
      for (const { socket } of clients) shutDown(socket, sec)
    for (const asset of ASSETS) if (follows(asset)) playSecond(deps, asset, sec, send)
    deps.world.schedule((sec + 1) * SECOND_MS, () => turn(sec + 1))
  }
  const firstSec = Math.ceil(deps.nowMs() / SECOND_MS)
  deps.world.schedule(firstSec * SECOND_MS, () => turn(firstSec))

  return createSocketServer({
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
      const client: Client = { socket, streams, combined }
      clients.add(client)
      // No connection lives longer than a day.
      const day = setTimeout(() => shutDown(socket, Math.floor(deps.nowMs() / SECOND_MS)), DAY_MS)
      socket.on('close', () => {
        clearTimeout(day)
        clients.delete(client)
      })
      socket.on('message', (data) => receive(client, String(data)))
    },
  })
}

type Send = (stream: string, event: () => object) => void

function playSecond(deps: BinanceWsDeps, asset: Asset, sec: number, send: Send): void {
  for (const trade of tradesOf(deps.world.seed, deps.prints, asset, sec)) {
    deps.world.schedule(trade.atMs, () => {
      send(`${asset}usdt@trade`, () => tradeEvent(trade))
      send(`${asset}usdt@aggTrade`, () => aggTradeEvent(trade))
      send(`${asset}usdt@bookTicker`, () => bookTickerEvent(trade))
    })
  }
  const atMs = sec * SECOND_MS + CANDLE_AT_MS
  deps.world.schedule(atMs, () => {
    for (const [interval, seconds] of Object.entries(CANDLE_SECONDS)) {
      send(`${asset}usdt@kline_${interval}`, () =>
        klineEvent(deps.prints, asset, interval, seconds, sec, atMs),
      )
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

function aggTradeEvent(trade: ExchangeTrade): object {
  return {
    e: 'aggTrade',
    E: trade.atMs + 1,
    s: symbolOf(trade.asset),
    a: trade.id,
    p: exchangeText(trade.price),
    q: exchangeText(trade.quantity),
    f: trade.id,
    l: trade.id,
    T: trade.atMs,
    m: trade.takerSells,
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
  prints: Prints,
  asset: Asset,
  interval: string,
  seconds: number,
  sec: number,
  atMs: number,
): object {
  const openSec = Math.floor(sec / seconds) * seconds
  const candle = candleOf(prints, asset, openSec, seconds, sec)
  return {
    e: 'kline',
    E: atMs,
    s: symbolOf(asset),
    k: {
      t: openSec * SECOND_MS,
      T: (openSec + seconds) * SECOND_MS - 1,
      s: symbolOf(asset),
      i: interval,
      f: openSec * 100,
      L: sec * 100,
      o: exchangeText(candle?.open ?? 0),
      c: exchangeText(candle?.close ?? 0),
      h: exchangeText(candle?.high ?? 0),
      l: exchangeText(candle?.low ?? 0),
      v: '0.00000000',
      n: (sec - openSec + 1) * 5,
      x: sec === openSec + seconds - 1,
      q: '0.00000000',
      V: '0.00000000',
      Q: '0.00000000',
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
