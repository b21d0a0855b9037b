import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Arm, CancelMarket, Submit } from '../../src/domain/commands.ts'
import type { EngineEvent } from '../../src/domain/events.ts'
import { micros } from '../../src/domain/units.ts'
import { guardWallet } from '../../src/runtime/wallet-guard.ts'

const arm = { kind: 'arm' } as Arm
const submit = { kind: 'submit', order: { id: 'o/1' } } as Submit

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function setUp() {
  const state = { holds: true }
  const passed: string[] = []
  const events: EngineEvent[] = []
  const lines: string[] = []
  const note = (what: string) => () => void passed.push(what)
  const silent = () => undefined
  const gateway = guardWallet({
    gateway: {
      arm: note('arm'),
      cancel: note('cancel'),
      cancelMarket: note('cancelMarket'),
      hear: note('hear'),
      submit: note('submit'),
      recover: note('recover'),
      cancelAll: note('cancelAll'),
      close: () => Promise.resolve(note('close')()),
    },
    lock: { token: 1, holds: () => state.holds },
    emit: (event) => void events.push(event),
    now: () => micros(7),
    log: { debug: silent, info: silent, warn: silent, error: (line) => void lines.push(line) },
  })
  return { state, passed, events, lines, gateway }
}

test('with the lock in hand everything passes', () => {
  const { gateway, passed, events } = setUp()
  gateway.arm(arm)
  vi.advanceTimersByTime(5_000)
  gateway.submit(submit)
  gateway.cancelAll()
  expect(passed).toEqual(['arm', 'submit', 'cancelAll'])
  expect(events).toEqual([])
})

test('a market is left as a whole while the lock is in hand, and by the names of its orders after that', () => {
  const { gateway, state, passed } = setUp()
  const orders = [submit.order, submit.order]
  const command = { kind: 'cancel_market', conditionId: 'c', orders } as unknown as CancelMarket
  gateway.cancelMarket(command)
  state.holds = false
  gateway.cancelMarket(command)
  expect(passed).toEqual(['cancelMarket', 'cancel', 'cancel'])
})

test('within a second of a take-over the bot is paused, with one line', () => {
  const { gateway, state, passed, events, lines } = setUp()
  state.holds = false
  vi.advanceTimersByTime(1_000)
  expect(events).toEqual([{ kind: 'operator', action: 'pause', recvAt: 7, venueAt: null }])
  vi.advanceTimersByTime(10_000)
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(/another lastsecond/)
  gateway.submit(submit)
  expect(passed).toEqual([])
  expect(events.at(-1)).toMatchObject({ kind: 'order_outcome', outcome: { state: 'rejected' } })
})

test('it is looked at before orders are made ready, and a resume does not help', () => {
  const { gateway, state, passed, events, lines } = setUp()
  state.holds = false
  gateway.arm(arm)
  expect(events).toHaveLength(1)
  // Back or not: the other one may have traded meanwhile.
  state.holds = true
  gateway.arm(arm)
  expect(events).toHaveLength(2)
  expect(passed).toEqual([])
  expect(lines).toHaveLength(1)
})

test('what rests can be withdrawn all the same, and it closes', async () => {
  const { gateway, state, passed } = setUp()
  state.holds = false
  gateway.arm(arm)
  gateway.cancelAll()
  await gateway.close()
  expect(passed).toEqual(['cancelAll', 'close'])
  expect(vi.getTimerCount()).toBe(0)
})
