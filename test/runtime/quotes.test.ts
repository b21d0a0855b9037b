/**
 * Orders that wait on their way out, over real sockets, to a venue that says what it is told to: what leaves as one request, and what its answer means for
 * each order in it.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { EngineEvent } from '../../src/domain/events.ts'
import { orderId } from '../../src/domain/ids.ts'
import { nowMicros } from '../../src/net/clock.ts'
import { openOrderWire } from '../../src/net/order-wire.ts'
import { createPosts } from '../../src/net/prepared-post.ts'
import { createQuotes, type Quotes } from '../../src/runtime/quotes.ts'
import { createRequestLane } from '../../src/runtime/request-lane.ts'
import { aMarket } from '../support/builders.ts'
import { aLog, anAccount, anOrder } from '../support/live.ts'
import { until } from '../support/until.ts'

type Reply = { readonly status: number; readonly body: unknown } | 'cut'
type Asked = { readonly what: string; readonly body: unknown }

const market = aMarket()
let server: Server
let quotes: Quotes
let asked: Asked[]
let told: EngineEvent[]
let log: ReturnType<typeof aLog>
let account: ReturnType<typeof anAccount>
let says: (asked: Asked) => Reply

const idOf = (n: number): string => `0x${n.toString(16).padStart(64, '0')}`
const takes = (n: unknown) => ({ success: true, errorMsg: '', orderID: n, status: 'live' })
const refuses = (errorMsg: string) => ({ success: true, errorMsg, orderID: '', status: '' })
const namesIn = (body: unknown): string[] =>
  (Array.isArray(body) ? body : [body]).map((one: { id?: string }) => one.id ?? '')

/** Takes all that it is asked to. */
function friendly({ what, body }: Asked): Reply {
  if (what === 'POST /order') return { status: 200, body: takes(namesIn(body)[0]) }
  if (what === 'POST /orders') return { status: 200, body: namesIn(body).map(takes) }
  if (what === 'DELETE /order')
    return { status: 200, body: { canceled: [(body as { orderID: string }).orderID] } }
  if (what === 'DELETE /orders') return { status: 200, body: { canceled: body } }
  return { status: 200, body: { heartbeat_id: 'h' } }
}

beforeEach(async () => {
  says = friendly
  asked = []
  told = []
  log = aLog()
  account = anAccount()
  server = createServer((request, response) => {
    let text = ''
    request.on('data', (piece: Buffer) => (text += piece.toString()))
    request.on('end', () => {
      const body: unknown = text === '' ? null : JSON.parse(text)
      const one = { what: `${request.method} ${request.url}`, body }
      const reply = one.what.endsWith('heartbeats') ? friendly(one) : says(one)
      if (!one.what.endsWith('heartbeats') && one.what !== 'GET /ok') asked.push(one)
      if (reply === 'cut') return void request.socket.resetAndDestroy()
      response.writeHead(reply.status)
      response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  quotes = someQuotes(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})

afterEach(async () => {
  says = friendly
  account.order.mockResolvedValue({ status: 'CANCELED', matched: 0 as never })
  await quotes.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

function someQuotes(url: string): Quotes {
  const signer = { address: '0xa', apiKey: 'k', passphrase: 'p', secret: 'AAAA' }
  const poster = { host: new URL(url).host, signer, userAgent: 'test' }
  const deleting = (path: string) => createPosts({ ...poster, method: 'DELETE', path })
  post = createPosts({ ...poster, path: '/order' })
  return createQuotes({
    lane: createRequestLane(() =>
      openOrderWire({
        url,
        ...{ keepAlivePath: '/ok', keepAliveMs: 60_000, timeoutMs: 5_000, connections: 4 },
        ...{ rehearsals: false, now: nowMicros, tell: () => undefined, userAgent: 'test' },
      }),
    ),
    account,
    several: createPosts({ ...poster, path: '/orders' }),
    cancelling: deleting('/order'),
    cancellingSeveral: deleting('/orders'),
    cancellingMarket: deleting('/cancel-market-orders'),
    beating: createPosts({ ...poster, path: '/v1/heartbeats' }),
    emit: (event) => void told.push(event),
    ...{ now: nowMicros, venueNow: nowMicros, log },
  })
}
let post: ReturnType<typeof createPosts>

function place(...numbers: number[]): void {
  for (const n of numbers) {
    const order = anOrder({ id: orderId(`w/${n}`), kind: 'GTC', postOnly: true })
    const shot = { venueId: idOf(n), order, market, sentAt: nowMicros() }
    quotes.place(shot, post(JSON.stringify({ id: idOf(n) })))
  }
}

const outcomeOf = (n: number) => {
  const last = told.findLast((one) => one.kind === 'order_outcome' && one.venueId === idOf(n))
  return last?.kind === 'order_outcome' ? last.outcome : null
}
const states = (...numbers: number[]) => numbers.map((n) => outcomeOf(n)?.state ?? 'nothing')
const untilTold = (...numbers: number[]) =>
  until(() => states(...numbers).every((state) => state !== 'nothing'))
const placements = () => asked.filter(({ what }) => what.startsWith('POST'))
const withdrawals = () => asked.filter(({ what }) => what.startsWith('DELETE'))

/** What is named by requests that withdraw by name. */
const namedIn = (all: readonly Asked[]): Set<string> =>
  new Set(
    all.flatMap(({ what, body }) =>
      what === 'DELETE /orders' ? (body as string[]) : (body as { orderID: string }).orderID,
    ),
  )

async function waiting(...numbers: number[]): Promise<void> {
  account.order.mockResolvedValue({ status: 'LIVE', matched: 0 as never })
  place(...numbers)
  await untilTold(...numbers)
  expect(new Set(states(...numbers))).toEqual(new Set(['resting']))
}

describe('orders of one turn', () => {
  test('leave as one request, in their order', async () => {
    await waiting(1, 2, 3)
    expect(placements()).toEqual([
      { what: 'POST /orders', body: [1, 2, 3].map((n) => ({ id: idOf(n) })) },
    ])
  })

  test('are a request of its own where there is one', async () => {
    await waiting(1)
    expect(placements()).toEqual([{ what: 'POST /order', body: { id: idOf(1) } }])
  })

  test('are not held back for those of the next', async () => {
    place(1)
    await new Promise((resolve) => setImmediate(resolve))
    place(2)
    await untilTold(1, 2)
    expect(placements().map(({ what }) => what)).toEqual(['POST /order', 'POST /order'])
  })

  test('are no more than fifteen in a request', async () => {
    const numbers = Array.from({ length: 16 }, (_none, at) => at + 1)
    await waiting(...numbers)
    expect(
      placements()
        .map(({ body }) => namesIn(body).length)
        .sort(),
    ).toEqual([1, 15])
    expect(
      placements()
        .flatMap(({ body }) => namesIn(body))
        .sort(),
    ).toEqual(numbers.map(idOf))
  })

  test('are judged one by one', async () => {
    says = () => ({
      status: 200,
      body: [takes(idOf(1)), refuses('order crosses the book'), takes(idOf(3))],
    })
    account.order.mockResolvedValue({ status: 'LIVE', matched: 0 as never })
    place(1, 2, 3)
    await untilTold(1, 2, 3)
    expect(states(1, 2, 3)).toEqual(['resting', 'rejected', 'resting'])
    expect(outcomeOf(2)).toMatchObject({ reason: expect.stringMatching(/^POST_ONLY: /) })
  })

  test.each<[string, () => Reply]>([
    ['the connection is cut', () => 'cut'],
    ['an entry is missing', () => ({ status: 200, body: [takes(idOf(1))] })],
    [
      'the entries are in another order',
      () => ({ status: 200, body: [refuses('x'), takes(idOf(1))] }),
    ],
    ['a web page comes', () => ({ status: 502, body: '<html>' })],
    ['half an answer comes', () => ({ status: 200, body: '[{"success":true' })],
  ])('are all in doubt where %s, are never sent again, and are found', async (_name, reply) => {
    says = reply
    place(1, 2)
    await untilTold(1, 2)
    expect(states(1, 2)).toEqual(['unknown', 'unknown'])
    account.order.mockResolvedValue({ status: 'LIVE', matched: 0 as never })
    await until(() => states(1, 2).every((state) => state === 'resting'))
    expect(placements()).toHaveLength(1)
  })

  test('are all refused where the venue turns the request away, which is told once', async () => {
    says = () => ({ status: 425, body: { error: 'Too Early' } })
    place(1, 2)
    await untilTold(1, 2)
    expect(states(1, 2)).toEqual(['rejected', 'rejected'])
    expect(told.filter(({ kind }) => kind === 'venue_closed')).toHaveLength(1)
  })
})

describe('withdrawals of one turn', () => {
  test('leave as one request; what the answer does not speak of is asked for again, by its name', async () => {
    await waiting(1, 2, 3)
    says = (one) =>
      one.what === 'DELETE /orders'
        ? { status: 200, body: { canceled: [idOf(1)], not_canceled: { [idOf(2)]: 'matched' } } }
        : friendly(one)
    quotes.withdrawAll()
    await until(() => withdrawals().length > 1)
    expect(withdrawals()[0]).toEqual({ what: 'DELETE /orders', body: [1, 2, 3].map(idOf) })
    await until(() => namedIn(withdrawals().slice(1)).has(idOf(3)))
    expect(log.warn).toHaveBeenCalledWith(
      'a withdrawal was not answered; it is asked for again',
      expect.objectContaining({ venueId: idOf(3) }),
    )
    account.order.mockResolvedValue({ status: 'CANCELED', matched: 0 as never })
    await until(() => states(1, 2, 3).every((state) => state === 'killed'))
  })

  test('of one order are a request of its own', async () => {
    await waiting(1, 2)
    account.order.mockResolvedValue({ status: 'CANCELED', matched: 0 as never })
    quotes.withdraw(orderId('w/2'))
    await until(() => outcomeOf(2)?.state === 'killed')
    expect(withdrawals()[0]).toEqual({ what: 'DELETE /order', body: { orderID: idOf(2) } })
  })

  test.each<[string, Reply]>([
    ['lost', 'cut'],
    ['a web page', { status: 403, body: '<html>' }],
    ['too many', { status: 429, body: { error: 'Too Many Requests' } }],
  ])(
    'of a market are one request; where the answer is %s each is asked for by name',
    async (_name, reply) => {
      await waiting(1, 2)
      says = (one) => (one.what === 'DELETE /cancel-market-orders' ? reply : friendly(one))
      quotes.withdrawMarket(market.conditionId)
      await until(() => namedIn(withdrawals().slice(1)).size === 2)
      account.order.mockResolvedValue({ status: 'CANCELED', matched: 0 as never })
      await until(() => states(1, 2).every((state) => state === 'killed'))
      const [first, ...others] = withdrawals()
      expect(first).toEqual({
        what: 'DELETE /cancel-market-orders',
        body: { market: market.conditionId },
      })
      expect(namedIn(others)).toEqual(new Set([1, 2].map(idOf)))
    },
  )
})
