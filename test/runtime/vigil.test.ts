import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { MICROS_PER_MS, micros } from '../../src/domain/units.ts'
import { createVigil, type VigilDeps } from '../../src/runtime/vigil.ts'

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

function aVigil(parts: Partial<VigilDeps> = {}) {
  return createVigil({
    now,
    venueNow: now,
    cpuMicros: now,
    quiet: (on) => told.push(on ? 'quiet' : 'loud'),
    rehearse: () => {
      rehearsals += 1
    },
    sweep: () => told.push('swept'),
    ...parts,
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
  expect(told).toEqual(['swept', 'quiet'])
  expect(rehearsals).toBeGreaterThan(100)
  const before = rehearsals
  await vi.advanceTimersByTimeAsync(1_600)
  expect(rehearsals).toBeGreaterThan(before + 100)
  await vi.advanceTimersByTimeAsync(2_000)
  // Before the connections fall silent, before the loop stays awake, and of the one that ends later before its last second.
  const swept = ['swept', 'quiet', 'swept', 'swept']
  expect(told).toEqual([...swept, 'first over', 'loud', 'second over'])
  const after = rehearsals
  await vi.advanceTimersByTimeAsync(5_000)
  expect(rehearsals).toBe(after)
})

test('a window that is made ready in its last second does not pause one that may shoot', async () => {
  const vigil = aVigil()
  vigil.keep(now(), micros(now() + 4 * SECOND), () => told.push('over'))
  await vi.advanceTimersByTimeAsync(500)
  const before = [...told]
  vigil.keep(micros(now() - 2 * SECOND), micros(now() + SECOND), () => undefined)
  await vi.advanceTimersByTimeAsync(300)
  vigil.close()
  expect(told).toEqual(before)
})

test('nothing runs after the close', async () => {
  const vigil = aVigil()
  vigil.keep(now(), micros(now() + 4 * SECOND), () => told.push('over'))
  await vi.advanceTimersByTimeAsync(500)
  vigil.close()
  const after = rehearsals
  await vi.advanceTimersByTimeAsync(10_000)
  expect([told, rehearsals]).toEqual([['swept', 'quiet'], after])
  expect(after).toBeGreaterThan(0)
})

/** A turn of the loop that takes three milliseconds, for half a second. */
async function slowTurns(parts: Partial<VigilDeps>): Promise<number> {
  const vigil = aVigil({
    ...parts,
    rehearse() {
      rehearsals += 1
      vi.setSystemTime(Date.now() + 3)
    },
  })
  vigil.keep(now(), micros(now() + 4 * SECOND), () => undefined)
  await vi.advanceTimersByTimeAsync(500)
  vigil.close()
  return rehearsals
}

test('a loop that is put aside naps; one that was slow by its own work goes on', async () => {
  const own = await slowTurns({})
  rehearsals = 0
  const others = await slowTurns({ cpuMicros: () => 0 })
  expect(own).toBeGreaterThan(2 * others)
  expect(others).toBeGreaterThan(0)
})
