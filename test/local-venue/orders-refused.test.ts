/** Orders by hand where a client would not do wrong: signatures, and what is refused. */
import { OrderType, Side } from '@polymarket/clob-client-v2'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { requestSignature } from '../../src/local-venue/orders/keys.ts'
import {
  keySigner,
  orderHash,
  orderSigner,
  type SignedFields,
} from '../../src/local-venue/orders/typed-data.ts'
import type { RunningVenue } from '../../src/local-venue/venue.ts'
import { clientOf, trader } from './official-traders.ts'
import { aVenue, type WindowState, windowOf } from './support.ts'

let venue: RunningVenue
let open: WindowState

beforeAll(async () => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  // The client signs with the wall clock.
  venue = await aVenue({ epochMs: Date.now(), windowSec: 3_600, firstCloseSec: 3_000 })
  open = await windowOf(venue, 'btc', '15m')
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
