/** Markets of both versions, rules nobody knows, prices of the past, and orders that were killed. */
import { ClobClient, OrderType, Side } from '@polymarket/clob-client-v2'
import { Wallet } from 'ethers'
import { expect, test, vi } from 'vitest'
import { until } from '../support/until.ts'
import { aVenue, connect, get, json, setFault, windowOf, windows } from './support.ts'

type GammaEvent = {
  readonly version?: string
  readonly description: string
  readonly markets: readonly {
    readonly version: string
    readonly clobTokenIds: string | null
    readonly positionIds?: string[]
  }[]
}

async function eventOf(gamma: string, slug: string): Promise<GammaEvent> {
  const response = await fetch(`${gamma}/events/slug/${slug}`, {
    headers: { 'user-agent': 'test' },
  })
  return (await response.json()) as GammaEvent
}

async function traderOn(clob: string, privateKey: string) {
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const wallet = new Wallet(privateKey)
  const signer = {
    getAddress: () => Promise.resolve(wallet.address),
    _signTypedData: (
      domain: object,
      types: Record<string, { name: string; type: string }[]>,
      value: object,
    ) => wallet.signTypedData(domain, types, value),
  }
  const creds = await new ClobClient({ host: clob, chain: 137, signer }).createOrDeriveApiKey()
  return { creds, client: new ClobClient({ host: clob, chain: 137, signer, creds }) }
}

test('between two windows the version changes: other ids, another domain; the old signature is a mismatch', async () => {
  const venue = await aVenue({ epochMs: Date.now(), windowSec: 3_600, firstCloseSec: 3_000 })
  await setFault(venue, { name: 'order-version-3' })
  const open = await windowOf(venue, 'btc', '15m')
  const next = await windowOf(venue, 'btc', '15m', 'upcoming')
  expect((await eventOf(venue.endpoints.gamma, open.slug)).markets[0]).toMatchObject({
    version: 'v1',
  })
  const [market] = (await eventOf(venue.endpoints.gamma, next.slug)).markets
  expect(market).toMatchObject({
    version: 'v2',
    clobTokenIds: null,
    positionIds: [next.tokens.up, next.tokens.down],
  })
  const found = async (query: string): Promise<string[]> =>
    (await json<{ slug: string }[]>(`${venue.endpoints.gamma}/markets?${query}`)).map(
      ({ slug }) => slug,
    )
  expect(await found(`position_ids=${next.tokens.down}`)).toEqual([next.slug])
  expect(await found(`clob_token_ids=${next.tokens.down}`)).toEqual([])
  expect(await found(`position_ids=${open.tokens.up}`)).toEqual([])
  expect(await found(`clob_token_ids=${open.tokens.up}`)).toEqual([open.slug])
  const { client } = await traderOn(venue.endpoints.clob, venue.account.privateKey)
  const place = async (version: 2 | 3) => {
    const order = await client.createOrder(
      { tokenID: next.tokens.up, price: 0.2, size: 10, side: Side.BUY },
      { tickSize: '0.01', negRisk: false, version } as object,
    )
    return (await client.postOrder(order, OrderType.GTC)) as unknown as {
      success?: boolean
      error?: string
    }
  }
  expect((await place(2)).error).toBe('order_version_mismatch')
  expect(await place(3)).toMatchObject({ success: true })
})

test('some markets of the first version carry dead ids of the second', async () => {
  const venue = await aVenue()
  const all = await windows(venue)
  const events = await Promise.all(all.map(({ slug }) => eventOf(venue.endpoints.gamma, slug)))
  const dead = events.flatMap(({ markets }) => markets[0]?.positionIds ?? [])
  expect(dead.length).toBeGreaterThan(2)
  expect(dead.length).toBeLessThan(all.length * 2)
  const alive = new Set(all.flatMap(({ tokens }) => [tokens.up, tokens.down]))
  expect(dead.filter((id) => alive.has(id))).toEqual([])
  expect((await get(`${venue.endpoints.clob}/book?token_id=${dead[0]}`)).status).toBe(404)
})

test('a rule that nobody knows', async () => {
  const venue = await aVenue()
  const { slug } = await windowOf(venue, 'btc', '15m')
  await setFault(venue, { name: 'unknown-rule', market: slug })
  expect((await eventOf(venue.endpoints.gamma, slug)).description).toContain('mood')
})

test('prices of the past, for both tokens, within what was asked', async () => {
  const venue = await aVenue()
  const { tokens } = await windowOf(venue, 'btc', '15m')
  const history = async (query: string) =>
    (
      await json<{ history: { t: number; p: number }[] }>(
        `${venue.endpoints.clob}/prices-history?${query}`,
      )
    ).history
  await until(async () => (await history(`market=${tokens.up}&interval=1h`)).length > 0, 200)
  const [up] = await history(`market=${tokens.up}&interval=max`)
  const [down] = await history(`market=${tokens.down}&interval=max`)
  expect((up?.p ?? 0) + (down?.p ?? 0)).toBeCloseTo(1, 4)
  expect(await history(`market=${tokens.up}&startTs=1&endTs=2`)).toEqual([])
  for (const query of [
    'market=7',
    `market=${tokens.up}&interval=3h`,
    `market=${tokens.up}&interval=1h&startTs=5`,
  ]) {
    expect((await get(`${venue.endpoints.clob}/prices-history?${query}`)).status).toBe(400)
  }
})

test('a killed order is told with its reason and little else', async () => {
  const venue = await aVenue({ epochMs: Date.now(), windowSec: 3_600, firstCloseSec: 3_000 })
  const { tokens } = await windowOf(venue, 'btc', '15m')
  const { client, creds } = await traderOn(venue.endpoints.clob, venue.account.privateKey)
  const ears = await connect(venue.endpoints.userWs)
  ears.send({
    auth: { apiKey: creds.key, secret: creds.secret, passphrase: creds.passphrase },
    type: 'user',
  })
  ears.send('PING')
  await ears.until((text) => text === 'PONG')
  const order = await client.createMarketOrder(
    { tokenID: tokens.up, amount: 2, side: Side.BUY, price: 0.01 },
    { tickSize: '0.01', negRisk: false },
  )
  await client.postOrder(order, OrderType.FOK, false, true)
  const told = JSON.parse(await ears.until((text) => text.includes('CANCELLATION'))) as Record<
    string,
    unknown
  >
  expect(told).toMatchObject({
    event_type: 'order',
    size_matched: '',
    outcome: '',
    created_at: '',
    order_type: 'FOK',
  })
  expect(told['status']).toMatch(/^CANCELED_order couldn't be fully filled/)
  ears.close()
})
