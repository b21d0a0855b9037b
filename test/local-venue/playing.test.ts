/** What the market channel is told of a book in which people stand: after every single change the two sides stand apart. */
import { describe, expect, test } from 'vitest'
import type { BookSide } from '../../src/domain/ids.ts'
import type { LevelTouch, VenueMarket } from '../../src/local-venue/market.ts'
import { play } from '../../src/local-venue/playing.ts'
import type { WorldEvent } from '../../src/local-venue/world-events.ts'
import { createMatching } from '../../src/sim/matching.ts'
import { createAccounts } from '../../src/sim/matching-accounts.ts'
import { createHolds } from '../../src/sim/matching-holds.ts'
import type { Trade } from '../../src/sim/matching-types.ts'
import { createTwoSidedBook } from '../../src/sim/two-sided-book.ts'

const M = 1_000_000

function stage() {
  const accounts = createAccounts(1_000 * M)
  accounts.deposit('ann', 1_000 * M)
  const touched: LevelTouch[] = []
  const trades: Trade[] = []
  const matching = createMatching({
    market: 'm',
    accounts,
    holds: createHolds(),
    welcome: () => 0,
    tick: () => 100,
    onLevel: (side, price, onDown) => touched.push({ side, price, onDown }),
    onTrade: (trade) => trades.push(trade),
    onOrder: () => undefined,
  })
  const people = {
    matching,
    touched: () => touched.splice(0),
    trades: () => trades.splice(0),
  }
  const market = {
    slug: 's',
    result: null,
    tick: 100,
    volume: 0,
    book: createTwoSidedBook(),
    people,
  } as unknown as VenueMarket
  const tops: string[] = []
  const emit = (event: WorldEvent): void => {
    if (event.kind !== 'changes') return
    for (const { side, price, size, bestBid, bestAsk } of event.changes) {
      tops.push(`${side} ${price} ${size / M}: ${bestBid}/${bestAsk}`)
      expect(bestBid).toBeLessThan(bestAsk)
    }
  }
  const crowd = (atMs: number, ...levels: readonly [BookSide, number, number][]): void =>
    play(
      { seed: 1, emit, follow: () => undefined },
      market,
      atMs,
      levels.map(([side, price, size]) => ({
        kind: 'level',
        atMs,
        side,
        price,
        size: size * M,
        onDown: false,
      })),
    )
  const rests = (id: string, price: number, shares: number, way: 'BUY' | 'SELL', atMs: number) => {
    const dollars = (price * shares * M) / 10_000
    const [makerAmount, takerAmount] = way === 'BUY' ? [dollars, shares * M] : [shares * M, dollars]
    const kind = { type: 'GTC', postOnly: false, expiresSec: 0 } as const
    const order = { id, account: 'ann', token: 'UP', way, makerAmount, takerAmount, atMs } as const
    expect(matching.submit({ ...order, ...kind }, atMs)).toHaveProperty('record')
    crowd(atMs)
  }
  return { crowd, rests, tops }
}

describe('a level of the crowd that meets people', () => {
  test('takes them out of the book before it stands there', () => {
    const { crowd, rests, tops } = stage()
    crowd(0, ['BID', 5_000, 100], ['ASK', 6_000, 100])
    rests('0x1', 5_500, 10, 'BUY', 1)
    tops.splice(0)
    crowd(2, ['ASK', 5_300, 30])
    expect(tops).toEqual(['BID 5500 0: 5000/6000', 'ASK 5300 20: 5000/5300'])
  })

  test('several at once, at several prices', () => {
    const { crowd, rests, tops } = stage()
    crowd(0, ['BID', 5_000, 100], ['ASK', 6_000, 100])
    rests('0x1', 5_500, 10, 'BUY', 1)
    rests('0x2', 5_400, 10, 'BUY', 2)
    tops.splice(0)
    crowd(3, ['ASK', 5_200, 15], ['BID', 5_100, 7], ['ASK', 5_200, 40])
    expect(tops.at(-1)).toBe('ASK 5200 35: 5100/5200')
  })
})
