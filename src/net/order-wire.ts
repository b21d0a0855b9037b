/**
 * The way of live orders: a few connections to the venue, open before they are wanted. An order is written in the turn in which it is
 * decided, once, on an idle connection. Whatever happens then is told once and never repaired here: a request that may have left is not
 * sent again, because an order may not be placed twice.
 */
import type { Micros } from '../domain/units.ts'
import { createDials } from './dial.ts'
import { startNullSink } from './null-sink.ts'
import { type Connection, createConnection, type OnAnswer } from './wire-connection.ts'

export type { WireAnswer } from './wire-connection.ts'

export type OrderWire = {
  /**
   * Writes at once, in this very turn, in one socket.write, on an open idle connection. Never throws, never retries, never writes twice.
   * The answer comes by callback exactly once, and never before this call returns.
   */
  send(request: Buffer, onAnswer: OnAnswer): void
  /** True when a reserved connection is open and idle. */
  ready(): boolean
  /** No cheap keep-alive request is sent while quiet (the last seconds before a shot). */
  quiet(on: boolean): void
  /** Runs the same write path with this request into the local null sink, where that is up and a shot could leave. Nothing reaches the venue. */
  rehearse(request: Buffer): boolean
  close(): Promise<void>
}

export type OrderWireOptions = {
  /** An http or https origin. */
  readonly url: string
  readonly keepAlivePath: string
  readonly keepAliveMs: number
  readonly timeoutMs: number
  /** Left out, there are; without them nothing goes into the null sink. */
  readonly rehearsals?: boolean
  /** Two: one for the shot, one to be kept alive meanwhile. More, where several windows may shoot in the same second. */
  readonly connections: number
  readonly now: () => Micros
  readonly tell: (what: 'open' | 'lost', detail: string) => void
  readonly userAgent: string
  /** Trusted instead of the public authorities. */
  readonly ca?: Buffer
}

export function openOrderWire(options: OrderWireOptions): OrderWire {
  const { tell, now, timeoutMs } = options
  const url = new URL(options.url)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new Error(`orders go to an http or https origin, not to ${url.protocol}`)
  if (!Number.isInteger(options.connections) || options.connections < 1)
    throw new Error(`orders need at least one connection, not ${options.connections}`)
  const keepAlive = keepAliveRequest(url.host, options.keepAlivePath, options.userAgent)
  const due = new Set<Connection>()
  const timers = new Map<Connection, NodeJS.Timeout>()
  let quiet = false
  let refreshing = false
  let closed = false
  /** The connection to the sink, once there is one. */
  let stage: readonly Connection[] = []

  const dials = createDials(url, options.connections, options.ca)
  const reserved: Connection[] = dials.map((dial, index) => {
    const name = `connection ${index + 1} of ${options.connections}`
    const connection: Connection = createConnection({
      dial,
      timeoutMs,
      now,
      onOpen: (how) => tell('open', `${name}: ${how}`),
      onLost: (reason) => tell('lost', `${name}: ${reason}`),
      onIdle: () => rest(connection),
    })
    return connection
  })

  const wantsSink = options.rehearsals ?? true
  const sink = !wantsSink
    ? null
    : startNullSink({
        encrypted: url.protocol === 'https:',
        onReady(dial) {
          stage = [
            createConnection({
              dial,
              timeoutMs,
              now,
              onOpen: ignore,
              onLost: ignore,
              onIdle: ignore,
            }),
          ]
        },
        onGone(reason) {
          for (const connection of stage) connection.close()
          stage = []
          tell('lost', `no rehearsals: ${reason}`)
        },
      })

  function send(request: Buffer, onAnswer: OnAnswer): void {
    const connection = freshest(reserved)
    if (connection !== null) connection.exchange(request, onAnswer)
    else setImmediate(unsent, onAnswer)
  }

  function unsent(onAnswer: OnAnswer): void {
    onAnswer({
      kind: 'lost',
      unsent: true,
      reason: 'no connection is open and idle',
      wroteAt: null,
    })
  }

  function rehearse(request: Buffer): boolean {
    const connection = freshest(stage)
    // What a shot would ask the connections, they are asked now, so that they answer as fast then.
    if (connection === null || freshest(reserved) === null) return false
    connection.exchange(request, ignore)
    connection.forget()
    return true
  }

  /** From now on it is idle, until a shot or the next keep-alive. */
  function rest(connection: Connection): void {
    due.delete(connection)
    clearTimeout(timers.get(connection))
    if (closed) return
    timers.set(
      connection,
      setTimeout(() => {
        due.add(connection)
        keepOneAlive()
      }, options.keepAliveMs),
    )
    keepOneAlive()
  }

  /** One at a time, and only if another connection stays free for a shot. */
  function keepOneAlive(): void {
    if (quiet || refreshing || closed) return
    let free = 0
    let next: Connection | null = null
    for (const connection of reserved) {
      if (!connection.idle()) continue
      free += 1
      if (due.has(connection)) next = connection
    }
    if (next === null || free < 2) return
    refreshing = true
    due.delete(next)
    next.exchange(keepAlive, () => {
      refreshing = false
      keepOneAlive()
    })
  }

  return {
    send,
    ready: () => freshest(reserved) !== null,
    quiet(on) {
      quiet = on
      keepOneAlive()
    },
    rehearse,
    async close() {
      closed = true
      for (const timer of timers.values()) clearTimeout(timer)
      for (const connection of [...reserved, ...stage]) connection.close()
      await sink?.close()
    },
  }
}

function ignore(): void {
  // Nothing hangs on it.
}

/** Of the idle ones, that which spoke last. */
function freshest(connections: readonly Connection[]): Connection | null {
  let best: Connection | null = null
  for (const connection of connections) {
    if (connection.idle() && (best === null || connection.freshness() > best.freshness()))
      best = connection
  }
  return best
}

function keepAliveRequest(host: string, path: string, userAgent: string): Buffer {
  return Buffer.from(
    `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: ${userAgent}\r\nAccept: */*\r\nConnection: keep-alive\r\n\r\n`,
  )
}
