import { describe, expect, test } from 'vitest'
import type { EngineEvent } from '../../src/domain/events.ts'
import { micros } from '../../src/domain/units.ts'
import { createDayClock, dayStartedAt } from '../../src/runtime/day-clock.ts'

const micro = (text: string) => micros(Date.parse(text) * 1_000)

describe('the day that is running began', () => {
  test.each([
    ['00:00', 'UTC', '2026-11-20T17:00:00Z', '2026-11-20T00:00:00Z'],
    ['00:00', 'UTC', '2026-11-20T00:00:00Z', '2026-11-20T00:00:00Z'],
    ['17:30', 'UTC', '2026-11-20T17:29:59.999Z', '2026-11-19T17:30:00Z'],
    ['00:00', 'America/New_York', '2026-11-20T04:59:59Z', '2026-11-19T05:00:00Z'],
    // The clock is put forward at two in the morning: there is no half past two.
    ['02:30', 'America/New_York', '2026-03-08T12:00:00Z', '2026-03-08T07:30:00Z'],
    // Put back: the day is one of twenty-five hours.
    ['00:00', 'America/New_York', '2026-11-02T04:59:59Z', '2026-11-01T04:00:00Z'],
  ])('%s %s at %s', (starts, zone, now, began) => {
    expect(dayStartedAt({ starts, zone }, micro(now))).toBe(micro(began))
  })
})

test('is told at the start, and no timer is left behind by a clock that was stopped', async () => {
  const now = micro('2026-11-20T17:00:00Z')
  const told: EngineEvent[] = []
  const clock = createDayClock(
    { starts: '06:00', zone: 'UTC' },
    (event) => void told.push(event),
    () => now,
  )
  clock.tell()
  expect(told).toEqual([
    { kind: 'day', startedAt: micro('2026-11-20T06:00:00Z'), recvAt: now, venueAt: null },
  ])
  const starting = clock.start()
  await clock.stop()
  await starting
  const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  await clock.start()
  expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout')).toHaveLength(timers)
})
