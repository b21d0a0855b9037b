/**
 * The venue's clock. Its `/time` has whole seconds, so a single answer says little; but an answer at the right moment tells on which side
 * of a second we were, and each such answer halves what is uncertain, down to about the round trip.
 */
import type { EventSink, Log, VenueClock } from '../../domain/ports.ts'
import { MICROS_PER_MS, MICROS_PER_SECOND, type Micros, micros } from '../../domain/units.ts'
import type { Http } from '../../net/http.ts'
import type { ClobReads } from './clob-reads.ts'
import {
  bestAskAt,
  type ClockInterval,
  fromSeconds,
  fromStamp,
  halfWidth,
  middle,
  narrowed,
  widened,
} from './clock-interval.ts'

/** Good enough when the error is near the round trip; asking more would only tell about the network. */
const GOOD_ERROR_MICROS = 2 * MICROS_PER_MS
const ROUNDS_MAX = 14
const AGAIN_MS = 60_000
const FAILED_MS = 2_000
/** An estimate that moved by less is not told. */
const TELL_MICROS = MICROS_PER_MS

export type VenueClockDeps = {
  readonly http: Http
  readonly clob: ClobReads
  readonly emit: EventSink
  readonly now: () => Micros
  readonly log: Log
}

export function createVenueClock({ http, clob, emit, now, log }: VenueClockDeps): VenueClock {
  let known: ClockInterval | null = null
  let told: { offset: number; error: number } | null = null
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  function learn(seen: ClockInterval): void {
    const next: ClockInterval | null = known === null ? seen : narrowed(known, seen)
    if (next === null) log.warn("the venue's clock contradicts what was known of it; measured anew")
    known = next ?? seen
  }

  async function sample(): Promise<void> {
    const { seconds, date, sentAt, recvAt } = await clob.fetchTime()
    learn(fromSeconds(seconds, sentAt, recvAt))
    const dateMs = date === null ? Number.NaN : Date.parse(date)
    // Made by the same machine at nearly the same moment; a proxy's header that contradicts is not worth a reset.
    if (known !== null && Number.isFinite(dateMs)) {
      known = narrowed(known, fromSeconds(dateMs / 1_000, sentAt, recvAt)) ?? known
    }
    tell(false)
  }

  function tell(always: boolean): void {
    if (known === null || stopped) return
    const current = widened(known, now())
    const estimate = { offset: middle(current), error: halfWidth(current) }
    const moved =
      told === null ||
      Math.abs(told.offset - estimate.offset) > TELL_MICROS ||
      Math.abs(told.error - estimate.error) > TELL_MICROS
    if (!moved && !always) return
    told = estimate
    emit({
      kind: 'clock',
      offsetMicros: estimate.offset,
      errorMicros: estimate.error,
      recvAt: now(),
      venueAt: null,
    })
    const trip = http.roundTrip()
    if (trip !== null) emit({ kind: 'round_trip', ...trip, recvAt: now(), venueAt: null })
  }

  function measure(round: number): void {
    if (stopped) return
    const isGood = known !== null && halfWidth(known) <= goodError()
    if (round >= ROUNDS_MAX || (isGood && round > 0)) {
      tell(true)
      timer = setTimeout(() => measure(0), AGAIN_MS)
      return
    }
    const trip = http.roundTrip()?.p50Micros ?? 0
    const askAt = known === null ? now() : bestAskAt(known, trip, now() + 5 * MICROS_PER_MS)
    timer = setTimeout(
      () => {
        sample().then(
          () => measure(round + 1),
          (error: unknown) => {
            if (stopped) return
            log.warn('the venue did not tell its time', { error })
            timer = setTimeout(() => measure(round + 1), FAILED_MS)
          },
        )
      },
      Math.max(0, (askAt - now()) / MICROS_PER_MS),
    )
  }

  function goodError(): number {
    return Math.max(GOOD_ERROR_MICROS, (http.roundTrip()?.p50Micros ?? 0) * 0.75)
  }

  return {
    async start() {
      for (let wait = 500; !stopped; wait = Math.min(wait * 2, 10_000)) {
        try {
          await sample()
          measure(0)
          return
        } catch (error) {
          log.error('the venue cannot be reached for its time; trying again', { error })
          await new Promise((resolve) => setTimeout(resolve, wait))
        }
      }
    },
    stop() {
      stopped = true
      clearTimeout(timer)
    },
    venueNow: () => micros(now() + (known === null ? 0 : middle(known))),
    estimate() {
      if (known === null) return null
      const current = widened(known, now())
      return { offsetMicros: middle(current), errorMicros: halfWidth(current) }
    },
    observe(venueAt, recvAt) {
      // Only a stamp that raises the lower bound says anything, and nearly none does.
      if (known === null || venueAt - recvAt <= known.low) return
      // A stamp far ahead of everything known is a wrong stamp, not a better clock.
      if (venueAt - recvAt > known.high + MICROS_PER_SECOND) return
      known = fromStamp(known, venueAt, recvAt) ?? known
    },
  }
}
