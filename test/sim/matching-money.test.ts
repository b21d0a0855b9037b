/** Money across markets: a dollar is promised once, fees are always paid, nothing moves before everything was checked. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BookSide, Side } from '../../src/domain/ids.ts'
import { createMatching } from '../../src/sim/matching.ts'
import { createAccounts, FEES, HOUSE } from '../../src/sim/matching-accounts.ts'
import { createHolds } from '../../src/sim/matching-holds.ts'
import { feeOf } from '../../src/sim/matching-money.ts'
import type { OrderType, Trade, VenueOrder, Way } from '../../src/sim/matching-types.ts'

const M = 1_000_000
const MARKETS = ['one', 'two'] as const
const PEOPLE = ['ann', 'bob', 'cat'] as const

function table(dollars = 1_000) {
  const accounts = createAccounts(1_000_000 * M)
  const holds = createHolds()
  const trades: Trade[] = []
  const said: string[] = []
  const open = (market: string) =>
    createMatching({
      market,
      accounts,
      holds,
      welcome: (account) => (account === 'new' ? 5 * M : 0),
      tick: () => 100,
      onLevel: () => undefined,
      onTrade: (trade) => trades.push(trade),
      onOrder: ({ order, state }, what) => said.push(`${order.id} ${what} ${state}`),
    })
  for (const name of PEOPLE) accounts.deposit(name, dollars * M)
  return { accounts, holds, trades, said, one: open('one'), two: open('two') }
}

let ids = 0
type Wish = readonly [account: string, way: Way, token: Side, cents: number, shares: number]
function limit([account, way, token, cents, shares]: Wish, type: OrderType = 'GTC'): VenueOrder {
  ids += 1
  const dollars = Math.round(cents * shares * 10_000)
  const units = Math.round(shares * M)
  const [makerAmount, takerAmount] = way === 'BUY' ? [dollars, units] : [units, dollars]
  const rest = { type, postOnly: false, expiresSec: 0, atMs: 0 }
  return { id: `0x${ids}`, account, token, way, makerAmount, takerAmount, ...rest }
}

/** Spends dollars up to a limit of 0.99. */
function spend(account: string, dollars: number, type: OrderType = 'FOK'): VenueOrder {
  const takerAmount = Math.floor((dollars / 0.99) * 10_000) * 100
  const base = limit([account, 'BUY', 'UP', 99, 1], type)
  return { ...base, makerAmount: Math.round(dollars * M), takerAmount }
}

const NOT_ENOUGH = /^not enough balance \/ allowance: the balance is not enough -> balance: /

describe('one dollar, one promise', () => {
  test('what rests in one market cannot be spent in another', () => {
    const { one, two, holds } = table()
    one.submit(limit(['ann', 'BUY', 'UP', 50, 1_980]), 0)
    expect(holds.dollars('ann')).toBe(990 * M)
    two.setCrowd('ASK', 5_000, 1_000 * M, 0)
    expect(two.submit(spend('ann', 100, 'FAK'), 0)).toMatchObject({
      error: expect.stringMatching(
        /balance: 1000000000, sum of matched orders: 990000000, order amount: 106930000$/,
      ),
    })
    expect(two.submit(limit(['ann', 'BUY', 'UP', 50, 21]), 0)).toMatchObject({
      error: expect.stringMatching(NOT_ENOUGH),
    })
    expect(two.submit(limit(['ann', 'BUY', 'UP', 40, 20]), 0)).toHaveProperty('record')
    expect(holds.dollars('ann')).toBe(998 * M)
  })

  test('what is filled, cancelled or resolved is free again', () => {
    const { one, two, holds } = table()
    const placed = limit(['ann', 'BUY', 'UP', 50, 100])
    one.submit(placed, 0)
    one.setCrowd('ASK', 5_000, 40 * M, 1)
    expect(holds.dollars('ann')).toBe(30 * M)
    one.submit(limit(['ann', 'SELL', 'UP', 90, 40]), 2)
    expect(holds.shares('ann', 'one', 'UP')).toBe(40 * M)
    expect(holds.shares('ann', 'two', 'UP')).toBe(0)
    one.cancel(placed.id)
    expect(holds.dollars('ann')).toBe(0)
    two.submit(limit(['ann', 'BUY', 'UP', 50, 100]), 3)
    two.resolve('UP')
    one.resolve('UP')
    expect([holds.dollars('ann'), holds.shares('ann', 'one', 'UP')]).toEqual([0, 0])
  })
})

describe('a market buy', () => {
  test('needs the largest fee that it could pay, and pays the one that it owes', () => {
    const { one, accounts } = table(107)
    one.setCrowd('ASK', 3_600, 1_000 * M, 0)
    accounts.pay('bob', HOUSE, 107 * M - 106_929_999)
    expect(one.submit(spend('bob', 100), 0)).toMatchObject({
      error: expect.stringMatching(NOT_ENOUGH),
    })
    const result = one.submit(spend('ann', 100), 0) as { shares: number; dollars: number }
    expect(accounts.dollars(FEES)).toBe(feeOf(result.shares, 3_600))
    expect(accounts.dollars('ann')).toBe(107 * M - result.dollars - feeOf(result.shares, 3_600))
  })

  test('that takes all there is goes through many prices, or changes nothing at all', () => {
    const { one, accounts, trades } = table()
    accounts.pay('ann', HOUSE, (1_000 - 132) * M)
    for (let price = 3_800; price <= 4_600; price += 100) one.setCrowd('ASK', price, 30 * M, 0)
    const before = accounts.totals()
    expect(one.submit(spend('ann', 131), 0)).toHaveProperty('error')
    expect(trades).toEqual([])
    expect(accounts.totals()).toEqual(before)
    expect(one.sizeAt('ASK', 3_800)).toBe(30 * M)
    expect(one.submit(spend('ann', 100), 0)).toMatchObject({ record: { state: 'MATCHED' } })
    expect(trades.length).toBeGreaterThan(5)
  })

  test('is remembered when it was killed, though the book be better later', () => {
    const { one } = table()
    const [fok, fak] = [spend('ann', 10), spend('ann', 10, 'FAK')]
    expect(one.submit(fok, 0)).toHaveProperty('error')
    expect(one.submit(fak, 0)).toHaveProperty('error')
    one.setCrowd('ASK', 5_000, 1_000 * M, 1)
    for (const order of [fok, fak]) {
      expect(one.submit(order, 2)).toEqual({
        status: 400,
        error: `order ${order.id} is invalid. Duplicated.`,
      })
    }
  })
})

describe('limit orders', () => {
  test.each<OrderType>(['GTC', 'GTD'])('a %s buy that takes is for a dollar at least', (type) => {
    const { one } = table()
    const small = (): VenueOrder => ({
      ...limit(['ann', 'BUY', 'UP', 9, 5], type),
      expiresSec: type === 'GTD' ? 1_000 : 0,
    })
    expect(one.submit(small(), 0)).toHaveProperty('record')
    one.setCrowd('ASK', 900, 100 * M, 1)
    expect(one.submit(small(), 2)).toEqual({
      status: 400,
      error: 'invalid amount for a marketable BUY order ($0.45), min size: $1',
    })
    one.setCrowd('BID', 300, 100 * M, 3)
    expect(one.check(limit(['ann', 'BUY', 'UP', 9, 12], 'GTC'), 4)).toBeNull()
  })

  test.each<[Way, number, number, RegExp]>([
    [
      'SELL',
      19_690_000,
      4_330_000,
      /the taker amount for a \$0\.22 order of size 19\.69 should be '4\.3318' but the value submited is '4\.33'$/,
    ],
    [
      'BUY',
      4_330_000,
      19_690_000,
      /the maker amount for a \$0\.22 order of size 19\.69 should be '4\.3318' but the value submited is '4\.33'$/,
    ],
  ])('a %s whose product was rounded', (way, makerAmount, takerAmount, words) => {
    const { one } = table()
    const order = { ...limit(['ann', way, 'UP', 22, 19.69]), makerAmount, takerAmount }
    expect(one.submit(order, 0)).toMatchObject({ error: expect.stringMatching(words) })
  })

  test('fees are rounded fill by fill, and all of them must be there before the first', () => {
    const { one, accounts, trades } = table()
    one.setCrowd('ASK', 4_000, 200 * M, 0)
    one.submit(spend('bob', 60), 0)
    one.setCrowd('ASK', 4_000, 0, 0)
    for (let n = 0; n < 20; n += 1) one.submit(limit(['bob', 'SELL', 'UP', 50, 5.01]), 1)
    const buy = () => limit(['ann', 'BUY', 'UP', 50, 100.2])
    // At once the fee would be 1.7535; twenty times 0.08768 is more.
    accounts.pay('ann', HOUSE, 1_000 * M - 51_853_500)
    const before = trades.length
    expect(one.check(buy(), 2)).toBeNull()
    expect(one.submit(buy(), 2)).toMatchObject({
      error: expect.stringMatching(/balance: 51853500, order amount: 51853600$/),
    })
    expect(trades).toHaveLength(before)
    accounts.pay(HOUSE, 'ann', 100)
    expect(one.submit(buy(), 3)).toMatchObject({ record: { state: 'MATCHED' } })
    expect(accounts.dollars('ann')).toBe(0)
  })

  test('a newcomer is judged by what it is going to have', () => {
    const { one } = table()
    expect(one.check(limit(['new', 'BUY', 'UP', 50, 10]), 0)).toBeNull()
    expect(one.check(limit(['new', 'BUY', 'UP', 51, 10]), 0)).toHaveProperty('error')
  })
})

describe('who lost what rests', () => {
  test('dollars: the order goes when its turn comes, and the crowd goes on', () => {
    const { one, accounts, trades, said } = table()
    const [old, young] = [
      limit(['ann', 'BUY', 'UP', 50, 100]),
      limit(['ann', 'BUY', 'UP', 50, 100]),
    ]
    one.submit(old, 0)
    one.submit(young, 1)
    accounts.pay('ann', 'bob', 940 * M)
    one.setCrowd('ASK', 5_000, 150 * M, 2)
    expect(said).toContain(`${young.id} CANCELLATION CANCELED`)
    expect(trades.map(({ maker, shares }) => [maker.orderId, shares])).toEqual([[old.id, 100 * M]])
    expect(one.sizeAt('ASK', 5_000)).toBe(50 * M)
  })

  test('shares: whoever takes gets what is really there', () => {
    const { one, accounts, said } = table()
    one.setCrowd('ASK', 4_000, 100 * M, 0)
    one.submit(spend('ann', 20), 0)
    one.setCrowd('ASK', 4_000, 0, 0)
    const resting = limit(['ann', 'SELL', 'UP', 48, 50])
    one.submit(resting, 1)
    accounts.give('ann', HOUSE, 'one', 'UP', 10 * M)
    expect(one.submit(spend('bob', 10), 2)).toHaveProperty('error')
    expect(said.at(-1)).toBe(`${resting.id} CANCELLATION CANCELED`)
    expect(accounts.dollars('bob')).toBe(1_000 * M)
  })
})

// ---- properties

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('order' as const),
      market: fc.constantFrom(...MARKETS),
      wish: fc.tuple(
        fc.constantFrom(...PEOPLE),
        fc.constantFrom<Way>('BUY', 'BUY', 'SELL'),
        fc.constantFrom<Side>('UP', 'DOWN'),
        fc.integer({ min: 1, max: 99 }),
        fc.integer({ min: 5, max: 600 }),
      ),
      type: fc.constantFrom<OrderType>('GTC', 'GTC', 'FOK', 'FAK'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('spend' as const),
      market: fc.constantFrom(...MARKETS),
      account: fc.constantFrom(...PEOPLE),
      /** Of what is free. */
      part: fc.double({ min: 0.5, max: 1, noNaN: true }),
      type: fc.constantFrom<OrderType>('FOK', 'FAK'),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('crowd' as const),
      market: fc.constantFrom(...MARKETS),
      side: fc.constantFrom<BookSide>('BID', 'ASK'),
      cents: fc.integer({ min: 1, max: 99 }),
      size: fc.integer({ min: 0, max: 300 * M }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('loss' as const),
      account: fc.constantFrom(...PEOPLE),
      part: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

function play(bench: ReturnType<typeof table>, action: Step, at: number): void {
  const { accounts, holds } = bench
  switch (action.do) {
    case 'order':
    case 'spend': {
      const free = (account: string) => accounts.dollars(account) - holds.dollars(account)
      const order =
        action.do === 'order'
          ? limit(action.wish, action.type)
          : spend(
              action.account,
              Math.floor((Math.max(free(action.account), 0) / M) * action.part),
              action.type,
            )
      const before = { totals: accounts.totals(), trades: bench.trades.length }
      const fees = accounts.dollars(FEES)
      const result = bench[action.market].submit(order, at)
      const mine = bench.trades.slice(before.trades)
      if ('error' in result) {
        expect(mine).toEqual([])
        expect(accounts.totals()).toEqual(before.totals)
      } else {
        expect(accounts.dollars(FEES) - fees).toBe(mine.reduce((sum, { fee }) => sum + fee, 0))
        if (order.type === 'FOK' && order.way === 'BUY')
          expect(order.makerAmount - result.dollars).toBeLessThan(mine.length + 10)
      }
      return
    }
    case 'crowd': {
      const { market, side, size } = action
      const [price, other] = [action.cents * 100, side === 'BID' ? 'ASK' : 'BID'] as const
      for (let p = 100; p < 10_000; p += 100)
        if (side === 'BID' ? p <= price : p >= price) bench[market].setCrowd(other, p, 0, at)
      return bench[market].setCrowd(side, price, size, at)
    }
    case 'loss':
      return accounts.pay(
        action.account,
        HOUSE,
        Math.floor(accounts.dollars(action.account) * action.part),
      )
  }
}

const STEPS = fc.array(step, { maxLength: 100 })
const RUNS = Number(process.env['MATCHING_RUNS'] ?? 500)

describe('whatever happens in two markets', () => {
  test('nobody runs out of money at a match, fees are paid, what is refused changes nothing', () => {
    fc.assert(
      fc.property(STEPS, (steps) => {
        const bench = table()
        const before = bench.accounts.totals().dollars
        for (const [at, action] of steps.entries()) play(bench, action, at)
        expect(bench.accounts.totals().dollars).toBe(before)
      }),
      { numRuns: RUNS },
    )
  })

  test('without losses every promise is backed at every moment', () => {
    fc.assert(
      fc.property(STEPS, (steps) => {
        const bench = table()
        for (const [at, action] of steps.entries()) {
          if (action.do === 'loss') continue
          play(bench, action, at)
          for (const name of PEOPLE)
            expect(bench.accounts.dollars(name)).toBeGreaterThanOrEqual(bench.holds.dollars(name))
        }
        expect(bench.said.filter((text) => text.includes('CANCELLATION'))).toEqual([])
      }),
      { numRuns: RUNS },
    )
  })
})
