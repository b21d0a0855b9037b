/** Heartbeats: while something waits, in a chain, and what a broken chain has cost is told. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { micros } from '../../src/domain/units.ts'
import type { WireAnswer } from '../../src/net/order-wire.ts'
import { createHeartbeat } from '../../src/runtime/heartbeat.ts'
import type { LaneRequest } from '../../src/runtime/request-lane.ts'
import { aLog } from '../support/live.ts'

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => void vi.useRealTimers())

type Saying = (id: string) => readonly [status: number, body: object] | 'lost'

function aHeart(first: Saying) {
  const beats: string[] = []
  const lapsed = vi.fn()
  const now = () => micros(Date.now() * 1_000)
  let saying = first
  const heart = createHeartbeat({
    lane: {
      send({ make, onAnswer }: LaneRequest) {
        const { heartbeat_id: id } = JSON.parse(make().toString()) as { heartbeat_id: string }
        beats.push(id)
        const said = saying(id)
        const lost: WireAnswer = { kind: 'lost', unsent: false, reason: 'cut', wroteAt: null }
        if (said === 'lost') return onAnswer(lost)
        const [status, body] = said
        const times = { wroteAt: now(), firstByteAt: now(), doneAt: now() }
        onAnswer({ kind: 'answer', status, body: JSON.stringify(body), headers: {}, ...times })
      },
    },
    request: (body) => Buffer.from(body),
    now,
    log: aLog(),
    lapsed,
  })
  const says = (next: Saying): void => {
    saying = next
  }
  return { heart, beats, lapsed, says }
}

const counting = (): Saying => {
  let count = 0
  return () => {
    count += 1
    return [200, { heartbeat_id: `h${count}` }]
  }
}

test('begins with what waits, goes on in a chain, and ends with it', async () => {
  const { heart, beats, lapsed } = aHeart(counting())
  await vi.advanceTimersByTimeAsync(20_000)
  expect(beats).toEqual([])
  heart.wanted(true)
  heart.wanted(true)
  await vi.advanceTimersByTimeAsync(11_000)
  expect(beats).toEqual(['', 'h1', 'h2'])
  heart.wanted(false)
  await vi.advanceTimersByTimeAsync(4_000)
  heart.wanted(true)
  // The chain of before lives: it goes on.
  expect(beats.at(-1)).toBe('h3')
  heart.wanted(false)
  await vi.advanceTimersByTimeAsync(60_000)
  heart.wanted(true)
  expect(beats.at(-1)).toBe('')
  expect(lapsed).not.toHaveBeenCalled()
  heart.close()
  expect(vi.getTimerCount()).toBe(0)
})

test('takes over the chain of a process before it', () => {
  const { heart, beats, lapsed } = aHeart((id) =>
    id === 'old' ? [200, { heartbeat_id: 'new' }] : [400, { heartbeat_id: 'old' }],
  )
  heart.wanted(true)
  expect(beats).toEqual(['', 'old'])
  expect(lapsed).not.toHaveBeenCalled()
  heart.close()
})

test('that the venue has forgotten is told, and begun anew', async () => {
  const { heart, beats, lapsed, says } = aHeart(counting())
  heart.wanted(true)
  says((id) => (id === '' ? [200, { heartbeat_id: 'again' }] : [400, { heartbeat_id: '' }]))
  await vi.advanceTimersByTimeAsync(5_000)
  expect(beats).toEqual(['', 'h1', ''])
  expect(lapsed).toHaveBeenCalledTimes(1)
  heart.close()
})

test('without an answer for ten seconds is told', async () => {
  const { heart, lapsed, says } = aHeart(counting())
  heart.wanted(true)
  says(() => 'lost')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(lapsed).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(5_000)
  expect(lapsed).toHaveBeenCalled()
  heart.close()
})

test('asks no more than once more for the name that the venue expects', () => {
  let named = 0
  const { heart, beats } = aHeart(() => {
    named += 1
    return [400, { heartbeat_id: `x${named}` }]
  })
  heart.wanted(true)
  expect(beats).toEqual(['', 'x1'])
  heart.close()
})
