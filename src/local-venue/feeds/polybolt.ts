/** PolyBolt, the successor of RTDS: credentials first, acknowledgements, numbered messages, a backfill of two minutes. */
import type { Server } from 'node:http'
import type { WebSocket } from 'ws'
import { ASSETS, type Asset } from '../../domain/ids.ts'
import type { Bugs } from '../bugs.ts'
import type { Faults } from '../faults.ts'
import { hexId } from '../identity.ts'
import { floatOf } from './prints.ts'
import type { Relay, RelayedPrint } from './relay.ts'
import { createSocketServer, parseObject, tell } from './socket-server.ts'

export type Credentials = {
  readonly apiKey: string
  readonly secret: string
  readonly passphrase: string
}

export type PolyBoltDeps = {
  readonly relay: Relay
  readonly faults: Faults
  readonly bugs: Bugs
  readonly seed: number
  knows(credentials: Credentials): boolean
  nowMs(): number
}

const CHANNELS = { 'price.crypto': 'spot', 'price.crypto.twap': 'twap60' } as const
type Channel = keyof typeof CHANNELS

const BACKFILL_PRINTS = 120
const SUBSCRIPTIONS_MAX = 64
const AUTH_ATTEMPTS_MAX = 8
const AUTH_FAILED = 4001
const POLICY_VIOLATION = 4008
const TOO_SLOW = 4002
const DRAINING = 4003
const SECOND_MS = 1_000
/** Subscribes and unsubscribes a second of one connection. */
const CHANGES_MAX = 20
const PING_MS = 25_000
const PONGS_MISSED_MAX = 2
const UNREAD_BYTES_MAX = 1024 * 1024
const TWAP_SECONDS = 60
const DECIMALS = 18

type Client = {
  readonly socket: WebSocket
  /** "channel/symbol" */
  readonly wanted: Set<string>
  readonly sequence: Map<Channel, number>
  /** Messages lost on each channel since the last one that was sent. */
  readonly lost: Map<Channel, number>
  authed: boolean
  attempts: number
  changesInSec: number
  pongsMissed: number
}

export function createPolyBolt(deps: PolyBoltDeps): Server {
  const clients = new Set<Client>()
  let challenges = 0
  deps.relay.listen((print) => {
    if (deps.faults.strikes('polybolt-freeze')) return
    for (const client of clients) {
      for (const channel of Object.keys(CHANNELS) as Channel[])
        sendPrint(deps, client, channel, print)
    }
  })
  const everySecond = setInterval(() => {
    const draining = deps.faults.strikes('polybolt-draining')
    for (const client of clients) {
      client.changesInSec = 0
      if (draining) client.socket.close(DRAINING)
    }
  }, SECOND_MS).unref()
  const everyPing = setInterval(() => {
    for (const client of clients) ping(client)
  }, PING_MS).unref()
  const server = createSocketServer({
    bugs: deps.bugs,
    refuses: (url) =>
      url.pathname.replace(/\/$/, '') === '/ws'
        ? null
        : { status: 404, body: { error: 'Connect to /ws.' } },
    welcome(socket) {
      const client: Client = {
        socket,
        wanted: new Set(),
        sequence: new Map(),
        lost: new Map(),
        authed: false,
        attempts: 0,
        changesInSec: 0,
        pongsMissed: 0,
      }
      clients.add(client)
      socket.on('close', () => clients.delete(client))
      socket.on('pong', () => {
        client.pongsMissed = 0
      })
      socket.on('message', (data) => {
        receive(
          { ...deps, nonce: () => hexId(deps.seed, 'nonce', ++challenges) },
          client,
          String(data),
        )
      })
    },
  })
  server.on('close', () => {
    clearInterval(everySecond)
    clearInterval(everyPing)
  })
  return server
}

function ping(client: Client): void {
  if (client.pongsMissed >= PONGS_MISSED_MAX) return client.socket.close(TOO_SLOW)
  client.pongsMissed += 1
  client.socket.ping()
}

type Talk = PolyBoltDeps & { nonce(): string }

function receive(deps: Talk, client: Client, text: string): void {
  const message = parseObject(text)
  const rid = message?.['rid']
  const answer = (body: Readonly<Record<string, unknown>>): void =>
    tell(client.socket, JSON.stringify({ ...body, ...(typeof rid === 'string' ? { rid } : {}) }))
  switch (message?.['op']) {
    case 'ping':
      return answer({ op: 'pong' })
    case 'challenge':
      // Only the credentials of a key are taken here; a signed nonce is not.
      return answer({ op: 'challenge', nonce: deps.nonce() })
    case 'auth':
      return authenticate(deps, client, message['auth'], answer)
    case 'subscribe':
    case 'unsubscribe':
      if (!client.authed) return answer({ op: 'error', code: 'auth_required' })
      client.changesInSec += 1
      if (client.changesInSec > CHANGES_MAX) return answer({ op: 'error', code: 'rate_limited' })
      for (const item of itemsOf(message)) change(deps, client, message['op'], item, answer)
      return
    default:
      return answer({ op: 'error', code: 'bad_op' })
  }
}

type Answer = (body: Readonly<Record<string, unknown>>) => void

function authenticate(deps: PolyBoltDeps, client: Client, auth: unknown, answer: Answer): void {
  const { apiKey, secret, passphrase } = (auth ?? {}) as Record<string, unknown>
  client.attempts += 1
  if (client.attempts > AUTH_ATTEMPTS_MAX) {
    answer({ op: 'error', code: 'auth_attempts' })
    return client.socket.close(POLICY_VIOLATION)
  }
  const given =
    typeof apiKey === 'string' && typeof secret === 'string' && typeof passphrase === 'string'
      ? { apiKey, secret, passphrase }
      : null
  if (given === null || !deps.knows(given)) {
    answer({ op: 'error', code: 'auth_invalid' })
    return client.socket.close(AUTH_FAILED)
  }
  client.authed = true
  answer({ op: 'authed' })
}

/** One item may stand in the message itself. */
function itemsOf(message: Readonly<Record<string, unknown>>): readonly unknown[] {
  const { subscriptions } = message
  return Array.isArray(subscriptions) ? subscriptions : [message]
}

function change(
  deps: PolyBoltDeps,
  client: Client,
  op: 'subscribe' | 'unsubscribe',
  item: unknown,
  answer: Answer,
): void {
  const { channel, filter } = (item ?? {}) as Record<string, unknown>
  if (typeof channel !== 'string' || !Object.hasOwn(CHANNELS, channel)) {
    return answer({ op: 'error', code: 'bad_channel', channel })
  }
  const asset = assetOf(channel as Channel, filter)
  if (asset === null) return answer({ op: 'error', code: 'bad_filter', channel })
  const key = `${channel}/${asset}`
  if (op === 'unsubscribe') {
    client.wanted.delete(key)
    return answer({ op: 'unsubscribed', channel })
  }
  const isNew = !client.wanted.has(key)
  if (isNew && client.wanted.size >= SUBSCRIPTIONS_MAX) {
    return answer({ op: 'error', code: 'sub_limit', channel })
  }
  client.wanted.add(key)
  answer({ op: 'subscribed', channel })
  if (isNew) sendBackfill(deps, client, channel as Channel, asset)
}

/** The filter is an object; the mean is of sixty seconds only. */
function assetOf(channel: Channel, filter: unknown): Asset | null {
  const { symbol, window_seconds: window } = (filter ?? {}) as Record<string, unknown>
  if (channel === 'price.crypto.twap' && window !== TWAP_SECONDS) return null
  return ASSETS.find((asset) => symbol === `${asset}usd`) ?? null
}

function next(client: Client, channel: Channel): number {
  const seq = (client.sequence.get(channel) ?? 0) + 1
  client.sequence.set(channel, seq)
  return seq
}

function sendPrint(
  deps: PolyBoltDeps,
  client: Client,
  channel: Channel,
  print: RelayedPrint,
): void {
  if (!print.settlement || !client.wanted.has(`${channel}/${print.asset}`)) return
  if (client.socket.bufferedAmount > UNREAD_BYTES_MAX) return client.socket.close(TOO_SLOW)
  const seq = next(client, channel)
  const dropped = client.lost.get(channel) ?? 0
  // The number is used up: that is how a client learns of the loss.
  if (deps.faults.strikes('polybolt-dropped')) {
    client.lost.set(channel, dropped + 1)
    return
  }
  client.lost.delete(channel)
  const e18 = print[CHANNELS[channel]]
  const payload = {
    symbol: `${print.asset}usd`,
    value: floatOf(e18),
    full_accuracy_value: decimalText(e18),
    timestamp: print.sec * 1_000,
    ...windowOf(channel),
    source: 'chainlink',
    received_at: print.atMs - 100,
    is_carried_forward: false,
  }
  tell(
    client.socket,
    JSON.stringify({
      v: 1,
      channel,
      seq,
      ts: print.atMs,
      ...(dropped > 0 ? { dropped } : {}),
      payload,
    }),
  )
}

function sendBackfill(deps: PolyBoltDeps, client: Client, channel: Channel, asset: Asset): void {
  const now = deps.nowMs()
  const told = deps.relay.backfill(asset, BACKFILL_PRINTS).filter(({ settlement }) => settlement)
  const data = told.map((print) => ({
    timestamp: print.sec * 1_000,
    value: floatOf(print[CHANNELS[channel]]),
    full_accuracy_value: decimalText(print[CHANNELS[channel]]),
  }))
  const payload = { symbol: `${asset}usd`, ...windowOf(channel), source: 'chainlink', data }
  const seq = next(client, channel)
  tell(
    client.socket,
    JSON.stringify({ v: 1, channel, seq, ts: Math.floor(now), snapshot: true, payload }),
  )
}

function windowOf(channel: Channel): { readonly window_seconds?: number } {
  return channel === 'price.crypto.twap' ? { window_seconds: TWAP_SECONDS } : {}
}

function decimalText(e18: bigint): string {
  const digits = String(e18).padStart(DECIMALS + 1, '0')
  return `${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}`
}
