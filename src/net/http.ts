/**
 * Cold reads over HTTP: JSON in, with retries, a deadline for each attempt, a size limit and the two instants that bound the
 * round trip. Orders never go this way: a read may be repeated blindly, an order may not.
 */
import { setTimeout as delay } from 'node:timers/promises'
import pRetry from 'p-retry'
import type { Micros } from '../domain/units.ts'
import { createRoundTrips, type RoundTripSummary } from './round-trips.ts'

/** The longest list of events weighs a few hundred kilobytes; anything near this is not an answer to our question. */
const BODY_BYTES_MAX = 16 * 1024 * 1024
/** A server may ask for more patience than a window has; the next poll is soon enough then. */
const RETRY_AFTER_MAX_MS = 60_000

export type HttpAnswer = {
  readonly json: unknown
  /** The Date header as it came. */
  readonly date: string | null
  readonly sentAt: Micros
  /** When the head of the answer arrived: the body may take longer, and says nothing about the clock. */
  readonly recvAt: Micros
}

export type GetOptions = {
  readonly signal?: AbortSignal
  /** Attempts after the first; for reads that are worthless when late. */
  readonly retries?: number
}

export type Http = {
  /** Resolves with the parsed body of a 2xx answer, else rejects with an HttpError (or the abort's reason). */
  getJson(url: string, options?: GetOptions): Promise<HttpAnswer>
  /** Of the most recent answers; null before the first. */
  roundTrip(): RoundTripSummary | null
}

export type HttpDeps = {
  readonly userAgent: string
  readonly timeoutMs: number
  readonly now: () => Micros
  readonly retries?: number
  readonly minBackOffMs?: number
  readonly maxBackOffMs?: number
  readonly bodyBytesMax?: number
  /** Waits as long as Retry-After says. */
  readonly sleep?: (ms: number, signal: AbortSignal | undefined) => Promise<unknown>
}

export type HttpProblem = 'status' | 'network' | 'timeout' | 'not_json' | 'too_large'

export class HttpError extends Error {
  readonly problem: HttpProblem
  /** Null where no answer came. */
  readonly status: number | null
  readonly retryAfterMs: number | null

  constructor(
    problem: HttpProblem,
    message: string,
    at: { status?: number; retryAfterMs?: number | null; cause?: unknown } = {},
  ) {
    super(message, at.cause === undefined ? {} : { cause: at.cause })
    this.name = 'HttpError'
    this.problem = problem
    this.status = at.status ?? null
    this.retryAfterMs = at.retryAfterMs ?? null
  }
}

export function isNotFound(error: unknown): boolean {
  return error instanceof HttpError && error.status === 404
}

export function createHttp(deps: HttpDeps): Http {
  const roundTrips = createRoundTrips()
  const sleep = deps.sleep ?? ((ms, signal) => delay(ms, undefined, signal ? { signal } : {}))

  async function getJson(url: string, options: GetOptions = {}): Promise<HttpAnswer> {
    const { signal } = options
    return await pRetry(() => attempt(url, deps, roundTrips.add, signal), {
      retries: options.retries ?? deps.retries ?? 4,
      factor: 2,
      minTimeout: deps.minBackOffMs ?? 250,
      maxTimeout: deps.maxBackOffMs ?? 8_000,
      randomize: true,
      ...(signal === undefined ? {} : { signal }),
      shouldRetry: ({ error }) => isWorthRepeating(error),
      async onFailedAttempt({ error, retriesLeft }) {
        const waitMs = error instanceof HttpError ? error.retryAfterMs : null
        if (waitMs === null || retriesLeft === 0 || !isWorthRepeating(error)) return
        await sleep(Math.min(waitMs, RETRY_AFTER_MAX_MS), signal)
      },
    })
  }

  return { getJson, roundTrip: roundTrips.summary }
}

/** Of the 4xx answers only these say "later"; the others say "no", and asking again is rude. */
function isWorthRepeating(error: unknown): boolean {
  if (!(error instanceof HttpError)) return false
  if (error.problem === 'too_large') return false
  if (error.problem !== 'status' || error.status === null) return true
  return error.status >= 500 || [408, 425, 429].includes(error.status)
}

async function attempt(
  url: string,
  deps: HttpDeps,
  addRoundTrip: (micros: number) => void,
  signal: AbortSignal | undefined,
): Promise<HttpAnswer> {
  const where = place(url)
  const deadline = createDeadline(deps.timeoutMs, signal)
  const sentAt = deps.now()
  let failure = 'could not be reached'
  try {
    const response = await fetch(url, {
      headers: { accept: 'application/json', 'user-agent': deps.userAgent },
      signal: deadline.signal,
    })
    const recvAt = deps.now()
    addRoundTrip(recvAt - sentAt)
    failure = 'broke off in the middle of its answer'
    if (!response.ok) {
      await response.body?.cancel()
      throw new HttpError('status', `${where} answered ${response.status}`, {
        status: response.status,
        retryAfterMs: retryAfterMs(response.headers),
      })
    }
    const text = await readText(response, deps.bodyBytesMax ?? BODY_BYTES_MAX, where)
    return { json: parse(text, where), date: response.headers.get('date'), sentAt, recvAt }
  } catch (error) {
    // The caller's abort keeps its own reason: it is no failure of the venue, and nothing is to be repeated.
    signal?.throwIfAborted()
    if (error instanceof HttpError) throw error
    if (deadline.passed()) {
      const message = `${where} did not answer within ${deps.timeoutMs} ms`
      throw new HttpError('timeout', message, { cause: error })
    }
    throw new HttpError('network', `${where} ${failure}: ${reason(error)}`, { cause: error })
  } finally {
    deadline.clear()
  }
}

/** Aborts by time or by the caller. Not AbortSignal.any: its links to a signal that lives as long as the bot pile up. */
function createDeadline(timeoutMs: number, caller: AbortSignal | undefined) {
  const controller = new AbortController()
  let passed = false
  const abort = () => controller.abort()
  const timer = setTimeout(() => {
    passed = true
    abort()
  }, timeoutMs)
  caller?.addEventListener('abort', abort, { once: true })
  if (caller?.aborted) abort()
  return {
    signal: controller.signal,
    passed: () => passed,
    clear() {
      clearTimeout(timer)
      caller?.removeEventListener('abort', abort)
    },
  }
}

async function readText(response: Response, bytesMax: number, where: string): Promise<string> {
  if (response.body === null) return ''
  const decoder = new TextDecoder()
  let bytes = 0
  let text = ''
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength
    if (bytes > bytesMax) {
      throw new HttpError('too_large', `${where} answered more than ${bytesMax} bytes`)
    }
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new HttpError('not_json', `${where} answered ${whatItIs(text)}`, { cause })
  }
}

function whatItIs(text: string): string {
  const start = text.trimStart()
  if (start === '') return 'an empty body instead of JSON'
  if (start.startsWith('<')) return 'HTML instead of JSON (a proxy or a block page, perhaps)'
  if (start.startsWith('{') || start.startsWith('[')) return 'JSON that breaks off or is malformed'
  return 'something that is not JSON'
}

/** Seconds, or a date, which is read against the answer's own Date: the server's clock may be far from ours. */
function retryAfterMs(headers: Headers): number | null {
  const text = headers.get('retry-after')?.trim() ?? ''
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1_000
  const waitMs = Date.parse(text) - Date.parse(headers.get('date') ?? '')
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : null
}

/** Host and path: a query may carry hundreds of slugs. */
function place(url: string): string {
  const { host, pathname } = new URL(url)
  return `${host}${pathname}`
}

/** fetch hides the interesting error one level down. */
function reason(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  if (cause instanceof Error) {
    const { code } = cause as NodeJS.ErrnoException
    return cause.message !== '' ? cause.message : (code ?? cause.name)
  }
  return error instanceof Error ? error.message : String(error)
}
