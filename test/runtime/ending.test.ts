/** When a run ends by itself. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { EngineFact, Settlement } from '../../src/domain/facts.ts'
import { createEnding } from '../../src/runtime/ending.ts'
import { aMarket, at, someSettings } from '../support/builders.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const stop: EngineFact = { kind: 'operator', at: at(1), action: 'stop' }

function settled(asset: 'btc' | 'eth'): EngineFact {
  return {
    kind: 'settled',
    at: at(2),
    settlement: { market: aMarket({ asset }) } as Settlement,
  }
}

function watch(once: boolean, openAtFirst = 0) {
  const series = [
    { asset: 'btc', interval: '15m' },
    { asset: 'eth', interval: '15m' },
  ] as const
  const seen = { open: openAtFirst, ended: false }
  const ending = createEnding(someSettings({ once, series }), () => seen.open)
  ending.done.then(
    () => {
      seen.ended = true
    },
    () => undefined,
  )
  const hear = async (fact: EngineFact): Promise<boolean> => {
    ending.sink.accept(fact)
    await vi.advanceTimersByTimeAsync(0)
    return seen.ended
  }
  return { seen, ending, hear }
}

describe('a stop', () => {
  test('with nothing open ends at once', async () => {
    expect(await watch(false).hear(stop)).toBe(true)
  })

  test('waits for every window that was fired in', async () => {
    const { seen, hear } = watch(false, 2)
    expect(await hear(stop)).toBe(false)
    seen.open = 1
    expect(await hear(settled('btc'))).toBe(false)
    seen.open = 0
    expect(await hear(settled('eth'))).toBe(true)
  })

  test('waits ten minutes and no longer, also when it is said again', async () => {
    const { seen, hear } = watch(false, 1)
    await hear(stop)
    await vi.advanceTimersByTimeAsync(9 * 60_000)
    await hear(stop)
    expect(seen.ended).toBe(false)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(seen.ended).toBe(true)
  })

  test('leaves no timer behind', async () => {
    const { ending, hear } = watch(false, 1)
    await hear(stop)
    await ending.sink.close()
    expect(vi.getTimerCount()).toBe(0)
  })

  test.each(['pause', 'resume', 'kill'] as const)('is not a %s', async (action) => {
    const { hear } = watch(false)
    expect(await hear({ kind: 'operator', at: at(1), action })).toBe(false)
    expect(await hear(settled('btc'))).toBe(false)
  })
})

test('once ends with the last series, and runs without it go on', async () => {
  const once = watch(true, 5)
  expect([await once.hear(settled('btc')), await once.hear(settled('eth'))]).toEqual([false, true])
  const on = watch(false)
  expect([await on.hear(settled('btc')), await on.hear(settled('eth'))]).toEqual([false, false])
})
