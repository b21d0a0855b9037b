/** Orders that count as dead are asked for one after the other, however many there are. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createGraves } from '../../src/runtime/order-graves.ts'
import { aMarket, at } from '../support/builders.ts'
import { aLog, anAccount, anOrder, aTrade } from '../support/live.ts'

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => void vi.useRealTimers())

const shotOf = (n: number) => ({
  ...{ venueId: `0x${n}`, order: anOrder(), market: aMarket(), sentAt: at(0) },
})

function graves(count: number) {
  const account = anAccount()
  let [open, most] = [0, 0]
  account.tradesOf.mockImplementation(async () => {
    open += 1
    most = Math.max(most, open)
    await new Promise((resolve) => setTimeout(resolve, 50))
    open -= 1
    return []
  })
  const risen = vi.fn()
  const log = aLog()
  const made = createGraves({ account, log, risen })
  for (let n = 0; n < count; n += 1) made.bury(shotOf(n))
  return { ...made, account, risen, log, most: () => most }
}

test('a venue that is asked for hundreds of them never has two questions at a time, and each is asked once', async () => {
  const { lookAll, account, most, close } = graves(300)
  lookAll()
  lookAll()
  await vi.advanceTimersByTimeAsync(18_000)
  expect([most(), account.tradesOf.mock.calls.length]).toEqual([1, 121])
  close()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(account.tradesOf).toHaveBeenCalledTimes(121)
})

test('one that somebody heard of is looked at at once, beside the others', async () => {
  const { lookAll, look, account, risen, log } = graves(300)
  lookAll()
  account.tradesOf.mockResolvedValueOnce([aTrade('CONFIRMED', 5_000_000)])
  look('0x299')
  await vi.advanceTimersByTimeAsync(1)
  expect(risen.mock.calls).toEqual([[shotOf(299)]])
  expect(log.error).toHaveBeenCalledTimes(1)
})

test('a question that fails does not end the others', async () => {
  const { lookAll, account, log } = graves(3)
  account.tradesOf.mockRejectedValueOnce(new Error('502'))
  lookAll()
  await vi.advanceTimersByTimeAsync(1_000)
  expect([account.tradesOf.mock.calls.length, log.warn.mock.calls.length]).toEqual([3, 1])
})

test('who closes in the middle of a question is not kept by those that were to follow', async () => {
  const { lookAll, account, close } = graves(60)
  lookAll()
  await vi.advanceTimersByTimeAsync(20)
  close()
  await vi.advanceTimersByTimeAsync(100)
  expect(vi.getTimerCount()).toBe(0)
  expect(account.tradesOf).toHaveBeenCalledTimes(1)
})

test('what was given up costs no time of those that were not', async () => {
  const { lookAll, bury, account } = graves(4_096)
  lookAll()
  // Each one more takes the place of the oldest.
  for (let n = 4_096; n < 8_192; n += 1) bury(shotOf(n))
  lookAll()
  await vi.advanceTimersByTimeAsync(1_000)
  const asked = account.tradesOf.mock.calls.map(([, venueId]) => Number(venueId))
  expect(asked.slice(1).every((n) => n >= 4_096)).toBe(true)
  expect(asked.length).toBeGreaterThan(4)
})
