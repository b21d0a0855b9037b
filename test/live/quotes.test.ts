/**
 * Orders that wait, over real sockets on the embedded venue, with somebody else who takes from them: each life there is, with what may go wrong in it. The
 * engine is played by the test; its cash is held against the venue's ledger to the millionth.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OrderType, Side } from '@polymarket/clob-client-v2'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { liveGateway } from '../../src/cli/live-gateway-setup.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { EngineEvent, OrderOutcome, RestoredShot } from '../../src/domain/events.ts'
import { conditionId, orderId, tokenId } from '../../src/domain/ids.ts'
import type { Market } from '../../src/domain/market.ts'
import { type Order, type SubmitOutcome, spentOn } from '../../src/domain/order.ts'
import type { Gateway } from '../../src/domain/ports.ts'
import { microShares, micros, notional, type Ticks } from '../../src/domain/units.ts'
import { openShotJournal } from '../../src/ledger/shot-journal.ts'
import { type RunningVenue, startLocalVenue } from '../../src/local-venue/venue.ts'
import { nowMicros } from '../../src/net/clock.ts'
import { sharesFor, spendFor } from '../../src/pricing/amounts.ts'
import { openAccount } from '../../src/venues/polymarket/account.ts'
import { topOf, trader } from '../local-venue/official-traders.ts'
import { windowOf } from '../local-venue/support.ts'
import { aMarket } from '../support/builders.ts'
import { aLog } from '../support/live.ts'
import { until, untilHolds } from '../support/until.ts'
import type { VenueLedger } from './harness.ts'

let venue: RunningVenue
let folder: string
let market: Market
let log: ReturnType<typeof aLog>
let told: OrderOutcome[]
let orders: Order[]
let gateway: Gateway
let other: Awaited<ReturnType<typeof trader>>

beforeEach(async () => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  folder = mkdtempSync(join(tmpdir(), 'quotes-'))
  venue = await startLocalVenue({
    profile: 'demo',
    seed: 1,
    epochMs: Date.now(),
    windowSec: 3_600,
    firstCloseSec: 3_000,
  })
  const open = await windowOf(venue, 'btc', '15m')
  const { up, down } = open.tokens
  const names = { conditionId: conditionId(open.conditionId), slug: open.slug }
  market = aMarket({ ...names, up: tokenId(up), down: tokenId(down) })
  log = aLog()
  told = []
  orders = []
  other = await trader(venue)
  gateway = await aGateway()
})

afterEach(async () => {
  await gateway.close()
  await venue.close()
  rmSync(folder, { recursive: true, force: true })
})

async function aGateway(): Promise<Gateway> {
  const wallet = { privateKey: venue.account.privateKey, signatureType: 0, funder: null } as const
  const account = await openAccount({ clob: venue.endpoints.clob, wallet, credentials: null })
  const { config } = loadConfig({ cwd: '/', env: {}, flags: { strategy: 'market-maker' } })
  // Each tells its own: what one of before learns later counts for nothing.
  const into = told
  const purse = { wallet, address: account.address, from: 'a test', credentials: null }
  return liveGateway(
    { config, endpoints: venue.endpoints, purse, log, shot: () => undefined },
    account,
    openShotJournal(join(folder, 'journal'), log),
    {
      emit: (event: EngineEvent) => void (event.kind === 'order_outcome' && into.push(event)),
      now: nowMicros,
      venueNow: nowMicros,
      rehearse: () => undefined,
      twinFailed: () => undefined,
      book: () => undefined,
      balance: () => 0 as never,
      sharesOf: () => 0,
      offsetMicros: () => 0,
      roundTripMicros: () => 0,
      holdMicros: () => 0,
    },
  )
}

function anOrder(change: Partial<Order> & { readonly limit: Ticks }): Order {
  const { action = 'BUY', kind = 'GTC', limit, shares = microShares(10_000_000) } = change
  const isByDollars = action === 'BUY' && (kind === 'FOK' || kind === 'FAK')
  const spend = isByDollars
    ? spendFor(limit, shares)
    : notional(limit, shares, action === 'BUY' ? 'ceil' : 'floor')
  const order: Order = {
    id: orderId(`${market.slug}/${orders.length + 1}`),
    conditionId: market.conditionId,
    strategy: 'test',
    side: 'UP',
    token: market.up,
    action,
    kind,
    postOnly: kind === 'GTC' || kind === 'GTD',
    expiresAt: kind === 'GTD' ? micros(nowMicros() + 90_000_000) : null,
    spend,
    shares: isByDollars ? (sharesFor(spend, limit) ?? shares) : shares,
    decidedAt: nowMicros(),
    ...change,
  }
  orders.push(order)
  return order
}

function submit(change: Partial<Order> & { readonly limit: Ticks }): Order {
  const order = anOrder(change)
  gateway.submit({ kind: 'submit', order, market })
  return order
}

const outcomesOf = ({ id }: Order): SubmitOutcome[] =>
  told.filter((event) => event.orderId === id).map(({ outcome }) => outcome)
const lastOf = (order: Order): SubmitOutcome | null => outcomesOf(order).at(-1) ?? null
const stateOf = (order: Order): string => lastOf(order)?.state ?? 'nothing'
const takenOf = (order: Order): number => {
  const outcome = lastOf(order)
  return outcome?.state === 'filled' || outcome?.state === 'resting' ? outcome.shares : 0
}
const isConfirmed = (order: Order): boolean => {
  const outcome = lastOf(order)
  return outcome?.state === 'filled' && outcome.finality === 'confirmed'
}
const fault = (name: string, forMs?: number) =>
  fetch(`${venue.endpoints.control}/faults`, {
    method: 'POST',
    body: JSON.stringify({ name, probability: 1, ...(forMs === undefined ? {} : { forMs }) }),
  })
const noFaults = () => fetch(`${venue.endpoints.control}/faults`, { method: 'DELETE' })
const venueLedger = async (): Promise<VenueLedger> =>
  (await (
    await fetch(`${venue.endpoints.control}/ledger/${venue.account.address}`)
  ).json()) as VenueLedger
const live = async () => (await venueLedger()).orders.filter(({ status }) => status === 'LIVE')
const cancel = (order: Order) => gateway.cancel({ kind: 'cancel', order })

const leave = (all: readonly Order[]) =>
  gateway.cancelMarket({
    ...{ kind: 'cancel_market', conditionId: market.conditionId, orders: all },
  })

const STARTED = 10_000_000_000

/** What the engine's books come to, against the venue's. */
async function expectBalanced(): Promise<void> {
  const spent = orders.reduce((sum, order) => sum + spentOn(order, lastOf(order)), 0)
  const { dollars, reserved, orders: theirs } = await venueLedger()
  expect(STARTED - spent).toBe(dollars)
  expect(reserved).toBe(0)
  expect(theirs.filter(({ status }) => status === 'LIVE')).toEqual([])
}

/** A price for Up at which nobody else waits, one tick above the best bid; the book is wide enough. */
async function quotePrice(): Promise<Ticks> {
  const { bid } = await topOf(venue, market.up)
  return (Math.round(bid * 100) * 100) as Ticks
}

/** Somebody buys Down, which is as good as selling Up: the crowd before us, then us. */
async function takeUp(limit: Ticks, shares: number): Promise<void> {
  const options = { tickSize: '0.01', negRisk: false } as const
  const price = Number(((10_000 - limit) / 10_000).toFixed(2))
  await untilHolds(async () => {
    await other.client.createAndPostMarketOrder(
      { tokenID: market.down, amount: Number((shares * price).toFixed(2)), side: Side.BUY, price },
      options,
      OrderType.FAK,
      true,
    )
    const { trades } = await venueLedger()
    expect(trades.some(({ trader_side: side }) => side === 'MAKER')).toBe(true)
  })
}

/** Where nobody of the crowd comes by. */
const FAR = 100 as Ticks

/** Tried again where the price has moved away, or no connection was open yet. */
async function placed(
  change: Partial<Order> = {},
  limitNow: () => Promise<Ticks> = () => Promise.resolve(FAR),
): Promise<Order> {
  let order = null as Order | null
  await untilHolds(async () => {
    const one = submit({ limit: await limitNow(), ...change })
    order = one
    await until(() => stateOf(one) !== 'nothing')
    expect(lastOf(one)).toMatchObject({ state: 'resting' })
  })
  return order as unknown as Order
}

/** The first to be taken, by whoever sells. */
async function placedInFront(change: Partial<Order> = {}): Promise<Order> {
  return await placed(change, quotePrice)
}

/** Ten shares at once: tried again where the price has moved away, or no connection was open yet. */
async function bought(side: 'UP' | 'DOWN'): Promise<void> {
  const token = side === 'UP' ? market.up : market.down
  await untilHolds(async () => {
    const { ask } = await topOf(venue, token)
    const limit = Math.round(ask * 10_000 + 100) as Ticks
    const order = submit({ limit, side, token, kind: 'FOK', postOnly: false })
    await until(() => isConfirmed(order) || /killed|rejected/.test(stateOf(order)))
    expect(lastOf(order)).toMatchObject({ state: 'filled' })
  })
}

describe('an order that waits', () => {
  test('is marked before it leaves, waits, and is withdrawn', async () => {
    const order = await placed()
    expect(takenOf(order)).toBe(0)
    const mark = readFileSync(join(folder, `journal/waits-${market.conditionId}.jsonl`), 'utf8')
    expect(mark).toContain(told[0]?.venueId)
    expect((await live()).map(({ id }) => id)).toEqual([told[0]?.venueId])
    cancel(order)
    await until(() => stateOf(order) === 'killed')
    expect(lastOf(order)).toEqual({ state: 'killed', reason: 'it was withdrawn' })
    await expectBalanced()
  })

  test('is taken in parts; the rest is withdrawn; a maker pays no fee', async () => {
    const order = await placedInFront({ shares: microShares(4_000_000_000) })
    await takeUp(order.limit, 3_000)
    await until(() => takenOf(order) > 0)
    expect(stateOf(order)).toBe('resting')
    cancel(order)
    await until(() => isConfirmed(order))
    const outcome = lastOf(order)
    expect(outcome).toMatchObject({ state: 'filled', fee: 0 })
    expect(takenOf(order)).toBeLessThan(order.shares)
    await expectBalanced()
  })

  test('that would take is refused by name', async () => {
    const { ask } = await topOf(venue, market.up)
    const order = submit({ limit: Math.round(ask * 10_000) as Ticks })
    await until(() => stateOf(order) === 'rejected')
    expect(lastOf(order)).toMatchObject({ reason: expect.stringMatching(/^POST_ONLY: /) })
    await expectBalanced()
  })

  test('that may take takes, pays the fee for that, and the rest of it waits', async () => {
    const { ask } = await topOf(venue, market.up)
    // Beyond the ask: it may move while the order is on its way.
    const limit = Math.min(Math.round(ask * 10_000) + 300, 9_900) as Ticks
    const order = submit({ limit, shares: microShares(9_000_000_000), postOnly: false })
    await until(() => takenOf(order) > 0)
    expect(stateOf(order)).toBe('resting')
    cancel(order)
    await until(() => isConfirmed(order))
    expect(lastOf(order)).toMatchObject({ state: 'filled' })
    expect((lastOf(order) as { fee: number }).fee).toBeGreaterThan(0)
    await expectBalanced()
  })

  test('is found to be taken while the user channel is silent', async () => {
    await fault('user-silent')
    const order = await placedInFront()
    await takeUp(order.limit, 3_000)
    await until(() => isConfirmed(order))
    expect(takenOf(order)).toBe(order.shares)
    await expectBalanced()
  })

  test('whose trade fails on the chain gives the money back', async () => {
    await fault('trade-failed')
    const order = await placedInFront()
    await takeUp(order.limit, 3_000)
    await until(() => stateOf(order) === 'reverted')
    await expectBalanced()
  })
})

describe('a withdrawal', () => {
  test.each(['cancel-slow', 'cancel-reset-after', 'cancel-reset-before', 'order-425'])(
    '%s: is brought to its end',
    async (name) => {
      const order = await placed()
      await fault(name, 2_000)
      cancel(order)
      await until(() => stateOf(order) === 'killed')
      await expectBalanced()
    },
  )

  test('that comes too late finds what was taken', async () => {
    await fault('user-silent')
    const order = await placedInFront()
    await takeUp(order.limit, 3_000)
    cancel(order)
    await until(() => isConfirmed(order))
    expect(takenOf(order)).toBe(order.shares)
    await expectBalanced()
  })

  test('that is wanted before the answer to the order is there follows it', async () => {
    await fault('order-slow', 1_000)
    const order = submit({ limit: FAR })
    cancel(order)
    await until(() => stateOf(order) === 'killed')
    await expectBalanced()
  })
})

describe('an answer that is lost', () => {
  test.each(['order-reset-after', 'order-delayed'])(
    '%s: the order is found, and can be withdrawn',
    async (name) => {
      await fault(name, 1_000)
      const order = submit({ limit: FAR })
      await until(() => stateOf(order) === 'resting')
      expect(outcomesOf(order)[0]?.state).toMatch(/unknown|resting/)
      cancel(order)
      await until(() => stateOf(order) === 'killed')
      await expectBalanced()
    },
  )

  test('to an order that never arrived: nobody knows it, and it is dead', async () => {
    await fault('order-reset-before', 1_000)
    const order = submit({ limit: FAR })
    await until(() => stateOf(order) === 'killed')
    expect(outcomesOf(order).map(({ state }) => state)).toEqual(['unknown', 'killed'])
    await expectBalanced()
  })
})

describe('both sides in one turn', () => {
  const both = (): [Order, Order] => [
    submit({ limit: FAR }),
    submit({ limit: FAR, side: 'DOWN', token: market.down }),
  ]
  const requests = async () =>
    (await (await fetch(`${venue.endpoints.control}/requests`)).json()) as Record<string, number>
  const names = ['POST /order', 'POST /orders', 'DELETE /order', 'DELETE /orders'] as const
  const counts = async () => {
    const of = await requests()
    return [...names, 'DELETE /cancel-market-orders'].map((name) => of[name] ?? 0)
  }
  const areOver = (...all: Order[]) => until(() => all.every((one) => stateOf(one) === 'killed'))

  test('are one request, and so are their withdrawals', async () => {
    const pair = both()
    await until(() => pair.every((one) => stateOf(one) === 'resting'))
    for (const one of pair) cancel(one)
    await areOver(...pair)
    expect(await counts()).toEqual([0, 1, 0, 1, 0])
    await expectBalanced()
  })

  test('leave their market by one request', async () => {
    const pair = both()
    await until(() => pair.every((one) => stateOf(one) === 'resting'))
    leave(pair)
    await areOver(...pair)
    expect(await counts()).toEqual([0, 1, 0, 0, 1])
    await expectBalanced()
  })

  test('of which one would take: the other waits', async () => {
    const { ask } = await topOf(venue, market.up)
    const wrong = submit({ limit: Math.round(ask * 10_000) as Ticks })
    const right = submit({ limit: FAR, side: 'DOWN', token: market.down })
    await until(() => stateOf(wrong) === 'rejected' && stateOf(right) === 'resting')
    expect(lastOf(wrong)).toMatchObject({ reason: expect.stringMatching(/^POST_ONLY: /) })
    cancel(right)
    await areOver(right)
    await expectBalanced()
  })

  test.each(['orders-cut-short', 'order-reset-after', 'order-slow'])(
    '%s: both are found, and can be withdrawn',
    async (name) => {
      await fault(name, 1_500)
      const pair = both()
      await until(() => pair.every((one) => stateOf(one) === 'resting'))
      leave(pair)
      await areOver(...pair)
      expect((await counts()).slice(0, 2)).toEqual([0, 1])
      await expectBalanced()
    },
  )

  test('orders-in-part: one is refused, the other waits', async () => {
    await fault('orders-in-part', 1_500)
    const [first, second] = both()
    await until(() => stateOf(first) === 'resting' && stateOf(second) === 'rejected')
    cancel(first)
    await areOver(first)
    await expectBalanced()
  })

  test.each(['order-429', 'order-html', 'order-425'])('%s: both are refused', async (name) => {
    await fault(name, 1_500)
    const pair = both()
    await until(() => pair.every((one) => stateOf(one) === 'rejected'))
    await expectBalanced()
  })

  test('order-reset-before: nobody knows them, and both are dead', async () => {
    await fault('order-reset-before', 1_000)
    const pair = both()
    await areOver(...pair)
    expect(outcomesOf(pair[1]).map(({ state }) => state)).toEqual(['unknown', 'killed'])
    await expectBalanced()
  })

  test.each([
    'cancel-in-part',
    'cancel-429',
    'cancel-html',
    'cancel-slow',
    'cancel-reset-before',
    'cancel-reset-after',
    'order-425',
  ])('%s: their withdrawal, by name or by market, is brought to its end', async (name) => {
    for (const isByMarket of [false, true]) {
      const pair = both()
      await until(() => pair.every((one) => stateOf(one) === 'resting'))
      await fault(name, 1_500)
      if (isByMarket) leave(pair)
      else for (const one of pair) cancel(one)
      await areOver(...pair)
      await noFaults()
    }
    await expectBalanced()
  })

  test('cut short before their answer: the journal has both, and the next start withdraws them', async () => {
    await fault('order-slow', 2_000)
    const pair = both()
    // Before the turn is over nothing has left, and the lines are there.
    const journal = openShotJournal(join(folder, 'journal'), log)
    const { marks } = journal.before
    journal.close()
    expect(marks.map(({ order }) => order.id)).toEqual(pair.map(({ id }) => id))
    await until(async () => (await live()).length === 2)
    expect((await live()).map(({ id }) => id).sort()).toEqual(
      marks.map(({ venueId }) => venueId).sort(),
    )
    told = []
    const next = await aGateway()
    next.recover(
      marks.map(({ venueId, order, market }) => ({
        ...{ market, order, venueId },
        ...{ outcome: null, isNews: true },
      })),
    )
    await areOver(...pair)
    await expectBalanced()
    await next.close()
  })
})

describe('heartbeats', () => {
  test('keep what waits alive, and end with it', async () => {
    const order = await placed()
    await new Promise((resolve) => setTimeout(resolve, 12_000))
    expect(stateOf(order)).toBe('resting')
    expect(await live()).toHaveLength(1)
    cancel(order)
    await until(() => stateOf(order) === 'killed')
  })

  test('that the venue does not hear cost the orders, which is known', async () => {
    const order = await placed()
    await fault('heartbeat-deaf')
    await until(() => stateOf(order) === 'killed')
    expect(lastOf(order)).toMatchObject({ reason: 'the venue withdrew it: CANCELED' })
    await noFaults()
    const next = await placed()
    cancel(next)
    await until(() => stateOf(next) === 'killed')
    await expectBalanced()
  })
})

describe('what is taken at once', () => {
  test('both legs of a pair, then a sale of one', async () => {
    await Promise.all([bought('UP'), bought('DOWN')])
    const { bid } = await topOf(venue, market.up)
    const sale = submit({
      limit: Math.round(bid * 10_000 - 200) as Ticks,
      action: 'SELL',
      kind: 'FAK',
      postOnly: false,
      shares: microShares(7_210_000),
    })
    await until(() => isConfirmed(sale))
    const outcome = lastOf(sale) as Extract<SubmitOutcome, { state: 'filled' }>
    expect(outcome.shares).toBe(7_210_000)
    expect(outcome.cost).toBeGreaterThanOrEqual(sale.spend)
    expect(outcome.fee).toBeGreaterThan(0)
    await expectBalanced()
  })

  test('as much as there is, also where the answer was lost', async () => {
    await fault('order-reset-after', 1_500)
    const { ask } = await topOf(venue, market.up)
    // Who offered may be gone before the order comes.
    const limit = Math.min(9_900, Math.round(ask * 10_000) + 300) as Ticks
    const shares = microShares(9_000_000_000)
    const order = submit({ limit, kind: 'FAK', postOnly: false, shares })
    await until(() => isConfirmed(order))
    expect(takenOf(order)).toBeLessThan(order.shares)
    await expectBalanced()
  })

  test('a sale that waits, on a price that nobody pays yet', async () => {
    await bought('UP')
    const sale = submit({ limit: 9_900 as Ticks, action: 'SELL', kind: 'GTD' })
    await until(() => stateOf(sale) === 'resting')
    cancel(sale)
    await until(() => stateOf(sale) === 'killed')
    await expectBalanced()
  })
})

describe('the end', () => {
  test('withdraws what waits and proves it before it ends', async () => {
    const orders = [await placed(), await placed({ side: 'DOWN', token: market.down })]
    await gateway.close()
    expect(orders.map(stateOf)).toEqual(['killed', 'killed'])
    await expectBalanced()
    gateway = await aGateway()
  })

  test('cut short by the power, which took the name too, loses nothing that was taken', async () => {
    await fault('user-silent')
    const order = await placedInFront({ shares: microShares(4_000_000_000) })
    await takeUp(order.limit, 3_000)
    const untaken = await placed()
    told = []
    const next = await aGateway()
    for (const one of [order, untaken])
      next.recover([{ market, order: one, outcome: null, isNews: false, venueId: null }])
    await until(() => isConfirmed(order) && stateOf(untaken) === 'killed')
    expect(takenOf(order)).toBeGreaterThan(0)
    await expectBalanced()
    await next.close()
  })

  test('cut short leaves orders that the next start withdraws, with what was taken meanwhile', async () => {
    await fault('user-silent')
    const order = await placedInFront({ shares: microShares(4_000_000_000) })
    const venueId = told[0]?.venueId ?? ''
    await takeUp(order.limit, 3_000)
    told = []
    const before: RestoredShot = { market, order, outcome: null, isNews: true, venueId }
    const next = await aGateway()
    next.recover([before])
    await until(() => isConfirmed(order))
    expect(takenOf(order)).toBeGreaterThan(0)
    await expectBalanced()
    await next.close()
  })
})
