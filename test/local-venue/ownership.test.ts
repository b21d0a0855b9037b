/** Whose account is whose: nobody trades with, looks into or cancels what is another's. */
import { Wallet } from 'ethers'
import { beforeAll, describe, expect, test } from 'vitest'
import type { RunningVenue } from '../../src/local-venue/venue.ts'
import { aVenue, connect, type WindowState, windowOf } from './support.ts'
import { type Person, person, type Wish } from './traders.ts'

let venue: RunningVenue
let open: WindowState
let victim: Person
let thief: Person

beforeAll(async () => {
  venue = await aVenue({ windowSec: 3_600, firstCloseSec: 3_000 })
  open = await windowOf(venue, 'btc', '15m')
  ;[victim, thief] = [await person(venue), await person(venue)]
})

const NOT_ALLOWED = {
  status: 400,
  body: { error: 'maker address not allowed, please use the deposit wallet flow' },
}
const resting = (change: Partial<Wish> = {}): Wish => ({
  token: open.tokens.up,
  makerAmount: 200_000,
  takerAmount: 10_000_000,
  ...change,
})
const someContract = (): string => Wallet.createRandom().address

describe.each([1, 2])('signature type %i', (signatureType) => {
  test("cannot trade with the money of somebody who has a key, nor with the printed account's", async () => {
    const placed = await victim.place(resting())
    expect(placed.status).toBe(200)
    const before = await victim.ledger()
    for (const maker of [victim.address, venue.account.address])
      expect(await thief.place(resting({ maker, signatureType }))).toEqual(NOT_ALLOWED)
    expect(await victim.ledger()).toEqual(before)
    expect((await thief.ask('GET', '/data/orders')).body).toMatchObject({ data: [] })
    expect((await thief.ask('DELETE', '/cancel-all')).body).toMatchObject({ canceled: [] })
    expect((await victim.ask('GET', '/data/orders')).body).toMatchObject({ count: 1 })
    expect((await victim.ask('DELETE', '/cancel-all')).body).toMatchObject({
      canceled: [placed.body['orderID']],
    })
  })

  test('a contract is of the first who used it', async () => {
    const maker = someContract()
    expect(await victim.place(resting({ maker, signatureType }))).toMatchObject({ status: 200 })
    expect(await thief.place(resting({ maker, signatureType }))).toEqual(NOT_ALLOWED)
    expect(await victim.place(resting({ maker, signatureType }))).toMatchObject({ status: 200 })
    await victim.ask('DELETE', '/cancel-all')
  })

  test('who gave its key back is not free to take', async () => {
    const gone = await person(venue)
    expect((await gone.ask('DELETE', '/auth/api-key')).status).toBe(200)
    expect(await thief.place(resting({ maker: gone.address, signatureType }))).toEqual(NOT_ALLOWED)
  })

  test.each<[string, Partial<Wish>]>([
    ['off the grid', { makerAmount: 205_000 }],
    ['too dear', { makerAmount: 20_000_000_000, takerAmount: 100_000_000_000 }],
    ['too small to take', { makerAmount: 500_000, takerAmount: 510_000, type: 'FOK' }],
    [
      'of shares that are not there',
      { side: 'SELL', makerAmount: 10_000_000, takerAmount: 200_000 },
    ],
  ])('an order that is %s gives neither money nor the account', async (_name, change) => {
    const maker = someContract()
    const refused = await thief.place(resting({ maker, signatureType, ...change }))
    expect(refused.status).toBe(400)
    expect(await thief.ledger(maker)).toMatchObject({ dollars: 0, orders: [] })
    expect(await victim.place(resting({ maker, signatureType }))).toMatchObject({ status: 200 })
    expect(await victim.ledger(maker)).toMatchObject({ dollars: 10_000_000_000 })
    await victim.ask('DELETE', '/cancel-all')
  })

  test('who comes late with a key of its own gets its account back', async () => {
    const privateKey = Wallet.createRandom().privateKey
    const maker = new Wallet(privateKey).address
    expect(await thief.place(resting({ maker, signatureType }))).toMatchObject({ status: 200 })
    const late = await person(venue, privateKey)
    expect(await thief.place(resting({ maker, signatureType }))).toEqual(NOT_ALLOWED)
    expect((await late.ask('DELETE', '/cancel-all')).body['canceled']).toHaveLength(1)
  })
})

describe('keys', () => {
  test('each nonce has one; each is good for the same account', async () => {
    const owner = await person(venue)
    expect(await owner.keyed('POST', '/auth/api-key')).toEqual({
      status: 400,
      body: { error: 'Could not create api key' },
    })
    expect(await owner.keyed('GET', '/auth/derive-api-key', 77)).toEqual({
      status: 400,
      body: { error: 'Could not derive api key!' },
    })
    const second = await owner.keyed('POST', '/auth/api-key', 77)
    expect(second.status).toBe(200)
    expect(second.body['apiKey']).not.toBe(owner.creds.apiKey)
    expect(await owner.keyed('GET', '/auth/derive-api-key', 77)).toEqual(second)
    expect((await owner.keyed('GET', '/auth/derive-api-key')).body).toEqual(owner.creds)
    expect((await owner.ask('GET', '/auth/api-keys')).body).toEqual({
      apiKeys: [owner.creds.apiKey, second.body['apiKey']],
    })
    const ears = await connect(venue.endpoints.userWs)
    ears.send({ auth: second.body, type: 'user' })
    ears.send('PING')
    await ears.until((text) => text === 'PONG')
    const placed = await owner.place(resting())
    expect(placed.status).toBe(200)
    expect(await ears.until((text) => text.includes('PLACEMENT'))).toContain(
      String(placed.body['orderID']),
    )
    await owner.ask('DELETE', '/auth/api-key')
    expect((await owner.keyed('GET', '/auth/derive-api-key')).status).toBe(400)
    expect((await owner.keyed('GET', '/auth/derive-api-key', 77)).status).toBe(200)
  })
})
