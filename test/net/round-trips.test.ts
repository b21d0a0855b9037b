import { expect, test } from 'vitest'
import { createRoundTrips } from '../../src/net/round-trips.ts'

test('there is no summary before the first sample', () => {
  expect(createRoundTrips().summary()).toBeNull()
})

test('the middle and the far end are samples that were really seen', () => {
  const roundTrips = createRoundTrips()
  for (let micros = 100; micros >= 1; micros -= 1) roundTrips.add(micros)
  expect(roundTrips.summary()).toEqual({ p50Micros: 50, p99Micros: 99, samples: 100 })
})

test('the oldest samples fall out', () => {
  const roundTrips = createRoundTrips(2)
  for (const micros of [9_000, 10, 20]) roundTrips.add(micros)
  expect(roundTrips.summary()).toEqual({ p50Micros: 10, p99Micros: 20, samples: 2 })
})

test('an impossible sample is no sample', () => {
  const roundTrips = createRoundTrips()
  roundTrips.add(-5)
  roundTrips.add(Number.NaN)
  expect(roundTrips.summary()).toBeNull()
})
