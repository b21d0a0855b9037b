/** What becomes of an order that left, told by an account that says what it is told to, in time that is moved by hand. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { OrderOutcome } from '../../src/domain/events.ts'
import type { TradeView } from '../../src/domain/ports.ts'
import { type Micros, microShares, micros, microUsdc, ticks } from '../../src/domain/units.ts'
import { createOrderFates } from '../../src/runtime/order-fate.ts'
import { aMarket, at } from '../support/builders.ts'
import { aLog, anAccount, anOrder, aTrade } from '../support/live.ts'

const ID = '0xfeed'
const SENT = at(899)
/** Long after everything that a fate waits for. */
const LONG_MS = 600_000
const market = aMarket()
const shot = { venueId: ID, order: anOrder(), market, sentAt: SENT }
const MATCHED = { spent: 4_850_000, shares: 5_000_000 }
const WHOLE = 5_000_000

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => {
  // Nothing asks or waits any more once it is closed.
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

function aFate() {
  const account = anAccount()
  const log = aLog()
  const told: OrderOutcome[] = []
  const fates = createOrderFates({
    account,
    log,
    emit: (event) => void told.push(event as OrderOutcome),
    now: () => micros(SENT + Date.now() * 1_000) as Micros,
  })
  const states = () =>
    told.map(({ outcome }) =>
      outcome.state === 'filled' ? `${outcome.state} ${outcome.finality}` : outcome.state,
    )
  /** From now on, this is what the venue lists. */
  const lists = (...trades: TradeView[]) => account.tradesOf.mockResolvedValue(trades)
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
  return { account, log, told, fates, states, lists, pass }
}

describe('what takes as much as there is', () => {
  const part = { ...shot, order: anOrder({ kind: 'FAK' }) }

  test('is whole when the venue says how much that was', async () => {
    const { fates, lists, pass, states, account, told } = aFate()
    fates.follow(part, null)
    lists(aTrade('CONFIRMED', 2_000_000))
    await pass(5_000)
    expect(states()).toEqual([])
    account.order.mockResolvedValue({ status: 'MATCHED', matched: microShares(3_000_000) })
    await pass(5_000)
    expect(states()).toEqual([])
    lists(aTrade('CONFIRMED', 2_000_000), aTrade('CONFIRMED', 1_000_000))
    await pass(5_000)
    expect(states()).toEqual(['filled confirmed'])
    expect(told.at(-1)).toMatchObject({ outcome: { shares: 3_000_000 } })
    fates.close()
  })

  test('is what is listed of it where the venue has forgotten the order', async () => {
    const { fates, lists, pass, states } = aFate()
    fates.follow(part, null)
    lists(aTrade('CONFIRMED', 2_000_000))
    await pass(60_000)
    expect(states()).toEqual(['filled confirmed'])
    fates.close()
  })

  test('of shares, and not of dollars, when it sells', async () => {
    const { fates, lists, pass, states, told, log } = aFate()
    const sale = anOrder({ action: 'SELL', limit: ticks(100), spend: microUsdc(50_000) })
    fates.follow({ ...shot, order: sale }, null)
    lists(aTrade('CONFIRMED', WHOLE))
    await pass(5_000)
    expect([states(), log.error.mock.calls]).toEqual([['filled confirmed'], []])
    expect(told.at(-1)).toMatchObject({ outcome: { cost: 4_850_000, fee: 10_190 } })
    fates.close()
  })
})

describe('an order of which nobody knows', () => {
  test('was filled: told when the trades are whole, and again when they are confirmed', async () => {
    const { fates, lists, pass, states, told, account } = aFate()
    fates.follow(shot, null)
    await pass(1_000)
    expect(states()).toEqual([])
    lists(aTrade('MATCHED', WHOLE))
    await pass(5_000)
    lists(aTrade('MINED', WHOLE))
    await pass(5_000)
    expect(states()).toEqual(['filled matched'])
    lists(aTrade('CONFIRMED', WHOLE))
    await pass(5_000)
    expect(states()).toEqual(['filled matched', 'filled confirmed'])
    expect(told.at(-1)).toMatchObject({
      orderId: shot.order.id,
      venueId: ID,
      outcome: { shares: WHOLE, cost: 4_850_000, fee: 10_190 },
    })
    const asked = account.tradesOf.mock.calls.length
    await pass(LONG_MS)
    expect(account.tradesOf).toHaveBeenCalledTimes(asked)
    fates.close()
  })

  test('is nowhere: killed, but only after many answers and a long time', async () => {
    const { fates, pass, states } = aFate()
    fates.follow(shot, null)
    await pass(11_999)
    expect(states()).toEqual([])
    await pass(6_000)
    expect(states()).toEqual(['killed'])
    fates.close()
  })

  test('the time alone proves nothing: four answers are needed', async () => {
    const { fates, pass, states, account } = aFate()
    fates.follow({ ...shot, sentAt: micros(SENT - 3_600_000_000) }, null)
    account.tradesOf.mockRejectedValue(new Error('down'))
    await pass(LONG_MS)
    account.tradesOf.mockResolvedValue([])
    await pass(15_000)
    expect(states()).toEqual([])
    await pass(10_000)
    expect(states()).toEqual(['killed'])
    fates.close()
  })

  test.each(['CANCELED', 'CANCELED_MARKET_RESOLVED', 'INVALID', 'CANCELED_order killed'])(
    'the venue says %s: killed at once',
    async (status) => {
      const { fates, pass, states, account, told } = aFate()
      account.order.mockResolvedValue({ status })
      fates.follow(shot, null)
      await pass(300)
      expect(states()).toEqual(['killed'])
      expect(told[0]?.outcome).toMatchObject({ reason: `the venue says ${status}` })
      fates.close()
    },
  )

  test.each(['LIVE', 'MATCHED', 'DELAYED', 'UNMATCHED', 'SOMETHING_NEW', ''])(
    'the venue says %s: nothing is concluded, however long',
    async (status) => {
      const { fates, pass, states, account } = aFate()
      account.order.mockResolvedValue({ status })
      fates.follow(shot, null)
      await pass(LONG_MS)
      expect(states()).toEqual([])
      fates.close()
    },
  )

  test('a trade that is listed between two questions is not overlooked', async () => {
    const { fates, pass, states, account } = aFate()
    account.tradesOf.mockResolvedValueOnce([])
    account.tradesOf.mockResolvedValue([aTrade('CONFIRMED', WHOLE)])
    account.order.mockResolvedValue({ status: 'CANCELED' })
    fates.follow(shot, null)
    await pass(300)
    expect(states()).toEqual(['filled confirmed'])
    fates.close()
  })

  test('a venue that knew it once is not taken at its silence', async () => {
    const { fates, pass, states, account } = aFate()
    fates.follow(shot, null)
    await pass(1_500)
    expect(account.order).toHaveBeenCalledTimes(3)
    account.order.mockResolvedValue({ status: 'LIVE' })
    await pass(60_000)
    account.order.mockResolvedValue(null)
    await pass(14_000)
    expect(states()).toEqual([])
    await pass(10_000)
    expect(states()).toEqual(['killed'])
    fates.close()
  })

  test('errors are no answers: it is asked on, and nothing is told', async () => {
    const { fates, pass, states, account, log, lists } = aFate()
    account.tradesOf.mockRejectedValue(new Error('502'))
    fates.follow(shot, null)
    await pass(LONG_MS)
    account.tradesOf.mockResolvedValue([])
    account.order.mockRejectedValue(new Error('504'))
    await pass(LONG_MS)
    expect(states()).toEqual([])
    expect(log.warn.mock.calls.length).toBeGreaterThan(100)
    lists(aTrade('CONFIRMED', WHOLE))
    await pass(5_000)
    expect(states()).toEqual(['filled confirmed'])
    fates.close()
  })
})

describe('an order that the venue matched', () => {
  test('is told at once from the answer, then as its trades say', async () => {
    const { fates, pass, states, told, lists } = aFate()
    fates.follow(shot, { spent: 4_850_000, shares: 5_052_083 })
    expect(states()).toEqual(['filled matched'])
    expect(told[0]?.outcome).toMatchObject({ cost: 4_850_000, shares: 5_052_083 })
    lists(aTrade('CONFIRMED', 5_052_083, 9_600))
    await pass(300)
    expect(told[1]?.outcome).toMatchObject({
      cost: 4_849_999,
      fills: [{ price: 9_600, shares: 5_052_083 }],
      finality: 'confirmed',
    })
    fates.close()
  })

  test('is not dead because nobody finds it, nor because its order is over', async () => {
    for (const status of [null, 'CANCELED', 'INVALID']) {
      const { fates, pass, states, account } = aFate()
      account.order.mockResolvedValue(status === null ? null : { status })
      fates.follow(shot, MATCHED)
      await pass(LONG_MS)
      expect(states()).toEqual(['filled matched'])
      fates.close()
    }
  })

  test('some of its trades are not it all', async () => {
    const { fates, pass, states, told, lists } = aFate()
    fates.follow(shot, MATCHED)
    lists(aTrade('CONFIRMED', 3_000_000))
    await pass(LONG_MS)
    expect(states()).toEqual(['filled matched'])
    lists(aTrade('CONFIRMED', 3_000_000), aTrade('CONFIRMED', 2_000_000))
    await pass(5_000)
    expect(told.at(-1)?.outcome).toMatchObject({ shares: WHOLE, finality: 'confirmed' })
    fates.close()
  })

  test('failed: the money is back', async () => {
    const { fates, pass, states, lists } = aFate()
    fates.follow(shot, MATCHED)
    lists(aTrade('RETRYING', WHOLE))
    await pass(1_000)
    lists(aTrade('FAILED', WHOLE))
    await pass(5_000)
    expect(states().at(-1)).toBe('reverted')
    fates.close()
  })

  test('failed in part: what stands is kept, and it is over when every part is', async () => {
    const { fates, pass, told, lists } = aFate()
    fates.follow(shot, MATCHED)
    lists(aTrade('FAILED', 3_000_000), aTrade('MINED', 2_000_000))
    await pass(1_000)
    expect(told.at(-1)?.outcome).toMatchObject({ shares: 2_000_000, finality: 'matched' })
    lists(aTrade('FAILED', 3_000_000), aTrade('CONFIRMED', 2_000_000))
    await pass(5_000)
    expect(told.at(-1)?.outcome).toMatchObject({
      shares: 2_000_000,
      cost: 1_940_000,
      finality: 'confirmed',
    })
    fates.close()
  })

  test('counted in fewer decimals by its trades it is over all the same, once they are', async () => {
    const { fates, pass, states, lists } = aFate()
    fates.follow(shot, { spent: 4_850_000, shares: 5_000_009 })
    lists(aTrade('MINED', WHOLE))
    await pass(60_000)
    expect(states()).toEqual(['filled matched'])
    lists(aTrade('CONFIRMED', WHOLE))
    await pass(5_000)
    expect(states()).toEqual(['filled matched', 'filled confirmed'])
    fates.close()
  })

  test('a trade that is listed twice counts once', async () => {
    const { fates, pass, told, lists } = aFate()
    fates.follow(shot, null)
    lists(aTrade('CONFIRMED', WHOLE), aTrade('CONFIRMED', WHOLE))
    await pass(300)
    expect(told.map(({ outcome }) => outcome)).toMatchObject([{ shares: WHOLE }])
    fates.close()
  })

  test('trades that cost more than was signed for are an error, told once, and no outcome', async () => {
    const { fates, pass, states, lists, log } = aFate()
    fates.follow(shot, null)
    lists(aTrade('CONFIRMED', WHOLE, 9_700, 'a'), aTrade('CONFIRMED', WHOLE, 9_700, 'b'))
    await pass(LONG_MS)
    expect([states(), log.error.mock.calls.length]).toEqual([[], 1])
    fates.close()
  })
})

describe('news', () => {
  test('make it ask at once, whatever the case of the name', async () => {
    const { fates, pass, states, account, lists } = aFate()
    fates.follow(shot, null)
    account.order.mockResolvedValue({ status: 'LIVE' })
    await pass(60_000)
    const asked = account.tradesOf.mock.calls.length
    lists(aTrade('CONFIRMED', WHOLE))
    fates.nudge(ID.toUpperCase().replace('0X', '0x'))
    await pass(0)
    expect(account.tradesOf).toHaveBeenCalledTimes(asked + 1)
    expect(states()).toEqual(['filled confirmed'])
    fates.close()
  })

  test('of many kinds at once are one question on its way and one after it', async () => {
    const { fates, pass, account } = aFate()
    let answer: (trades: TradeView[]) => void = () => undefined
    account.tradesOf.mockImplementation(() => new Promise((resolve) => (answer = resolve)))
    fates.follow(shot, null)
    for (let n = 0; n < 20; n += 1) fates.nudge(ID)
    fates.nudgeAll()
    expect(account.tradesOf).toHaveBeenCalledTimes(1)
    answer([])
    await pass(0)
    expect(account.tradesOf).toHaveBeenCalledTimes(2)
    fates.close()
    answer([aTrade('CONFIRMED', WHOLE)])
    await pass(0)
  })

  test('of a stranger are nothing', async () => {
    const { fates, pass, account } = aFate()
    fates.nudge('0xother')
    await pass(1_000)
    expect(account.tradesOf).not.toHaveBeenCalled()
    fates.close()
  })
})

describe('closed', () => {
  test('it asks no more and tells no more, also in the middle of a question', async () => {
    const { fates, pass, states, account } = aFate()
    let answer: (trades: TradeView[]) => void = () => undefined
    account.tradesOf.mockImplementation(() => new Promise((resolve) => (answer = resolve)))
    fates.follow(shot, null)
    await pass(300)
    fates.close()
    answer([aTrade('CONFIRMED', WHOLE)])
    fates.nudge(ID)
    fates.nudgeAll()
    fates.follow({ ...shot, venueId: '0xnew' }, null)
    fates.bury({ ...shot, venueId: '0xdead' })
    await pass(LONG_MS)
    expect([states(), account.tradesOf.mock.calls.length]).toEqual([[], 1])
  })

  test('an order is followed once, however often it is asked for', async () => {
    const { fates, pass, states, account } = aFate()
    fates.follow(shot, MATCHED)
    fates.follow(shot, MATCHED)
    fates.resume(shot, null)
    await pass(250)
    expect([states(), account.tradesOf.mock.calls.length]).toEqual([['filled matched'], 1])
    fates.close()
  })
})

describe('an order of the process before', () => {
  test('that was matched is not killed by silence, and is not told again', async () => {
    const { fates, pass, states, lists } = aFate()
    const known = {
      state: 'filled',
      fills: aTrade('MATCHED', WHOLE).fills,
      shares: shot.order.shares,
      cost: shot.order.spend,
      fee: microUsdc(10_190),
      finality: 'matched',
    } as const
    fates.resume({ ...shot, sentAt: micros(SENT - 3_600_000_000) }, known)
    await pass(LONG_MS)
    expect(states()).toEqual([])
    lists(aTrade('MINED', WHOLE))
    await pass(5_000)
    expect(states()).toEqual([])
    lists(aTrade('CONFIRMED', WHOLE))
    await pass(5_000)
    expect(states()).toEqual(['filled confirmed'])
    fates.close()
  })

  test('of which nothing is known, or that it is unknown, is proven like any other', async () => {
    for (const known of [null, { state: 'unknown', reason: 'lost' } as const]) {
      const { fates, pass, states } = aFate()
      fates.resume(shot, known)
      await pass(20_000)
      expect(states()).toEqual(['killed'])
      fates.close()
    }
  })
})

describe('an order that counts as dead', () => {
  test('by conclusion, and was matched: said as an error, and told', async () => {
    const { fates, pass, states, lists, log } = aFate()
    fates.follow(shot, null)
    await pass(18_000)
    expect(states()).toEqual(['killed'])
    lists(aTrade('MATCHED', WHOLE))
    await pass(20_000)
    expect(states()).toEqual(['killed', 'filled matched'])
    lists(aTrade('CONFIRMED', WHOLE))
    await pass(5_000)
    expect(states()).toEqual(['killed', 'filled matched', 'filled confirmed'])
    expect(log.error).toHaveBeenCalledTimes(1)
    await pass(LONG_MS)
    expect(states()).toHaveLength(3)
    fates.close()
  })

  test('by the word of the venue, and somebody speaks of it: looked at in the same moment', async () => {
    const { fates, pass, states, lists, log } = aFate()
    fates.bury(shot)
    fates.nudge(ID)
    await pass(0)
    expect([states(), log.error.mock.calls.length]).toEqual([[], 0])
    lists(aTrade('CONFIRMED', WHOLE))
    fates.nudge(ID)
    fates.nudge(ID)
    fates.nudgeAll()
    await pass(0)
    expect([states(), log.error.mock.calls.length]).toEqual([['filled confirmed'], 1])
    fates.close()
  })

  test('with a trade that failed stays dead, and a question that fails is said', async () => {
    const { fates, pass, states, lists, log, account } = aFate()
    fates.bury(shot)
    lists(aTrade('FAILED', WHOLE))
    await pass(LONG_MS)
    expect([states(), log.error.mock.calls.length]).toEqual([[], 0])
    account.tradesOf.mockRejectedValue(new Error('down'))
    fates.nudgeAll()
    await pass(0)
    expect(log.warn).toHaveBeenCalledTimes(1)
    fates.close()
  })
})
