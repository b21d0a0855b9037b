/** What has to pass before an order is matched. */
import { describe, expect, test } from 'vitest'
import { createJitter, deadlineOf } from '../../src/engine/deadline.ts'

describe('the deadline', () => {
  test('is the sum of its parts, and what is not known yet is none of it', () => {
    const parts = {
      roundTripMicros: 60_000,
      holdMicros: 250_000,
      clockErrorMicros: 5_000,
      jitterMicros: 2_000,
    }
    expect(deadlineOf(parts)).toEqual({ ...parts, totalMicros: 317_000 })
    expect(deadlineOf({ ...parts, roundTripMicros: null, clockErrorMicros: null })).toMatchObject({
      roundTripMicros: 0,
      clockErrorMicros: 0,
      totalMicros: 252_000,
    })
  })

  test('counts on the worst of the last 64 triggers', () => {
    const jitter = createJitter()
    expect(jitter.micros()).toBe(2_000)
    jitter.add(-500)
    expect(jitter.micros()).toBe(0)
    jitter.add(900)
    for (let n = 0; n < 63; n += 1) jitter.add(100)
    expect(jitter.micros()).toBe(900)
    jitter.add(100)
    expect(jitter.micros()).toBe(100)
  })
})
