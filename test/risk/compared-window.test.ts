/** A window of several orders beside what paper made of them. */
import { describe, expect, test } from 'vitest'
import type { Result } from '../../src/domain/account.ts'
import { orderId } from '../../src/domain/ids.ts'
import type { Order, SubmitOutcome } from '../../src/domain/order.ts'
import { microShares, microUsdc } from '../../src/domain/units.ts'
import { createComparedWindow } from '../../src/risk/compared-window.ts'
import { aMarket } from '../support/builders.ts'
import { anOrder } from '../support/live.ts'

const market = aMarket()
const KILLED: SubmitOutcome = { state: 'killed', reason: 'gone' }

function order(n: number, change: Partial<Order> = {}): Order {
  return anOrder({ id: orderId(`w/${n}`), kind: 'GTC', postOnly: true, ...change })
}

function filled(shares: number, dollars: number, fee = 0): SubmitOutcome {
  return {
    state: 'filled',
    fills: [],
    shares: microShares(shares * 1e6),
    cost: microUsdc(Math.round(dollars * 1e6)),
    fee: microUsdc(fee * 1e6),
    finality: 'confirmed',
  }
}

type Told = readonly [order: Order, real: SubmitOutcome, paper: SubmitOutcome | null]

function same(told: readonly Told[], pnl: number, change: Partial<Result> = {}): boolean | null {
  const window = createComparedWindow()
  for (const [one, real, paper] of told) {
    window.sent(one)
    window.outcome(one, real)
    if (paper !== null) window.twin(one.id, paper)
  }
  const [shown, outcome] = told.at(-1) ?? []
  return window.asOnPaper({
    ...{ market, winner: 'UP', order: shown ?? null, outcome: outcome ?? null },
    ...{ orders: told.length, payout: microUsdc(0), pnl: microUsdc(Math.round(pnl * 1e6)) },
    ...change,
  })
}

const down = { side: 'DOWN', token: market.down } as const
const sale = { action: 'SELL', kind: 'FAK', postOnly: false } as const

describe('the money of a window', () => {
  test('is the same to a cent for each share that changed hands', () => {
    const pair = (paid: number): Told[] => [
      [order(1), filled(5, 2.4), filled(5, paid)],
      [order(2, down), filled(5, 2.4), filled(5, 2.4)],
    ]
    expect(same(pair(2.4), 0.2)).toBe(true)
    // Ten shares changed hands: ten cents.
    expect(same(pair(2.5), 0.2)).toBe(true)
    expect(same(pair(2.51), 0.2)).toBe(false)
  })

  test('counts what was filled here and not there, and the other way round', () => {
    expect(same([[order(1), filled(5, 2.4), KILLED]], 2.6)).toBe(false)
    expect(same([[order(1), KILLED, filled(5, 2.4)]], 0)).toBe(false)
    expect(same([[order(1), KILLED, KILLED]], 0)).toBe(true)
  })

  test('has what sales brought, their fees, and what a split or a window without a result pays', () => {
    const sold: Told[] = [
      [order(1), filled(5, 2.5), filled(5, 2.5)],
      [order(2, sale), filled(5, 3, 0.1), filled(5, 3, 0.1)],
    ]
    expect(same(sold, 0.4)).toBe(true)
    expect(same(sold, 0.6)).toBe(false)
    const held: Told[] = [[order(1), filled(5, 2.4), filled(5, 2.4)]]
    expect(same(held, 0.1, { winner: 'SPLIT' })).toBe(true)
    expect(same(held, 2.6, { winner: 'SPLIT' })).toBe(false)
    expect(same(held, 0, { winner: 'VOID' })).toBe(true)
    expect(same(held, -2.4, { winner: 'DOWN' })).toBe(true)
  })

  test('owes on paper what was sold there without having been bought', () => {
    const told: Told[] = [
      [order(1), filled(5, 2.5), KILLED],
      [order(2, sale), filled(5, 2.6), filled(5, 2.6)],
    ]
    for (const winner of ['UP', 'DOWN'] as const) expect(same(told, 0.1, { winner })).toBe(false)
  })
})

test('of an order whose twin has not ended nobody can compare the window', () => {
  const rests: SubmitOutcome = { ...filled(2, 1), state: 'resting' } as SubmitOutcome
  for (const twin of [null, rests])
    expect(
      same(
        [
          [order(1), filled(5, 2.4), filled(5, 2.4)],
          [order(2, down), KILLED, twin],
        ],
        2.6,
      ),
    ).toBeNull()
})

test('a single purchase that is filled wholly or not at all is compared by its price', () => {
  const shot = order(1, { kind: 'FOK', postOnly: false })
  expect(same([[shot, filled(5, 4.5), filled(5, 4.55)]], 123)).toBe(true)
  expect(same([[shot, filled(5, 4.5), filled(5, 4.6)]], 0.5)).toBe(false)
  expect(same([[shot, filled(5, 4.5), null]], 0.5)).toBeNull()
})

test('orders that waited for nobody say nothing; an attempt that failed does', () => {
  const quiet = (one: Order, real: SubmitOutcome, paper: SubmitOutcome | null): boolean => {
    const window = createComparedWindow()
    window.sent(one)
    window.outcome(one, real)
    if (paper !== null) window.twin(one.id, paper)
    return window.isQuiet()
  }
  expect(quiet(order(1), KILLED, KILLED)).toBe(true)
  expect(quiet(order(1), KILLED, null)).toBe(false)
  expect(quiet(order(1), KILLED, filled(5, 2))).toBe(false)
  expect(quiet(order(1), filled(5, 2), KILLED)).toBe(false)
  expect(quiet(order(1, { kind: 'FAK' }), KILLED, KILLED)).toBe(false)
})
