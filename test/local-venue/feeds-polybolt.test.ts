/** PolyBolt of the embedded venue: credentials, numbers, faults. */
import { describe, expect, test } from 'vitest'
import { credentialsOf } from '../../src/local-venue/credentials.ts'
import { until } from '../support/until.ts'
import { aFeedVenue, rtds } from './feed-support.ts'
import { clearFaults, connect, setFault } from './support.ts'

describe.concurrent('PolyBolt', () => {
  const subscription = {
    channel: 'price.crypto.twap',
    filter: { symbol: 'btcusd', window_seconds: 60 },
  }

  async function authed() {
    const venue = await aFeedVenue({ seed: 4 })
    const client = await connect(venue.endpoints.polybolt)
    client.send({ op: 'auth', rid: 'a1', auth: credentialsOf(4, venue.account.address) })
    expect(await client.until((text) => text.includes('auth'))).toBe('{"op":"authed","rid":"a1"}')
    return { venue, client }
  }

  test('credentials, acknowledgement, backfill, numbered messages', async () => {
    const { client } = await authed()
    client.send({
      op: 'subscribe',
      rid: 's1',
      subscriptions: [subscription, { channel: 'price.crypto', filter: { symbol: 'btcusd' } }],
    })
    await client.until((text) => text.includes('"channel":"price.crypto","rid":"s1"'))
    const of = (channel: string) =>
      client.texts
        .filter((text) => text.includes(`"channel":"${channel}","seq"`))
        .map(
          (text) =>
            JSON.parse(text) as {
              seq: number
              snapshot?: boolean
              payload: Record<string, unknown>
            },
        )
    await until(() => of('price.crypto.twap').length >= 4)
    const [backfill, ...live] = of('price.crypto.twap')
    expect(backfill?.snapshot).toBe(true)
    expect(Array.isArray(backfill?.payload['data'])).toBe(true)
    expect(JSON.stringify(backfill?.payload['data']).length).toBeGreaterThan(20 * 60)
    expect([backfill, ...live].map((message) => message?.seq)).toEqual([
      1,
      ...live.map((_, index) => index + 2),
    ])
    expect(live[0]?.payload).toMatchObject({
      symbol: 'btcusd',
      window_seconds: 60,
      source: 'chainlink',
      is_carried_forward: false,
    })
    expect(live[0]?.payload['full_accuracy_value']).toMatch(/^\d+\.\d{18}$/)
    expect(of('price.crypto')[0]?.payload).not.toHaveProperty('window_seconds')
    client.close()
  })

  test('what is wrong is named', async () => {
    const { client } = await authed()
    const says = async (message: object, code: string) => {
      client.send(message)
      expect(JSON.parse(await client.next((text) => text.includes('error')))).toMatchObject({
        op: 'error',
        code,
      })
    }
    await says({ op: 'dance' }, 'bad_op')
    await says({ op: 'subscribe', channel: 'price.tea', filter: {} }, 'bad_channel')
    await says(
      {
        op: 'subscribe',
        channel: 'price.crypto.twap',
        filter: { symbol: 'btcusd', window_seconds: 30 },
      },
      'bad_filter',
    )
    client.close()
  })

  test('nobody is served without credentials, and wrong ones end the connection', async () => {
    const venue = await aFeedVenue({ seed: 4 })
    const client = await connect(venue.endpoints.polybolt)
    client.send({ op: 'subscribe', rid: 'x', ...subscription })
    expect(await client.until((text) => text.includes('error'))).toBe(
      '{"op":"error","code":"auth_required","rid":"x"}',
    )
    client.send({
      op: 'auth',
      auth: { ...credentialsOf(4, venue.account.address), secret: 'wrong' },
    })
    expect(await client.closed()).toBe(4001)
  })

  test('a lost message leaves a hole in the numbers', async () => {
    const { venue, client } = await authed()
    client.send({ op: 'subscribe', ...subscription })
    const numbers = () =>
      client.texts
        .filter((text) => text.includes('"seq"'))
        .map((text) => (JSON.parse(text) as { seq: number }).seq)
    await until(() => numbers().length >= 2)
    await setFault(venue, { name: 'polybolt-dropped', probability: 1, forMs: 2_500 })
    const afterLoss = JSON.parse(await client.until((text) => text.includes('"dropped"'))) as {
      seq: number
      dropped: number
    }
    const before = numbers()[numbers().indexOf(afterLoss.seq) - 1] as number
    expect(afterLoss.seq - before - 1).toBe(afterLoss.dropped)
    expect(afterLoss.dropped).toBeGreaterThan(0)
    client.close()
  })

  test('goes on while RTDS is frozen, and has nothing while the source is silent', async () => {
    const { venue, client } = await authed()
    const legacy = await rtds(
      venue,
      { topic: 'crypto_prices_chainlink', type: '*' },
      { topic: 'crypto_prices', type: 'update' },
    )
    client.send({ op: 'subscribe', ...subscription })
    await setFault(venue, { name: 'rtds-freeze' })
    // What was on its way arrives.
    await new Promise((resolve) => setTimeout(resolve, 300))
    const heardAll = async (): Promise<number> => {
      legacy.client.send('PING')
      await legacy.client.next((text) => text === 'PONG')
      return legacy.frames().length
    }
    const frozen = await heardAll()
    const live = (text: string): boolean => text.includes('"received_at"')
    await client.next(live)
    await client.next(live)
    expect(await heardAll()).toBe(frozen)
    await clearFaults(venue)
    await setFault(venue, { name: 'chainlink-gap' })
    const from = legacy.frames().length
    const fromBolt = client.texts.length
    await until(() => legacy.frames().length > from + 8)
    // One may have been on its way when the fault was set.
    const topics = legacy.frames().slice(from + 4)
    expect(new Set(topics.map(({ topic }) => topic))).toEqual(new Set(['crypto_prices']))
    expect(client.texts.slice(fromBolt + 1).filter(live)).toEqual([])
    await setFault(venue, { name: 'polybolt-draining' })
    expect(await client.closed()).toBe(4003)
  })

  test('a challenge has a nonce; too many changes in a second are too many', async () => {
    const { client } = await authed()
    client.send({ op: 'challenge', rid: 'c1' })
    expect(await client.next((text) => text.includes('nonce'))).toMatch(
      /^{"op":"challenge","nonce":"0x[0-9a-f]{64}","rid":"c1"}$/,
    )
    // Again where a second ended between them.
    await until(() => {
      for (let count = 0; count < 41; count += 1)
        client.send({ op: 'unsubscribe', channel: 'price.crypto', filter: { symbol: 'btcusd' } })
      return client.texts.some((text) => text.includes('"rate_limited"'))
    }, 200)
    client.close()
  })
})
