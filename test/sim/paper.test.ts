import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Book } from '../../src/book/book.ts'
import { type ConditionId, conditionId, orderId } from '../../src/domain/ids.ts'
import { type Order, rests, type SubmitOutcome, spentOn } from '../../src/domain/order.ts'
import {
  MICRO,
  microShares,
  micros,
  microUsdc,
  notional,
  type Ticks,
  ticks,
} from '../../src/domain/units.ts'
import { createPaperExchange, type PaperSettings } from '../../src/sim/paper/exchange.ts'
import { aMarket, at, SOME_PAPER } from '../support/builders.ts'

const market = aMarket()
const MS = 1_000
const START = at(800)

function anOrder(change: Partial<Order> = {}): Order {
  const limit = change.limit ?? ticks(4_800)
  const shares = change.shares ?? microShares(10 * MICRO)
  return {
    id: orderId('paper/1'),
    conditionId: market.conditionId,
    strategy: 'test',
    side: 'UP',
    token: market.up,
    action: 'BUY',
    kind: 'GTC',
    postOnly: false,
    expiresAt: null,
    limit,
    spend: notional(limit, shares, 'ceil'),
    shares,
    decidedAt: START,
    ...change,
  }
}

/** A book of 0.48 for 100 against 0.52 for 100, and the exchange over it. */
function setUp(settings: Partial<PaperSettings> = {}, cash = 1_000) {
  const book = new Book(100)
  const level = (price: number, size: number) => [Math.round(price * 10_000), size * MICRO]
  book.applySnapshot(level(0.48, 100), [...level(0.52, 100), ...level(0.53, 50)], ticks(100))
  let now = START
  let spent = 0
  const last = new Map<string, SubmitOutcome>()
  const exchange = createPaperExchange({
    settings: { ...SOME_PAPER, ...settings },
    book: (token) => (token === market.up ? book : undefined),
    // As the engine has it: the dollars of an order that waits are set aside when it is sent.
    balance: () => microUsdc(cash * MICRO - spent),
    sharesOf: () => 20 * MICRO,
    roundTripMicros: () => 20 * MS,
    holdMicros: () => 150 * MS,
    offsetMicros: () => 0,
  })
  const pass = (ms: number): void => {
    now = micros(now + ms * MS)
    exchange.advance(now)
    for (const { orderId: id, outcome } of exchange.news()) last.set(id, outcome)
  }
  return {
    book,
    pass,
    last: (id = 'paper/1') => last.get(id),
    nextAt: exchange.nextAt,
    submit(order: Order) {
      spent += order.action === 'BUY' && rests(order) ? order.spend : 0
      exchange.submit({ kind: 'submit', order, market }, now)
    },
    cancel: (order: Order) => exchange.cancel({ kind: 'cancel', order }, now),
    cancelMarket: (id: ConditionId) =>
      exchange.cancelMarket({ kind: 'cancel_market', conditionId: id, orders: [] }, now),
    delta(side: 'BID' | 'ASK', price: number, shares: number) {
      const [atPrice, size] = [Math.round(price * 10_000) as Ticks, microShares(shares * MICRO)]
      book.applyDelta(side, atPrice, size)
      const claims = { bestBid: null, bestAsk: null, venueAt: null, recvAt: now }
      exchange.hear({ kind: 'book_delta', token: market.up, side, price: atPrice, size, ...claims })
      pass(0)
    },
    trade(price: number, shares: number, takerSide: 'BUY' | 'SELL', token = market.up) {
      const [atPrice, size] = [Math.round(price * 10_000) as Ticks, microShares(shares * MICRO)]
      exchange.hear({
        kind: 'trade_print',
        token,
        price: atPrice,
        size,
        takerSide,
        recvAt: now,
        venueAt: null,
      })
      pass(0)
    },
  }
}

describe('an order that waits', () => {
  test('is at the venue after a round trip and the hold, behind whoever was there', () => {
    const paper = setUp()
    paper.submit(anOrder())
    paper.pass(169)
    expect(paper.last()).toBeUndefined()
    paper.pass(1)
    expect(paper.last()).toMatchObject({ state: 'resting', shares: 0 })
    paper.trade(0.48, 100, 'SELL')
    expect(paper.last()).toMatchObject({ shares: 0 })
    paper.trade(0.48, 4, 'SELL')
    expect(paper.last()).toMatchObject({
      state: 'resting',
      shares: 4 * MICRO,
      cost: 1_920_000,
      fee: 0,
    })
    paper.trade(0.48, 50, 'SELL')
    expect(paper.last()).toMatchObject({
      state: 'filled',
      shares: 10 * MICRO,
      cost: 4_800_000,
      fee: 0,
    })
  })

  test('a trade beyond its price has been through it', () => {
    const paper = setUp()
    paper.submit(anOrder())
    paper.pass(200)
    paper.trade(0.47, 3, 'SELL')
    expect(paper.last()).toMatchObject({ state: 'resting', shares: 3 * MICRO })
  })

  test('who buys the other side sells this one', () => {
    const paper = setUp()
    paper.submit(anOrder())
    paper.pass(200)
    paper.trade(0.53, 3, 'BUY', market.down)
    expect(paper.last()).toMatchObject({ state: 'resting', shares: 3 * MICRO })
    paper.trade(0.53, 3, 'SELL', market.down)
    expect(paper.last()).toMatchObject({ shares: 3 * MICRO })
  })

  test('those ahead who leave bring it forward, and of those who come later a part gets ahead', () => {
    const evenly = setUp()
    evenly.submit(anOrder())
    evenly.pass(200)
    evenly.delta('BID', 0.48, 50)
    evenly.trade(0.48, 51, 'SELL')
    expect(evenly.last()).toMatchObject({ shares: MICRO })

    const pushed = setUp({ addAhead: 0.5 })
    pushed.submit(anOrder())
    pushed.pass(200)
    pushed.delta('BID', 0.48, 120)
    pushed.trade(0.48, 111, 'SELL')
    expect(pushed.last()).toMatchObject({ shares: MICRO })
  })

  test('an offer at its price meets it, each share once', () => {
    const paper = setUp()
    paper.submit(anOrder({ limit: ticks(5_000) }))
    paper.pass(200)
    paper.delta('ASK', 0.5, 3)
    paper.delta('ASK', 0.5, 5)
    expect(paper.last()).toMatchObject({ state: 'resting', shares: 5 * MICRO })
  })

  test('takes what it crosses as a taker, and waits for the rest', () => {
    const paper = setUp()
    paper.submit(anOrder({ limit: ticks(5_200), shares: microShares(130 * MICRO) }))
    paper.pass(200)
    expect(paper.last()).toMatchObject({
      state: 'resting',
      shares: 100 * MICRO,
      cost: 52 * MICRO,
      fee: 1_747_200,
    })
  })

  test('a post-only one would rather not', () => {
    const paper = setUp()
    paper.submit(anOrder({ limit: ticks(5_200), postOnly: true }))
    paper.pass(200)
    expect(paper.last()).toMatchObject({
      state: 'rejected',
      reason: expect.stringMatching(/post-only/),
    })
  })

  test('leaves some time after it was asked to, and is filled until then', () => {
    const paper = setUp({ cancelRequestMs: 50, cancelClearMs: 30 })
    const order = anOrder()
    paper.submit(order)
    paper.pass(200)
    paper.cancel(order)
    paper.pass(79)
    paper.trade(0.47, 2, 'SELL')
    expect(paper.last()).toMatchObject({ state: 'resting', shares: 2 * MICRO })
    paper.pass(1)
    expect(paper.last()).toMatchObject({
      state: 'filled',
      shares: 2 * MICRO,
      finality: 'confirmed',
    })
    expect(paper.nextAt()).toBeNull()
  })

  test('leaves with all others of its market, and of no other one', () => {
    const paper = setUp()
    paper.submit(anOrder())
    paper.submit(anOrder({ id: orderId('paper/2'), limit: ticks(4_700) }))
    paper.pass(200)
    paper.cancelMarket(conditionId(`0x${'d'.repeat(64)}`))
    paper.pass(200)
    expect(paper.last()).toMatchObject({ state: 'resting' })
    paper.cancelMarket(market.conditionId)
    paper.pass(200)
    for (const id of ['paper/1', 'paper/2'])
      expect(paper.last(id)).toEqual({ state: 'killed', reason: 'it was withdrawn' })
  })

  test('is over when its time is, and was never there when nothing of it was filled', () => {
    const paper = setUp()
    paper.submit(anOrder({ kind: 'GTD', expiresAt: micros(START + 500 * MS) }))
    paper.pass(499)
    expect(paper.last()).toMatchObject({ state: 'resting' })
    paper.pass(1)
    expect(paper.last()).toEqual({ state: 'killed', reason: 'its time was over' })
  })

  test('made-up takers reach it only through what is better', () => {
    const fast = { base: 1_000, depthShare: 0, noise: 0 }
    const paper = setUp({ flow: fast })
    paper.delta('BID', 0.49, 1_000)
    paper.submit(anOrder())
    paper.pass(200)
    paper.pass(250)
    paper.pass(250)
    expect(paper.last()).toMatchObject({ shares: 0 })
    paper.delta('BID', 0.49, 0)
    paper.pass(250)
    expect(paper.last()).toMatchObject({ state: 'filled', shares: 10 * MICRO })
  })
})

describe('an order to be taken at once', () => {
  const buy = { limit: ticks(5_300), spend: microUsdc(52 * MICRO), shares: microShares(98 * MICRO) }

  test('all or nothing', () => {
    const paper = setUp()
    paper.submit(anOrder({ kind: 'FOK', ...buy }))
    paper.submit(anOrder({ id: orderId('paper/2'), kind: 'FOK', ...buy }))
    paper.pass(200)
    expect(paper.last()).toMatchObject({ state: 'filled', shares: 100 * MICRO, cost: 52 * MICRO })
    // What the first one took is not there for the second one, until the feed says that it is.
    expect(paper.last('paper/2')).toMatchObject({
      state: 'killed',
      reason: 'no longer $52 for sale at 0.53 or better',
    })
    paper.delta('ASK', 0.52, 100)
    paper.submit(anOrder({ id: orderId('paper/3'), kind: 'FOK', ...buy }))
    paper.pass(200)
    expect(paper.last('paper/3')).toMatchObject({ state: 'filled' })
  })

  test('as much as there is', () => {
    const paper = setUp()
    paper.submit(anOrder({ kind: 'FAK', limit: ticks(5_200), spend: microUsdc(60 * MICRO) }))
    paper.pass(200)
    expect(paper.last()).toMatchObject({ state: 'filled', shares: 100 * MICRO, cost: 52 * MICRO })
  })

  test('sells what is held, for no less', () => {
    const paper = setUp()
    paper.submit(anOrder({ action: 'SELL', kind: 'FOK', limit: ticks(4_800) }))
    paper.submit(
      anOrder({
        id: orderId('paper/2'),
        action: 'SELL',
        kind: 'FOK',
        shares: microShares(21 * MICRO),
      }),
    )
    paper.pass(200)
    expect(paper.last()).toMatchObject({ state: 'filled', cost: 4_800_000 })
    expect(paper.last('paper/2')).toMatchObject({
      state: 'rejected',
      reason: 'not enough shares: 20 for a sale of 21',
    })
  })

  test('dust that buys nothing more does not keep it from being whole', () => {
    const paper = setUp()
    paper.delta('ASK', 0.52, 1.1)
    const spend = microUsdc(2_650_000)
    const order = { limit: ticks(5_300), shares: microShares(5 * MICRO), spend }
    paper.submit(anOrder({ kind: 'FOK', ...order }))
    paper.pass(200)
    // 1.1 at 0.52 leave 2.078 dollars, which at 0.53 are 3.920754 shares and less than a millionth of a dollar.
    expect(paper.last()).toMatchObject({ state: 'filled', shares: 5_020_754, cost: 2_649_999 })
  })

  test('what the money does not cover is refused', () => {
    const paper = setUp({}, 52)
    paper.submit(anOrder({ kind: 'FOK', ...buy }))
    paper.pass(200)
    expect(paper.last()).toMatchObject({
      state: 'rejected',
      reason: expect.stringMatching(/not enough balance: \$52/),
    })
  })

  test('an unknown book proves no fill', () => {
    const paper = setUp()
    paper.book.forget()
    paper.submit(anOrder({ kind: 'FOK', ...buy }))
    paper.pass(200)
    expect(paper.last()).toMatchObject({
      state: 'killed',
      reason: expect.stringMatching(/not known/),
    })
  })
})

test('whatever happens, nothing is filled beyond its size, its price or its dollars', () => {
  const step = fc.oneof(
    fc.record({
      do: fc.constant('order' as const),
      kind: fc.constantFrom('FOK', 'FAK', 'GTC'),
      limit: fc.integer({ min: 40, max: 60 }),
      shares: fc.integer({ min: 5, max: 200 }),
    }),
    fc.record({
      do: fc.constant('trade' as const),
      price: fc.integer({ min: 40, max: 60 }),
      shares: fc.integer({ min: 1, max: 200 }),
      buy: fc.boolean(),
    }),
    fc.record({
      do: fc.constant('delta' as const),
      bid: fc.boolean(),
      price: fc.integer({ min: 40, max: 60 }),
      shares: fc.integer({ min: 0, max: 200 }),
    }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 400 }) }),
    fc.record({ do: fc.constant('cancel' as const) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const paper = setUp({ addAhead: 0.3 })
      const orders: Order[] = []
      for (const one of steps) {
        if (one.do === 'order') {
          const order = anOrder({
            id: orderId(`paper/${orders.length}`),
            kind: one.kind as Order['kind'],
            limit: ticks(one.limit * 100),
            shares: microShares(one.shares * MICRO),
          })
          orders.push(order)
          paper.submit(order)
        } else if (one.do === 'trade')
          paper.trade(one.price / 100, one.shares, one.buy ? 'BUY' : 'SELL')
        else if (one.do === 'delta')
          paper.delta(one.bid ? 'BID' : 'ASK', one.price / 100, one.shares)
        else if (one.do === 'wait') paper.pass(one.ms)
        else for (const order of orders) paper.cancel(order)
      }
      for (const order of orders) paper.cancel(order)
      paper.pass(10_000)
      expect(paper.nextAt()).toBeNull()
      for (const order of orders) {
        const outcome = paper.last(order.id)
        expect(outcome).toBeDefined()
        if (outcome?.state !== 'filled') continue
        if (order.kind === 'GTC') expect(outcome.shares).toBeLessThanOrEqual(order.shares)
        expect(spentOn(order, outcome) - outcome.fee).toBeLessThanOrEqual(order.spend)
        for (const { price } of outcome.fills) expect(price).toBeLessThanOrEqual(order.limit)
      }
    }),
    { numRuns: 500 },
  )
})
