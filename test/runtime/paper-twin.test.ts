/** The order that is real and its twin on paper: the real one goes first, the twin never disturbs it, and ends with it. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Book } from '../../src/book/book.ts'
import type { EngineEvent } from '../../src/domain/events.ts'
import { orderId } from '../../src/domain/ids.ts'
import type { Order, SubmitOutcome } from '../../src/domain/order.ts'
import type { Gateway } from '../../src/domain/ports.ts'
import { microShares, micros, microUsdc, ticks } from '../../src/domain/units.ts'
import { withTwin } from '../../src/runtime/paper-twin.ts'
import { aMarket, at, SOME_PAPER } from '../support/builders.ts'
import { anOrder } from '../support/live.ts'

const market = aMarket()
let book: Book
let told: EngineEvent[]
let did: string[]
let failed: unknown[]
let lookAtBook: () => Book
let gateway: Gateway

const now = () => micros(at(800) + Date.now() * 1_000)
const live: Gateway = {
  submit: ({ order }) => void did.push(`submit ${order.id}`),
  cancel: ({ order }) => void did.push(`cancel ${order.id}`),
  cancelMarket: () => void did.push('cancel market'),
  cancelAll: () => void did.push('cancel all'),
  hear: (event) => void did.push(`hear ${event.kind}`),
  arm: () => void did.push('arm'),
  recover: () => void did.push('recover'),
  close: async () => void did.push('close'),
}

beforeEach(() => {
  vi.useFakeTimers({ now: 0 })
  book = new Book(100)
  // Bid 0.48 for ten, offered at 0.52 for ten.
  book.applySnapshot([4_800, 10_000_000], [5_200, 10_000_000], ticks(100))
  ;[told, did, failed] = [[], [], []]
  lookAtBook = () => book
  gateway = withTwin(
    live,
    { ...SOME_PAPER, postMs: 100, cancelRequestMs: 50, addAhead: 0.2 },
    {
      book: () => lookAtBook(),
      balance: () => microUsdc(0),
      sharesOf: () => 0,
      roundTripMicros: () => 0,
      holdMicros: () => 0,
      offsetMicros: () => 0,
      emit: (event) => void told.push(event),
      now,
      twinFailed: (error) => void failed.push(error),
    },
  )
})
afterEach(() => vi.useRealTimers())

const order = (n: number, change: Partial<Order> = {}) =>
  anOrder({ id: orderId(`w/${n}`), limit: ticks(4_800), spend: microUsdc(2_400_000), ...change })
const waits = { kind: 'GTC', postOnly: true } as const
const send = (one: Order) => gateway.submit({ kind: 'submit', order: one, market })
const hear = (event: object) =>
  gateway.hear({ recvAt: now(), venueAt: null, ...event } as EngineEvent)
const trade = (size: number) =>
  hear({
    ...{ kind: 'trade_print', token: market.up, price: ticks(4_800), takerSide: 'SELL' },
    size: microShares(size),
  })
/** The level as the feed tells it now. */
function level(price: number, size: number): void {
  book.applyDelta('BID', price, size)
  hear({
    ...{ kind: 'book_delta', token: market.up, side: 'BID', price: ticks(price) },
    ...{ size: microShares(size), bestBid: null, bestAsk: null },
  })
}
const ended: SubmitOutcome = { state: 'killed', reason: 'withdrawn' }
const real = (one: Order, outcome: SubmitOutcome) =>
  hear({ kind: 'order_outcome', orderId: one.id, venueId: '0x1', outcome })
const twins = () => told.flatMap((one) => (one.kind === 'twin' ? [[one.orderId, one.outcome]] : []))
const last = (one: Order) =>
  told.findLast((event) => event.kind === 'twin' && event.orderId === one.id) as
    | Extract<EngineEvent, { kind: 'twin' }>
    | undefined

describe('each order has a twin', () => {
  test.each([
    [
      'a purchase to be taken wholly',
      { limit: ticks(5_200), spend: microUsdc(2_600_000) },
      'filled',
    ],
    ['one to be taken as far as it goes', { kind: 'FAK', limit: ticks(5_200) }, 'filled'],
    ['a sale of what nobody holds on paper', { action: 'SELL', kind: 'FAK' }, 'filled'],
    ['one that waits', waits, 'resting'],
  ] as const)('%s', (_, change, state) => {
    send(order(1, change))
    expect(did).toEqual(['submit w/1'])
    expect(twins()).toMatchObject([['w/1', { state }]])
  })

  test('and the engine hears nothing of it but that', () => {
    const one = order(1, waits)
    send(one)
    send(order(2, { limit: ticks(5_200), spend: microUsdc(2_600_000) }))
    trade(15_000_000)
    gateway.cancelAll()
    vi.advanceTimersByTime(1_000)
    expect(told.length).toBeGreaterThan(2)
    expect([...new Set(told.map(({ kind }) => kind))]).toEqual(['twin'])
  })

  test('born when the real one is on its way', () => {
    const submitted = vi.spyOn(live, 'submit').mockImplementation(() => {
      expect(told).toEqual([])
    })
    send(order(1, waits))
    expect(told).toHaveLength(1)
    submitted.mockRestore()
  })
})

describe('a twin that waits', () => {
  test.each([
    ['with its order', (one: Order) => gateway.cancel({ kind: 'cancel', order: one })],
    [
      'with its window',
      ({ conditionId }: Order) =>
        gateway.cancelMarket({ kind: 'cancel_market', conditionId, orders: [] }),
    ],
    ['with everything', () => gateway.cancelAll()],
    ['when the real one is gone', (one: Order) => real(one, ended)],
  ])('is withdrawn %s', (_, withdraw) => {
    const one = order(1, waits)
    send(one)
    withdraw(one)
    vi.advanceTimersByTime(49)
    expect(last(one)?.outcome.state).toBe('resting')
    vi.advanceTimersByTime(2)
    expect(last(one)?.outcome.state).toBe('killed')
    expect(did.length).toBe(2)
  })

  test('hears the trade that ended the real one, though it is told after it', () => {
    const one = order(1, waits)
    send(one)
    real(one, {
      ...{ state: 'filled', fills: [], shares: one.shares, cost: microUsdc(2_400_000) },
      ...{ fee: microUsdc(0), finality: 'matched' },
    })
    vi.advanceTimersByTime(20)
    trade(15_000_000)
    expect(last(one)?.outcome).toMatchObject({ state: 'filled', shares: 5_000_000 })
  })

  test('goes on waiting while nobody knows of the real one', () => {
    const one = order(1, waits)
    send(one)
    real(one, { state: 'unknown', reason: 'lost' })
    vi.advanceTimersByTime(10_000)
    expect(last(one)?.outcome.state).toBe('resting')
  })

  test('does not stand behind its own real order, nor with it among those who came later', () => {
    const one = order(1, waits)
    send(one)
    // Ten of others were there; now ours is, too.
    level(4_800, 15_000_000)
    trade(10_000_000)
    expect(last(one)?.outcome).toMatchObject({ state: 'resting', shares: 0 })
    trade(5_000_000)
    expect(last(one)?.outcome).toMatchObject({ state: 'filled', shares: 5_000_000 })
  })

  test('has others who came later before it, as ever', () => {
    const one = order(1, waits)
    send(one)
    level(4_800, 15_000_000)
    level(4_800, 25_000_000)
    // A fifth of the ten that came gets ahead of it.
    trade(15_000_000)
    expect(last(one)?.outcome).toMatchObject({ state: 'resting', shares: 3_000_000 })
  })
})

describe('a paper exchange that breaks', () => {
  const broken = (): never => {
    throw new Error('no book')
  }

  test('stops no order, and is told once', () => {
    lookAtBook = broken
    const one = order(1, waits)
    for (const next of [one, order(2), order(3, waits)]) send(next)
    gateway.cancel({ kind: 'cancel', order: one })
    gateway.cancelAll()
    real(one, ended)
    level(4_800, 1)
    expect(did).toEqual([
      ...['submit w/1', 'submit w/2', 'submit w/3', 'cancel w/1', 'cancel all'],
      ...['hear order_outcome', 'hear book_delta'],
    ])
    expect([failed.length, told]).toEqual([1, []])
  })

  test('between two orders ends no process', async () => {
    const held = withTwin(live, SOME_PAPER, {
      book: broken,
      balance: () => microUsdc(0),
      sharesOf: () => 0,
      roundTripMicros: () => 0,
      holdMicros: () => 150_000,
      offsetMicros: () => 0,
      emit: (event) => void told.push(event),
      now,
      twinFailed: (error) => void failed.push(error),
    })
    held.submit({ kind: 'submit', order: order(1), market })
    expect(failed).toEqual([])
    vi.advanceTimersByTime(200)
    expect(failed).toHaveLength(1)
    held.submit({ kind: 'submit', order: order(2), market })
    await held.close()
    expect(did).toEqual(['submit w/1', 'submit w/2', 'close'])
    expect(told).toEqual([])
  })
})
