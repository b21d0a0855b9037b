/** What people have and what rests, on a running venue: promises are kept, and what cannot be kept is taken back. */
import { beforeEach, describe, expect, test } from 'vitest'
import type { RunningVenue } from '../../src/local-venue/venue.ts'
import { until } from '../support/until.ts'
import {
  aVenue,
  clearFaults,
  connect,
  json,
  setFault,
  type WindowState,
  windowOf,
} from './support.ts'
import { person, type Wish } from './traders.ts'

let venue: RunningVenue
let open: WindowState
let other: WindowState

beforeEach(async () => {
  venue = await aVenue({ windowSec: 3_600, firstCloseSec: 3_000, holdMs: 0 })
  open = await windowOf(venue, 'btc', '15m')
  other = await windowOf(venue, 'eth', '15m')
})

const M = 1_000_000
/** A bid far below everybody's. */
const low = (token: string, shares: number): Wish => ({
  token,
  makerAmount: shares * 20_000,
  takerAmount: shares * M,
})
const spend = (token: string, dollars: number, type = 'FAK'): Wish => ({
  token,
  makerAmount: dollars * M,
  takerAmount: Math.floor((dollars * 10_000) / 0.99) * 100,
  type,
})

test('money that rests in one market is not there in another', async () => {
  const ann = await person(venue)
  expect((await ann.place(low(open.tokens.up, 490_000))).status).toBe(200)
  expect((await ann.ledger()).reserved).toBe(9_800 * M)
  const refused = await ann.place(spend(other.tokens.up, 500))
  expect(refused.status).toBe(400)
  expect(refused.body['error']).toMatch(
    /^not enough balance \/ allowance: .*balance: 10000000000, sum of matched orders: 9800000000, order amount: 534650000$/,
  )
  expect((await ann.place(low(other.tokens.up, 20_000))).status).toBe(400)
  expect((await ann.place(spend(other.tokens.up, 100))).status).toBe(200)
  const { dollars, reserved } = await ann.ledger()
  expect(dollars).toBeGreaterThanOrEqual(reserved)
})

test('a fill-or-kill of all that is left is refused before anything moves', async () => {
  const ann = await person(venue)
  await ann.place(low(open.tokens.up, 495_000))
  const before = await ann.ledger()
  const refused = await ann.place(spend(open.tokens.up, 99, 'FOK'))
  expect(refused.status).toBe(400)
  expect(refused.body['error']).toMatch(/^not enough balance/)
  expect(await ann.ledger()).toEqual(before)
})

describe('a trade that fails', () => {
  test('takes the orders with it that sold its shares', async () => {
    const [ann, bob] = [await person(venue), await person(venue)]
    await setFault(venue, { name: 'trade-failed' })
    expect((await ann.place(spend(open.tokens.up, 20))).status).toBe(200)
    await clearFaults(venue)
    const bought = (await ann.ledger()).positions[0]?.up as number
    const size = Math.floor(bought / 10_000) * 10_000
    const sale = { token: open.tokens.up, side: 'SELL', makerAmount: size } as const
    const resting = await ann.place({ ...sale, takerAmount: (size * 99) / 100 })
    expect(resting.body).toMatchObject({ status: 'live' })
    await until(async () => (await ann.ledger()).trades[0]?.status === 'FAILED')
    const after = await ann.ledger()
    expect(after).toMatchObject({ dollars: 10_000 * M, reserved: 0, positions: [] })
    expect(after.orders.find(({ id }) => id === resting.body['orderID'])?.status).toBe('CANCELED')
    expect((await bob.place(spend(open.tokens.up, 50))).status).toBe(200)
    expect(venue.bugs()).toEqual([])
  })

  test('takes the bids with it that its dollars stood for, in every market', async () => {
    const ann = await person(venue)
    const bought = await ann.place(spend(open.tokens.up, 9_000))
    expect(bought.status).toBe(200)
    const shares = (await ann.ledger()).positions[0]?.up as number
    await setFault(venue, { name: 'trade-failed' })
    const size = Math.floor(shares / 10_000) * 10_000
    const sold = await ann.place({
      token: open.tokens.up,
      side: 'SELL',
      makerAmount: size,
      takerAmount: size / 100,
      type: 'FAK',
    })
    expect(sold.status).toBe(200)
    await clearFaults(venue)
    const { dollars } = await ann.ledger()
    const all = Math.floor(dollars / 20_000) - 1
    const resting = await ann.place(low(other.tokens.up, all))
    expect(resting.body).toMatchObject({ status: 'live' })
    await until(async () => (await ann.ledger()).trades.some(({ status }) => status === 'FAILED'))
    const after = await ann.ledger()
    expect(after.dollars).toBeGreaterThanOrEqual(after.reserved)
    expect(after.orders.find(({ id }) => id === resting.body['orderID'])?.status).toBe('CANCELED')
  })
})

test('orders, answers, queries and events name a trade alike', async () => {
  const ann = await person(venue)
  const ears = await connect(venue.endpoints.userWs)
  ears.send({ auth: ann.creds, type: 'user' })
  ears.send('PING')
  await ears.until((text) => text === 'PONG')
  const { body } = await ann.place(spend(open.tokens.up, 60))
  const told = await ears.until((text) => text.includes('"event_type":"order"'))
  const order = (await ann.ask('GET', `/data/order/${String(body['orderID'])}`)).body
  const rows = (await ann.ask('GET', '/data/trades')).body['data'] as { id: string }[]
  const ids = [...(body['tradeIDs'] as string[])].sort()
  expect(ids.length).toBeGreaterThan(0)
  expect(rows.map(({ id }) => id).sort()).toEqual(ids)
  expect([...(order['associate_trades'] as string[])].sort()).toEqual(ids)
  const { associate_trades } = JSON.parse(told) as { associate_trades: string[] }
  expect([...associate_trades].sort()).toEqual(ids)
})

test('a position knows what was bought by resting, too, and what was earned', async () => {
  const [ann, bob] = [await person(venue), await person(venue)]
  const token = open.tokens.up
  // The spread belongs to the two of them: whoever of the crowd stands between is bought away first.
  type Book = { bids: { price: string }[]; asks: { price: string }[] }
  const book = await json<Book>(`${venue.endpoints.clob}/book?token_id=${token}`)
  const bid = Math.round(Number(book.bids.at(-1)?.price) * 100)
  const rest = { token, makerAmount: (bid + 1) * 1_000_000, takerAmount: 100 * M }
  expect((await ann.place(rest)).status).toBe(200)
  const into = await bob.place({
    token: open.tokens.down,
    makerAmount: (100 - bid - 1) * 500_000,
    takerAmount: 50 * M,
  })
  expect(into.status).toBe(200)
  type Row = { size: number; avgPrice: number; totalBought: number; realizedPnl: number }
  const rowOf = async () =>
    (await json<Row[]>(`${venue.endpoints.data}/positions?user=${ann.address}`))[0] as Row
  const row = await rowOf()
  expect(row.totalBought).toBeCloseTo(row.size, 6)
  expect(row.avgPrice).toBeGreaterThan(0.01)
  expect(row.realizedPnl).toBe(0)
  await ann.ask('DELETE', '/cancel-all')
  const sold = await ann.place({
    token,
    side: 'SELL',
    makerAmount: 10 * M,
    takerAmount: 100_000,
    type: 'FAK',
  })
  const got = Number(sold.body['takingAmount'])
  expect((await rowOf()).realizedPnl).toBeCloseTo(got - 10 * row.avgPrice, 4)
})

test('a killed order is known when it comes again', async () => {
  const ann = await person(venue)
  const body = await ann.signed({
    token: open.tokens.up,
    makerAmount: 2 * M,
    takerAmount: 200 * M,
    type: 'FOK',
  })
  const first = await ann.ask('POST', '/order', body)
  expect(first.body['error']).toMatch(/fully filled or killed/)
  const again = await ann.ask('POST', '/order', body)
  expect(again.status).toBe(400)
  expect(again.body['error']).toMatch(/^order 0x[0-9a-f]{64} is invalid\. Duplicated\.$/)
})

describe('cancels', () => {
  test.each([
    [{ market: 123 }],
    [{ asset_id: ['1'] }],
    [{ market: null }],
    [['0x1']],
    ['all'],
  ] as unknown[][])('what %j means is not clear, so nothing is cancelled', async (filter) => {
    const ann = await person(venue)
    await ann.place(low(open.tokens.up, 10))
    expect(await ann.ask('DELETE', '/cancel-market-orders', filter)).toMatchObject({
      status: 400,
      body: { error: 'Invalid payload' },
    })
    expect((await ann.ask('DELETE', '/cancel-market-orders', {})).body['canceled']).toHaveLength(1)
  })

  test('every name that was asked for is in one of the lists', async () => {
    const ann = await person(venue)
    const response = await ann.ask('DELETE', '/orders', ['__proto__', 'constructor'])
    expect(Object.keys(response.body['not_canceled'] as object).sort()).toEqual([
      '__proto__',
      'constructor',
    ])
  })
})

test('the first heartbeat has no name', async () => {
  const ann = await person(venue)
  expect(await ann.ask('POST', '/v1/heartbeats', { heartbeat_id: 'zzz' })).toEqual({
    status: 400,
    body: { error_msg: 'Invalid Heartbeat ID', heartbeat_id: '' },
  })
  const first = await ann.ask('POST', '/v1/heartbeats', { heartbeat_id: '' })
  expect(first.status).toBe(200)
  const next = await ann.ask('POST', '/v1/heartbeats', first.body)
  expect(next.status).toBe(200)
})
