import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Bounds,
  boundsOfSecond,
  estimateOf,
  intersection,
  type OffsetInterval,
  sendAtEdge,
  widened,
} from '../../../src/venues/polymarket/clock-interval.ts'

const SECOND = 1_000_000
const YEAR = 365 * 86_400 * SECOND

const ourClock = fc.integer({ min: 50 * YEAR, max: 60 * YEAR })
const trueOffset = fc.integer({ min: -30 * YEAR, max: 30 * YEAR })
const delay = fc.integer({ min: 100, max: 400_000 })

type Server = { readonly offset: number; readonly driftPpm: number; readonly bornAt: number }

function offsetAt(server: Server, at: number): number {
  return server.offset + ((at - server.bornAt) * server.driftPpm) / 1_000_000
}

function ask(server: Server, sentAt: number, outward: number, back: number) {
  const handledAt = sentAt + outward
  const seconds = Math.floor((handledAt + offsetAt(server, handledAt)) / SECOND)
  return { seconds, sentAt, recvAt: handledAt + back }
}

describe('the offset of the venue', () => {
  test('is always inside the interval: any offset, lopsided delays, drifting clocks, any placement', () => {
    fc.assert(
      fc.property(
        ourClock,
        trueOffset,
        fc.integer({ min: -40, max: 40 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 90 * SECOND }), delay, delay), {
          minLength: 1,
          maxLength: 30,
        }),
        (bornAt, offset, driftPpm, requests) => {
          const server = { offset, driftPpm, bornAt }
          let interval: OffsetInterval | null = null
          let at = bornAt
          for (const [gap, outward, back] of requests) {
            const answer = ask(server, at + gap, outward, back)
            at = answer.recvAt
            const bounds = boundsOfSecond(answer.seconds, answer.sentAt, answer.recvAt)
            const common: Bounds | null =
              interval === null ? bounds : intersection(widened(interval, at), bounds)
            if (common === null) throw new Error('the samples of an honest server contradict')
            interval = { ...common, at }
            expect(common.lo).toBeLessThanOrEqual(offsetAt(server, at) + 1)
            expect(common.hi).toBeGreaterThanOrEqual(offsetAt(server, at) - 1)
          }
        },
      ),
    )
  })

  test('is found to about a round trip by a dozen samples on the edge of the second', () => {
    fc.assert(
      fc.property(
        ourClock,
        trueOffset,
        fc.array(fc.tuple(delay, delay), { minLength: 12, maxLength: 12 }),
        (bornAt, offset, delays) => {
          const server = { offset, driftPpm: 0, bornAt }
          const slowest = Math.max(...delays.map(([outward, back]) => outward + back))
          let interval: OffsetInterval | null = null
          let at = bornAt
          for (const [outward, back] of delays) {
            const sendAt: number =
              interval === null ? at : sendAtEdge(interval, outward + back, at + 1_000)
            const answer = ask(server, sendAt, outward, back)
            at = answer.recvAt
            const bounds = boundsOfSecond(answer.seconds, answer.sentAt, answer.recvAt)
            interval = { ...(intersection(interval ?? bounds, bounds) ?? bounds), at }
          }
          if (interval === null) throw new Error('no sample')
          expect(estimateOf(interval).errorMicros).toBeLessThanOrEqual(slowest)
        },
      ),
    )
  })

  test('halves with every sample when the way is short', () => {
    const server = { offset: -17 * YEAR + 123_456, driftPpm: 0, bornAt: 55 * YEAR }
    let interval: OffsetInterval | null = null
    let at = server.bornAt
    const errors: number[] = []
    for (let count = 0; count < 9; count += 1) {
      const sendAt: number = interval === null ? at : sendAtEdge(interval, 1_000, at + 1_000)
      const answer = ask(server, sendAt, 500, 500)
      at = answer.recvAt
      const bounds = boundsOfSecond(answer.seconds, answer.sentAt, answer.recvAt)
      interval = { ...(intersection(interval ?? bounds, bounds) ?? bounds), at }
      errors.push(estimateOf(interval).errorMicros)
    }
    expect(errors[0]).toBe(500_500)
    expect(errors[8]).toBeLessThan(3_500)
  })
})

test('an interval widens by what two clocks may part', () => {
  expect(widened({ lo: -10, hi: 10, at: 0 }, 60 * SECOND)).toEqual({
    lo: -3_010,
    hi: 3_010,
    at: 60 * SECOND,
  })
  expect(widened({ lo: -10, hi: 10, at: 5 }, 0)).toEqual({ lo: -10, hi: 10, at: 5 })
})

test('what excludes each other has no intersection', () => {
  expect(intersection({ lo: 0, hi: 5 }, { lo: 6, hi: 9 })).toBeNull()
  expect(intersection({ lo: 0, hi: 5 }, { lo: 5, hi: 9 })).toEqual({ lo: 5, hi: 5 })
})

test('a sample is never placed in the past', () => {
  fc.assert(
    fc.property(ourClock, trueOffset, delay, (now, offset, roundTrip) => {
      const sendAt = sendAtEdge({ lo: offset - 500_000, hi: offset + 500_000 }, roundTrip, now)
      expect(sendAt).toBeGreaterThanOrEqual(now)
      expect(sendAt).toBeLessThanOrEqual(now + SECOND)
    }),
  )
})
