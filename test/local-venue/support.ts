/** A running venue and a client of its market channel, for tests that need real sockets. */
import { afterAll, expect, onTestFinished } from 'vitest'
import WebSocket from 'ws'
import {
  type RunningVenue,
  startLocalVenue,
  type VenueOptions,
} from '../../src/local-venue/venue.ts'

export type Answer = { readonly status: number; readonly headers: Headers; readonly text: string }

export type WindowState = {
  readonly slug: string
  readonly asset: string
  readonly interval: string
  readonly phase: string
  readonly startsAt: number
  readonly endsAt: number
  readonly conditionId: string
  readonly tokens: { readonly up: string; readonly down: string }
  readonly strike: number | null
  readonly final: number | null
  readonly fair: number
  readonly winner: 'UP' | 'DOWN' | null
}

/** The keys that tests look at, of any frame or object that the venue sends. */
type Looked =
  | 'event_type'
  | 'timestamp'
  | 'asset_id'
  | 'market'
  | 'bids'
  | 'asks'
  | 'price_changes'
  | 'winning_outcome'
  | 'winning_asset_id'
  | 'transaction_hash'
  | 'orderPriceMinTickSize'
  | 'hasMore'
  | 'id'
  | 'slug'
  | 'events'
  | 'markets'
  | 'resolutionSource'
  | 'endDate'
  | 'seriesSlug'
  | 'title'

export type Frame = { readonly [Key in Looked]?: unknown }

/** 2026-11-20T17:00:00Z. */
export const EPOCH_MS = 1_795_194_000_000

/** A clock of the venue that stands, or runs as ours does, and is moved on by hand. */
export function ownClock(startedAtMs = EPOCH_MS, runs = false) {
  const since = performance.now()
  let ahead = 0
  const nowMs = (): number =>
    Math.floor(startedAtMs + ahead + (runs ? performance.now() - since : 0))
  return {
    startedAtMs,
    nowMs,
    /** Never back. */
    moveTo(atMs: number): void {
      ahead += Math.max(0, atMs - nowMs())
    },
  }
}

const running: RunningVenue[] = []
afterAll(async () => {
  await Promise.all(running.map((venue) => venue.close()))
  // The venue survives its own bugs; the tests must not.
  expect(running.flatMap((venue) => venue.bugs())).toEqual([])
})

/** Ends with its test, so that no more of them run than are looked at; not where several tests run at once and nobody knows whose it is. */
export async function aVenue(
  options: VenueOptions = {},
  endsWithTest = true,
): Promise<RunningVenue> {
  const started = await startLocalVenue({ profile: 'demo', seed: 3, epochMs: EPOCH_MS, ...options })
  let closing: Promise<void> | null = null
  const close = (): Promise<void> => {
    closing ??= started.close()
    return closing
  }
  const venue = { ...started, close }
  running.push(venue)
  if (endsWithTest) {
    try {
      onTestFinished(close)
    } catch {
      // Made before the tests, for all of them.
    }
  }
  return venue
}

export async function get(url: string): Promise<Answer> {
  const response = await fetch(url)
  return { status: response.status, headers: response.headers, text: await response.text() }
}

export async function json<Shape = unknown>(url: string): Promise<Shape> {
  return JSON.parse((await get(url)).text) as Shape
}

export async function post(url: string, body: unknown): Promise<Answer> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

export async function windows(venue: RunningVenue): Promise<readonly WindowState[]> {
  return (await json<{ windows: WindowState[] }>(`${venue.endpoints.control}/state`)).windows
}

export async function windowOf(
  venue: RunningVenue,
  asset: string,
  interval: string,
  phase = 'open',
): Promise<WindowState> {
  const all = await windows(venue)
  const found = all.find(
    (window) => window.asset === asset && window.interval === interval && window.phase === phase,
  )
  if (found === undefined) throw new Error(`no ${phase} window of ${asset} ${interval}`)
  return found
}

export async function setFault(
  venue: RunningVenue,
  fault: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  return post(`${venue.endpoints.control}/faults`, fault)
}

export async function clearFaults(venue: RunningVenue): Promise<void> {
  await fetch(`${venue.endpoints.control}/faults`, { method: 'DELETE' })
}

export type Client = {
  readonly texts: readonly string[]
  send(frame: unknown): void
  /** Resolves with the first text, from now or before, that fits. */
  until(fits: (text: string) => boolean): Promise<string>
  /** The same for those that come from now on. */
  next(fits: (text: string) => boolean): Promise<string>
  closed(): Promise<number>
  close(): void
}

export async function connect(url: string): Promise<Client> {
  const socket = new WebSocket(url)
  const texts: string[] = []
  const waiting = new Set<() => void>()
  const closing = new Promise<number>((resolve) => {
    socket.on('close', resolve)
  })
  socket.on('message', (data) => {
    texts.push(String(data))
    for (const look of waiting) look()
  })
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  const find = (from: number, fits: (text: string) => boolean): Promise<string> =>
    new Promise((resolve) => {
      let at = from
      const look = (): void => {
        for (; at < texts.length; at += 1) {
          const text = texts[at] as string
          if (!fits(text)) continue
          waiting.delete(look)
          resolve(text)
          return
        }
      }
      waiting.add(look)
      look()
    })
  return {
    texts,
    send: (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    until: (fits) => find(0, fits),
    next: (fits) => find(texts.length, fits),
    closed: () => closing,
    close: () => socket.terminate(),
  }
}

/** The frames among the texts that are single JSON objects. */
export function frames(texts: readonly string[]): Frame[] {
  return texts.filter((text) => text.startsWith('{')).map((text) => JSON.parse(text) as Frame)
}

export function isKind(kind: string, token?: string): (text: string) => boolean {
  return (text) =>
    !isSnapshot(text) &&
    (text.includes(`"event_type":"${kind}"`) || text.includes(`"event_type": "${kind}"`)) &&
    (token === undefined || text.includes(token))
}

export const isSnapshot = (text: string): boolean => text.startsWith('[')
