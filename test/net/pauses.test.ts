/** What held the thread up within a span of time, and nothing of what lay outside of it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Micros } from '../../src/domain/units.ts'
import { nowMicros } from '../../src/net/clock.ts'
import { watchPauses } from '../../src/net/pauses.ts'

const BUSY_MS = 120
const after = (at: Micros, ms: number): Micros => (at + ms * 1_000) as Micros

function busy(): void {
  const until = nowMicros() + BUSY_MS * 1_000
  while (nowMicros() < until);
}

test('a loop that was held up is told, as far as it falls into the span', async () => {
  const pauses = watchPauses(nowMicros)
  try {
    await sleep(60)
    const from = nowMicros()
    busy()
    const to = nowMicros()
    await sleep(60)
    const { loopLagMicros } = pauses.within(from, to)
    // A sample may have been due a little after the beginning.
    expect(loopLagMicros).toBeGreaterThan((BUSY_MS - 40) * 1_000)
    expect(loopLagMicros).toBeLessThanOrEqual(to - from)
    expect(pauses.within(after(to, 1_000), after(to, 2_000))).toEqual({
      loopLagMicros: 0,
      gcMicros: 0,
    })
  } finally {
    pauses.close()
  }
})

test('garbage that was collected is told', async () => {
  const pauses = watchPauses(nowMicros)
  try {
    const from = nowMicros()
    let kept: object[] = []
    for (let n = 0; n < 400_000; n += 1) kept.push({ n, text: `${n}` })
    kept = []
    await sleep(100)
    const { gcMicros } = pauses.within(from, nowMicros())
    expect(gcMicros).toBeGreaterThan(0)
    expect(gcMicros).toBeLessThan(nowMicros() - from)
    expect(pauses.within(after(from, -2_000), after(from, -1_000)).gcMicros).toBe(0)
  } finally {
    pauses.close()
  }
})
