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
  close(): Promise<void>
}

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
      lose(next, `the answer to the upgrade was HTTP ${status}`)
    })
    next.on('error', (error) => lose(next, error.message))
    next.on('close', (code) => lose(next, `closed with code ${code}`))
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
  function lose(which: WebSocket, reason: string): void {
    if (which !== socket) return
    socket = null
    stopTimers()
    which.on('error', () => {
      // Cutting a socket that is still connecting raises an error on it; its end is already told.
    })
    which.terminate()
    options.onLost(reason)
    if (closed) return
    const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** attempt)
    attempt += 1
    retry = setTimeout(connect, BACKOFF_MIN_MS + options.random() * (ceiling - BACKOFF_MIN_MS))
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
    close() {
      closed = true
      stopTimers()
      const last = socket
      socket = null
      return last === null ? Promise.resolve() : endSocket(last)
    },
  }
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
