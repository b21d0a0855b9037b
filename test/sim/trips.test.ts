/** The way of a paper order is drawn from ways that were measured: all of them, not their middle. */
import { expect, test } from 'vitest'
import { Book } from '../../src/book/book.ts'
import { orderId } from '../../src/domain/ids.ts'
import { completeOrder, type Order } from '../../src/domain/order.ts'
import { MICROS_PER_MS, type Micros, microUsdc, ticks } from '../../src/domain/units.ts'
import { createPaperExchange, type PaperSettings } from '../../src/sim/paper/exchange.ts'
import { drawTrip, tripAt } from '../../src/sim/paper/trips.ts'
import { aMarket, SOME_PAPER } from '../support/builders.ts'

/** Nine in ten are fast, and one is slow. */
const TRIPS = Array.from({ length: 100 }, (_, n) => (n < 90 ? 20_000 + n * 100 : 400_000 + n))
const names = Array.from({ length: 2_000 }, (_, n) => orderId(`window/${n}`))

test('what is drawn has the middle and the tail of what was measured', () => {
  const drawn = names.map((id) => drawTrip(TRIPS, 1, id)).sort((a, b) => a - b)
  expect(drawn[0]).toBeGreaterThanOrEqual(20_000)
  expect(drawn.at(-1)).toBeLessThanOrEqual(400_099)
  for (const share of [0.1, 0.5, 0.8])
    expect(Math.abs(tripAt(drawn, share) - tripAt(TRIPS, share))).toBeLessThan(1_000)
  const slow = drawn.filter((micros) => micros >= 400_000).length
  expect(slow).toBeGreaterThan(140)
  expect(slow).toBeLessThan(260)
  expect(drawTrip([7], 1, names[0] as Order['id'])).toBe(7)
})

test('by the name of the order and the seed, and nothing else', () => {
  const of = (seed: number) => names.slice(0, 20).map((id) => drawTrip(TRIPS, seed, id))
  expect(of(1)).toEqual(of(1))
  expect(of(1)).not.toEqual(of(2))
})

function arrivesAfter(settings: Partial<PaperSettings>, id: string): number {
  const exchange = createPaperExchange({
    settings: { ...SOME_PAPER, ...settings },
    book: () => new Book(ticks(100)),
    balance: () => microUsdc(0),
    sharesOf: () => 0,
    roundTripMicros: () => 33_000,
    holdMicros: () => 150 * MICROS_PER_MS,
    offsetMicros: () => 0,
  })
  const market = aMarket()
  const order = completeOrder({ id: orderId(id), token: market.up, side: 'UP' })
  exchange.submit({ kind: 'submit', order, market }, 1_000 as Micros)
  return (exchange.nextAt() ?? 0) - 1_000 - 150 * MICROS_PER_MS
}

test('the exchange draws where ways were measured; a fixed number, or none measured, is as it was', () => {
  expect(arrivesAfter({ trips: TRIPS }, 'a/1')).toBe(drawTrip(TRIPS, 1, orderId('a/1')))
  expect(arrivesAfter({ trips: TRIPS }, 'a/1')).not.toBe(arrivesAfter({ trips: TRIPS }, 'a/2'))
  expect(arrivesAfter({}, 'a/1')).toBe(33_000)
  expect(arrivesAfter({ trips: TRIPS, postMs: 50 }, 'a/1')).toBe(50_000)
})
