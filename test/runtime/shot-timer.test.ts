/** The record of a shot's steps, whoever tells of them first. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { EngineEvent, OrderTimed } from '../../src/domain/events.ts'
import { NO_LATENCY, type ShotLatency } from '../../src/domain/facts.ts'
import { orderId } from '../../src/domain/ids.ts'
import { micros } from '../../src/domain/units.ts'
import { withTiming } from '../../src/engine/latency.ts'
import type { WireAnswer } from '../../src/net/order-wire.ts'
import type { ShotRecord } from '../../src/runtime/live-gateway.ts'
import { createShotTimer } from '../../src/runtime/shot-timer.ts'

const ID = orderId('window/1')
const DECIDED = micros(1_000_000)
const MATCHED = '{"success":true,"status":"matched"}'

beforeEach(() => void vi.useFakeTimers({ now: 1_000 }))
afterEach(() => void vi.useRealTimers())

function record(answer: Partial<WireAnswer> = {}): ShotRecord {
  const times = { wroteAt: at(1), firstByteAt: at(20), doneAt: at(21) }
  const said = { kind: 'answer', status: 200, body: MATCHED, headers: {}, ...times }
  return {
    ...{ venueId: '0xA', orderId: ID, slug: 'window', signed: 'ahead', decidedAt: DECIDED },
    answer: { ...said, ...answer } as WireAnswer,
  }
}
const at = (ms: number) => micros(DECIDED + ms * 1_000)

function aTimer() {
  const told: OrderTimed[] = []
  const pauses = {
    within: vi.fn(() => ({ loopLagMicros: 7, gcMicros: 3 })),
    close: vi.fn(),
  }
  const timer = createShotTimer({
    emit: (event: EngineEvent) => void told.push(event as OrderTimed),
    now: () => micros(Date.now() * 1_000),
    pauses,
  })
  const latency = (): Partial<ShotLatency> => {
    let all = NO_LATENCY
    for (const { orderId: id, timing } of told)
      if (id === ID) all = withTiming(all, DECIDED, timing)
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null))
  }
  const pass = (ms: number) => vi.advanceTimersByTime(ms)
  return { timer, told, pauses, latency, pass }
}

test('the wire tells of the write, the first byte and the answer, and an answer of the match', () => {
  const { timer, latency, pauses, pass } = aTimer()
  pass(21)
  timer.answered(record())
  const wire = { writeMicros: 1_000, firstByteMicros: 20_000, answerMicros: 21_000 }
  expect(latency()).toEqual({ ...wire, matchedMicros: 21_000 })
  pass(200)
  expect(latency()).toMatchObject({ loopLagMicros: 7, gcMicros: 3 })
  expect(pauses.within.mock.calls).toEqual([[DECIDED, at(21)]])
})

test('an order that is not answered, or not matched, has what happened and nothing else', () => {
  const lost = aTimer()
  lost.timer.answered(record({ kind: 'lost', wroteAt: at(1) } as Partial<WireAnswer>))
  expect(lost.latency()).toEqual({ writeMicros: 1_000 })
  const unsent = aTimer()
  unsent.timer.answered(record({ kind: 'lost', wroteAt: null } as Partial<WireAnswer>))
  expect(unsent.latency()).toEqual({})
  const killed = aTimer()
  killed.timer.answered(record({ status: 400, body: '{"error":"killed"}' }))
  expect(killed.latency()).not.toHaveProperty('matchedMicros')
})

test('the first word of a match and of a block counts, and the last of a confirmation', () => {
  const { timer, latency, pass } = aTimer()
  pass(10)
  // The user channel is faster than the answer.
  timer.heard('0xa', 'MATCHED')
  expect(latency()).toEqual({})
  pass(20)
  timer.answered(record())
  expect(latency()).toMatchObject({ matchedMicros: 10_000 })
  for (const status of [
    'MATCHED',
    'TRADE_STATUS_MINED',
    'MINED',
    'CONFIRMED',
    'RETRYING',
    'CONFIRMED',
  ]) {
    pass(100)
    timer.heard('0xA', status)
  }
  expect(latency()).toMatchObject({
    ...{ matchedMicros: 10_000, minedMicros: 230_000, confirmedMicros: 630_000 },
  })
})

test('a confirmation that comes first says that it was matched and mined', () => {
  const { timer, latency, pass } = aTimer()
  timer.knows('0xA', ID)
  pass(40)
  timer.heard('0xa', 'CONFIRMED')
  expect(latency()).toEqual({
    ...{ matchedMicros: 40_000, minedMicros: 40_000, confirmedMicros: 40_000 },
  })
})

test('the same word again is no news, and nothing is told after the end', () => {
  const { timer, told, pauses, pass } = aTimer()
  timer.answered(record())
  const before = told.length
  timer.heard('0xa', 'MATCHED')
  timer.heard('0xother', 'MATCHED')
  expect(told).toHaveLength(before)
  timer.close()
  pass(1_000)
  expect([told.length, pauses.close.mock.calls.length]).toEqual([before, 1])
})
