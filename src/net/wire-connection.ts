/**
 * One reserved connection: it carries at most one request at a time and comes back by itself, for ever. A request is written once, and its
 * caller hears exactly once what became of it. After anything unclear (late, broken, too much) the connection is thrown away: what
 * arrives on the next one cannot belong to an old request.
 */
import type { Socket } from 'node:net'
import type { Micros } from '../domain/units.ts'
import type { Dial } from './dial.ts'
import { createResponseParser, type HttpResponse, type ResponseParser } from './http-response.ts'

const CONNECT_TIMEOUT_MS = 5_000
const BACKOFF_MIN_MS = 50
const BACKOFF_MAX_MS = 5_000
/** A connection that stood this long was no failure, even if it never carried a request. */
const STOOD_MICROS = 1_000_000

export type WireAnswer =
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly body: string
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, string>>
      /** When the write returned. */
      readonly wroteAt: Micros
      readonly firstByteAt: Micros
      readonly doneAt: Micros
    }
  | {
      readonly kind: 'lost'
      /** True when no byte of the request can have left this machine. */
      readonly unsent: boolean
      readonly reason: string
      readonly wroteAt: Micros | null
    }

export type OnAnswer = (answer: WireAnswer) => void

export type Connection = {
  /** Open, and no request is on it. */
  idle(): boolean
  /** Grows with every sign of life of any connection: the freshest is the least likely to be dead already. */
  freshness(): number
  /** Only while idle: one write, in this turn. */
  exchange(request: Buffer, onAnswer: OnAnswer): void
  /** Nobody will answer what was written: idle again, and the caller hears nothing. */
  forget(): void
  close(): void
}

export type ConnectionOptions = {
  readonly dial: Dial
  readonly timeoutMs: number
  readonly now: () => Micros
  onOpen(how: string): void
  onLost(reason: string): void
  /** Opened, or done with a request. */
  onIdle(): void
}

type Flight = { readonly onAnswer: OnAnswer; readonly wroteAt: Micros; firstByteAt: Micros | null }

let signsOfLife = 0

export function createConnection(options: ConnectionOptions): Connection {
  const { dial, timeoutMs, now } = options
  let socket: Socket | null = null
  let open = false
  let closed = false
  let openedAt: Micros | null = null
  let freshness = 0
  let attempt = 0
  let flight: Flight | null = null
  let parser: ResponseParser = createResponseParser()
  let deadline: NodeJS.Timeout | undefined
  let retry: NodeJS.Timeout | undefined

  function connect(): void {
    const next = dial((how) => {
      if (next === socket) opened(how)
    })
    socket = next
    deadline = setTimeout(() => lose(next, 'no connection in time'), CONNECT_TIMEOUT_MS)
    next.on('data', (piece) => next === socket && take(next, piece))
    next.on('end', () => next === socket && ended(next))
    next.on('error', (error) => lose(next, error.message || nameOf(error)))
    next.on('close', () => lose(next, 'the connection closed'))
  }

  function opened(how: string): void {
    clearTimeout(deadline)
    open = true
    openedAt = now()
    becomeIdle()
    options.onOpen(how)
    options.onIdle()
  }

  function becomeIdle(): void {
    signsOfLife += 1
    freshness = signsOfLife
    // Made now, so that the next request needs none.
    parser = createResponseParser()
  }

  function exchange(request: Buffer, onAnswer: OnAnswer): void {
    const to = socket
    if (to === null) return
    to.write(request)
    flight = { onAnswer, wroteAt: now(), firstByteAt: null }
    deadline = setTimeout(() => lose(to, `no answer within ${timeoutMs} ms`), timeoutMs)
  }

  function take(from: Socket, piece: Buffer): void {
    if (flight === null) return lose(from, 'the server spoke without being asked')
    flight.firstByteAt ??= now()
    conclude(from, parser.push(piece))
  }

  function ended(from: Socket): void {
    if (flight === null) return lose(from, 'the server closed the idle connection')
    const parsed = parser.end()
    if (parsed.kind === 'broken') return lose(from, parsed.reason)
    conclude(from, parsed)
  }

  function conclude(from: Socket, parsed: ReturnType<ResponseParser['push']>): void {
    if (parsed.kind === 'more') return
    if (parsed.kind === 'broken') return lose(from, parsed.reason)
    const doneAt = now()
    const { response, extraBytes } = parsed
    const answered = flight
    flight = null
    clearTimeout(deadline)
    attempt = 0
    if (!response.reusable) lose(from, 'the server ended the connection with its answer')
    else if (extraBytes > 0) lose(from, 'the server said more than one answer')
    else becomeIdle()
    if (answered !== null) answered.onAnswer(toAnswer(response, answered, doneAt))
    if (isIdle()) options.onIdle()
  }

  /** Once for each socket, however many ways it ends. */
  function lose(which: Socket, reason: string): void {
    if (which !== socket) return
    socket = null
    const stood = openedAt !== null && now() - openedAt >= STOOD_MICROS
    const broken = flight
    open = false
    openedAt = null
    flight = null
    clearTimeout(deadline)
    which.destroy()
    if (!closed) {
      retry = setTimeout(connect, backOffMs(stood))
      options.onLost(reason)
    }
    broken?.onAnswer({ kind: 'lost', unsent: false, reason, wroteAt: broken.wroteAt })
  }

  /** The first attempt after a good connection is made at once. */
  function backOffMs(stood: boolean): number {
    if (stood) attempt = 0
    attempt += 1
    if (attempt === 1) return 0
    const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** (attempt - 2))
    return ceiling * (0.5 + Math.random() / 2)
  }

  function isIdle(): boolean {
    if (!open || flight !== null || socket === null) return false
    // A socket may know that it is dead a moment before it says so; and what is written behind a backlog does not leave at once.
    return socket.writable && socket.writableLength === 0
  }

  connect()
  return {
    idle: isIdle,
    freshness: () => freshness,
    exchange,
    forget() {
      clearTimeout(deadline)
      flight = null
    },
    close() {
      closed = true
      clearTimeout(retry)
      if (socket !== null) lose(socket, 'closed by us')
    },
  }
}

/** Where a name has several addresses and none answers, the error has a code but no words. */
function nameOf(error: NodeJS.ErrnoException): string {
  return error.code ?? error.name
}

function toAnswer(response: HttpResponse, flight: Flight, doneAt: Micros): WireAnswer {
  return {
    kind: 'answer',
    status: response.status,
    body: response.body.toString(),
    headers: response.headers,
    wroteAt: flight.wroteAt,
    firstByteAt: flight.firstByteAt ?? doneAt,
    doneAt,
  }
}
