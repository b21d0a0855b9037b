/**
 * The venue's clock, estimated against ours. A handful of samples placed on the edges of the venue's second find it to about a
 * round trip; afterwards one sample a minute holds it there, and every stamp of a feed may raise the lower bound. The true
 * offset may be years: an embedded venue can live at a time of its own.
 */
import type { EventSink, Log, VenueClock } from '../../domain/ports.ts'
import { MICROS_PER_MS, MICROS_PER_SECOND, type Micros, micros } from '../../domain/units.ts'
import type { Http } from '../../net/http.ts'
import type { ClobReads, ClobTime } from './clob-reads.ts'
import {
  type Bounds,
  boundsOfSecond,
  estimateOf,
  intersection,
  type OffsetInterval,
  sendAtEdge,
  widened,
} from './clock-interval.ts'

const REMEASURE_SEC = 60
/** Halving a second ten times is a millisecond: below any round trip, more samples say nothing. */
const BURST_SAMPLES_MAX = 10
const GAP_MS = 50
const FIRST_BACK_OFF_MS = 500
const BACK_OFF_MAX_MS = 15_000
/** A change smaller than this is not worth an event. */
const NEWS_MICROS = 1_000
/** The header is written by another machine than the one that tells the time; by an honest one, within this. */
const DATE_SLACK_MICROS = 100_000
/** A feed that claims the impossible asks for a new measurement, but not for one per frame. */
const DOUBT_EVERY_MICROS = 5 * MICROS_PER_SECOND

export type VenueClockDeps = {
  readonly clob: Pick<ClobReads, 'fetchTime'>
  readonly http: Pick<Http, 'roundTrip'>
  readonly emit: EventSink
  readonly now: () => Micros
  readonly log: Log
  readonly remeasureSec?: number
  readonly driftPpm?: number
}

export function createVenueClock(deps: VenueClockDeps): VenueClock {
  const { now, log } = deps
  const abort = new AbortController()
  let interval: OffsetInterval | null = null
  let told: { offsetMicros: number; errorMicros: number; at: number } | null = null
  let started: Promise<void> | null = null
  let wakeUp: () => void = () => undefined
  let doubtedAt = Number.NEGATIVE_INFINITY

  function current(at: number = now()): OffsetInterval | null {
    return interval === null ? null : widened(interval, at, deps.driftPpm)
  }

  function learn(bounds: Bounds, at: number): void {
    const before = current(at)
    const common = before === null ? bounds : intersection(before, bounds)
    if (common === null && before !== null) {
      log.warn("the venue's clock contradicts what was known of it; it is measured anew", {
        knownMs: [before.lo / MICROS_PER_MS, before.hi / MICROS_PER_MS],
        sampleMs: [bounds.lo / MICROS_PER_MS, bounds.hi / MICROS_PER_MS],
      })
    }
    interval = { ...(common ?? bounds), at }
    tell(at)
  }

  function tell(at: number): void {
    const estimate = estimateAt(at)
    if (estimate === null) return
    const isNews =
      told === null ||
      Math.abs(estimate.offsetMicros - told.offsetMicros) > NEWS_MICROS ||
      Math.abs(estimate.errorMicros - told.errorMicros) > NEWS_MICROS ||
      at - told.at >= REMEASURE_SEC * MICROS_PER_SECOND
    if (!isNews) return
    told = { ...estimate, at }
    deps.emit({ kind: 'clock', ...estimate, recvAt: micros(at), venueAt: null })
  }

  function estimateAt(at: number) {
    const held = current(at)
    return held === null ? null : estimateOf(held)
  }

  async function sample(): Promise<void> {
    const time = await deps.clob.fetchTime({ signal: abort.signal, retries: 0 })
    learn(boundsOf(time), time.recvAt)
    const roundTrip = deps.http.roundTrip()
    if (roundTrip === null) return
    const { p50Micros, p99Micros } = roundTrip
    deps.emit({ kind: 'round_trip', p50Micros, p99Micros, recvAt: time.recvAt, venueAt: null })
  }

  /** Samples on the edge of the second until they stop paying. */
  async function burst(): Promise<void> {
    for (let count = 0; count < BURST_SAMPLES_MAX && !abort.signal.aborted; count += 1) {
      const held = current()
      const roundTripMicros = deps.http.roundTrip()?.p50Micros ?? 0
      if (held !== null) {
        if (count > 0 && held.hi - held.lo <= roundTripMicros * 1.5 + NEWS_MICROS) return
        const sendAt = sendAtEdge(held, roundTripMicros, now() + GAP_MS * MICROS_PER_MS)
        await pause((sendAt - now()) / MICROS_PER_MS)
      }
      if (!abort.signal.aborted) await sample()
    }
  }

  async function run(onFirst: () => void): Promise<void> {
    let backOffMs = FIRST_BACK_OFF_MS
    while (!abort.signal.aborted) {
      try {
        if (interval === null) await sample()
        onFirst()
        await burst()
        backOffMs = FIRST_BACK_OFF_MS
        await pause((deps.remeasureSec ?? REMEASURE_SEC) * 1_000)
        tell(now())
      } catch (error) {
        if (abort.signal.aborted) return
        log.warn("the venue's clock could not be read", { reason: reasonOf(error), backOffMs })
        await pause(backOffMs)
        backOffMs = Math.min(backOffMs * 2, BACK_OFF_MAX_MS)
      }
    }
  }

  /** Ends early when the clock is stopped or doubted. */
  function pause(ms: number): Promise<void> {
    if (abort.signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, ms))
      wakeUp = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  async function runOrSayWhyNot(onFirst: () => void): Promise<void> {
    try {
      await run(onFirst)
    } catch (error) {
      log.error("the venue's clock stopped", { reason: reasonOf(error) })
    }
  }

  return {
    start() {
      started ??= new Promise((resolve) => {
        // Stopped before the first bound: whoever waits is let go as well.
        runOrSayWhyNot(resolve).then(resolve, resolve)
      })
      return started
    },
    stop() {
      abort.abort()
      wakeUp()
    },
    venueNow() {
      const at = now()
      return micros(at + (estimateAt(at)?.offsetMicros ?? 0))
    },
    estimate: () => estimateAt(now()),
    observe(venueAt, recvAt) {
      const held = current(recvAt)
      const lo = venueAt - recvAt
      if (held === null || lo <= held.lo) return
      if (lo <= held.hi) return learn({ lo, hi: held.hi }, recvAt)
      if (recvAt - doubtedAt < DOUBT_EVERY_MICROS) return
      doubtedAt = recvAt
      const aheadMs = (lo - held.hi) / MICROS_PER_MS
      log.warn("a feed's stamp is ahead of the venue's clock; the clock is measured again", {
        aheadMs,
      })
      wakeUp()
    },
  }
}

/** The answer's Date header may narrow the bounds; where it contradicts (a venue at a time of its own), the body is believed. */
function boundsOf({ serverSec, date, sentAt, recvAt }: ClobTime): Bounds {
  const body = boundsOfSecond(serverSec, sentAt, recvAt)
  const dateMs = date === null ? Number.NaN : Date.parse(date)
  if (!Number.isFinite(dateMs)) return body
  const header = boundsOfSecond(Math.floor(dateMs / 1_000), sentAt, recvAt)
  const slack = { lo: header.lo - DATE_SLACK_MICROS, hi: header.hi + DATE_SLACK_MICROS }
  return intersection(body, slack) ?? body
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
