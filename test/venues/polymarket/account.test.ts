/** Our account, asked over a real socket of a venue that answers as it is told: what is no answer must never look like "nothing known". */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { conditionId } from '../../../src/domain/ids.ts'
import { openAccount, type PolymarketAccount } from '../../../src/venues/polymarket/account.ts'
import { parse } from '../../../src/venues/polymarket/user-channel.ts'

const ID = `0x${'7'.repeat(64)}`
const MARKET = conditionId(`0x${'c'.repeat(64)}`)
const PAGE = '<!DOCTYPE html><title>Attention</title>'
const LAST = 'LTE='

/** What is said to a path, in turn; the last is said again and again. */
let answers: Map<string, [number, unknown][]>
let asked: string[]
let server: Server
let account: PolymarketAccount

beforeEach(async () => {
  answers = new Map([['/time', [[200, 1_795_194_290]]]])
  asked = []
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://venue')
    asked.push(`${request.method} ${pathname} ${searchParams.get('next_cursor') ?? ''}`.trim())
    const list = answers.get(pathname) ?? [[404, { error: 'no such path' }]]
    const [status, body] = (list.length > 1 ? list.shift() : list[0]) ?? [500, '']
    const isPage = typeof body === 'string'
    response.writeHead(status, { 'content-type': isPage ? 'text/html' : 'application/json' })
    response.end(isPage ? body : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  account = await openAccount({
    clob: `http://127.0.0.1:${port}`,
    wallet: { privateKey: `0x${'1'.repeat(64)}`, signatureType: 0, funder: null },
    credentials: { apiKey: 'key', secret: 'c2VjcmV0', passphrase: 'word' },
  })
})

afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const says = (path: string, ...list: [number, unknown][]) => void answers.set(path, list)

function aTrade(change: object = {}) {
  return {
    id: 'trade',
    taker_order_id: ID,
    asset_id: '1',
    status: 'MATCHED',
    size: '5',
    price: '0.97',
    transaction_hash: '',
    maker_orders: [{ order_id: '0x', matched_amount: '5', price: '0.96', asset_id: '1' }],
    ...change,
  }
}
const list = (next: string, ...trades: object[]) => ({ data: trades, next_cursor: next })

describe('an order', () => {
  const path = `/data/order/${ID}`

  test.each([
    ['LIVE', 'LIVE'],
    ['ORDER_STATUS_CANCELED', 'CANCELED'],
    ['canceled_market_resolved', 'CANCELED_MARKET_RESOLVED'],
  ])('that is %s', async (status, read) => {
    says(path, [200, { id: ID.toUpperCase().replace('0X', '0x'), status, more: 1 }])
    expect(await account.order(ID)).toEqual({ status: read })
  })

  test.each<[number, unknown]>([
    [200, null],
    [200, ''],
    [200, {}],
    [404, { error: 'order not found' }],
  ])('that the venue does not know: %i %j', async (status, body) => {
    says(path, [status, body])
    expect(await account.order(ID)).toBe(null)
  })

  test.each<[number, unknown]>([
    [200, PAGE],
    [200, { status: 'CANCELED' }],
    [200, { id: '0xother', status: 'CANCELED' }],
    [200, []],
    [400, { error: 'Invalid orderID' }],
    [401, { error: 'Unauthorized/Invalid api key' }],
    [404, PAGE],
    [429, { error: 'Too Many Requests' }],
    [500, ''],
    [502, PAGE],
  ])('of which nothing is said: %i %j', async (status, body) => {
    says(path, [status, body])
    await expect(account.order(ID)).rejects.toThrow()
  })
})

describe('the trades of an order', () => {
  const path = '/data/trades'

  test('are those in which it was the taker, from all pages', async () => {
    says(
      path,
      [200, list('MTAw', aTrade(), aTrade({ taker_order_id: '0xother' }))],
      [200, list(LAST, aTrade({ id: 'second', taker_order_id: ID.toUpperCase() }))],
    )
    const trades = await account.tradesOf(MARKET, ID)
    expect(trades.map(({ id }) => id)).toEqual(['trade', 'second'])
    expect(asked.filter((line) => line.includes(path))).toEqual([
      'GET /data/trades MA==',
      'GET /data/trades MTAw',
    ])
  })

  test.each([[list(LAST)], [{ data: null, next_cursor: LAST }], [{ data: [], next_cursor: '' }]])(
    'are none: %j',
    async (body) => {
      says(path, [200, body])
      expect(await account.tradesOf(MARKET, ID)).toEqual([])
    },
  )

  test.each<[number, unknown]>([
    [200, PAGE],
    [200, {}],
    [200, []],
    [200, { data: [] }],
    [401, { error: 'Unauthorized/Invalid api key' }],
    [429, { error: 'Too Many Requests' }],
    [502, PAGE],
    [500, ''],
  ])('are not told: %i %j', async (status, body) => {
    says(path, [status, body])
    await expect(account.tradesOf(MARKET, ID)).rejects.toThrow()
  })

  test('on pages without end are not asked for without end', async () => {
    says(path, [200, list('MTAw')])
    await expect(account.tradesOf(MARKET, ID)).rejects.toThrow('pages')
    expect(asked.filter((line) => line.includes(path))).toHaveLength(50)
  })

  test('are those in which it waited, too: its own part, at its own price', async () => {
    const maker_orders = [
      { order_id: '0xstranger', matched_amount: '1', price: '0.95', asset_id: '1' },
      { order_id: ID.toUpperCase(), matched_amount: '2.5', price: '0.04', asset_id: '2' },
    ]
    says(path, [200, list(LAST, aTrade({ taker_order_id: '0xother', maker_orders }))])
    expect(await account.tradesOf(MARKET, ID)).toMatchObject([
      { id: 'trade', isMaker: true, fills: [{ price: 400, shares: 2_500_000 }] },
    ])
  })

  test('of all orders of this wallet are known by their names', async () => {
    const own = { maker_address: account.address.toUpperCase(), matched_amount: '1', price: '0.4' }
    const maker_orders = [
      { ...own, order_id: '0xown', asset_id: '2' },
      { ...own, order_id: '0xstranger', maker_address: '0x1', asset_id: '2' },
    ]
    const taken = aTrade({ trader_side: 'TAKER' })
    says(path, [200, list(LAST, aTrade({ trader_side: 'MAKER', maker_orders }), taken)])
    expect(await account.filledIn(MARKET)).toEqual([
      { venueId: '0xown', token: '2', price: 4_000, isMaker: true },
      { venueId: ID, token: '1', price: 9_600, isMaker: false },
    ])
  })

  test('have the prices of their makers, also of those on the other side', async () => {
    const maker_orders = [
      { matched_amount: '3', price: '0.96', asset_id: '1' },
      { matched_amount: '2.5', price: '0.035', asset_id: '2' },
    ]
    says(path, [
      200,
      list(LAST, aTrade({ maker_orders }), aTrade({ id: 'bare', maker_orders: [] })),
    ])
    const [first, second] = await account.tradesOf(MARKET, ID)
    expect(first?.fills).toEqual([
      { price: 9_600, shares: 3_000_000 },
      { price: 9_650, shares: 2_500_000 },
    ])
    expect(second?.fills).toEqual([{ price: 9_700, shares: 5_000_000 }])
  })

  test.each([
    ['MATCHED', 'MATCHED'],
    ['TRADE_STATUS_CONFIRMED', 'CONFIRMED'],
    ['failed', 'FAILED'],
    ['RETRYING', 'RETRYING'],
    ['MINED', 'MINED'],
    ['MATCHED_NOT_BROADCASTED', 'MATCHED'],
    ['SOMETHING_NEW', 'MATCHED'],
  ])('that are %s count as %s', async (status, read) => {
    says(path, [200, list(LAST, aTrade({ status }))])
    expect((await account.tradesOf(MARKET, ID))[0]?.status).toBe(read)
  })

  test.each([{ price: '0.96001' }, { matched_amount: '5.0000001' }, { price: 'x' }])(
    'that cannot be read are no trades and no silence: %j',
    async (change) => {
      const maker = { matched_amount: '5', price: '0.96', asset_id: '1', ...change }
      says(path, [200, list(LAST, aTrade({ maker_orders: [maker] }))])
      await expect(account.tradesOf(MARKET, ID)).rejects.toThrow('cannot be read')
    },
  )
})

describe('the money', () => {
  test.each<[number, unknown, number | null]>([
    [200, { balance: '25000000', allowances: {} }, 25_000_000],
    [200, { balance: '0' }, 0],
    [200, { balance: '25.5' }, null],
    [200, {}, null],
    [200, PAGE, null],
    [400, { error: 'Invalid asset type' }, null],
  ])('%i %j', async (status, body, expected) => {
    says('/balance-allowance', [status, body])
    if (expected === null) await expect(account.balance()).rejects.toThrow()
    else expect(await account.balance()).toBe(expected)
  })
})

describe('news of the user channel', () => {
  test.each([
    [
      { event_type: 'order', id: ID, status: 'CANCELED' },
      [{ kind: 'order', venueId: ID, status: 'CANCELED' }],
    ],
    [
      { event_type: 'trade', id: 'uuid', taker_order_id: ID, status: 'MATCHED' },
      [{ kind: 'trade', venueId: ID, status: 'MATCHED' }],
    ],
    [
      {
        event_type: 'trade',
        ...{ id: 'uuid', taker_order_id: '0xtaker', status: 'MINED' },
        maker_orders: [{ order_id: ID, price: '0.5' }, { order_id: '0xother' }],
      },
      ['0xtaker', ID, '0xother'].map((venueId) => ({ kind: 'trade', venueId, status: 'MINED' })),
    ],
    [{ event_type: 'trade', id: 'uuid' }, [{ kind: 'trade', venueId: 'uuid', status: '' }]],
    [
      [{ event_type: 'order', id: ID }, { event_type: 'price_change' }, null, 7],
      [{ kind: 'order', venueId: ID, status: '' }],
    ],
    [{ event_type: 'order' }, []],
    [null, []],
  ])('%j', (frame, news) => {
    expect(parse(JSON.stringify(frame))).toEqual(news)
  })

  test('what is no JSON is nothing', () => {
    expect(['PONG', '', '{"event_type":"order"', PAGE].flatMap(parse)).toEqual([])
  })
})
