/** What the user channel of the embedded venue tells of orders. */
import { type ApiKeyCreds, OrderType, Side } from '@polymarket/clob-client-v2'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { RunningVenue } from '../../src/local-venue/venue.ts'
import { until } from '../support/until.ts'
import { topOf, trader } from './official-traders.ts'
import { aVenue, connect, type Frame, type WindowState, windowOf } from './support.ts'

let venue: RunningVenue
let open: WindowState

beforeAll(async () => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  // The client signs with the wall clock.
  venue = await aVenue({ epochMs: Date.now(), windowSec: 3_600, firstCloseSec: 3_000 })
  open = await windowOf(venue, 'btc', '15m')
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
    await until(() => statuses().some(({ status }) => status === 'CONFIRMED'))
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
  })

  test('wrong credentials close the socket', async () => {
    const client = await connect(venue.endpoints.userWs)
    client.send({ auth: { apiKey: 'x', secret: 'y', passphrase: 'z' }, type: 'user' })
    await client.closed()
    expect(client.texts).toEqual([])
  })
})
