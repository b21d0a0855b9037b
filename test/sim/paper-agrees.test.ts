/**
 * The venue on paper and the venue's own matching engine share no code. Over one book, without a way and a hold, and while nobody else trades, they must
 * come to the same end: what is filled at which price and for how much, what waits, what is refused, and who has what afterwards.
 *
 * Where they differ for a reason, the orders made up here keep clear of it:
 * - An order that crosses one of our own trades with it at the venue; on paper our orders do not meet each other.
 * - A purchase that the money only just covers: the venue asks for the most that it could cost, paper for what it does cost. See the last property.
 * - A market order half a hundredth of a tick off the grid is let through by the venue, whose signed amounts have few decimals.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BookSide, Side } from '../../src/domain/ids.ts'
import { type Order, rests } from '../../src/domain/order.ts'
import {
  MICRO,
  microShares,
  notional,
  TICKS_PER_DOLLAR,
  type Ticks,
} from '../../src/domain/units.ts'
import { SECOND } from '../support/builders.ts'
import { atTheVenue, onPaper, type Place, START } from '../support/two-venues.ts'
import {
  aSetting,
  type Move,
  orderOf,
  type Setting,
  slipIn,
  someMoves,
  type Taker,
} from '../support/venue-moves.ts'

/** Whether it would trade with an order of ours. */
function meetsOurs(order: Order, waiting: readonly Order[]): boolean {
  const [side, price] = inUp(order)
  return waiting.some((other) => {
    const [otherSide, otherPrice] = inUp(other)
    if (side === otherSide) return false
    return side === 'BID' ? price >= otherPrice : price <= otherPrice
  })
}

function inUp({ side, action, limit }: Order): readonly ['BID' | 'ASK', number] {
  const isBid = (side === 'UP') === (action === 'BUY')
  return [isBid ? 'BID' : 'ASK', side === 'UP' ? limit : TICKS_PER_DOLLAR - limit]
}

type Played = {
  readonly orders: readonly Order[]
  readonly paper: Place
  readonly venue: ReturnType<typeof atTheVenue>
}

/** Plays the same moves at both; `look` after each. */
function play(setting: Setting, moves: readonly Move[], look: (played: Played) => void): Played {
  const orders: Order[] = []
  const paper = onPaper(setting)
  const venue = atTheVenue(setting)
  const played = { orders, paper, venue }
  const isWaiting = (order: Order): boolean => paper.end(order).state === 'resting'
  let now: number = START
  for (const move of moves) {
    if (move.what === 'order') {
      const order = orderOf(move, orders.length, setting.tick, now)
      if (order === null || meetsOurs(order, orders.filter(isWaiting))) continue
      for (const place of [paper, venue]) place.submit(order)
      orders.push(order)
    } else if (move.what === 'taker') {
      comes(move, setting, played, orders.filter(isWaiting))
    } else if (move.what === 'cancel') {
      const order = orders[move.which]
      if (order !== undefined) for (const place of [paper, venue]) place.cancel(order)
    } else {
      now += move.seconds * SECOND
      for (const place of [paper, venue]) place.wait(now)
    }
    look(played)
  }
  return played
}

/** Takes at the best price, where the crowd and our orders stand in one line. */
function comes(
  { side, size: wanted, token }: Taker,
  setting: Setting,
  { orders, paper, venue }: Played,
  waiting: readonly Order[],
): void {
  // The engine knows the crowd's own trades from its new sizes alone.
  if (waiting.length === 0) return
  const crowd = side === 'BID' ? setting.bids : setting.asks
  const ours = waiting.filter((order) => inUp(order)[0] === side).map((order) => inUp(order)[1])
  const prices = [...crowd.map(([price]) => price), ...ours].filter(
    (price) => venue.sizeAt(side, price) > 0,
  )
  if (prices.length === 0) return
  const price = side === 'BID' ? Math.max(...prices) : Math.min(...prices)
  const size = Math.min(wanted, venue.sizeAt(side, price))
  venue.taken({ side, price, size, left: 0, token })
  const own = orders
    .filter((order) => inUp(order)[0] === side && inUp(order)[1] === price)
    .filter((order) => venue.end(order).state === 'resting')
    .reduce(
      (sum, order) =>
        sum +
        order.shares -
        venue.end(order).fills.reduce((total, [, shares]) => total + shares, 0),
      0,
    )
  paper.taken({ side, price, size, left: venue.sizeAt(side, price) - own, token })
}

function expectSame({ orders, paper, venue }: Played): void {
  for (const order of orders)
    expect({ order, end: paper.end(order) }).toEqual({ order, end: venue.end(order) })
  expect(paper.dollars()).toBe(venue.dollars())
  for (const side of ['UP', 'DOWN'] as const) expect(paper.held(side)).toBe(venue.held(side))
}

/** Nothing appears and nothing is filled twice, whichever token it was bought or sold by. */
function expectConserved(setting: Setting, { orders, paper, venue }: Played): void {
  const { dollars, markets } = venue.totals()
  expect(dollars).toBe(10_000_000 * MICRO + setting.cash)
  for (const { collateral, up, down } of markets)
    expect([up, down]).toEqual([collateral, collateral])
  const taken = new Map<string, number>()
  for (const order of orders) {
    const { fills, cost, fee } = paper.end(order)
    const [side] = inUp(order)
    expect(cost).toBe(
      fills.reduce(
        (sum, [price, size]) => sum + notional(price as Ticks, microShares(size), 'floor'),
        0,
      ),
    )
    expect(fee).toBeGreaterThanOrEqual(0)
    for (const [price, size] of fills) {
      const key = `${side} ${order.side === 'UP' ? price : TICKS_PER_DOLLAR - price}`
      taken.set(key, (taken.get(key) ?? 0) + size)
    }
  }
  for (const [side, levels] of [
    ['BID', setting.asks],
    ['ASK', setting.bids],
  ] as const)
    for (const [price, size] of levels)
      expect(taken.get(`${side} ${price}`) ?? 0).toBeLessThanOrEqual(size)
}

const scenes = aSetting.chain((setting) => someMoves(setting).map((moves) => ({ setting, moves })))

describe('paper and the matching engine', () => {
  test('come to the same end, order by order, dollar by dollar', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(scenes, ({ setting, moves }) => {
        const played = play(setting, moves, expectSame)
        expectConserved(setting, played)
        for (const order of played.orders)
          seen.add(`${order.kind} ${order.action} ${played.paper.end(order).state}`)
      }),
      { numRuns: 700 },
    )
    // Both agree on everything where nothing ever happens.
    for (const action of ['BUY', 'SELL']) {
      for (const kind of ['FOK', 'FAK'])
        for (const state of ['filled', 'killed', 'rejected'])
          expect(seen).toContain(`${kind} ${action} ${state}`)
      for (const kind of ['GTC', 'GTD'])
        for (const state of ['filled', 'resting', 'rejected'])
          expect(seen).toContain(`${kind} ${action} ${state}`)
    }
  })

  test('serve the same orders in a line, however others come and take', () => {
    const aTaker = fc.record({
      what: fc.constant('taker' as const),
      side: fc.constantFrom<BookSide>('BID', 'ASK'),
      size: fc.integer({ min: 1, max: 80 * MICRO }),
      token: fc.constantFrom<Side>('UP', 'DOWN'),
    })
    const served = scenes.chain(({ setting, moves }) =>
      fc
        .array(fc.tuple(aTaker, fc.nat(9)), { maxLength: 6 })
        .map((takers) => ({ setting, moves: takers.reduce<Move[]>(slipIn, [...moves]) })),
    )
    let asMaker = 0
    fc.assert(
      fc.property(served, ({ setting, moves }) => {
        const { orders, paper } = play(setting, moves, expectSame)
        for (const order of orders) {
          const { fills, fee } = paper.end(order)
          if (rests(order) && fills.length > 0 && fee === 0) asMaker += 1
        }
      }),
      { numRuns: 700 },
    )
    expect(asMaker).toBeGreaterThan(50)
  })

  test('where money is short, paper never spends what is not there, and refuses only what the venue refuses', () => {
    const short = scenes.chain(({ setting, moves }) =>
      fc
        .integer({ min: 0, max: 30 * MICRO })
        .map((cash) => ({ setting: { ...setting, cash }, moves })),
    )
    let refused = 0
    fc.assert(
      fc.property(short, ({ setting, moves }) => {
        let parted = false
        play(setting, moves, ({ orders, paper, venue }) => {
          expect(paper.free()).toBeGreaterThanOrEqual(0)
          const last = orders.at(-1)
          if (parted || last === undefined) return
          const [ours, theirs] = [paper.end(last), venue.end(last)]
          if (ours.state === 'rejected') expect(theirs.state).toBe('rejected')
          if (ours.state === 'rejected') refused += 1
          // From where the venue asked for more than the order would have cost, the two go separate ways.
          parted = theirs.state === 'rejected' && ours.state !== 'rejected'
          if (parted) expect(venue.refusals.get(last.id)?.error).toMatch(/not enough balance/)
          else expect(ours).toEqual(theirs)
        })
      }),
      { numRuns: 700 },
    )
    expect(refused).toBeGreaterThan(50)
  })
})
