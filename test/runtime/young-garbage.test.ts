import { PerformanceObserver } from 'node:perf_hooks'
import { expect, test, vi } from 'vitest'
import { sweepYoung } from '../../src/runtime/young-garbage.ts'

const MINOR = 1

test('collects the nursery when it is told to, and leaves no collector lying about', async () => {
  const kinds: unknown[] = []
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      kinds.push((entry as unknown as { detail: { kind: number } }).detail.kind)
  })
  observer.observe({ entryTypes: ['gc'] })
  const had = typeof globalThis.gc
  for (let round = 0; round < 3; round += 1) sweepYoung()
  await vi.waitUntil(() => kinds.filter((kind) => kind === MINOR).length >= 3)
  observer.disconnect()
  expect(typeof globalThis.gc).toBe(had)
})
