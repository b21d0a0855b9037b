import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Book } from '../../src/book/book.ts'
import { type Ticks, ticks } from '../../src/domain/units.ts'

/** The plainest book there is: two maps, searched anew for every question. */
function naive() {
  const bids = new Map<number, number>()
  const asks = new Map<number, number>()
  return {
    bids,
    asks,
    set(side: 'BID' | 'ASK', price: number, size: number) {
      const levels = side === 'BID' ? bids : asks
      if (size === 0) levels.delete(price)
      else levels.set(price, size)
    },
    bestBid: () => (bids.size === 0 ? null : Math.max(...bids.keys())),
    bestAsk: () => (asks.size === 0 ? null : Math.min(...asks.keys())),
    priceToTake(shares: number) {
      let left = shares
      for (const price of [...asks.keys()].sort((a, b) => a - b)) {
        left -= asks.get(price) ?? 0
        if (left <= 0) return price
      }
      return null
    },
  }
}

const change = fc.record({
  side: fc.constantFrom('BID' as const, 'ASK' as const),
  price: fc.oneof(
    fc.integer({ min: 1, max: 99 }).map((cents) => cents * 100),
    fc.integer({ min: 1, max: 999 }).map((mills) => mills * 10),
    fc.integer({ min: 1, max: 9_999 }),
  ),
  size: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 500_000_000 })),
})

describe('a book', () => {
  test('agrees with the plainest one after any changes and snapshots', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            { weight: 20, arbitrary: change },
            { weight: 1, arbitrary: fc.constant('snapshot' as const) },
          ),
          { maxLength: 120 },
        ),
        fc.integer({ min: 1, max: 900_000_000 }),
        (steps, shares) => {
          const book = new Book(100)
          let model = naive()
          book.applySnapshot([], [], ticks(100))
          for (const step of steps) {
            if (step === 'snapshot') {
              book.applySnapshot([3_000, 5, 2_000, 7], [6_000, 9], ticks(100))
              model = naive()
              model.set('BID', 3_000, 5)
              model.set('BID', 2_000, 7)
              model.set('ASK', 6_000, 9)
            } else {
              book.applyDelta(step.side, step.price, step.size)
              model.set(step.side, step.price, step.size)
            }
            expect(book.bestBid).toBe(model.bestBid())
            expect(book.bestAsk).toBe(model.bestAsk())
          }
          expect(book.priceToTake(shares)).toBe(model.priceToTake(shares))
          const pairs = (flat: number[]) => flat.filter((_, at) => at % 2 === 0)
          expect(pairs(book.levels('BID'))).toEqual([...model.bids.keys()].sort((a, b) => b - a))
          expect(pairs(book.levels('ASK'))).toEqual([...model.asks.keys()].sort((a, b) => a - b))
        },
      ),
      { numRuns: 300 },
    )
  })

  test('is nothing before its first snapshot and after it was forgotten', () => {
    const book = new Book(100)
    expect(book.applyDelta('BID', 5_000, 1)).toBe(false)
    expect(book.bestBid).toBeNull()
    book.applySnapshot([5_000, 1], [5_100, 1], null)
    book.forget()
    expect([book.state, book.bestBid, book.bestAsk, book.levels('BID')]).toEqual([
      'absent',
      null,
      null,
      [],
    ])
  })

  test.each([0, 10_000])('an impossible price %i makes it doubtful', (price) => {
    const book = new Book(100)
    book.applySnapshot([], [], null)
    expect(book.applyDelta('ASK', price, 5)).toBe(false)
    expect(book.state).toBe('drifted')
  })

  test('knows when it is crossed and when the venue disagrees', () => {
    const book = new Book(100)
    book.applySnapshot([5_000, 1], [5_100, 1], null)
    expect([
      book.crossed,
      book.agrees(5_000, 5_100),
      book.agrees(5_000, null),
      book.agrees(4_900, 5_100),
    ]).toEqual([false, true, true, false])
    book.applyDelta('BID', 5_100, 1)
    expect(book.crossed).toBe(true)
  })

  test('writes the text that the venue hashes', () => {
    const book = new Book(100)
    book.applySnapshot(
      [100, 100_000_000, 5_000, 20_500_000],
      [9_900, 7_000_000, 5_200, 10_000_000],
      100 as Ticks,
    )
    const hash = (lastTradePrice: string) =>
      createHash('sha1')
        .update(
          book.canonicalText({
            market: `0x${'ab'.padStart(64, '0')}`,
            assetId: '123',
            timestamp: '1780000000000',
            minOrderSize: '5',
            negRisk: false,
            lastTradePrice,
          }),
        )
        .digest('hex')
    expect(hash('0.510')).toBe('e6e79e5f26966f92ba1cb6799959debd16c70eb2')
    expect(hash('')).toBe('7e4538c0e343a5ffb90272e8289074260514699b')
  })
})
