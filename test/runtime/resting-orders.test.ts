/** The lives of orders that wait, told by an account that says what it is told to, in time that is moved by hand: what the embedded venue never does. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { OrderOutcome } from '../../src/domain/events.ts'
import { conditionId, orderId } from '../../src/domain/ids.ts'
import type { Order, SubmitOutcome } from '../../src/domain/order.ts'
import type { TradeView } from '../../src/domain/ports.ts'
import { microShares, micros, microUsdc } from '../../src/domain/units.ts'
import type { WireAnswer } from '../../src/net/order-wire.ts'
import { createRestingOrders } from '../../src/runtime/resting-orders.ts'
import { aMarket, at } from '../support/builders.ts'
import { aLog, anAccount, anOrder, aTrade } from '../support/live.ts'

const ID = '0xfeed'
const SENT = at(800)
const OTHER = conditionId(`0x${'d'.repeat(64)}`)
const market = aMarket()

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => {
  // Nothing asks or waits any more once it is closed.
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

function aLife(change: Partial<Order> = {}) {
  const account = anAccount()
  const log = aLog()
  const told: OrderOutcome[] = []
  const cancels: ((body: object | null) => void)[] = []
  const marketCancels: [string, (body: object | null) => void][] = []
  const counts: number[] = []
  const now = () => micros(SENT + Date.now() * 1_000)
  const answering = (onAnswer: (answer: WireAnswer) => void) => (body: object | null) => {
    const lost: WireAnswer = { kind: 'lost', unsent: false, reason: 'cut', wroteAt: null }
    const times = { wroteAt: now(), firstByteAt: now(), doneAt: now() }
    const text = JSON.stringify(body)
    onAnswer(
      body === null ? lost : { kind: 'answer', status: 200, body: text, headers: {}, ...times },
    )
  }
  const order = anOrder({ kind: 'GTD', postOnly: true, ...change })
  const shot = { venueId: ID, order, market, sentAt: SENT }
  const resting = createRestingOrders({
    account,
    cancel: (_id, onAnswer) => void cancels.push(answering(onAnswer)),
    cancelMarket: (id, onAnswer) => void marketCancels.push([id, answering(onAnswer)]),
    emit: (event) => void told.push(event as OrderOutcome),
    now,
    venueNow: now,
    log,
    counted: (count) => void counts.push(count),
  })
  const says = (status: string, matched = 0): void =>
    void account.order.mockResolvedValue({ status, matched: microShares(matched) })
  const lists = (...trades: TradeView[]): void => void account.tradesOf.mockResolvedValue(trades)
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
  const last = (): SubmitOutcome | undefined => told.at(-1)?.outcome
  const waiting = async (): Promise<void> => {
    says('LIVE')
    resting.begin(shot)
    resting.accepted(shot)
    await pass(1_000)
  }
  return {
    ...{ account, log, told, cancels, marketCancels, counts, shot, resting },
    says,
    lists,
    pass,
    last,
    waiting,
  }
}

const made = (status: TradeView['status'], shares: number): TradeView => ({
  ...aTrade(status, shares),
  isMaker: true,
})
const WITHDRAWN = { canceled: [ID], not_canceled: {} }

describe('an order that waits', () => {
  test('is over when its market is resolved', async () => {
    const { waiting, says, pass, last, resting, counts } = aLife()
    await waiting()
    expect([last()?.state, counts.at(-1)]).toEqual(['resting', 1])
    says('CANCELED_MARKET_RESOLVED')
    await pass(3_000)
    expect(last()).toEqual({ state: 'killed', reason: 'its market was resolved' })
    expect(counts.at(-1)).toBe(0)
    resting.close()
  })

  test('is withdrawn by us when its time is over, whenever the venue would do it', async () => {
    const { waiting, pass, cancels, says, last, resting } = aLife({ expiresAt: at(810) })
    await waiting()
    await pass(8_000)
    expect(cancels).toHaveLength(0)
    await pass(3_000)
    expect(cancels).toHaveLength(1)
    says('CANCELED')
    cancels[0]?.(WITHDRAWN)
    await pass(1_000)
    expect(last()).toEqual({ state: 'killed', reason: 'its time was over' })
    resting.close()
  })

  test('that the venue says is gone is not over before its trades are listed', async () => {
    const { waiting, pass, says, lists, told, last, resting } = aLife()
    await waiting()
    says('CANCELED', 2_000_000)
    await pass(30_000)
    expect(last()?.state).toBe('resting')
    lists(made('MATCHED', 2_000_000))
    await pass(6_000)
    expect(last()).toMatchObject({ state: 'filled', finality: 'matched', fee: 0 })
    lists(made('CONFIRMED', 2_000_000))
    await pass(6_000)
    expect(last()).toMatchObject({ finality: 'confirmed', shares: 2_000_000, cost: 1_940_000 })
    expect(told.map(({ outcome }) => outcome.state)).toEqual(['resting', 'filled', 'filled'])
    resting.close()
  })

  test('of which the venue speaks no more is what it had, after a while', async () => {
    const { waiting, pass, account, lists, last, resting } = aLife()
    await waiting()
    account.order.mockResolvedValue(null)
    await pass(10_000)
    expect(last()?.state).toBe('resting')
    lists(made('CONFIRMED', 1_000_000))
    await pass(20_000)
    expect(last()).toMatchObject({ state: 'filled', finality: 'confirmed', shares: 1_000_000 })
    resting.close()
  })

  test('nobody is answered about stays as it is', async () => {
    const { waiting, pass, account, last, log, resting } = aLife()
    await waiting()
    account.order.mockRejectedValue(new Error('502'))
    await pass(600_000)
    expect(last()?.state).toBe('resting')
    expect(log.warn).toHaveBeenCalled()
    resting.close()
  })

  test('of which a trade turns up after its end is corrected', async () => {
    const { waiting, pass, says, lists, last, log, resting } = aLife()
    await waiting()
    says('CANCELED')
    await pass(5_000)
    expect(last()?.state).toBe('killed')
    lists(made('CONFIRMED', 3_000_000))
    await pass(30_000)
    expect(log.error).toHaveBeenCalledTimes(1)
    expect(last()).toMatchObject({ state: 'filled', shares: 3_000_000 })
    resting.close()
  })
})

describe('a withdrawal', () => {
  test('without an answer is asked for again, and only while the order lives', async () => {
    const { waiting, pass, cancels, says, last, resting, shot } = aLife()
    await waiting()
    resting.withdraw(shot.order.id)
    resting.withdraw(shot.order.id)
    expect(cancels).toHaveLength(1)
    cancels[0]?.(null)
    await pass(3_000)
    expect(cancels.length).toBeGreaterThan(1)
    const before = cancels.length
    says('CANCELED')
    cancels.at(-1)?.(null)
    await pass(10_000)
    expect([cancels.length, last()?.state]).toEqual([before, 'killed'])
    resting.close()
  })

  test('that was too late is not believed to have withdrawn anything', async () => {
    const { waiting, pass, cancels, says, lists, last, resting, shot } = aLife()
    await waiting()
    resting.withdraw(shot.order.id)
    says('MATCHED', 5_000_000)
    lists(made('CONFIRMED', 5_000_000))
    cancels[0]?.({ canceled: [], not_canceled: { [ID]: 'already canceled or matched' } })
    await pass(1_000)
    expect(last()).toMatchObject({ state: 'filled', shares: 5_000_000 })
    resting.close()
  })

  test('that the venue confirms, and then lists the order as living, is asked for again', async () => {
    const { waiting, pass, cancels, last, resting, shot } = aLife()
    await waiting()
    resting.withdraw(shot.order.id)
    cancels[0]?.(WITHDRAWN)
    await pass(4_000)
    expect([cancels.length, last()?.state]).toEqual([1, 'resting'])
    await pass(8_000)
    expect(cancels.length).toBe(2)
    resting.close()
  })

  test('of one that is still on its way waits for its answer', async () => {
    const { pass, cancels, resting, shot, account } = aLife()
    account.order.mockResolvedValue(null)
    resting.begin(shot)
    resting.withdrawAll()
    await pass(1_000)
    expect(cancels).toHaveLength(0)
    resting.doubted(shot, 'cut')
    expect(cancels).toHaveLength(1)
    resting.close()
  })
})

describe('a market that is left', () => {
  test('is one request, of which each order is read by itself; what it does not speak of is asked for by name', async () => {
    const { waiting, pass, cancels, marketCancels, says, told, resting, shot } = aLife()
    await waiting()
    const second = {
      ...shot,
      venueId: '0xbee',
      order: anOrder({ id: orderId('a/2'), kind: 'GTC' }),
    }
    const third = { ...shot, venueId: '0xfar', market: aMarket({ conditionId: OTHER }) }
    for (const one of [second, third]) {
      resting.begin(one)
      resting.accepted(one)
    }
    resting.withdrawMarket(market.conditionId)
    resting.withdrawMarket(market.conditionId)
    expect(marketCancels.map(([id]) => id)).toEqual([market.conditionId])
    marketCancels[0]?.[1](WITHDRAWN)
    await pass(1_000)
    // The second was not named; of the third nothing was asked.
    expect(cancels).toHaveLength(1)
    says('CANCELED')
    cancels[0]?.({ canceled: ['0xbee'], not_canceled: {} })
    await pass(3_000)
    const why = (id: string) => told.findLast(({ venueId }) => venueId === id)?.outcome
    expect([ID, '0xbee', '0xfar'].map(why)).toMatchObject([
      { state: 'killed', reason: 'it was withdrawn' },
      { state: 'killed', reason: 'it was withdrawn' },
      { state: 'killed', reason: 'the venue withdrew it: CANCELED' },
    ])
    resting.close()
  })

  test('in which one waits is asked for it by its name', async () => {
    const { waiting, cancels, marketCancels, resting } = aLife()
    await waiting()
    resting.withdrawMarket(market.conditionId)
    expect([cancels.length, marketCancels.length]).toEqual([1, 0])
    resting.close()
  })

  test('asks nothing where all of it is asked for already, or on its way', async () => {
    const { waiting, cancels, marketCancels, resting, shot } = aLife()
    await waiting()
    resting.withdraw(shot.order.id)
    const second = {
      ...shot,
      venueId: '0xbee',
      order: anOrder({ id: orderId('a/2'), kind: 'GTC' }),
    }
    resting.begin(second)
    resting.withdrawMarket(market.conditionId)
    expect([cancels.length, marketCancels.length]).toEqual([1, 0])
    resting.accepted(second)
    expect(cancels).toHaveLength(2)
    resting.close()
  })
})

describe('after a restart', () => {
  const known: SubmitOutcome = {
    state: 'resting',
    fills: [],
    shares: microShares(2_000_000),
    cost: microUsdc(1_940_000),
    fee: microUsdc(0),
  }

  test('it is withdrawn, and less is never told than was known', async () => {
    const { resting, shot, cancels, says, pass, lists, told, last } = aLife()
    says('LIVE', 2_000_000)
    resting.resume(shot, known)
    expect(cancels).toHaveLength(1)
    await pass(1_000)
    expect(told).toEqual([])
    says('CANCELED', 2_000_000)
    lists(made('CONFIRMED', 2_000_000))
    cancels[0]?.(WITHDRAWN)
    await pass(1_000)
    expect(last()).toMatchObject({ state: 'filled', shares: 2_000_000, finality: 'confirmed' })
    resting.close()
  })

  test('what a venue that knows nothing any more said before stays true, and is told aloud', async () => {
    const { resting, shot, pass, last, log } = aLife()
    resting.resume(shot, known)
    await pass(60_000)
    expect(last()).toMatchObject({ state: 'filled', shares: 2_000_000, finality: 'confirmed' })
    expect(log.error).toHaveBeenCalledTimes(1)
    resting.close()
  })
})

test('the end is awaited until all is proven, and not for ever', async () => {
  const { waiting, pass, says, resting } = aLife()
  await waiting()
  const early = resting.settled(2_000)
  await pass(2_500)
  expect(await early).toBe(false)
  const proven = resting.settled(60_000)
  says('CANCELED')
  await pass(3_000)
  expect(await proven).toBe(true)
  expect(await resting.settled(1)).toBe(true)
  resting.close()
})
