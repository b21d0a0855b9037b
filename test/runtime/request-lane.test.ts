/** The lane of requests that can wait a moment: in order, withdrawals first, nothing twice, and an end to all patience. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { WireAnswer } from '../../src/net/order-wire.ts'
import { createRequestLane } from '../../src/runtime/request-lane.ts'

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => void vi.useRealTimers())

function aLane(free: number) {
  const sent: string[] = []
  const answers: (() => void)[] = []
  let left = free
  const open = vi.fn(() => ({
    ready: () => left > 0,
    send(request: Buffer, onAnswer: (answer: WireAnswer) => void) {
      left -= 1
      sent.push(request.toString())
      answers.push(() => {
        left += 1
        onAnswer({ kind: 'lost', unsent: false, reason: request.toString(), wroteAt: null })
      })
    },
    close: () => Promise.resolve(),
  }))
  const lane = createRequestLane(open)
  const told: string[] = []
  const send = (name: string, isUrgent = false, make = () => Buffer.from(name)) =>
    lane.send({
      make,
      isUrgent,
      patienceMs: 1_000,
      onAnswer: (answer) =>
        void told.push(
          answer.kind === 'lost' && answer.unsent ? `${name} unsent: ${answer.reason}` : name,
        ),
    })
  const frees = (count: number): void => {
    left = count
  }
  return { lane, send, sent, told, answers, open, frees }
}

test('opens its connections when there is something to send', () => {
  const { send, open } = aLane(1)
  expect(open).not.toHaveBeenCalled()
  send('a')
  send('b')
  expect(open).toHaveBeenCalledTimes(1)
})

test('sends at once where a connection is free, and withdrawals before quotes', () => {
  const { send, sent, answers, told } = aLane(1)
  for (const name of ['a', 'b']) send(name)
  send('cancel', true)
  expect(sent).toEqual(['a'])
  answers.shift()?.()
  answers.shift()?.()
  answers.shift()?.()
  expect(sent).toEqual(['a', 'cancel', 'b'])
  expect(told).toEqual(['a', 'cancel', 'b'])
})

test('finds a connection that has come about meanwhile', async () => {
  const { send, sent, frees } = aLane(0)
  send('a')
  await vi.advanceTimersByTimeAsync(500)
  frees(1)
  await vi.advanceTimersByTimeAsync(50)
  expect(sent).toEqual(['a'])
})

test('says that nothing left where none was free in time', async () => {
  const { send, sent, told, frees } = aLane(0)
  send('a')
  await vi.advanceTimersByTimeAsync(1_000)
  frees(1)
  await vi.advanceTimersByTimeAsync(1_000)
  expect([sent, told]).toEqual([[], ['a unsent: no connection was free in time']])
})

test('what cannot be made has not left', () => {
  const { send, sent, told } = aLane(1)
  send('a', false, () => {
    throw new Error('no time')
  })
  expect([sent, told]).toEqual([[], ['a unsent: Error: no time']])
})

test('closed, it sends nothing more, and says so to whoever waits', async () => {
  const { lane, send, sent, told } = aLane(0)
  send('a')
  await lane.close()
  send('b')
  await vi.advanceTimersByTimeAsync(5_000)
  expect([sent, told]).toEqual([[], ['a unsent: the bot is ending', 'b unsent: the bot is ending']])
})
