import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { MICROS_PER_MS, micros } from '../../src/domain/units.ts'
import { createVigil } from '../../src/runtime/vigil.ts'

const SECOND = 1_000_000
const now = () => micros(Math.round(Date.now() * MICROS_PER_MS))
const told: string[] = []
let rehearsals = 0

beforeEach(() => {
  vi.useFakeTimers()
  told.length = 0
  rehearsals = 0
})
afterEach(() => {
  vi.useRealTimers()
})

function aVigil() {
  return createVigil({
    now,
    venueNow: now,
    quiet: (on) => told.push(on ? 'quiet' : 'loud'),
    rehearse: () => {
      rehearsals += 1
    },
  })
}

test('one silence for windows that end together, with rehearsals until the last is over', async () => {
  const vigil = aVigil()
  const from = micros(now() + 10 * SECOND)
  vigil.keep(from, micros(from + SECOND), () => told.push('first over'))
  vigil.keep(from, micros(from + 2 * SECOND), () => told.push('second over'))
  await vi.advanceTimersByTimeAsync(6_900)
  expect([told, rehearsals]).toEqual([[], 0])
  await vi.advanceTimersByTimeAsync(2_000)
  expect(told).toEqual(['quiet'])
  expect(rehearsals).toBeGreaterThan(100)
  const before = rehearsals
  await vi.advanceTimersByTimeAsync(1_600)
  expect(rehearsals).toBeGreaterThan(before + 100)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(told).toEqual(['quiet', 'first over', 'loud', 'second over'])
  const after = rehearsals
  await vi.advanceTimersByTimeAsync(5_000)
  expect(rehearsals).toBe(after)
})

test('nothing runs after the close', async () => {
  const vigil = aVigil()
  vigil.keep(now(), micros(now() + 4 * SECOND), () => told.push('over'))
  await vi.advanceTimersByTimeAsync(500)
  vigil.close()
  const after = rehearsals
  await vi.advanceTimersByTimeAsync(10_000)
  expect([told, rehearsals]).toEqual([['quiet'], after])
  expect(after).toBeGreaterThan(0)
})
