/**
 * A WebSocket that comes back. It knows bytes, liveness and back-off, and nothing of trading. Liveness is the age of *data*: the
 * owner calls `touch` for frames that count, and a PONG never does, because sockets freeze with PONG alive.
 */
import { WebSocket } from 'ws'

/** The peer says that it does not serve this at all. */
export const NOT_SERVED = 501
const CONNECT_TIMEOUT_MS = 10_000
const BACKOFF_MIN_MS = 250
const BACKOFF_MAX_MS = 30_000
/** A full book of the widest market is a few kilobytes; anything near this is not the venue talking. */
const FRAME_BYTES_MAX = 4_000_000
/** A socket that does not answer our close is cut after this. */
const CLOSE_TIMEOUT_MS = 1_000

/** How a connection ended, and how many attempts have failed since real data came. */
export type SocketEnd = {
  /** Of the close; 1006 where the connection just broke. */
  readonly code: number
  /** Of the answer to the upgrade, where that was a refusal. */
  readonly status: number | null
  readonly retryAfterSec: number | null
  readonly attempt: number
}

export type SocketOptions = {
  readonly url: string
  /** A text ping of the application; null where the peer wants none. */
  readonly ping: { readonly text: string; readonly everyMs: number } | null
  /** No `touch` for this long while open: the connection is dropped and made again. */
  readonly silenceMs: number
  /** Sent as soon as the connection is open; empty for nothing. */
  greeting(): string
  /** The peer answered the upgrade with this HTTP status. True ends the attempts. */
  givesUp?(status: number): boolean
  /** Milliseconds to wait after such an end; null ends the attempts, undefined takes the usual back-off. */
  pauseAfter?(end: SocketEnd): number | null | undefined
  onFrame(data: Buffer): void
  onOpen(): void
  onLost(reason: string): void
  /** Randomness for the jitter of the back-off, 0 to 1. */
  readonly random: () => number
}

export type Socket = {
  /** Real data came: resets the watchdog and the back-off. */
  touch(): void
  send(text: string): void
  reconnect(reason: string): void
  /** Ends the connection and the attempts; it is told as lost. */
  giveUp(reason: string): void
  close(): Promise<void>
}

const BROKEN = 1006

export function openSocket(options: SocketOptions): Socket {
  let socket: WebSocket | null = null
  let attempt = 0
  let closed = false
  let touched = false
  let retry: NodeJS.Timeout | undefined
  let ping: NodeJS.Timeout | undefined
  let watchdog: NodeJS.Timeout | undefined

  function connect(): void {
    touched = false
    const next = new WebSocket(options.url, {
      perMessageDeflate: false,
      skipUTF8Validation: true,
      handshakeTimeout: CONNECT_TIMEOUT_MS,
      maxPayload: FRAME_BYTES_MAX,
    })
    socket = next
    next.on('open', () => {
      const greeting = options.greeting()
      if (greeting !== '') next.send(greeting)
      if (options.ping !== null) {
        const { text, everyMs } = options.ping
        ping = setInterval(() => next.readyState === WebSocket.OPEN && next.send(text), everyMs)
      }
      watchdog = setInterval(watch, options.silenceMs)
      options.onOpen()
    })
    next.on('message', (data) => options.onFrame(data as Buffer))
    next.on('unexpected-response', (_request, response) => {
      const status = response.statusCode ?? 0
      if (options.givesUp?.(status) === true) closed = true
      lose(next, `the answer to the upgrade was HTTP ${status}`, {
        status,
        retryAfterSec: secondsOf(response.headers['retry-after']),
      })
    })
    next.on('error', (error) => lose(next, error.message))
    next.on('close', (code) => lose(next, `closed with code ${code}`, { code }))
  }

  function watch(): void {
    if (touched) {
      touched = false
      return
    }
    reconnect(`no data for ${options.silenceMs} ms`)
  }

  function stopTimers(): void {
    clearInterval(ping)
    clearInterval(watchdog)
    clearTimeout(retry)
  }

  /** Once for each connection, however many ways it ends. */
  function lose(which: WebSocket, reason: string, how: Partial<SocketEnd> = {}): void {
    if (which !== socket) return
    socket = null
    stopTimers()
    which.on('error', () => {
      // Cutting a socket that is still connecting raises an error on it; its end is already told.
    })
    which.terminate()
    const end = { code: BROKEN, status: null, retryAfterSec: null, attempt, ...how }
    const pause = options.pauseAfter?.(end)
    if (pause === null) closed = true
    options.onLost(reason)
    if (closed) return
    const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** attempt)
    attempt += 1
    const usual = BACKOFF_MIN_MS + options.random() * (ceiling - BACKOFF_MIN_MS)
    retry = setTimeout(connect, pause ?? usual)
  }

  function reconnect(reason: string): void {
    if (socket !== null) lose(socket, reason)
  }

  connect()
  return {
    touch() {
      touched = true
      attempt = 0
    },
    send(text) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(text)
    },
    reconnect,
    giveUp(reason) {
      closed = true
      stopTimers()
      reconnect(reason)
    },
    close() {
      closed = true
      stopTimers()
      const last = socket
      socket = null
      return last === null ? Promise.resolve() : endSocket(last)
    },
  }
}

/** A date instead of seconds is left alone. */
function secondsOf(header: string | undefined): number | null {
  return header !== undefined && /^\d{1,5}$/.test(header) ? Number(header) : null
}

function endSocket(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS)
    socket.on('error', () => {
      // The close event follows and ends the wait.
    })
    socket.once('close', () => {
      clearTimeout(cut)
      resolve()
    })
    if (socket.readyState === WebSocket.CLOSED) {
      clearTimeout(cut)
      resolve()
      return
    }
    socket.close()
  })
}
