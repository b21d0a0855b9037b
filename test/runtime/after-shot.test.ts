/** What follows a settled window: its dollars are asked for, and the books are held against a venue whose view may be behind. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { EngineFact, Settlement } from '../../src/domain/facts.ts'
import { type ConditionId, conditionId } from '../../src/domain/ids.ts'
import type { SubmitOutcome } from '../../src/domain/order.ts'
import { microUsdc } from '../../src/domain/units.ts'
import { createAfterShot } from '../../src/runtime/after-shot.ts'
import { winsThatMake } from '../../src/runtime/paid-wins.ts'
import { aMarket, at } from '../support/builders.ts'
import { aLog, anAccount } from '../support/live.ts'

const CASH = 1_000_000_000
const PAYOUT = 5_000_000
const LONG_MS = 600_000
const idOf = (n: number): ConditionId => conditionId(`0x${String(n).padStart(64, '0')}`)

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => void vi.useRealTimers())

function anAfterShot(redeems: boolean, unredeemed: readonly number[] = []) {
  const account = anAccount()
  const log = aLog()
  const redeem = vi.fn((_id: ConditionId) => Promise.resolve(true))
  const paid = vi.fn()
  const books = { cash: CASH, quiet: true, waiting: false }
  const after = createAfterShot({
    account,
    redeem: redeems ? redeem : null,
    paid,
    unredeemed: () => unredeemed.map((n) => ({ conditionId: idOf(n), payout: PAYOUT })),
    cash: () => microUsdc(books.cash),
    isQuiet: () => books.quiet,
    isWaiting: () => books.waiting,
    log,
  })
  /** The engine says that a window is over. */
  function settle(n: number, payout: number): void {
    books.cash += payout
    const market = aMarket({ conditionId: idOf(n) })
    const outcome = { state: 'killed', reason: '' }
    const settlement = { market, payout, outcome } as Settlement
    after.accept({ kind: 'settled', at: at(930), settlement })
  }
  const holds = (money: number) => account.balance.mockResolvedValue(microUsdc(money))
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
  return { account, log, redeem, paid, books, after, settle, holds, pass }
}

describe('while orders wait', () => {
  test('the books are looked at, more calmly, and not soon after one was taken', async () => {
    const { after, settle, pass, holds, books, account, log } = anAfterShot(true)
    Object.assign(books, { quiet: false, waiting: true })
    const outcome = { state: 'resting', shares: 1 } as SubmitOutcome
    after.accept({ kind: 'outcome', at: at(1), outcome } as EngineFact)
    settle(1, 0)
    holds(CASH - 1)
    await pass(14_000)
    expect(account.balance).not.toHaveBeenCalled()
    await pass(1_000)
    expect(account.balance).toHaveBeenCalledTimes(1)
    await pass(10_000)
    expect(account.balance).toHaveBeenCalledTimes(3)
    expect(log.error.mock.calls.map(([said]) => said)).toEqual(['the books differ from the venue'])
    await after.close()
  })
})

describe('a win', () => {
  test('is owed, redeemed, looked for, and agrees', async () => {
    const { after, settle, pass, holds, redeem, account, log } = anAfterShot(true)
    settle(1, PAYOUT)
    expect(after.owed()).toBe(PAYOUT)
    holds(CASH + PAYOUT)
    await pass(1_000)
    expect(redeem.mock.calls).toEqual([[idOf(1)]])
    expect([after.owed(), account.refresh.mock.calls.length]).toEqual([0, 1])
    await pass(LONG_MS)
    expect(account.balance).toHaveBeenCalledTimes(1)
    expect([log.error.mock.calls, log.warn.mock.calls, vi.getTimerCount()]).toEqual([[], [], 0])
  })

  test('is asked for again while the chain does not know or does not answer', async () => {
    const { after, settle, pass, redeem, log } = anAfterShot(true)
    redeem.mockResolvedValueOnce(false).mockRejectedValueOnce(new Error('rpc'))
    settle(1, PAYOUT)
    await pass(6_000)
    expect([redeem.mock.calls.length, after.owed()]).toEqual([2, PAYOUT])
    await pass(5_000)
    expect([redeem.mock.calls.length, after.owed()]).toEqual([3, 0])
    expect(log.warn).toHaveBeenCalledTimes(1)
  })

  test('that is never paid is an error in the end, and stays owed', async () => {
    const { after, settle, pass, redeem, log } = anAfterShot(true)
    redeem.mockResolvedValue(false)
    settle(1, PAYOUT)
    await pass(LONG_MS)
    expect([redeem.mock.calls.length, after.owed()]).toEqual([60, PAYOUT])
    expect(log.error).toHaveBeenCalledTimes(1)
  })

  test('is compared also when the venue cannot be told to look again', async () => {
    const { after, settle, pass, holds, redeem, account } = anAfterShot(true)
    account.refresh.mockRejectedValue(new Error('429'))
    holds(CASH + PAYOUT)
    settle(1, PAYOUT)
    await pass(LONG_MS)
    expect([redeem.mock.calls.length, after.owed()]).toEqual([1, 0])
    expect(account.balance).toHaveBeenCalledTimes(1)
  })

  test('of before is asked for at the start', async () => {
    const { after, pass, redeem } = anAfterShot(true, [1, 2])
    after.accept({ kind: 'restored', at: at(0), cash: CASH, shots: 0, barred: 0 } as EngineFact)
    expect(after.owed()).toBe(2 * PAYOUT)
    await pass(1_000)
    expect(redeem.mock.calls).toEqual([[idOf(1)], [idOf(2)]])
  })
})

describe('a win that somebody else redeems', () => {
  test('is looked for until its money is there, and then it is counted once', async () => {
    const { after, settle, pass, holds, paid, account, log } = anAfterShot(false)
    settle(1, PAYOUT)
    await pass(300_000)
    expect([after.owed(), paid.mock.calls, log.error.mock.calls]).toEqual([PAYOUT, [], []])
    expect(account.refresh).toHaveBeenCalledTimes(10)
    holds(CASH + PAYOUT)
    await pass(30_000)
    expect([after.owed(), paid.mock.calls]).toEqual([0, [[idOf(1)]]])
    expect(log.info).toHaveBeenCalledTimes(1)
    await pass(LONG_MS)
    expect([paid.mock.calls.length, log.error.mock.calls, vi.getTimerCount()]).toEqual([1, [], 0])
  })

  test('of before is looked for as well, and a venue that does not answer ends nothing', async () => {
    const { after, pass, holds, paid, account } = anAfterShot(false, [1, 2])
    after.accept({ kind: 'restored', at: at(0), cash: CASH, shots: 0, barred: 0 } as EngineFact)
    account.refresh.mockRejectedValueOnce(new Error('429'))
    // Both are in the books' cash already.
    holds(CASH - PAYOUT)
    await pass(60_000)
    expect(paid.mock.calls).toEqual([[idOf(1)]])
    holds(CASH)
    await pass(30_000)
    expect(paid.mock.calls).toEqual([[idOf(1)], [idOf(2)]])
  })

  test('is told once when it takes very long, and a sum that fits no win is an alarm', async () => {
    const { after, settle, pass, holds, paid, log } = anAfterShot(false)
    settle(1, PAYOUT)
    await pass(2 * LONG_MS)
    expect(log.warn).toHaveBeenCalledTimes(1)
    holds(CASH + PAYOUT - 1)
    await pass(60_000)
    expect([after.owed(), paid.mock.calls]).toEqual([PAYOUT, []])
    expect(log.error.mock.calls[0]).toMatchObject([
      'the books differ from the venue',
      { difference: '4.999999', notRedeemed: '5' },
    ])
  })
})

describe('a difference', () => {
  test('that stays is told; one that goes away is not', async () => {
    for (const stays of [true, false]) {
      const { settle, pass, holds, log } = anAfterShot(true)
      settle(1, 0)
      holds(CASH - 1)
      await pass(2_999)
      expect(log.error).not.toHaveBeenCalled()
      if (!stays) holds(CASH)
      await pass(1)
      expect(log.error).toHaveBeenCalledTimes(stays ? 1 : 0)
      await pass(LONG_MS)
      expect(log.error).toHaveBeenCalledTimes(stays ? 1 : 0)
    }
  })

  test('that changes all the time is none yet', async () => {
    const { settle, pass, account, log } = anAfterShot(true)
    let n = 0
    account.balance.mockImplementation(() => {
      n += 1
      return Promise.resolve(microUsdc(CASH - n))
    })
    settle(1, 0)
    await pass(60_000)
    expect(log.error).not.toHaveBeenCalled()
    expect(n).toBeGreaterThan(50)
  })

  test('is not told sooner because many windows end at once', async () => {
    const { settle, pass, holds, account, log } = anAfterShot(true)
    holds(CASH - 1)
    for (let n = 1; n <= 8; n += 1) settle(n, 0)
    await pass(2_999)
    expect([account.balance.mock.calls.length, log.error.mock.calls.length]).toEqual([2, 0])
    await pass(1)
    expect(log.error).toHaveBeenCalledTimes(1)
  })

  test('is not looked for while an order is out, nor believed when one went out meanwhile', async () => {
    const { settle, pass, account, after, books, log } = anAfterShot(true)
    books.quiet = false
    settle(1, 0)
    await pass(LONG_MS)
    expect(account.balance).not.toHaveBeenCalled()
    books.quiet = true
    account.balance.mockImplementation(() => {
      books.cash -= 1
      return Promise.resolve(microUsdc(CASH))
    })
    expect(await after.audit()).toBe(null)
    account.balance.mockImplementation(() => {
      books.quiet = false
      return Promise.resolve(microUsdc(0))
    })
    expect(await after.audit()).toBe(null)
    expect(log.error).not.toHaveBeenCalled()
  })

  test('cannot be told where the venue does not answer', async () => {
    const { settle, pass, account, log } = anAfterShot(true)
    account.balance.mockRejectedValue(new Error('down'))
    settle(1, 0)
    await pass(LONG_MS)
    expect([log.warn.mock.calls.length, log.error.mock.calls.length]).toEqual([1, 0])
  })

  test('a window without a shot is no reason to look', async () => {
    const { after, pass, account } = anAfterShot(true)
    const settlement = { market: aMarket(), payout: 0, outcome: null } as unknown as Settlement
    after.accept({ kind: 'settled', at: at(930), settlement })
    await pass(LONG_MS)
    expect(account.balance).not.toHaveBeenCalled()
  })
})

describe('where somebody else redeems', () => {
  test('a win is owed until its money has come, and no alarm is raised for either', async () => {
    const { after, settle, pass, holds, paid, log } = anAfterShot(false)
    holds(CASH)
    settle(1, PAYOUT)
    await pass(LONG_MS)
    expect([after.owed(), paid.mock.calls, log.error.mock.calls]).toEqual([PAYOUT, [], []])
    holds(CASH + PAYOUT)
    settle(2, 0)
    await pass(LONG_MS)
    expect([after.owed(), paid.mock.calls, log.error.mock.calls]).toEqual([0, [[idOf(1)]], []])
  })

  test('money that no wins make is a difference', async () => {
    const { after, settle, pass, holds, paid, log } = anAfterShot(false)
    holds(CASH + PAYOUT + 1)
    settle(1, PAYOUT)
    await pass(LONG_MS)
    expect([after.owed(), paid.mock.calls.length, log.error.mock.calls.length]).toEqual([
      PAYOUT,
      0,
      1,
    ])
  })
})

describe('the end', () => {
  test('asks for what is owed once more, compares, and leaves no timer', async () => {
    const { after, settle, pass, holds, redeem, account } = anAfterShot(true)
    settle(1, PAYOUT)
    holds(CASH + PAYOUT)
    await after.close()
    expect([redeem.mock.calls.length, account.balance.mock.calls.length]).toEqual([1, 1])
    settle(2, PAYOUT)
    await pass(LONG_MS)
    expect(redeem).toHaveBeenCalledTimes(1)
  })

  test('does not wait for ever', async () => {
    const { after, settle, pass, redeem } = anAfterShot(true)
    redeem.mockReturnValue(new Promise(() => undefined))
    settle(1, PAYOUT)
    const closed = vi.fn()
    const closing = after.close().then(closed)
    await pass(7_999)
    expect(closed).not.toHaveBeenCalled()
    await pass(1)
    await closing
    expect(closed).toHaveBeenCalledTimes(1)
  })
})

test('wins that make an amount: exactly, the oldest first, or none', () => {
  const wins = [5, 3, 5, 9].map((payout, name) => ({ payout, name }))
  const names = (amount: number) => winsThatMake(amount, wins)?.map(({ name }) => name) ?? null
  expect([5, 8, 14, 22, 3].map(names)).toEqual([[0], [0, 1], [0, 3], [0, 1, 2, 3], [1]])
  expect([0, -5, 1, 4, 23].map(names)).toEqual([null, null, null, null, null])
})
