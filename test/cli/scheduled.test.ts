import { expect, test, vi } from 'vitest'
import { scheduled } from '../../src/cli/scheduled.ts'
import { until } from '../support/until.ts'

const EVERY_SECOND = '* * * * * *'

test('work is done at each tick, one piece at a time, and the piece under way is waited for', async () => {
  const stop = new AbortController()
  let running = 0
  let most = 0
  let done = 0
  const work = async (): Promise<void> => {
    running += 1
    most = Math.max(most, running)
    await new Promise((resolve) => setTimeout(resolve, 1_300))
    running -= 1
    done += 1
  }
  const all = scheduled(EVERY_SECOND, work, stop.signal)
  await until(() => done === 1 && running === 1)
  stop.abort()
  await all
  expect({ running, most, done }).toEqual({ running: 0, most: 1, done: 2 })
})

test('a failure ends the schedule and is told', async () => {
  const work = () => Promise.reject(new Error('no ledger'))
  await expect(scheduled(EVERY_SECOND, work, new AbortController().signal)).rejects.toThrow(
    'no ledger',
  )
})

test('a stop before the first tick does no work', async () => {
  const stop = new AbortController()
  const work = vi.fn(() => Promise.resolve())
  const all = scheduled('0 0 1 1 *', work, stop.signal)
  stop.abort()
  await all
  expect(work).not.toHaveBeenCalled()
})
