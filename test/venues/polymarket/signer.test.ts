/**
 * Signatures held against the venue's own client: known ones to the byte, random orders of all kinds of wallets, and both curves. SIGNED_ORDERS makes them many.
 */
import { orderToJsonV2 } from '@polymarket/clob-client-v2'
import { concat, keccak256, recoverAddress } from 'ethers'
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createAheadSigner } from '../../../src/venues/polymarket/ahead-signer.ts'
import { CURVE } from '../../../src/venues/polymarket/curve.ts'
import {
  createSigner,
  type OrderDraft,
  type SigningWallet,
} from '../../../src/venues/polymarket/signer.ts'
import { type OfficialOrder, officialClient } from '../../support/official-client.ts'

const COUNT = Number(process.env['SIGNED_ORDERS'] ?? 300)
/** The first account of every test chain. */
const KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'
const ADDRESS = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'
const FUNDER = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
const TOKEN = '72690798903588392269001731007662425920353908498880709179939493847828858696064'
const OWNER = '6f9c2a7e-1d34-4c58-9b0f-2e7a5c81d9e4'
const ORDER_TEXT =
  'Order(uint256 salt,address maker,address signer,uint256 tokenId,uint256 makerAmount,uint256 takerAmount,uint8 side,uint8 signatureType,uint256 timestamp,bytes32 metadata,bytes32 builder)'

const draft: OrderDraft = {
  token: TOKEN,
  action: 'BUY',
  kind: 'FOK',
  postOnly: false,
  expirationSec: 0,
  makerAmount: 9_700_000,
  takerAmount: 10_000_000,
  version: 'v1',
  salt: 448_804_800_000,
  timestampMs: 1_795_219_200_000,
  owner: OWNER,
}
const wallet = (signatureType: 0 | 1 | 2 | 3): SigningWallet => ({
  privateKey: KEY,
  signatureType,
  funder: signatureType === 0 ? null : FUNDER,
})

type Body = { readonly order: Record<string, unknown> & { readonly signature: string } }
const signatureIn = (body: string) => (JSON.parse(body) as Body).order.signature

const WRAPPED = [
  '0xfbd1e6cbb775b0efd73f5d9a06f69e71a87a18ddf018304fc97e3280a97d14e22067d14b661dfe4471295278e6d9fe2950822788110a9f5391f23dfe3e56d8671c',
  '3264e159346253e26a64e00b69032db0e7d32f94628de3e6eecb50304d7af3d2',
  '3c55489c5cde53dc81bd391291fc0e1e52fb6ae86bbcdcb972e1baf31a304fa5',
  Buffer.from(ORDER_TEXT).toString('hex'),
  '00ba',
].join('')

describe('known signatures', () => {
  test.each([
    [
      0,
      'v1',
      '0xc329805b9945e498892a5e68611b7e18f75f20ee51219ffc0c10231b7f6bd95760e5d6b7df178cb4c38b9236a111d03b3eb1ddb256d252a95bbc97f626f66b6c1b',
    ],
    [
      0,
      'v2',
      '0x6950d395106ca15e91e7a53b22ef27c5af97882eb19c46f903bd2ca9309f7bd8312c69c49a4b86759030f8ed4f52a500f8a4999b557e27cb39258e8fdb2181301c',
    ],
    [
      1,
      'v1',
      '0xe02c7bd485b2096a21eb791611c869683bbca214242f992337db988eae89086a68d88859e9a98f634018e891f41c0af11bc209fd699e868f446d2ec31a763d051c',
    ],
    [
      2,
      'v1',
      '0x940d32f59b08f4f635de3beb8240521df6597c18774048ee71b6ff8cd4b071ca332c4dc0f7882ff463b394abb11801b56ccb84c2fb21804cfde278ee96ccd45b1c',
    ],
    [3, 'v1', WRAPPED],
  ] as const)('type %i, %s', (type, version, signature) => {
    const { body } = createSigner(wallet(type)).sign({ ...draft, version })
    expect(signatureIn(body)).toBe(signature)
  })

  test('the native curve is there', () => expect(CURVE).toBe('native'))

  test.each([0, 1, 2, 3] as const)('type %i, the same without the native curve', (type) => {
    const one = createSigner(wallet(type), 'javascript').sign(draft)
    expect(one).toEqual(createSigner(wallet(type), 'native').sign(draft))
  })

  test('the id is the hash of what is signed', () => {
    const { sign } = createSigner(wallet(0))
    expect(sign(draft).venueId).toBe(
      '0x7764092248066adf3160a20d4ac43b77959fc9d9c8252bac8bb3478c7e4f6539',
    )
    expect(sign({ ...draft, version: 'v2' }).venueId).toBe(
      '0xe28006d9516a3b7389fc9d5269fbf30b0f9596921fd36cde357927777d3278f9',
    )
  })

  test('the body, to the byte', () => {
    const zero = `0x${'0'.repeat(64)}`
    const { body } = createSigner(wallet(0)).sign(draft)
    expect(body).toBe(
      `{"deferExec":false,"postOnly":false,"order":{"salt":448804800000,"maker":"${ADDRESS}","signer":"${ADDRESS}","tokenId":"${TOKEN}","makerAmount":"9700000","takerAmount":"10000000","side":"BUY","signatureType":0,"timestamp":"1795219200000","expiration":"0","metadata":"${zero}","builder":"${zero}","signature":"${signatureIn(body)}"},"owner":"${OWNER}","orderType":"FOK"}`,
    )
  })
})

const aKey = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => {
  // Any 32 bytes are a key but zero and the largest ones.
  const text = Buffer.from(bytes).fill(0x7f, 0, 1).toString('hex')
  return `0x${text}`
})
const anOrder = fc.record({
  privateKey: aKey,
  signatureType: fc.constantFrom<0 | 1 | 2 | 3>(0, 1, 2, 3),
  version: fc.constantFrom<'v1' | 'v2'>('v1', 'v2'),
  token: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }).map(String),
  cents: fc.integer({ min: 100, max: 50_000 }),
  price: fc.integer({ min: 50, max: 99 }),
  random: fc.double({ min: 0, max: 0.999, noNaN: true }),
  now: fc.integer({ min: 1_700_000_000_000, max: 2_200_000_000_000 }),
})

/** The draft that says what the client's order says. */
function draftOf(order: OfficialOrder, version: 'v1' | 'v2'): OrderDraft {
  return {
    ...draft,
    token: order.tokenId,
    makerAmount: Number(order.makerAmount),
    takerAmount: Number(order.takerAmount),
    version,
    salt: Number(order.salt),
    timestampMs: Number(order.timestamp),
    owner: OWNER,
  }
}

/** The hash that the signature is of, found without the code under test. */
function provesHash(order: OfficialOrder, venueId: string, signer: string): boolean {
  if (order.signatureType !== 3) return recoverAddress(venueId, order.signature) === signer
  const tail = `0x${order.signature.slice(2 + 130, 2 + 130 + 128)}`
  return keccak256(concat(['0x1901', tail])) === venueId
}

afterEach(() => void vi.restoreAllMocks())

test(`${COUNT} random orders are signed and posted as the client does`, async () => {
  const random = vi.spyOn(Math, 'random')
  const now = vi.spyOn(Date, 'now')
  await fc.assert(
    fc.asyncProperty(anOrder, async (one) => {
      const { privateKey, signatureType, version, token, cents, price } = one
      const wallet = { privateKey, signatureType, funder: signatureType === 0 ? null : FUNDER }
      random.mockReturnValue(one.random)
      now.mockReturnValue(one.now)
      const order = await officialClient(wallet).marketBuy({
        token,
        dollars: cents / 100,
        price: price / 100,
        tickSize: '0.01',
        version: version === 'v1' ? 2 : 3,
      })
      random.mockRestore()
      const signer = createSigner(wallet)
      const { body, venueId } = signer.sign(draftOf(order, version))
      expect(body).toBe(JSON.stringify(orderToJsonV2(order as never, OWNER, 'FOK' as never)))
      expect(provesHash(order, venueId, signer.address)).toBe(true)
      expect(createSigner(wallet, 'javascript').sign(draftOf(order, version)).body).toBe(body)
    }),
    { numRuns: COUNT },
  )
}, 600_000)

describe('what cannot be signed is refused', () => {
  const { sign } = createSigner(wallet(0))
  test.each([
    ['a token beyond 256 bits', { token: String(2n ** 256n) }],
    ['a token in hex', { token: '0x10' }],
    ['an empty token', { token: '' }],
    ['an amount that is not whole', { makerAmount: 0.5 }],
    ['an amount below zero', { takerAmount: -1 }],
    ['a salt that JSON cannot carry', { salt: 2 ** 53 }],
    ['no time', { timestampMs: Number.NaN }],
  ])('%s', (_name, wrong) => {
    expect(() => sign({ ...draft, ...wrong })).toThrow(RangeError)
    // What was refused leaves nothing behind.
    expect(sign(draft)).toEqual(createSigner(wallet(0)).sign(draft))
  })

  test.each(['0x', `0x${'0'.repeat(64)}`, `0x${'f'.repeat(64)}`, 'no key'])('the key %s', (key) => {
    for (const kind of ['native', 'javascript'] as const)
      expect(() => createSigner({ ...wallet(0), privateKey: key }, kind)).toThrow()
  })
})

test('an address of a funder in small letters signs the same', () => {
  const small = createSigner({ ...wallet(3), funder: FUNDER.toLowerCase() })
  expect(small.sign(draft)).toEqual(createSigner(wallet(3)).sign(draft))
  expect(small.maker).toBe(FUNDER)
})

describe('signatures ahead of time', () => {
  test('are those of the trading thread, in the order asked for', async () => {
    for (const type of [0, 1, 2, 3] as const) {
      const ahead = createAheadSigner(wallet(type))
      const { sign } = createSigner(wallet(type))
      const lists = [1, 2, 3].map((list) =>
        Array.from({ length: 5 * list }, (_one, at) => ({
          ...draft,
          salt: list * 100 + at,
          version: at % 2 === 0 ? ('v1' as const) : ('v2' as const),
        })),
      )
      const signed = await Promise.all(lists.map((drafts) => ahead.sign(drafts)))
      expect(signed).toEqual(lists.map((drafts) => drafts.map(sign)))
      await ahead.close()
    }
  })

  test('of a draft that cannot be signed fail alone', async () => {
    const ahead = createAheadSigner(wallet(0))
    const bad = ahead.sign([{ ...draft, token: 'no number' }])
    const good = ahead.sign([draft])
    await expect(bad).rejects.toThrow()
    expect(await good).toEqual([createSigner(wallet(0)).sign(draft)])
    await ahead.close()
  })

  test('asked for before the thread is closed are made, and those after it refused', async () => {
    const ahead = createAheadSigner(wallet(0))
    const before = ahead.sign(Array.from({ length: 200 }, (_one, salt) => ({ ...draft, salt })))
    await ahead.close()
    expect(await before).toHaveLength(200)
    await expect(ahead.sign([draft])).rejects.toThrow('the signing thread has ended')
  })
})
