import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BookSide, Side } from '../../src/domain/ids.ts'
import { createMatching } from '../../src/sim/matching.ts'
import { type Accounts, createAccounts, FEES, HOUSE } from '../../src/sim/matching-accounts.ts'
import { createHolds, type Holds } from '../../src/sim/matching-holds.ts'
import { feeOf } from '../../src/sim/matching-money.ts'
import type {
  Matching,
  OrderType,
  Refusal,
  Trade,
  VenueOrder,
  Way,
} from '../../src/sim/matching-types.ts'

const M = 1_000_000
const MARKET = '0xmarket'

type Bench = {
  readonly accounts: Accounts
  readonly holds: Holds
  readonly matching: Matching
  readonly trades: Trade[]
  readonly said: string[]
  setTick(tick: number): void
}

function bench(): Bench {
  const accounts = createAccounts(1_000_000 * M)
  const holds = createHolds()
  const trades: Trade[] = []
  const said: string[] = []
  let tick = 100
  const matching = createMatching({
    market: MARKET,
    accounts,
    holds,
    welcome: () => 0,
    tick: () => tick,
    onLevel: (side, price) => said.push(`${side} ${price} ${matching.sizeAt(side, price)}`),
    onTrade: (trade) => trades.push(trade),
    onOrder: (record, what) => said.push(`${record.order.id} ${what} ${record.state}`),
  })
  for (const account of ['ann', 'bob', 'cat']) accounts.deposit(account, 1_000 * M)
  return {
    accounts,
    holds,
    matching,
    trades,
    said,
    setTick(next) {
      tick = next
    },
  }
}

let ids = 0
function order(
  account: string,
  way: Way,
  token: Side,
  price: number,
  shares: number,
  type: OrderType = 'GTC',
  change: Partial<VenueOrder> = {},
): VenueOrder {
  ids += 1
  const dollars = Math.round(price * shares * M)
  const [makerAmount, takerAmount] = way === 'BUY' ? [dollars, shares * M] : [shares * M, dollars]
  return {
    id: `0x${ids}`,
    account,
    token,
    way,
    makerAmount,
    takerAmount,
    type,
    postOnly: false,
    expiresSec: 0,
    atMs: 0,
    ...change,
  }
}

function refusalOf(result: unknown): Refusal {
  expect(result).toHaveProperty('error')
  return result as Refusal
}

describe('who trades with whom', () => {
  test('a buyer of Up and a seller of Up exchange; the taker pays the fee', () => {
    const { matching, accounts, trades } = bench()
    matching.setCrowd('ASK', 5_000, 10 * M, 0)
    matching.submit(order('ann', 'BUY', 'UP', 0.5, 10, 'FOK'), 0)
    expect(accounts.shares('ann', MARKET, 'UP')).toBe(10 * M)
    matching.submit(order('ann', 'SELL', 'UP', 0.6, 10), 0)
    matching.submit(order('bob', 'BUY', 'UP', 0.6, 10, 'FOK'), 1)
    expect(trades.at(-1)).toMatchObject({
      kind: 'complementary',
      price: 6_000,
      shares: 10 * M,
      dollars: 6 * M,
      fee: 168_000,
      taker: 'bob',
    })
    expect(accounts.dollars('ann')).toBe((1_000 - 5 + 6) * M - 175_000)
    expect(accounts.dollars('bob')).toBe((1_000 - 6) * M - 168_000)
    expect(accounts.dollars(FEES)).toBe(175_000 + 168_000)
    expect(accounts.shares('bob', MARKET, 'UP')).toBe(10 * M)
  })

  test('buyers of both tokens make pairs, at the price of who stood there', () => {
    const { matching, accounts, trades } = bench()
    matching.submit(order('ann', 'BUY', 'DOWN', 0.45, 20), 0)
    matching.submit(order('bob', 'BUY', 'UP', 0.6, 20), 1)
    expect(trades).toMatchObject([
      {
        kind: 'mint',
        token: 'UP',
        price: 5_500,
        dollars: 11 * M,
        maker: { token: 'DOWN', way: 'BUY', price: 4_500, account: 'ann' },
      },
    ])
    expect(accounts.shares('ann', MARKET, 'DOWN')).toBe(20 * M)
    expect(accounts.shares('bob', MARKET, 'UP')).toBe(20 * M)
    expect(accounts.totals().markets[0]).toMatchObject({
      collateral: 20 * M,
      up: 20 * M,
      down: 20 * M,
    })
  })

  test('sellers of both tokens dissolve pairs', () => {
    const { matching, accounts, trades } = bench()
    matching.submit(order('ann', 'BUY', 'DOWN', 0.45, 20), 0)
    matching.submit(order('bob', 'BUY', 'UP', 0.55, 20), 1)
    matching.submit(order('ann', 'SELL', 'DOWN', 0.4, 20), 2)
    matching.submit(order('bob', 'SELL', 'UP', 0.5, 20), 3)
    expect(trades.at(-1)).toMatchObject({
      kind: 'merge',
      price: 6_000,
      dollars: 12 * M,
      maker: { price: 4_000, token: 'DOWN', way: 'SELL' },
    })
    expect(accounts.totals().markets[0]).toMatchObject({ collateral: 0, up: 0, down: 0 })
  })

  test('better prices first, then whoever came first', () => {
    const { matching, trades } = bench()
    matching.submit(order('ann', 'BUY', 'UP', 0.5, 10), 0)
    matching.submit(order('bob', 'BUY', 'UP', 0.51, 10), 1)
    matching.submit(order('cat', 'BUY', 'UP', 0.5, 10), 2)
    matching.setCrowd('ASK', 5_000, 25 * M, 3)
    expect(trades.map(({ maker, price, shares }) => [maker.account, price, shares])).toEqual([
      ['bob', 5_100, 10 * M],
      ['ann', 5_000, 10 * M],
      ['cat', 5_000, 5 * M],
    ])
    expect(matching.sizeAt('BID', 5_000)).toBe(5 * M)
    expect(matching.sizeAt('ASK', 5_000)).toBe(0)
  })

  test('the crowd that stood there first is served first; what it adds later stands behind', () => {
    const { matching, trades } = bench()
    matching.setCrowd('BID', 5_000, 10 * M, 0)
    matching.submit(order('ann', 'BUY', 'UP', 0.5, 10), 1)
    matching.setCrowd('BID', 5_000, 30 * M, 2)
    expect(matching.sizeAt('BID', 5_000)).toBe(40 * M)
    matching.crowdTakes('BID', 5_000, 15 * M, 3)
    expect(trades).toMatchObject([{ taker: HOUSE, shares: 5 * M, maker: { account: 'ann' } }])
    matching.setCrowd('BID', 5_000, 0, 4)
    expect(matching.sizeAt('BID', 5_000)).toBe(5 * M)
  })
})

describe('kinds of orders', () => {
  test('a buy of dollars takes more shares where they are cheaper, and leaves dust', () => {
    const { matching, accounts } = bench()
    matching.setCrowd('ASK', 5_300, 4 * M, 0)
    matching.setCrowd('ASK', 5_500, 50 * M, 0)
    const result = matching.submit(
      order('ann', 'BUY', 'UP', 0.55, 0, 'FOK', { makerAmount: 5_000_000, takerAmount: 9_090_900 }),
      0,
    )
    // 4 at 0.53, the rest of the five dollars at 0.55.
    expect(result).toMatchObject({ shares: 4_000_000 + 5_236_363, dollars: 2_120_000 + 2_879_999 })
    expect(accounts.shares('ann', MARKET, 'UP')).toBe(9_236_363)
  })

  test('a fill-or-kill that is too large changes nothing', () => {
    const { matching, accounts, said } = bench()
    matching.setCrowd('ASK', 5_000, 4 * M, 0)
    const { error } = refusalOf(matching.submit(order('ann', 'BUY', 'UP', 0.5, 10, 'FOK'), 0))
    expect(error).toBe("order couldn't be fully filled. FOK orders are fully filled or killed.")
    expect(accounts.dollars('ann')).toBe(1_000 * M)
    expect(said).toEqual([])
  })

  test('a fill-and-kill takes what is there, and is refused where nothing is', () => {
    const { matching } = bench()
    expect(refusalOf(matching.submit(order('ann', 'BUY', 'UP', 0.5, 10, 'FAK'), 0)).error).toMatch(
      /^no orders found to match with FAK/,
    )
    matching.setCrowd('ASK', 5_000, 4 * M, 0)
    expect(matching.submit(order('ann', 'BUY', 'UP', 0.5, 10, 'FAK'), 0)).toMatchObject({
      shares: 4 * M,
      record: { state: 'MATCHED' },
    })
    expect([...matching.orders()]).toHaveLength(1)
  })

  test('what is left of a limit order rests; post-only may not cross', () => {
    const { matching, said } = bench()
    matching.setCrowd('ASK', 5_000, 4 * M, 0)
    expect(
      refusalOf(matching.submit(order('ann', 'BUY', 'UP', 0.5, 10, 'GTC', { postOnly: true }), 0))
        .error,
    ).toBe('invalid post-only order: order crosses book')
    const placed = order('ann', 'BUY', 'UP', 0.5, 10)
    matching.submit(placed, 0)
    expect(matching.sizeAt('BID', 5_000)).toBe(6 * M)
    expect(said).toEqual(['ASK 5000 0', `${placed.id} PLACEMENT LIVE`, 'BID 5000 6000000'])
    expect(matching.cancel(placed.id)?.state).toBe('CANCELED')
    expect(matching.cancel(placed.id)).toBeNull()
    expect(matching.sizeAt('BID', 5_000)).toBe(0)
  })

  test('a good-til-date order leaves a minute before its date', () => {
    const { matching } = bench()
    expect(
      refusalOf(matching.submit(order('ann', 'BUY', 'UP', 0.5, 10, 'GTD', { expiresSec: 60 }), 0))
        .error,
    ).toBe('invalid expiration')
    const placed = order('ann', 'BUY', 'UP', 0.5, 10, 'GTD', { expiresSec: 200 })
    matching.submit(placed, 0)
    matching.expire(139)
    expect(matching.order(placed.id)?.state).toBe('LIVE')
    matching.expire(140)
    expect(matching.order(placed.id)?.state).toBe('CANCELED')
  })
})

describe('what is refused, in the words of the venue', () => {
  test.each<[string, VenueOrder, RegExp]>([
    ['off the grid', order('ann', 'BUY', 'UP', 0.505, 10), /breaks minimum tick size rule: 0\.01$/],
    ['price of a dollar', order('ann', 'BUY', 'UP', 1, 10), /breaks minimum tick size/],
    [
      'too small to rest',
      order('ann', 'BUY', 'UP', 0.5, 4),
      /Size \(4\) lower than the minimum: 5$/,
    ],
    [
      'less than a dollar',
      order('ann', 'BUY', 'UP', 0.98, 1, 'FOK'),
      /^invalid amount for a marketable BUY order \(\$0\.98\), min size: \$1$/,
    ],
    [
      'cents of a cent',
      order('ann', 'BUY', 'UP', 0, 0, 'FOK', { makerAmount: 5_001_000, takerAmount: 10_002_000 }),
      /market buy orders maker amount supports a max accuracy of 2 decimals, taker amount a max of 4 decimals$/,
    ],
    [
      'thousandths of a share',
      order('ann', 'SELL', 'UP', 0, 0, 'GTC', { makerAmount: 10_001_000, takerAmount: 5_000_500 }),
      /the sell orders maker amount supports a max accuracy of 2 decimals/,
    ],
    [
      'more than there is',
      order('ann', 'BUY', 'UP', 0.5, 2_100),
      /^not enough balance \/ allowance: the balance is not enough -> balance: 1000000000, order amount: 1050000000$/,
    ],
    [
      'shares that are not there',
      order('ann', 'SELL', 'DOWN', 0.5, 10),
      /balance: 0, order amount: 10000000$/,
    ],
    [
      'an expiry without a date',
      order('ann', 'BUY', 'UP', 0.5, 10, 'GTC', { expiresSec: 99 }),
      /^invalid expiration$/,
    ],
  ])('%s', (_name, bad, words) => {
    const { matching } = bench()
    matching.setCrowd('ASK', 9_900, 10_000 * M, 0)
    const refused = refusalOf(matching.submit(bad, 0))
    expect(refused.status).toBe(400)
    expect(refused.error).toMatch(words)
  })

  test('the same order twice; more than what other orders leave', () => {
    const { matching } = bench()
    const one = order('ann', 'BUY', 'UP', 0.5, 1_500)
    matching.submit(one, 0)
    expect(refusalOf(matching.submit(one, 0)).error).toBe(`order ${one.id} is invalid. Duplicated.`)
    expect(refusalOf(matching.submit(order('ann', 'BUY', 'UP', 0.5, 1_000), 0)).error).toMatch(
      /balance: 1000000000, sum of matched orders: 750000000, order amount: 500000000$/,
    )
  })

  test('a fine tick allows what a coarse one does not', () => {
    const { matching, setTick } = bench()
    setTick(10)
    expect(matching.submit(order('ann', 'BUY', 'UP', 0.995, 10), 0)).toHaveProperty('record')
  })
})

describe('the end', () => {
  test('resting orders go, winners are paid, nothing more is taken', () => {
    const { matching, accounts, said } = bench()
    matching.setCrowd('ASK', 5_000, 10 * M, 0)
    matching.submit(order('ann', 'BUY', 'UP', 0.5, 10, 'FOK'), 0)
    const resting = order('ann', 'BUY', 'UP', 0.4, 10)
    matching.submit(resting, 0)
    matching.resolve('UP')
    expect(said.at(-1)).toBe(`${resting.id} CANCELLATION CANCELED_MARKET_RESOLVED`)
    expect(accounts.redeem('ann', MARKET)).toBe(10 * M)
    expect(accounts.redeem('ann', MARKET)).toBe(0)
    expect(accounts.redeem(HOUSE, MARKET)).toBe(0)
    expect(accounts.totals().markets[0]?.collateral).toBe(0)
    expect(refusalOf(matching.submit(order('ann', 'BUY', 'UP', 0.5, 10), 0)).error).toMatch(
      /not yet ready/,
    )
  })
})

test.each([
  [0.5, 100, 1_750_000],
  [0.97, 5, 10_190],
  [0.99, 5, 3_470],
  [0.999, 5, 350],
])('the fee at %f for %i shares', (price, shares, fee) => {
  expect(feeOf(shares * M, Math.round(price * 10_000))).toBe(fee)
})

// ---- properties

const account = fc.constantFrom('ann', 'bob', 'cat')
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('submit' as const),
      account,
      way: fc.constantFrom<Way>('BUY', 'SELL'),
      token: fc.constantFrom<Side>('UP', 'DOWN'),
      cents: fc.integer({ min: 1, max: 99 }),
      shares: fc.integer({ min: 1, max: 60_00 }),
      type: fc.constantFrom<OrderType>('GTC', 'GTC', 'FOK', 'FAK'),
      postOnly: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('crowd' as const),
      side: fc.constantFrom<BookSide>('BID', 'ASK'),
      cents: fc.integer({ min: 1, max: 99 }),
      size: fc.integer({ min: 0, max: 80 * M }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('take' as const),
      side: fc.constantFrom<BookSide>('BID', 'ASK'),
      cents: fc.integer({ min: 1, max: 99 }),
      size: fc.integer({ min: 1, max: 40 * M }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), which: fc.nat(40) }) },
)
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

function play(table: Bench, action: Step, at: number, placed: VenueOrder[]): void {
  const { matching } = table
  switch (action.do) {
    case 'submit': {
      const shares = action.shares / 100
      const made = order(
        action.account,
        action.way,
        action.token,
        action.cents / 100,
        0,
        action.type,
        {
          id: `0x${at}`,
          postOnly: action.postOnly,
          ...(action.way === 'BUY'
            ? {
                makerAmount: Math.round(action.cents * shares * 10_000),
                takerAmount: Math.round(shares * M),
              }
            : {
                makerAmount: Math.round(shares * M),
                takerAmount: Math.round(action.cents * shares * 10_000),
              }),
        },
      )
      placed.push(made)
      const before = table.trades.length
      matching.submit(made, at)
      return inPriority(table.trades.slice(before))
    }
    case 'crowd': {
      // The crowd does not cross itself.
      const price = action.cents * 100
      const other = action.side === 'BID' ? 'ASK' : 'BID'
      for (let p = 100; p < 10_000; p += 100) {
        if (action.side === 'BID' ? p <= price : p >= price) matching.setCrowd(other, p, 0, at)
      }
      return matching.setCrowd(action.side, price, action.size, at)
    }
    case 'take':
      return matching.crowdTakes(action.side, action.cents * 100, action.size, at)
    case 'cancel': {
      const one = placed[action.which % Math.max(placed.length, 1)]
      if (one !== undefined) matching.cancel(one.id)
    }
  }
}

/** The best price first; at one price whoever came first. Ids say when an order came. */
function inPriority(trades: readonly Trade[]): void {
  const upPrice = ({ token, price }: Trade): number => (token === 'UP' ? price : 10_000 - price)
  for (const [at, trade] of trades.entries()) {
    const before = trades[at - 1]
    if (before === undefined) continue
    const worse =
      (upPrice(trade) - upPrice(before)) *
      ((trade.token === 'UP') === (trade.way === 'BUY') ? 1 : -1)
    expect(worse).toBeGreaterThanOrEqual(0)
    const [first, second] = [before.maker.orderId, trade.maker.orderId]
    if (worse === 0 && first !== null && second !== null)
      expect(Number(first.slice(2))).toBeLessThan(Number(second.slice(2)))
  }
}

function sound(table: Bench, before: number): void {
  const { accounts, holds, matching } = table
  const totals = accounts.totals()
  expect(totals.dollars).toBe(before)
  for (const { up, down, collateral } of totals.markets)
    expect([up, down]).toEqual([collateral, collateral])
  let bid = 0
  let ask = 10_000
  for (let price = 100; price < 10_000; price += 100) {
    if (matching.sizeAt('BID', price) > 0) bid = Math.max(bid, price)
    if (matching.sizeAt('ASK', price) > 0) ask = Math.min(ask, price)
  }
  expect(bid).toBeLessThan(ask)
  for (const name of ['ann', 'bob', 'cat']) {
    expect(accounts.dollars(name)).toBeGreaterThanOrEqual(holds.dollars(name))
    for (const side of ['UP', 'DOWN'] as const) {
      expect(accounts.shares(name, MARKET, side)).toBeGreaterThanOrEqual(
        holds.shares(name, MARKET, side),
      )
    }
  }
}

describe('whatever happens', () => {
  test('nothing appears or vanishes, no book is crossed, what is held back is there; and it happens the same again', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const [one, two] = [bench(), bench()]
        const before = one.accounts.totals().dollars
        for (const table of [one, two]) {
          const placed: VenueOrder[] = []
          for (const [at, action] of steps.entries()) {
            play(table, action, at, placed)
            if (table === one) sound(table, before)
          }
        }
        expect(two.said).toEqual(one.said)
        expect(two.trades).toEqual(one.trades)
        one.matching.resolve('DOWN')
        for (const name of ['ann', 'bob', 'cat', HOUSE]) one.accounts.redeem(name, MARKET)
        const totals = one.accounts.totals()
        expect(totals.dollars).toBe(before)
        for (const { collateral } of totals.markets) expect(collateral).toBe(0)
      }),
      { numRuns: Number(process.env['MATCHING_RUNS'] ?? 1_000) },
    )
  })
})
