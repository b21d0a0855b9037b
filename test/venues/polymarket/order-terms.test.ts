/** Orders of every kind, made as the engine makes them, against the venue's own client: amounts, hash and body to the byte. */
import { orderToJsonV2 } from '@polymarket/clob-client-v2'
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Order, OrderKind } from '../../../src/domain/order.ts'
import { microShares, micros, ticks } from '../../../src/domain/units.ts'
import { createTrader } from '../../../src/engine/last-second-trader.ts'
import { orderOf, waiting } from '../../../src/engine/wishes.ts'
import { termsOf } from '../../../src/venues/polymarket/order-terms.ts'
import { createSigner } from '../../../src/venues/polymarket/signer.ts'
import { aMarket, START } from '../../support/builders.ts'
import { officialClient } from '../../support/official-client.ts'

const COUNT = Number(process.env['SIGNED_ORDERS'] ?? 300)
const KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'
const FUNDER = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
const OWNER = '6f9c2a7e-1d34-4c58-9b0f-2e7a5c81d9e4'

const KINDS: readonly (readonly [OrderKind, 'BUY' | 'SELL', boolean])[] = [
  ['GTC', 'BUY', false],
  ['GTC', 'BUY', true],
  ['GTC', 'SELL', true],
  ['GTD', 'BUY', true],
  ['GTD', 'SELL', false],
  ['FOK', 'SELL', false],
  ['FAK', 'SELL', false],
]

/** As the engine makes it of what should wait; a sale at once has the same amounts. */
function anOrder(
  [kind, action, postOnly]: (typeof KINDS)[number],
  price: number,
  shares: number,
): Order {
  const quote = {
    ...({ side: 'UP', action, postOnly, why: '' } as const),
    price: ticks(price),
    shares: microShares(shares),
    ttlSec: kind === 'GTD' ? 400 : null,
  }
  const trader = createTrader(aMarket())
  const world = { recvAt: START, venueNow: START }
  return { ...orderOf(waiting(quote), trader, 1, 'test', world), kind }
}

afterEach(() => void vi.restoreAllMocks())

test(`${COUNT} random orders of every kind are those of the client`, async () => {
  const random = vi.spyOn(Math, 'random')
  const now = vi.spyOn(Date, 'now')
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...KINDS),
      fc.constantFrom<0 | 1 | 2 | 3>(0, 1, 2, 3),
      fc.constantFrom<'v1' | 'v2'>('v1', 'v2'),
      fc.constantFrom(100, 10),
      fc.integer({ min: 1, max: 9_999 }),
      // What was bought by dollars has more decimals than can be sold.
      fc.integer({ min: 5_000_000, max: 900_000_000 }),
      fc.double({ min: 0.001, max: 0.999, noNaN: true }),
      async (kind, signatureType, version, tick, at, shares, chance) => {
        const price = Math.min(10_000 - tick, Math.max(tick, at - (at % tick)))
        const order = anOrder(kind, price, shares)
        const timestampMs = START / 1_000
        random.mockReturnValue(chance)
        now.mockReturnValue(timestampMs)
        const wallet = {
          privateKey: KEY,
          signatureType,
          funder: signatureType === 0 ? null : FUNDER,
        }
        const terms = termsOf(order, START)
        const wish = {
          token: order.token,
          price: price / 10_000,
          shares: Math.floor(shares / 10_000) / 100,
          tickSize: tick === 100 ? '0.01' : '0.001',
          version: version === 'v1' ? 2 : 3,
        } as const
        const client = officialClient(wallet)
        const official =
          order.kind === 'FOK' || order.kind === 'FAK'
            ? await client.marketSell(wish)
            : await client.limit({
                ...wish,
                side: order.action,
                expiration: terms.expirationSec,
              })
        random.mockRestore()
        const salt = Number(official.salt)
        const { body } = createSigner(wallet).sign({
          ...terms,
          version,
          salt,
          timestampMs,
          owner: OWNER,
        })
        const [type, , postOnly] = kind
        expect(body).toBe(
          JSON.stringify(orderToJsonV2(official as never, OWNER, type as never, postOnly)),
        )
      },
    ),
    { numRuns: COUNT },
  )
}, 600_000)

describe('the moment from which the venue drops an order', () => {
  const gtd = (expiresIn: number): number =>
    termsOf(
      { ...anOrder(['GTD', 'BUY', true], 5_000, 5_000_000), expiresAt: micros(START + expiresIn) },
      START,
    ).expirationSec -
    START / 1_000_000

  test('is a minute after it was meant, because the venue drops it a minute before', () => {
    expect(gtd(400_000_000)).toBe(460)
    expect(gtd(400_000_001)).toBe(461)
  })

  test('is never nearer than three minutes, which the venue would refuse', () => {
    expect(gtd(90_000_000)).toBe(185)
  })

  test('is none of all others', () => {
    expect(termsOf(anOrder(['GTC', 'BUY', true], 5_000, 5_000_000), START).expirationSec).toBe(0)
  })
})
