import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { micros } from '../../../src/domain/units.ts'
import { createRoundTrips } from '../../../src/net/round-trips.ts'
import {
  createVenueClock,
  type VenueClockDeps,
} from '../../../src/venues/polymarket/venue-clock.ts'
import { aLog, anInbox } from './recorder.ts'

const YEAR_MS = 365 * 86_400_000

beforeEach(() => {
  vi.useFakeTimers({ now: 1_795_194_000_123 })
})

afterEach(() => {
  vi.useRealTimers()
})

const now = () => micros(Date.now() * 1_000)

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** A venue whose clock is off by some milliseconds, some milliseconds away. */
function aVenue(start: { offsetMs: number; outwardMs?: number; backMs?: number }) {
  const venue = { outwardMs: 8, backMs: 3, failures: 0, requests: 0, date: null, ...start } as {
    offsetMs: number
    outwardMs: number
    backMs: number
    failures: number
    requests: number
    date: string | null
  }
  const roundTrips = createRoundTrips()
  const log = aLog()
  const inbox = anInbox()
  const clob: VenueClockDeps['clob'] = {
    async fetchTime({ signal } = {}) {
      venue.requests += 1
      const sentAt = now()
      await wait(venue.outwardMs)
      signal?.throwIfAborted()
      if (venue.failures > 0) {
        venue.failures -= 1
        throw new Error('clob.example/time answered 500')
      }
      const serverSec = Math.floor((Date.now() + venue.offsetMs) / 1_000)
      await wait(venue.backMs)
      const recvAt = now()
      roundTrips.add(recvAt - sentAt)
      return { serverSec, date: venue.date, sentAt, recvAt }
    },
  }
  const clock = createVenueClock({
    clob,
    http: { roundTrip: roundTrips.summary },
    emit: inbox.emit,
    now,
    log,
  })
  return { venue, clock, log, inbox }
}

function held(clock: ReturnType<typeof aVenue>['clock']) {
  const estimate = clock.estimate()
  if (estimate === null) throw new Error('no estimate yet')
  return estimate
}

test.each([0, 437, -2_600, -17 * YEAR_MS + 77])(
  'an offset of %i ms is bounded at once and then found to about a round trip',
  async (offsetMs) => {
    const { clock, inbox } = aVenue({ offsetMs })
    expect(clock.estimate()).toBeNull()
    let isBounded = false
    const started = clock.start().then(() => {
      isBounded = true
    })
    await vi.advanceTimersByTimeAsync(11)
    expect(isBounded).toBe(true)
    await started
    const first = held(clock)
    expect(Math.abs(first.offsetMicros - offsetMs * 1_000)).toBeLessThanOrEqual(first.errorMicros)
    expect(first.errorMicros).toBe(505_500)

    await vi.advanceTimersByTimeAsync(12_000)
    const found = held(clock)
    expect(found.errorMicros).toBeLessThan(12_000)
    expect(Math.abs(found.offsetMicros - offsetMs * 1_000)).toBeLessThanOrEqual(found.errorMicros)
    expect(clock.venueNow() - now()).toBe(found.offsetMicros)
    expect(inbox.of('clock').length).toBeGreaterThan(3)
    expect(inbox.of('round_trip').at(-1)).toMatchObject({ p50Micros: 11_000, p99Micros: 11_000 })
    clock.stop()
  },
)

test('once found, it costs a request or two a minute and tells its estimate each minute', async () => {
  const { clock, venue, inbox } = aVenue({ offsetMs: 250 })
  await Promise.all([clock.start(), vi.advanceTimersByTimeAsync(20_000)])
  const requests = venue.requests
  const told = inbox.of('clock').length
  await vi.advanceTimersByTimeAsync(600_000)
  expect(venue.requests - requests).toBeGreaterThanOrEqual(9)
  expect(venue.requests - requests).toBeLessThanOrEqual(30)
  expect(inbox.of('clock').length - told).toBeGreaterThanOrEqual(9)
  clock.stop()
})

test('a failing venue is asked again, with one line each, until the first bound', async () => {
  const { clock, venue, log } = aVenue({ offsetMs: 250 })
  venue.failures = 3
  await Promise.all([clock.start(), vi.advanceTimersByTimeAsync(4_000)])
  expect(log.messages('warn')).toHaveLength(3)
  expect(log.lines[0]?.data).toMatchObject({ reason: 'clob.example/time answered 500' })
  expect(clock.estimate()).not.toBeNull()
  clock.stop()
})

test('a venue that sets its clock is measured anew, and the log says so', async () => {
  const { clock, venue, log } = aVenue({ offsetMs: 250 })
  await Promise.all([clock.start(), vi.advanceTimersByTimeAsync(20_000)])
  venue.offsetMs = 90_250
  await vi.advanceTimersByTimeAsync(75_000)
  expect(log.messages('warn').join()).toMatch(/measured anew/)
  const found = held(clock)
  expect(Math.abs(found.offsetMicros - 90_250_000)).toBeLessThanOrEqual(found.errorMicros)
  expect(found.errorMicros).toBeLessThan(12_000)
  clock.stop()
})

test('the stamp of a feed raises the lower bound', async () => {
  const { clock } = aVenue({ offsetMs: 250 })
  await Promise.all([clock.start(), vi.advanceTimersByTimeAsync(11)])
  const before = held(clock)
  clock.observe(micros(now() + 245_000), now())
  const after = held(clock)
  expect(after.errorMicros).toBeLessThan(before.errorMicros)
  expect(after.offsetMicros - after.errorMicros).toBeGreaterThanOrEqual(244_998)
  // Old news changes nothing.
  clock.observe(micros(now() + 1_000), now())
  expect(held(clock)).toEqual(after)
  clock.stop()
})

test('a stamp from the future is not believed, but asks for a measurement', async () => {
  const { clock, venue, log } = aVenue({ offsetMs: 250 })
  await Promise.all([clock.start(), vi.advanceTimersByTimeAsync(20_000)])
  const requests = venue.requests
  clock.observe(micros(now() + 60_000_000), now())
  clock.observe(micros(now() + 60_000_000), now())
  await vi.advanceTimersByTimeAsync(2_000)
  expect(venue.requests).toBeGreaterThan(requests)
  expect(log.messages('warn')).toHaveLength(1)
  const found = held(clock)
  expect(Math.abs(found.offsetMicros - 250_000)).toBeLessThanOrEqual(found.errorMicros)
  clock.stop()
})

test('a Date header from another time does no harm', async () => {
  const { clock, venue } = aVenue({ offsetMs: -17 * YEAR_MS })
  venue.date = new Date().toUTCString()
  await Promise.all([clock.start(), vi.advanceTimersByTimeAsync(12_000)])
  const found = held(clock)
  expect(Math.abs(found.offsetMicros + 17 * YEAR_MS * 1_000)).toBeLessThanOrEqual(found.errorMicros)
  clock.stop()
})

test('stopping lets whoever waits for the first bound go, and leaves no timer', async () => {
  const { clock, venue } = aVenue({ offsetMs: 0 })
  venue.failures = 1_000
  const started = clock.start()
  await vi.advanceTimersByTimeAsync(3_000)
  clock.stop()
  await vi.advanceTimersByTimeAsync(10)
  await started
  expect(vi.getTimerCount()).toBe(0)
})
