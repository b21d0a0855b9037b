/**
 * REST reads. Every read is repeated with back-off and jitter when the weather is bad; every failure is one sentence that names the host
 * and path. Orders never go this way: a repeated order may be a second order.
 */
import pRetry, { AbortError } from 'p-retry'
import { MICROS_PER_MS, type Micros } from '../domain/units.ts'

const ATTEMPTS = 4
const BACKOFF_MIN_MS = 250
const BACKOFF_MAX_MS = 8_000
/** A server's own wish to wait is honoured up to here; a longer one ends the read, and the caller's next poll tries again. */
const RETRY_AFTER_MAX_MS = 30_000
const BODY_CHARS_MAX = 20_000_000
const ROUND_TRIPS_KEPT = 128

export class HttpStatusError extends Error {
  readonly status: number
  readonly retryAfterMs: number | null

  constructor(status: number, where: string, body: string, retryAfterMs: number | null) {
    super(`${where} answered ${status}${body === '' ? '' : `: ${body.slice(0, 160)}`}`)
    this.name = 'HttpStatusError'
    this.status = status
    this.retryAfterMs = retryAfterMs
  }
}

export type JsonAnswer = {
  readonly json: unknown
  /** The Date header as it came. */
  readonly date: string | null
  readonly sentAt: Micros
  readonly recvAt: Micros
}

export type Http = {
  getJson(
    url: string,
    options?: { readonly signal?: AbortSignal; readonly attempts?: number },
  ): Promise<JsonAnswer>
  roundTrip(): { readonly p50Micros: number; readonly p99Micros: number } | null
}

export type HttpDeps = {
  readonly userAgent: string
  readonly timeoutMs: number
  readonly now: () => Micros
  readonly backoffMinMs?: number
}

export function createHttp(deps: HttpDeps): Http {
  const roundTrips: number[] = []

  async function once(
    url: string,
    where: string,
    signal: AbortSignal | undefined,
  ): Promise<JsonAnswer> {
    const timeout = AbortSignal.timeout(deps.timeoutMs)
    const sentAt = deps.now()
    const response = await fetch(url, {
      headers: { 'user-agent': deps.userAgent, accept: 'application/json' },
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    })
    const recvAt = deps.now()
    const text = await response.text()
    if (!response.ok)
      throw new HttpStatusError(response.status, where, text, retryAfterMs(response))
    if (text.length > BODY_CHARS_MAX)
      throw new AbortError(`${where} answered more than ${BODY_CHARS_MAX} characters`)
    roundTrips.push(recvAt - sentAt)
    if (roundTrips.length > ROUND_TRIPS_KEPT) roundTrips.shift()
    return { json: parseJson(text, where), date: response.headers.get('date'), sentAt, recvAt }
  }

  return {
    getJson(url, { signal, attempts = ATTEMPTS } = {}) {
      const where = describe(url)
      return pRetry(
        async () => {
          try {
            return await once(url, where, signal)
          } catch (error) {
            throw await retriable(error, where, signal)
          }
        },
        {
          retries: attempts - 1,
          minTimeout: deps.backoffMinMs ?? BACKOFF_MIN_MS,
          maxTimeout: BACKOFF_MAX_MS,
          randomize: true,
          ...(signal === undefined ? {} : { signal }),
        },
      )
    },
    roundTrip() {
      if (roundTrips.length === 0) return null
      const sorted = [...roundTrips].sort((a, b) => a - b)
      const at = (share: number) =>
        sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number
      return { p50Micros: at(0.5), p99Micros: at(0.99) }
    },
  }
}

/** Host and path: enough to know what failed; the query stays out of logs. */
function describe(url: string): string {
  const { host, pathname } = new URL(url)
  return `${host}${pathname}`
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    const what = text.trimStart().startsWith('<')
      ? 'HTML instead of JSON'
      : 'half a JSON text, or none'
    throw new Error(`${where} answered ${what}`)
  }
}

function retryAfterMs(response: Response): number | null {
  const text = response.headers.get('retry-after')
  const seconds = text === null ? Number.NaN : Number(text)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null
}

/** What to do with a failure: an AbortError ends the attempts, anything else is tried again. */
async function retriable(
  error: unknown,
  where: string,
  signal: AbortSignal | undefined,
): Promise<Error> {
  if (error instanceof AbortError) return error
  if (signal?.aborted === true) return new AbortError(`${where} was given up`)
  if (error instanceof HttpStatusError) {
    const { status, retryAfterMs: wait } = error
    const passing = status === 429 || status === 425 || status >= 500
    if (!passing || (wait !== null && wait > RETRY_AFTER_MAX_MS)) return new AbortError(error)
    if (wait !== null) await pause(wait, signal)
    return error
  }
  // fetch reports a refused or reset connection as a TypeError, which the retry library would take for a bug.
  if (error instanceof TypeError) {
    const cause = error.cause instanceof Error ? error.cause.message : error.message
    return new Error(`${where} cannot be reached: ${cause}`)
  }
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return new Error(`${where} did not answer in time`)
  const message = error instanceof Error ? error.message : String(error)
  return new Error(message.startsWith(where) ? message : `${where} cannot be reached: ${message}`)
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.max(ms, MICROS_PER_MS / 1_000))
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })
}
