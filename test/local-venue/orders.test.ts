/** Orders on the embedded venue, by the venue's own client, unmodified. */
import { AssetType, OrderType, Side } from '@polymarket/clob-client-v2'
import { Wallet } from 'ethers'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { RunningVenue } from '../../src/local-venue/venue.ts'
import { until } from '../support/until.ts'
import { clientOf, topOf, trader } from './official-traders.ts'
import { aVenue, json, type WindowState, windowOf } from './support.ts'

let venue: RunningVenue
let open: WindowState

beforeAll(async () => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  // The client signs with the wall clock.
  venue = await aVenue({ epochMs: Date.now(), windowSec: 3_600, firstCloseSec: 3_000 })
  open = await windowOf(venue, 'btc', '15m')
})

describe("the venue's own client", () => {
  test('makes a key once, derives it afterwards, and is known by it', async () => {
    const privateKey = Wallet.createRandom().privateKey
    const bare = clientOf(venue, privateKey)
    const made = await bare.createApiKey()
    expect(made.key).toMatch(/^[0-9a-f-]{36}$/)
    expect(await bare.deriveApiKey()).toEqual(made)
    expect(await bare.createOrDeriveApiKey()).toEqual(made)
    const { client } = await trader(venue, privateKey)
    expect(await client.getApiKeys()).toEqual({ apiKeys: [made.key] })
    expect(await client.getClosedOnlyMode()).toEqual({ closed_only: false })
    const balance = await client.getBalanceAllowance({ asset_type: AssetType.COLLATERAL })
    expect(balance.balance).toBe('10000000000')
  })

  test('buys with a fill-or-kill, holds the shares, sees the trade through to its end', async () => {
    const { client, address } = await trader(venue)
    const { ask } = await topOf(venue, open.tokens.up)
    const price = Math.min(ask + 0.02, 0.99)
    const reply = await client.createAndPostMarketOrder(
      { tokenID: open.tokens.up, amount: 2, side: Side.BUY, price },
      { tickSize: '0.01', negRisk: false },
      OrderType.FOK,
      true,
    )
    expect(reply).toMatchObject({
      success: true,
      errorMsg: '',
      status: 'matched',
      transactionsHashes: [],
    })
    const [spent, shares] = [Number(reply.makingAmount), Number(reply.takingAmount)]
    expect(spent).toBeLessThanOrEqual(2)
    expect(spent).toBeGreaterThan(1.999)
    const held = await client.getBalanceAllowance({
      asset_type: AssetType.CONDITIONAL,
      token_id: open.tokens.up,
    })
    expect(Number(held.balance)).toBe(Math.round(shares * 1e6))
    const [trade] = await client.getTrades({ market: open.conditionId }, true)
    expect(trade).toMatchObject({
      taker_order_id: reply.orderID,
      side: 'BUY',
      trader_side: 'TAKER',
      asset_id: open.tokens.up,
    })
    expect(trade?.maker_address.toLowerCase()).toBe(address.toLowerCase())
    await until(
      async () =>
        (await client.getTrades({ id: reply.tradeIDs?.[0] ?? '' }, true))[0]?.status ===
        'CONFIRMED',
      200,
    )
    const cash = await client.getBalanceAllowance({ asset_type: AssetType.COLLATERAL })
    expect(Number(cash.balance)).toBeLessThan(10_000_000_000 - Math.round(spent * 1e6))
  })

  test('rests, is listed, cancels one, several, by market and all', async () => {
    const { client } = await trader(venue)
    const rest = async (price: number) => {
      const reply = await client.createAndPostOrder(
        { tokenID: open.tokens.up, price, size: 10, side: Side.BUY },
        { tickSize: '0.01', negRisk: false },
        OrderType.GTC,
      )
      expect(reply).toMatchObject({
        success: true,
        status: 'live',
        makingAmount: '',
        takingAmount: '',
      })
      return reply.orderID
    }
    const ids = [await rest(0.02), await rest(0.03), await rest(0.04)]
    const listed = await client.getOpenOrders({ market: open.conditionId })
    expect(listed.map(({ id }) => id).sort()).toEqual([...ids].sort())
    expect(listed[0]).toMatchObject({
      status: 'LIVE',
      original_size: '10',
      size_matched: '0',
      side: 'BUY',
      outcome: 'Up',
    })
    const book = await json<{ bids: { price: string; size: string }[] }>(
      `${venue.endpoints.clob}/book?token_id=${open.tokens.up}`,
    )
    expect(Number(book.bids.find(({ price }) => price === '0.02')?.size)).toBeGreaterThanOrEqual(10)
    expect(await client.cancelOrder({ orderID: ids[0] as string })).toEqual({
      canceled: [ids[0]],
      not_canceled: {},
    })
    expect(await client.cancelOrders([ids[0] as string, ids[1] as string])).toEqual({
      canceled: [ids[1]],
      not_canceled: { [ids[0] as string]: 'already canceled or matched' },
    })
    expect((await client.getOrder(ids[1] as string)).status).toBe('CANCELED')
    expect(await client.cancelMarketOrders({ market: open.conditionId })).toMatchObject({
      canceled: [ids[2]],
    })
    const again = await rest(0.05)
    expect(await client.cancelAll()).toMatchObject({ canceled: [again] })
    expect(await client.getOpenOrders()).toEqual([])
  })

  test('batches: each leg for itself', async () => {
    const { client } = await trader(venue)
    const leg = async (price: number, size: number) => ({
      order: await client.createOrder(
        { tokenID: open.tokens.down, price, size, side: Side.BUY },
        { tickSize: '0.01', negRisk: false },
      ),
      orderType: OrderType.GTC,
    })
    const replies = await client.postOrders([await leg(0.02, 10), await leg(0.02, 2)])
    expect(replies[0]).toMatchObject({ success: true, status: 'live', errorMsg: '' })
    expect(replies[1]).toMatchObject({ success: true, status: '', orderID: '' })
    expect(replies[1]?.errorMsg).toMatch(/Size \(2\) lower than the minimum: 5$/)
    await client.cancelAll()
  })

  test('heartbeats, and what they hold alive', async () => {
    const { client } = await trader(venue)
    const first = await client.postHeartbeat()
    expect(first.heartbeat_id).not.toBe('')
    const second = await client.postHeartbeat(first.heartbeat_id)
    expect(second.heartbeat_id).not.toBe(first.heartbeat_id)
  })

  test.each([
    ['killed', 1, /FOK orders are fully filled or killed/],
    ['too small', 0.5, /invalid amount for a marketable BUY order/],
  ])(
    'a fill-or-kill that is %s is refused with the words of the venue',
    async (_name, dollars, words) => {
      const { client } = await trader(venue)
      const reply = (await client.createAndPostMarketOrder(
        { tokenID: open.tokens.up, amount: dollars, side: Side.BUY, price: 0.01 },
        { tickSize: '0.01', negRisk: false },
        OrderType.FOK,
        true,
      )) as unknown as { status: number; error: string }
      expect(reply.status).toBe(400)
      expect(reply.error).toMatch(words)
    },
  )
})

describe("the client's reads", () => {
  test('books, prices, rules and the past, as it expects them', async () => {
    const client = clientOf(venue, Wallet.createRandom().privateKey)
    const { up, down } = open.tokens
    const book = await client.getOrderBook(up)
    expect(book).toMatchObject({
      asset_id: up,
      market: open.conditionId,
      min_order_size: '5',
      neg_risk: false,
    })
    const params = [up, down].map((token_id) => ({ token_id, side: Side.BUY }))
    expect(await client.getOrderBooks(params)).toHaveLength(2)
    expect(Object.keys((await client.getPrices(params)) as object).sort()).toEqual(
      [up, down].sort(),
    )
    expect(Object.keys((await client.getMidpoints(params)) as object)).toHaveLength(2)
    expect(Object.keys((await client.getSpreads(params)) as object)).toHaveLength(2)
    expect(Number(((await client.getMidpoint(up)) as { mid: string }).mid)).toBeGreaterThan(0)
    expect((await client.getPrice(up, Side.BUY)) as { price: string }).toHaveProperty('price')
    expect((await client.getSpread(up)) as { spread: string }).toHaveProperty('spread')
    expect((await client.getLastTradePrice(up)) as object).toHaveProperty('price')
    expect(['0.01', '0.001']).toContain(await client.getTickSize(up))
    expect(await client.getNegRisk(up)).toBe(false)
    const before = Math.floor(venue.nowMs() / 1_000)
    const told = await client.getServerTime()
    expect(told).toBeGreaterThanOrEqual(before)
    expect(told).toBeLessThanOrEqual(venue.nowMs() / 1_000)
    expect(await client.getMarket(open.conditionId)).toMatchObject({
      condition_id: open.conditionId,
      accepting_orders: true,
    })
    expect(await client.getClobMarketInfo(open.conditionId)).toMatchObject({ c: open.conditionId })
    expect(await client.getOk()).toBe('OK')
  })
})

test('control tells what an account has, to the base unit', async () => {
  const { client, address } = await trader(venue)
  const reply = await client.createAndPostMarketOrder(
    { tokenID: open.tokens.up, amount: 3, side: Side.BUY, price: 0.99 },
    { tickSize: '0.01', negRisk: false },
    OrderType.FOK,
    true,
  )
  expect(reply).toMatchObject({ status: 'matched' })
  const ledger = await json<{
    dollars: number
    positions: { conditionId: string; up: number; down: number }[]
    orders: { status: string; size_matched: string }[]
    trades: { size: string }[]
  }>(`${venue.endpoints.control}/ledger/${address}`)
  expect(ledger.dollars).toBeGreaterThan(9_996_000_000)
  expect(ledger.dollars).toBeLessThan(9_997_100_000)
  expect(ledger.positions).toHaveLength(1)
  const bought = ledger.trades.reduce((sum, { size }) => sum + Math.round(Number(size) * 1e6), 0)
  expect(ledger.positions[0]?.up).toBe(bought)
  expect(ledger.orders).toMatchObject([{ status: 'MATCHED' }])
  const nobody = await fetch(`${venue.endpoints.control}/ledger/me`)
  expect(nobody.status).toBe(400)
})
