/** Several orders in one request, and several withdrawals: what the venue answers, what it costs, and what may go wrong in the middle. */
import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { RunningVenue } from '../../src/local-venue/venue.ts'
import {
  aVenue,
  clearFaults,
  json,
  ownClock,
  setFault,
  type WindowState,
  windowOf,
} from './support.ts'
import { type Person, person } from './traders.ts'

type Entry = { readonly errorMsg: string; readonly orderID: string; readonly status: string }
type Cancelled = {
  readonly canceled: string[]
  readonly not_canceled: Readonly<Record<string, string>>
}

let venue: RunningVenue
let open: WindowState
let ann: Person

beforeEach(async () => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  venue = await aVenue({ epochMs: Date.now(), windowSec: 3_600, firstCloseSec: 3_000 })
  open = await windowOf(venue, 'btc', '15m')
  ann = await person(venue)
})

/** Where nobody sells. */
const low = (token: string, shares = 5) => ({
  ...{ token, makerAmount: shares * 10_000, takerAmount: shares * 1_000_000 },
})
const bodies = (count: number) =>
  Promise.all(Array.from({ length: count }, () => ann.signed(low(open.tokens.up))))
const post = async (count: number): Promise<Entry[]> =>
  (await ann.ask('POST', '/orders', await bodies(count))).body as unknown as Entry[]
const cancel = async (path: string, body?: unknown): Promise<Cancelled> =>
  (await ann.ask('DELETE', path, body)).body as unknown as Cancelled
const living = async (): Promise<string[]> =>
  (await ann.ledger()).orders.filter(({ status }) => status === 'LIVE').map(({ id }) => id)

describe('a batch of orders', () => {
  test('is answered in its order, each by itself', async () => {
    const good = await ann.signed(low(open.tokens.up))
    const small = await ann.signed(low(open.tokens.up, 1))
    const said = await ann.ask('POST', '/orders', [good, small, good])
    const [first, second, third] = said.body as unknown as Entry[]
    expect([said.status, first]).toMatchObject([200, { errorMsg: '', status: 'live' }])
    expect(second).toMatchObject({ success: true, orderID: '', status: '' })
    expect(second?.errorMsg).toMatch(/lower than the minimum/)
    expect(third?.errorMsg).toMatch(/Duplicated/)
    expect(await living()).toEqual([first?.orderID])
  })

  test('of fifteen is taken, of sixteen is not, and of none neither', async () => {
    expect(await ann.ask('POST', '/orders', await bodies(16))).toMatchObject({
      status: 400,
      body: { error: 'Too many orders in payload: 16, max allowed: 15' },
    })
    expect((await ann.ask('POST', '/orders', [])).status).toBe(400)
    expect(await living()).toEqual([])
    expect((await post(15)).map(({ status }) => status)).toEqual(Array(15).fill('live'))
  })

  test('may be taken in part', async () => {
    await setFault(venue, { name: 'orders-in-part' })
    const entries = await post(3)
    expect(entries.map(({ status }) => status)).toEqual(['live', '', 'live'])
    expect(await living()).toHaveLength(2)
  })

  test('may be answered in part', async () => {
    await setFault(venue, { name: 'orders-cut-short' })
    expect(await post(3)).toHaveLength(2)
    expect(await living()).toHaveLength(3)
  })

  test.each([
    ['order-reset-before', 0],
    ['order-reset-after', 3],
  ] as const)('%s: the answer is lost', async (name, alive) => {
    await setFault(venue, { name })
    await expect(post(3)).rejects.toThrow()
    expect(await living()).toHaveLength(alive)
  })

  test.each([
    ['order-429', 429],
    ['order-html', 403],
    ['order-425', 425],
  ] as const)('%s: none is taken', async (name, status) => {
    await setFault(venue, { name })
    expect((await ann.ask('POST', '/orders', await bodies(2))).status).toBe(status)
    expect(await living()).toEqual([])
  })
})

describe('several withdrawals', () => {
  test('by their names', async () => {
    const [a, b, c] = (await post(3)).map(({ orderID }) => orderID) as [string, string, string]
    expect(await cancel('/orders', [a, b, '0xnobody'])).toEqual({
      canceled: [a, b],
      not_canceled: { '0xnobody': "order can't be found" },
    })
    expect(await living()).toEqual([c])
    expect(await cancel('/orders', [a])).toMatchObject({
      not_canceled: { [a]: 'already canceled or matched' },
    })
  })

  test('by their market, or their token', async () => {
    await post(2)
    const [other] = (
      (await ann.ask('POST', '/orders', [await ann.signed(low(open.tokens.down))]))
        .body as unknown as Entry[]
    ).map(({ orderID }) => orderID)
    const { up: asset_id } = open.tokens
    expect((await cancel('/cancel-market-orders', { asset_id })).canceled).toHaveLength(2)
    expect(
      (await cancel('/cancel-market-orders', { market: `0x${'0'.repeat(64)}` })).canceled,
    ).toEqual([])
    expect(await cancel('/cancel-market-orders', { market: open.conditionId })).toEqual({
      canceled: [other],
      not_canceled: {},
    })
  })

  test('may be done in part, and then the answer does not speak of the rest', async () => {
    const ids = (await post(3)).map(({ orderID }) => orderID)
    await setFault(venue, { name: 'cancel-in-part' })
    expect(await cancel('/orders', ids)).toEqual({ canceled: [ids[0], ids[2]], not_canceled: {} })
    expect(await living()).toEqual([ids[1]])
    // One alone is no part of anything.
    expect((await cancel('/order', { orderID: ids[1] })).canceled).toEqual([ids[1]])
  })

  test.each([
    ['cancel-429', 429],
    ['cancel-html', 403],
  ] as const)('%s: nothing is withdrawn', async (name, status) => {
    const ids = (await post(2)).map(({ orderID }) => orderID)
    await setFault(venue, { name })
    for (const [path, body] of [
      ['/orders', ids],
      ['/cancel-market-orders', { market: open.conditionId }],
      ['/cancel-all', undefined],
    ] as const)
      expect((await ann.ask('DELETE', path, body)).status).toBe(status)
    expect(await living()).toHaveLength(2)
    await clearFaults(venue)
    expect((await cancel('/cancel-all')).canceled).toHaveLength(2)
  })
})

test('a batch costs as many as it has, and whoever names no orders may owe', async () => {
  // Its time stands, so that nothing is filled up meanwhile.
  const standing = await aVenue({ clock: ownClock() })
  const bob = await person(standing)
  const left = async (method: string, path: string, body?: unknown): Promise<number> => {
    const { clob } = standing.endpoints
    const response = await fetch(`${clob}${path}`, bob.request(method, path, body))
    return Number(response.headers.get('poly-ratelimit-remaining'))
  }
  expect(await left('POST', '/orders', Array(15).fill({}))).toBe(45)
  expect(await left('POST', '/order', {})).toBe(44)
  expect(await left('DELETE', '/orders', Array(100).fill('0x1'))).toBe(20)
  expect(await left('DELETE', '/cancel-all')).toBe(19)
  expect((await bob.ask('DELETE', '/orders', Array(20).fill('0x1'))).status).toBe(429)
  expect(await left('DELETE', '/cancel-market-orders', {})).toBe(18)
})

test('the venue counts what it is asked for', async () => {
  await post(2)
  await cancel('/cancel-all')
  const counts = await json<Record<string, number>>(`${venue.endpoints.control}/requests`)
  expect(counts).toMatchObject({ 'POST /orders': 1, 'DELETE /cancel-all': 1 })
  expect(counts['POST /order']).toBeUndefined()
})
