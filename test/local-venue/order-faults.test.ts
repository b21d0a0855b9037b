/** The bad moods of the order path: what is said, and what is true afterwards. */
import { type ApiKeyCreds, ClobClient, OrderType, Side } from '@polymarket/clob-client-v2'
import { Wallet } from 'ethers'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { RunningVenue } from '../../src/local-venue/venue.ts'
import { until } from '../support/until.ts'
import {
  aVenue,
  clearFaults,
  connect,
  json,
  ownClock,
  setFault,
  type WindowState,
  windowOf,
} from './support.ts'
import { person } from './traders.ts'

type Account = {
  dollars: number
  positions: { up: number; down: number }[]
  trades: { status: string }[]
  orders: { status: string }[]
}

let venue: RunningVenue
let open: WindowState
let client: ClobClient
let address: string

beforeEach(async () => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  venue = await aVenue({ epochMs: Date.now(), windowSec: 3_600, firstCloseSec: 3_000 })
  open = await windowOf(venue, 'btc', '15m')
  const wallet = new Wallet(venue.account.privateKey)
  address = wallet.address
  const signer = {
    getAddress: () => Promise.resolve(wallet.address),
    _signTypedData: (
      domain: object,
      types: Record<string, { name: string; type: string }[]>,
      value: object,
    ) => wallet.signTypedData(domain, types, value),
  }
  const make = (creds?: ApiKeyCreds) =>
    new ClobClient({
      host: venue.endpoints.clob,
      chain: 137,
      signer,
      ...(creds === undefined ? {} : { creds }),
    })
  client = make(await make().createOrDeriveApiKey())
})

async function shot() {
  const order = await client.createMarketOrder(
    { tokenID: open.tokens.up, amount: 2, side: Side.BUY, price: 0.99 },
    { tickSize: '0.01', negRisk: false },
  )
  const reply = (await client.postOrder(order, OrderType.FAK, false, true)) as unknown as {
    status: number | string
    error?: string
    orderID?: string
  }
  return { order, reply }
}

function account(): Promise<Account> {
  return json<Account>(`${venue.endpoints.control}/ledger/${address}`)
}

const UNTOUCHED = { dollars: 10_000_000_000, positions: [], trades: [], orders: [] }

describe.each([
  ['order-425', 425],
  ['order-429', 429],
  ['order-500', 500],
  ['order-post-only', 503],
  ['order-html', 403],
] as const)('%s', (name, status) => {
  test('is said, and nothing was taken; afterwards the same order goes in', async () => {
    await setFault(venue, { name })
    const { order, reply } = await shot()
    expect(reply.status).toBe(status)
    expect(await account()).toMatchObject(UNTOUCHED)
    await clearFaults(venue)
    expect(await client.postOrder(order, OrderType.FAK, false, true)).toMatchObject({
      success: true,
      status: 'matched',
    })
  })
})

test('the web page of a blocked address says that it is one', async () => {
  await setFault(venue, { name: 'order-html' })
  const ann = await person(venue)
  const response = await fetch(`${venue.endpoints.clob}/order`, ann.request('POST', '/order'))
  expect([response.status, response.headers.get('content-type')]).toEqual([
    403,
    'text/html; charset=utf-8',
  ])
})

test('reset before: nothing was taken', async () => {
  await setFault(venue, { name: 'order-reset-before' })
  const { reply } = await shot()
  expect(reply.error).toBeTruthy()
  expect(await account()).toMatchObject(UNTOUCHED)
})

test('reset after: the answer is lost, the order is not; sending it again changes nothing', async () => {
  await setFault(venue, { name: 'order-reset-after' })
  const { order, reply } = await shot()
  expect(reply.error).toBeTruthy()
  await clearFaults(venue)
  const before = await account()
  expect(before.trades.length).toBeGreaterThan(0)
  const again = (await client.postOrder(order, OrderType.FAK, false, true)) as unknown as {
    error: string
  }
  expect(again.error).toMatch(/Duplicated\.$/)
  const { dollars, positions } = await account()
  expect({ dollars, positions }).toEqual({ dollars: before.dollars, positions: before.positions })
})

test('delayed: the outcome is in the queries', async () => {
  await setFault(venue, { name: 'order-delayed' })
  const { reply } = await shot()
  expect(reply.status).toBe('delayed')
  await until(async () => (await client.getTrades({ market: open.conditionId }, true)).length > 0)
  expect((await client.getTrades({ market: open.conditionId }, true))[0]?.taker_order_id).toBe(
    reply.orderID,
  )
})

test('failed: matched, then undone to the base unit', async () => {
  await setFault(venue, { name: 'trade-failed' })
  expect((await shot()).reply.status).toBe('matched')
  expect((await account()).positions).toHaveLength(1)
  await until(async () => (await account()).trades.every(({ status }) => status === 'FAILED'))
  const { dollars, positions } = await account()
  expect({ dollars, positions }).toEqual({ dollars: 10_000_000_000, positions: [] })
})

test('retrying: sent again, and confirmed in the end', async () => {
  await setFault(venue, { name: 'trade-retrying' })
  const socket = await connect(venue.endpoints.userWs)
  const { key: apiKey, secret, passphrase } = await client.deriveApiKey()
  socket.send({ auth: { apiKey, secret, passphrase }, type: 'user' })
  await shot()
  // The channel tells each state, also one that is over before anybody could ask.
  await socket.until((text) => text.includes('"RETRYING"'))
  await socket.until((text) => text.includes('"CONFIRMED"'))
  await until(async () => (await account()).trades[0]?.status === 'CONFIRMED')
  socket.close()
})

test('while the engine restarts nothing is taken, in one or in a batch, and nothing can be taken back', async () => {
  const order = await client.createOrder(
    { tokenID: open.tokens.up, price: 0.01, size: 5, side: Side.BUY },
    { tickSize: '0.01', negRisk: false },
  )
  const posted = (await client.postOrder(order, OrderType.GTC)) as unknown as { orderID: string }
  await setFault(venue, { name: 'engine-restart' })
  const batch = (await client.postOrders([{ order, orderType: OrderType.GTC }])) as unknown
  expect(batch).toMatchObject({ status: 425 })
  expect(await client.cancelOrder({ orderID: posted.orderID })).toMatchObject({ status: 425 })
  expect(await client.cancelAll()).toMatchObject({ status: 425 })
  await clearFaults(venue)
  expect(await client.cancelAll()).toMatchObject({ canceled: [posted.orderID] })
})

test('more than the bucket holds is too many, and the headers say how many are left', async () => {
  // Its time stands, so that nothing is filled up while a slow machine sends.
  const standing = await aVenue({ clock: ownClock() })
  const ann = await person(standing)
  const send = () => fetch(`${standing.endpoints.clob}/order`, ann.request('POST', '/order', []))
  const first = await send()
  expect(first.status).toBe(400)
  expect(Number(first.headers.get('poly-ratelimit-remaining'))).toBeGreaterThan(50)
  const answers = await Promise.all(Array.from({ length: 150 }, send))
  const refused = answers.filter(({ status }) => status === 429)
  expect(refused.length).toBeGreaterThan(0)
  expect(refused[0]?.headers.get('retry-after')).toBe('1')
})

test('the user channel tells milliseconds, and seconds where it is in that mood', async () => {
  const socket = await connect(venue.endpoints.userWs)
  const creds = await client.deriveApiKey()
  socket.send({
    auth: { apiKey: creds.key, secret: creds.secret, passphrase: creds.passphrase },
    type: 'user',
  })
  const stampOf = (text: string): string => (JSON.parse(text) as { timestamp: string }).timestamp
  await shot()
  expect(stampOf(await socket.until((text) => text.includes('MATCHED')))).toMatch(/^\d{13}$/)
  await setFault(venue, { name: 'user-seconds' })
  const next = socket.next((text) => text.includes('MATCHED'))
  await shot()
  expect(stampOf(await next)).toMatch(/^\d{10}$/)
  socket.close()
})
