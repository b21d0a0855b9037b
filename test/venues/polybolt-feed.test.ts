/** PolyBolt: against a server that says what a test wants, and against the embedded one over real sockets. */
import { afterEach, describe, expect, test } from 'vitest'
import type { PriceFeedDeps } from '../../src/domain/ports.ts'
import { micros } from '../../src/domain/units.ts'
import { credentialsOf } from '../../src/local-venue/credentials.ts'
import { createPolyBoltFeed } from '../../src/venues/polymarket/polybolt-feed.ts'
import { parsePolyBolt } from '../../src/venues/polymarket/polybolt-wire.ts'
import { aVenue, clearFaults, setFault } from '../local-venue/support.ts'
import { closeAll, fakeFeed, hearing } from '../support/price-listener.ts'
import { until } from '../support/until.ts'

afterEach(closeAll)

const CREDENTIALS = { apiKey: 'key', secret: 'secret', passphrase: 'phrase' }
const SEC = 1_789_459_204_000

const withCredentials = (deps: PriceFeedDeps) =>
  createPolyBoltFeed({ ...deps, credentials: CREDENTIALS })

type Server = Awaited<ReturnType<typeof fakeFeed>>['server']
type Operation = {
  readonly op: string
  readonly rid: string
  readonly subscriptions?: readonly { readonly channel: string; readonly filter: object }[]
}

const operations = (server: Server): Operation[] =>
  server.heard.map((text) => JSON.parse(text) as Operation)

/** Answers all operations as they come, until there are as many as wanted. */
async function serve(server: Server, count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    await until(() => server.heard.length > at)
    const { op, rid, subscriptions } = operations(server)[at] as Operation
    const channel = subscriptions?.[0]?.channel
    server.say(JSON.stringify({ op: op === 'auth' ? 'authed' : 'subscribed', channel, rid }))
  }
}

function update(seq: number, payload: object = {}, more: object = {}): string {
  return JSON.stringify({
    v: 1,
    channel: 'price.crypto.twap',
    seq,
    ts: SEC + 1_300,
    ...more,
    payload: {
      symbol: 'btcusd',
      value: 91_551.9,
      full_accuracy_value: '91551.901274400918530010',
      timestamp: SEC,
      window_seconds: 60,
      source: 'chainlink',
      received_at: SEC + 1_120,
      is_carried_forward: false,
      ...payload,
    },
  })
}

function snapshot(seq: number, data: readonly object[]): string {
  return JSON.stringify({
    v: 1,
    channel: 'price.crypto.twap',
    seq,
    ts: SEC,
    snapshot: true,
    payload: { symbol: 'btcusd', window_seconds: 60, source: 'chainlink', data },
  })
}

test('without credentials it says so and asks nobody', async () => {
  const { server, told } = await fakeFeed('polybolt', (deps) =>
    createPolyBoltFeed({ ...deps, credentials: null }),
  )
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(told().map(({ state, detail }) => [state, detail])).toEqual([
    ['refused', 'needs credentials'],
  ])
  expect(server.paths).toEqual([])
})

test('it says who it is, then asks for one series after the other, averages first', async () => {
  const { server, states } = await fakeFeed('polybolt', withCredentials)
  const at: number[] = []
  server.onHeard(() => at.push(performance.now()))
  await serve(server, 5)
  await until(() => states().includes('open'))
  const [auth, ...wishes] = operations(server)
  expect(auth).toEqual({ op: 'auth', rid: 'auth', auth: CREDENTIALS })
  expect(wishes.map(({ subscriptions }) => subscriptions)).toEqual([
    [{ channel: 'price.crypto.twap', filter: { symbol: 'btcusd', window_seconds: 60 } }],
    [{ channel: 'price.crypto.twap', filter: { symbol: 'ethusd', window_seconds: 60 } }],
    [{ channel: 'price.crypto', filter: { symbol: 'btcusd' } }],
    [{ channel: 'price.crypto', filter: { symbol: 'ethusd' } }],
  ])
  // Arrivals jitter; over all of them the pace is what the server counts.
  expect((at.at(-1) ?? 0) - (at[0] ?? 0)).toBeGreaterThan(3 * 110)
  expect(states()).toEqual(['open'])
})

test('the past comes oldest first, each second once; values are not scaled; a correction counts', async () => {
  const { server, ticks, told, warnings } = await fakeFeed('polybolt', withCredentials)
  await serve(server, 1)
  server.say(
    snapshot(1, [
      { timestamp: SEC - 2_000, value: 91_551.2, full_accuracy_value: '91551.203318840275166004' },
      { timestamp: SEC - 1_000, value: 91_551.25 },
    ]),
  )
  server.say(update(2))
  server.say(update(3))
  server.say(update(4, { full_accuracy_value: '91551.95' }))
  server.say(update(5, { timestamp: SEC + 1_000, is_carried_forward: true }))
  server.say(update(6, { timestamp: SEC + 1_000, symbol: 'dogeusd' }))
  server.say(update(7, { timestamp: SEC + 1_000, window_seconds: 30 }))
  server.say(
    snapshot(8, [
      { timestamp: SEC - 2_000, value: 1, full_accuracy_value: '1' },
      { timestamp: SEC, value: 1, full_accuracy_value: '1' },
      { timestamp: SEC + 2_000, value: 2, full_accuracy_value: '91552' },
    ]),
  )
  await until(() => ticks().length === 5)
  expect(ticks().map(({ venueAt, price, rounded }) => [venueAt, price, rounded])).toEqual([
    [(SEC - 2_000) * 1_000, '91551.203318840275166004', undefined],
    [(SEC - 1_000) * 1_000, '91551.25', true],
    [SEC * 1_000, '91551.90127440091853001', undefined],
    [SEC * 1_000, '91551.95', undefined],
    [(SEC + 2_000) * 1_000, '91552', undefined],
  ])
  expect(ticks().every(({ series, asset }) => series === 'twap60' && asset === 'btc')).toBe(true)
  expect(told()).toEqual([])
  expect(warnings).toEqual([])
})

test('numbers that are missing and messages that were dropped are a gap', async () => {
  let at = 0
  const { server, told } = await fakeFeed('polybolt', withCredentials, null, 60_000, {
    now: () => micros(at),
  })
  const gaps = (): string[] =>
    told().flatMap(({ state, detail }) => (state === 'gap' ? [detail] : []))
  await serve(server, 1)
  server.say(update(1))
  server.say(update(2, {}, { dropped: 0 }))
  server.say(update(5, {}, { dropped: 2 }))
  await until(() => gaps().length === 1)
  expect(gaps()).toEqual(['messages lost: 2 of price.crypto.twap'])
  // What follows soon is told together, later.
  server.say(update(7))
  server.say(update(8, {}, { dropped: 3 }))
  server.say('{"op":"pong"}')
  await until(() => server.clients() === 1)
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(gaps()).toHaveLength(1)
  at = 5_000_000
  server.say(update(9, { timestamp: SEC + 1_000 }))
  await until(() => gaps().length === 2)
  expect(gaps()[1]).toBe('messages lost: 4 of price.crypto.twap')
})

test('a value that is carried forward again and again is told once, until there is a new one', async () => {
  const { server, told, ticks } = await fakeFeed('polybolt', withCredentials)
  await serve(server, 1)
  let seq = 0
  const say = (sec: number, isNew: boolean) =>
    server.say(update(++seq, { timestamp: SEC + sec * 1_000, is_carried_forward: !isNew }))
  for (let sec = 0; sec < 9; sec += 1) say(sec, sec === 0)
  say(9, true)
  for (let sec = 10; sec < 15; sec += 1) say(sec, false)
  say(15, true)
  await until(() => ticks().length === 3)
  const words = ['gap', 'btc twap60 repeats what it said before']
  expect(told().map(({ state, detail }) => [state, detail])).toEqual([words, words])
})

test('another source than the one that settles is refused, and told once', async () => {
  const { server, told, ticks } = await fakeFeed('polybolt', withCredentials)
  await serve(server, 1)
  server.say(update(1, { source: 'pyth' }))
  server.say(update(2, { source: 'pyth', timestamp: SEC + 1_000 }))
  server.say(update(3, { timestamp: SEC + 2_000 }))
  await until(() => ticks().length === 1)
  expect(told().map(({ state, detail }) => [state, detail])).toEqual([
    ['gap', 'price.crypto.twap btcusd is from pyth, and not used'],
  ])
  expect(ticks()[0]?.venueAt).toBe((SEC + 2_000) * 1_000)
})

test('a subscription that is refused leaves the others; one that came too soon is asked again', async () => {
  const { server, told, states } = await fakeFeed('polybolt', withCredentials)
  await serve(server, 1)
  const answers = ['rate_limited', 'bad_filter', 'subscribed', 'subscribed', 'subscribed']
  for (const [at, code] of answers.entries()) {
    await until(() => server.heard.length > at + 1)
    const { rid } = operations(server)[at + 1] as Operation
    const isAck = code === 'subscribed'
    server.say(JSON.stringify(isAck ? { op: code, rid } : { op: 'error', code, rid }))
  }
  await until(() => states().includes('open'))
  expect(told()[0]).toMatchObject({
    state: 'gap',
    detail: 'price.crypto.twap/eth is not served: bad_filter',
  })
  const asked = operations(server).map(({ rid }) => rid)
  expect(asked.filter((rid) => rid === 'price.crypto.twap/btc')).toHaveLength(2)
})

describe('how it ends', () => {
  test.each([
    [4001, 'refused'],
    [4008, 'refused'],
    [4002, 'lost'],
    [4003, 'lost'],
  ])('a close with %i leaves it %s', async (code, state) => {
    const { server, states } = await fakeFeed('polybolt', withCredentials)
    await until(() => server.heard.length === 1)
    server.end(code)
    await until(() => states().includes(state))
    if (state === 'lost') await until(() => server.paths.length === 2)
    else await new Promise((resolve) => setTimeout(resolve, 600))
    expect(server.paths).toHaveLength(state === 'refused' ? 1 : 2)
  })

  test('credentials that are wrong are not sent again', async () => {
    const { server, told } = await fakeFeed('polybolt', withCredentials)
    await until(() => server.heard.length === 1)
    server.say('{"op":"error","code":"auth_invalid","rid":"auth"}')
    await until(() => told().length === 1)
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(told()[0]).toMatchObject({ state: 'refused', detail: 'auth_invalid' })
    expect(server.paths).toHaveLength(1)
  })

  test('credentials that ran out are sent on a new connection', async () => {
    const { server, states } = await fakeFeed('polybolt', withCredentials)
    await serve(server, 1)
    server.say('{"op":"error","code":"auth_expired"}')
    await until(() => server.heard.filter((text) => text.includes('"op":"auth"')).length === 2)
    expect(states()).toContain('lost')
  })

  test('a server that is too busy says when to come again', async () => {
    const began = performance.now()
    const { server } = await fakeFeed('polybolt', withCredentials, {
      status: 503,
      headers: { 'Retry-After': '1' },
    })
    await until(() => server.paths.length === 2)
    expect(performance.now() - began).toBeGreaterThan(990)
  })
})

test('what is neither an answer nor a price of ours is left alone, and nonsense throws', () => {
  expect(parsePolyBolt('{"v":1,"channel":"price.equity","seq":1,"payload":{}}')).toBeNull()
  expect(parsePolyBolt('7')).toBeNull()
  expect(() => parsePolyBolt('{"channel":"price.crypto","seq":0}')).toThrow()
  expect(() => parsePolyBolt('PONG')).toThrow()
})

describe('the embedded venue', () => {
  async function listening() {
    const venue = await aVenue()
    const credentials = credentialsOf(venue.seed, venue.account.address)
    const heard = hearing(
      'polybolt',
      (deps) => createPolyBoltFeed({ ...deps, credentials }),
      venue.endpoints.polybolt,
      { now: () => micros(Math.floor(performance.now() * 1_000)) },
    )
    await until(() => heard.states().includes('open'))
    return { venue, ...heard }
  }

  test('the past comes first, then a tick a second, none twice; draining brings it back', async () => {
    const { venue, ticks, states, told, warnings } = await listening()
    const of = (series: string) =>
      ticks().filter((tick) => tick.series === series && tick.asset === 'btc')
    await until(() => of('twap60').length >= 55)
    await setFault(venue, { name: 'polybolt-draining', untilMs: venue.nowMs() + 1_500 })
    await until(() => states().filter((state) => state === 'open').length >= 2)
    expect(told().find(({ state }) => state === 'lost')?.detail).toContain('4003')
    await clearFaults(venue)
    const before = of('twap60').length
    await until(() => of('twap60').length >= before + 3)
    for (const series of ['twap60', 'spot']) {
      const stamps = of(series).map(({ venueAt }) => venueAt ?? 0)
      // The seconds of the break came with the past of the second connection.
      const first = stamps[0] ?? 0
      expect(stamps).toEqual(stamps.map((_, at) => first + at * 1_000_000))
    }
    expect(ticks().every(({ rounded }) => rounded === undefined)).toBe(true)
    expect(warnings).toEqual([])
  })

  test('lost messages are told', async () => {
    const { venue, told } = await listening()
    await setFault(venue, { name: 'polybolt-dropped', probability: 0.5 })
    await until(() => told().some(({ detail }) => detail.startsWith('messages lost')))
  })

  test('another key is refused', async () => {
    const venue = await aVenue()
    const { told, states } = hearing('polybolt', withCredentials, venue.endpoints.polybolt)
    await until(() => states().length === 1)
    expect(told()[0]).toMatchObject({ state: 'refused', detail: 'auth_invalid' })
  })
})
