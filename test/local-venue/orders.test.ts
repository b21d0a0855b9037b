/** Orders on the embedded venue, by the venue's own client, unmodified, and by hand where a client would not do wrong. */
import {
  type ApiKeyCreds,
  AssetType,
  ClobClient,
  OrderType,
  Side,
  SignatureTypeV2,
} from '@polymarket/clob-client-v2'
import { Wallet } from 'ethers'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { requestSignature } from '../../src/local-venue/orders/keys.ts'
import {
  keySigner,
  orderHash,
  orderSigner,
  type SignedFields,
} from '../../src/local-venue/orders/typed-data.ts'
import type { RunningVenue } from '../../src/local-venue/venue.ts'
import { aVenue, connect, type Frame, json, type WindowState, windowOf } from './support.ts'

/** The client wants ethers 5; this is all it asks of a signer. */
function signerOf(privateKey: string) {
  const wallet = new Wallet(privateKey)
  return {
    getAddress: () => Promise.resolve(wallet.address),
    _signTypedData: (
      domain: object,
      types: Record<string, { name: string; type: string }[]>,
      value: object,
    ) => wallet.signTypedData(domain, types, value),
  }
}

function clientOf(venue: RunningVenue, privateKey: string, creds?: ApiKeyCreds): ClobClient {
  return new ClobClient({
    host: venue.endpoints.clob,
    chain: 137,
    signer: signerOf(privateKey),
    ...(creds === undefined ? {} : { creds }),
    signatureType: SignatureTypeV2.EOA,
    throwOnError: false,
  })
}

async function trader(venue: RunningVenue, privateKey = Wallet.createRandom().privateKey) {
  const creds = await clientOf(venue, privateKey).createOrDeriveApiKey()
  return {
    client: clientOf(venue, privateKey, creds),
    creds,
    privateKey,
    address: new Wallet(privateKey).address,
  }
}

/** Best prices of a token. */
async function topOf(venue: RunningVenue, token: string): Promise<{ bid: number; ask: number }> {
  const book = await json<{ bids: { price: string }[]; asks: { price: string }[] }>(
    `${venue.endpoints.clob}/book?token_id=${token}`,
  )
  return { bid: Number(book.bids.at(-1)?.price ?? 0), ask: Number(book.asks.at(-1)?.price ?? 1) }
}

let venue: RunningVenue
let open: WindowState

beforeAll(async () => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  // The client signs with the wall clock.
  venue = await aVenue({ epochMs: Date.now(), windowSec: 300, firstCloseSec: 280 })
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
    await vi.waitUntil(
      async () =>
        (await client.getTrades({ id: reply.tradeIDs?.[0] ?? '' }, true))[0]?.status ===
        'CONFIRMED',
      { timeout: 15_000, interval: 200 },
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
    expect(Math.abs((await client.getServerTime()) * 1_000 - venue.nowMs())).toBeLessThan(3_000)
    expect(await client.getMarket(open.conditionId)).toMatchObject({
      condition_id: open.conditionId,
      accepting_orders: true,
    })
    expect(await client.getClobMarketInfo(open.conditionId)).toMatchObject({ c: open.conditionId })
    expect(await client.getOk()).toBe('OK')
  })
})

describe('the user channel', () => {
  test('tells both sides of a trade what happened, in order, each status once', async () => {
    const [maker, taker] = [await trader(venue), await trader(venue)]
    const hear = async ({ creds }: { creds: ApiKeyCreds }) => {
      const client = await connect(venue.endpoints.userWs)
      client.send({
        auth: { apiKey: creds.key, secret: creds.secret, passphrase: creds.passphrase },
        type: 'user',
      })
      client.send('PING')
      await client.until((text) => text === 'PONG')
      return client
    }
    const [makerEars, takerEars] = [await hear(maker), await hear(taker)]
    const { bid, ask } = await topOf(venue, open.tokens.down)
    const price = Number(((bid + ask) / 2).toFixed(2))
    const options = { tickSize: '0.01', negRisk: false } as const
    // Alone inside the spread, if there is room; else behind the crowd at its own price.
    const resting = await maker.client.createAndPostOrder(
      { tokenID: open.tokens.down, price: Math.max(price, 0.01), size: 10, side: Side.BUY },
      options,
      OrderType.GTC,
    )
    expect(resting.success).toBe(true)
    const placement = JSON.parse(
      await makerEars.until((text) => text.includes('PLACEMENT') || text.includes('"UPDATE"')),
    ) as Frame & Record<string, unknown>
    expect(placement).toMatchObject({
      event_type: 'order',
      id: resting.orderID,
      asset_id: open.tokens.down,
      owner: maker.creds.key,
    })
    const shot = await taker.client.createAndPostMarketOrder(
      { tokenID: open.tokens.up, amount: 5, side: Side.BUY, price: 0.99 },
      options,
      OrderType.FAK,
      true,
    )
    expect(shot).toMatchObject({ success: true, status: 'matched' })
    const statuses = () =>
      takerEars.texts
        .filter((text) => text.includes('"event_type":"trade"'))
        .map(
          (text) =>
            JSON.parse(text) as {
              id: string
              status: string
              taker_order_id: string
              trader_side: string
            },
        )
    await vi.waitUntil(() => statuses().some(({ status }) => status === 'CONFIRMED'), {
      timeout: 15_000,
    })
    const id = statuses()[0]?.id
    expect(
      statuses()
        .filter((one) => one.id === id)
        .map(({ status }) => status),
    ).toEqual(['MATCHED', 'MINED', 'CONFIRMED'])
    expect(
      statuses().every((one) => one.taker_order_id === shot.orderID && one.trader_side === 'TAKER'),
    ).toBe(true)
    makerEars.close()
    takerEars.close()
    await maker.client.cancelAll()
  }, 30_000)

  test('wrong credentials close the socket', async () => {
    const client = await connect(venue.endpoints.userWs)
    client.send({ auth: { apiKey: 'x', secret: 'y', passphrase: 'z' }, type: 'user' })
    await client.closed()
    expect(client.texts).toEqual([])
  })
})

describe('signatures', () => {
  const KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'
  const OWNER = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'
  const OTHER = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
  const order: SignedFields = {
    salt: '448804800000',
    maker: OWNER,
    signer: OWNER,
    tokenId: '72690798903588392269001731007662425920353908498880709179939493847828858696064',
    makerAmount: '9700000',
    takerAmount: '10000000',
    side: 0,
    signatureType: 0,
    timestamp: '1795219200000',
    metadata: `0x${'0'.repeat(64)}`,
    builder: `0x${'0'.repeat(64)}`,
  }

  test('the hash of an order is its id, in both kinds of markets', () => {
    expect(orderHash(order, '2')).toBe(
      '0x7764092248066adf3160a20d4ac43b77959fc9d9c8252bac8bb3478c7e4f6539',
    )
    expect(orderHash(order, '3')).toBe(
      '0xe28006d9516a3b7389fc9d5269fbf30b0f9596921fd36cde357927777d3278f9',
    )
  })

  test.each<[string, Partial<SignedFields>, '2' | '3', string]>([
    [
      'wallet',
      {},
      '2',
      '0xc329805b9945e498892a5e68611b7e18f75f20ee51219ffc0c10231b7f6bd95760e5d6b7df178cb4c38b9236a111d03b3eb1ddb256d252a95bbc97f626f66b6c1b',
    ],
    [
      'wallet, the other kind of market',
      {},
      '3',
      '0x6950d395106ca15e91e7a53b22ef27c5af97882eb19c46f903bd2ca9309f7bd8312c69c49a4b86759030f8ed4f52a500f8a4999b557e27cb39258e8fdb2181301c',
    ],
    [
      'proxy',
      { maker: OTHER, signatureType: 1 },
      '2',
      '0xe02c7bd485b2096a21eb791611c869683bbca214242f992337db988eae89086a68d88859e9a98f634018e891f41c0af11bc209fd699e868f446d2ec31a763d051c',
    ],
    [
      'safe',
      { maker: OTHER, signatureType: 2 },
      '2',
      '0x940d32f59b08f4f635de3beb8240521df6597c18774048ee71b6ff8cd4b071ca332c4dc0f7882ff463b394abb11801b56ccb84c2fb21804cfde278ee96ccd45b1c',
    ],
  ])('of a %s', (_name, change, version, signature) => {
    expect(orderSigner({ ...order, ...change }, version, signature)).toBe(OWNER)
    expect(
      orderSigner({ ...order, ...change, makerAmount: '9700001' }, version, signature),
    ).not.toBe(OWNER)
  })

  test('of a wallet that is a contract', () => {
    const text =
      'Order(uint256 salt,address maker,address signer,uint256 tokenId,uint256 makerAmount,uint256 takerAmount,uint8 side,uint8 signatureType,uint256 timestamp,bytes32 metadata,bytes32 builder)'
    const signature = `0xfbd1e6cbb775b0efd73f5d9a06f69e71a87a18ddf018304fc97e3280a97d14e22067d14b661dfe4471295278e6d9fe2950822788110a9f5391f23dfe3e56d8671c3264e159346253e26a64e00b69032db0e7d32f94628de3e6eecb50304d7af3d23c55489c5cde53dc81bd391291fc0e1e52fb6ae86bbcdcb972e1baf31a304fa5${Buffer.from(text).toString('hex')}00ba`
    const fields = { ...order, maker: OTHER, signer: OTHER, signatureType: 3 as const }
    expect(orderSigner(fields, '2', signature)).toBe(OWNER)
    expect(orderSigner(fields, '3', signature)).toBeNull()
  })

  test('of a request for a key, and of a request', async () => {
    const headers = await clientOf(venue, KEY).createOrDeriveApiKey()
    expect(headers.key).toBeTruthy()
    const signature =
      '0x208d69d71c6ac135c032e218554da6d7c3bf7875016a8274a63399d4b5a821834e154158db472391f4382cc37a9cd5a433c4e4d8629a55c43ea6a868cc3519711c'
    expect(keySigner(OWNER, '1795219200', '0', signature)).toBe(OWNER)
    const secret = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='
    expect(requestSignature(secret, '1795219200GET/data/orders')).toBe(
      'xvSLq-9c99Tqs90LaS4oCdLTW6ZNUMMW8qsgRMZN_EA=',
    )
    expect(requestSignature(secret, '1795219200DELETE/order{"orderID":"0xabc"}')).toBe(
      'FkQdDxS4jY4lfoTCJLfiE46wHR2a4v7DmqcGimLtdM8=',
    )
  })

  test("orders of the venue's client are recovered, whatever they ask", async () => {
    const { client, address } = await trader(venue)
    for (let round = 0; round < Number(process.env['SIGNED_ORDERS'] ?? 60); round += 1) {
      const version = round % 2 === 0 ? 2 : 3
      const signed = (await client.createOrder(
        {
          tokenID: round % 5 === 0 ? open.tokens.down : open.tokens.up,
          price: ((round * 7) % 98) / 100 + 0.01,
          size: 5 + ((round * 13) % 400) / 100,
          side: round % 3 === 0 ? Side.SELL : Side.BUY,
        },
        { tickSize: '0.01', negRisk: false, version } as object,
      )) as unknown as Record<string, string> & {
        side: string
        signatureType: number
        salt: string
      }
      const fields = {
        ...signed,
        salt: String(signed.salt),
        side: signed.side === 'BUY' || Number(signed.side) === 0 ? 0 : 1,
      } as unknown as SignedFields
      expect(orderSigner(fields, version === 2 ? '2' : '3', signed['signature'] as string)).toBe(
        address,
      )
    }
  })
})

describe('what is refused', () => {
  async function asked(
    change: (parts: { path: string; body: string; headers: Record<string, string> }) => void,
  ) {
    const { creds, address, client } = await trader(venue)
    const order = await client.createOrder(
      { tokenID: open.tokens.up, price: 0.02, size: 10, side: Side.BUY },
      { tickSize: '0.01', negRisk: false },
    )
    const raw = order as unknown as Record<string, unknown>
    const wire = { ...raw, salt: Number(raw['salt']), side: 'BUY', expiration: '0' }
    const parts = {
      path: '/order',
      body: JSON.stringify({
        deferExec: false,
        postOnly: false,
        order: wire,
        owner: creds.key,
        orderType: 'GTC',
      }),
      headers: {} as Record<string, string>,
    }
    change(parts)
    const timestamp = String(Math.floor(Date.now() / 1_000))
    const headers = {
      POLY_ADDRESS: address,
      POLY_TIMESTAMP: timestamp,
      POLY_API_KEY: creds.key,
      POLY_PASSPHRASE: creds.passphrase,
      POLY_SIGNATURE: requestSignature(creds.secret, `${timestamp}POST${parts.path}${parts.body}`),
      ...parts.headers,
    }
    const response = await fetch(`${venue.endpoints.clob}${parts.path}`, {
      method: 'POST',
      body: parts.body,
      headers,
    })
    return {
      http: response.status,
      ...((await response.json()) as { error?: string; success?: boolean }),
    }
  }
  const edit =
    (change: (body: { order: Record<string, unknown>; [key: string]: unknown }) => void) =>
    (parts: { body: string }) => {
      const body = JSON.parse(parts.body) as { order: Record<string, unknown> }
      change(body)
      parts.body = JSON.stringify(body)
    }

  test('nothing is wrong with it untouched', async () => {
    expect(await asked(() => undefined)).toMatchObject({ http: 200, success: true })
  })

  test.each<[string, Parameters<typeof asked>[0], number, RegExp]>([
    [
      'a signature of another body',
      (parts) => Object.assign(parts.headers, { POLY_SIGNATURE: 'AAAA' }),
      401,
      /^Unauthorized\/Invalid api key$/,
    ],
    [
      'an old time',
      (parts) => Object.assign(parts.headers, { POLY_TIMESTAMP: '1600000000' }),
      401,
      /Unauthorized/,
    ],
    [
      'another address',
      (parts) => Object.assign(parts.headers, { POLY_ADDRESS: `0x${'1'.repeat(40)}` }),
      401,
      /Unauthorized/,
    ],
    ['no JSON', (parts) => Object.assign(parts, { body: '{' }), 400, /^Invalid payload$/],
    [
      'an owner that is not the key',
      edit((body) => Object.assign(body, { owner: 'me' })),
      400,
      /owner has to be the owner of the API KEY/,
    ],
    [
      'an unknown type',
      edit((body) => Object.assign(body, { orderType: 'IOC' })),
      400,
      /^Invalid order payload$/,
    ],
    [
      'a salt as text',
      edit((body) => Object.assign(body.order, { salt: '1' })),
      400,
      /^Invalid order payload$/,
    ],
    [
      'a token nobody knows',
      edit((body) => Object.assign(body.order, { tokenId: '7' })),
      400,
      /^the orderbook 7 does not exist$/,
    ],
    [
      'an amount that was not signed',
      edit((body) => Object.assign(body.order, { makerAmount: '210000' })),
      400,
      /^invalid signature$/,
    ],
    [
      'the other point of the curve that signs the same',
      edit((body) => {
        const signature = String(body.order['signature'])
        const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
        const s = order - BigInt(`0x${signature.slice(66, 130)}`)
        const v = signature.endsWith('1b') ? '1c' : '1b'
        Object.assign(body.order, {
          signature: `${signature.slice(0, 66)}${s.toString(16).padStart(64, '0')}${v}`,
        })
      }),
      400,
      /^invalid signature$/,
    ],
    [
      'a signature that ends in 0 or 1',
      edit((body) => {
        const signature = String(body.order['signature'])
        const v = signature.endsWith('1b') ? '00' : '01'
        Object.assign(body.order, { signature: `${signature.slice(0, -2)}${v}` })
      }),
      400,
      /^invalid signature$/,
    ],
    [
      'another maker',
      edit((body) => Object.assign(body.order, { maker: `0x${'2'.repeat(40)}` })),
      400,
      /signer address has to be the address of the API KEY/,
    ],
  ])('%s', async (_name, change, status, words) => {
    const reply = await asked(change)
    expect(reply.http).toBe(status)
    expect(reply.error).toMatch(words)
  })

  test('the same order twice', async () => {
    const { client } = await trader(venue)
    const order = await client.createOrder(
      { tokenID: open.tokens.up, price: 0.02, size: 10, side: Side.BUY },
      { tickSize: '0.01', negRisk: false },
    )
    const first = (await client.postOrder(order, OrderType.GTC)) as { orderID: string }
    const second = (await client.postOrder(order, OrderType.GTC)) as unknown as { error: string }
    expect(second.error).toBe(`order ${first.orderID} is invalid. Duplicated.`)
    await client.cancelAll()
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
