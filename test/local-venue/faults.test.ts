import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { clobNowMs } from '../../src/local-venue/clob-reads.ts'
import { createFaults, FAULTS } from '../../src/local-venue/faults.ts'
import { moodBefore } from '../../src/local-venue/orders/order-faults.ts'
import type { RunningVenue } from '../../src/local-venue/venue.ts'
import { until } from '../support/until.ts'
import {
  aVenue,
  type Client,
  clearFaults,
  connect,
  type Frame,
  frames,
  get,
  isKind,
  isSnapshot,
  json,
  ownClock,
  setFault,
  type WindowState,
  windowOf,
  windows,
} from './support.ts'

let venue: RunningVenue
let btc: WindowState
let eth: WindowState

beforeAll(async () => {
  venue = await aVenue({ windowSec: 3_600, firstCloseSec: 1_800, ratePerSec: 60 })
  btc = await windowOf(venue, 'btc', '5m')
  eth = await windowOf(venue, 'eth', '5m')
})

afterEach(() => clearFaults(venue))

async function following(...followed: readonly WindowState[]): Promise<Client> {
  const client = await connect(venue.endpoints.marketWs)
  const tokens = followed.flatMap((window) => [window.tokens.up, window.tokens.down])
  client.send({ assets_ids: tokens, type: 'market', custom_feature_enabled: true })
  await client.until(isSnapshot)
  return client
}

const ofBtc = (text: string): boolean => text.includes(btc.conditionId)
const ofEth = (text: string): boolean => text.includes(eth.conditionId)

describe('setting faults', () => {
  it('refuses what does not exist, naming what does', async () => {
    const unknown = await setFault(venue, { name: 'earthquake' })
    expect(unknown.status).toBe(400)
    expect(unknown.text).toContain('silent-stall')
    expect((await setFault(venue, { name: 'lost-delta', market: 'none' })).status).toBe(400)
    expect((await setFault(venue, { name: 'lost-delta', forMs: -1 })).status).toBe(400)
    expect((await setFault(venue, { name: 'lost-delta', probability: 2 })).status).toBe(400)
    expect(
      (
        await setFault(venue, {
          name: 'lost-delta',
          market: btc.conditionId,
          forMs: 60_000,
          probability: 0.5,
        })
      ).status,
    ).toBe(200)
    const { active, known } = await json<{ active: Frame[]; known: Frame }>(
      `${venue.endpoints.control}/faults`,
    )
    expect(active).toMatchObject([
      { name: 'lost-delta', market: btc.conditionId, probability: 0.5 },
    ])
    expect(Object.keys(known)).toEqual(Object.keys(FAULTS))
  })

  it('ends them with their time, and asks the die', () => {
    let now = 1_000
    const faults = createFaults(1, () => now)
    faults.set({ name: 'lost-delta', market: null, untilMs: 2_000, probability: 0.3 })
    const struck = Array.from({ length: 1_000 }, () => faults.strikes('lost-delta')).filter(
      Boolean,
    ).length
    expect(Math.abs(struck - 300)).toBeLessThan(60)
    now = 2_000
    expect(faults.isOn('lost-delta')).toBe(false)
    expect(faults.list()).toEqual([])
  })

  it('keeps to the market that was named', () => {
    const faults = createFaults(1, () => 0)
    faults.set({ name: 'no-version', market: 'a', untilMs: null, probability: 1 })
    expect(faults.isOn('no-version', { slug: 'a', conditionId: '0x1' })).toBe(true)
    expect(faults.isOn('no-version', { slug: 'b', conditionId: '0x2' })).toBe(false)
    expect(faults.isOn('no-version')).toBe(false)
  })
})

describe('faults of the market channel', () => {
  it('silent-stall: no data, while PONG is answered', async () => {
    const client = await following(btc, eth)
    await setFault(venue, { name: 'silent-stall', market: btc.slug })
    client.send('PING')
    await client.next((text) => text === 'PONG')
    const from = client.texts.length
    for (let count = 0; count < 30; count += 1) await client.next(ofEth)
    expect(client.texts.slice(from).some(ofBtc)).toBe(false)
    await clearFaults(venue)
    await client.next(ofBtc)
    client.close()
  })

  it('close-without-frame: the connection is cut, and others that come are cut too', async () => {
    const client = await following(btc)
    await setFault(venue, { name: 'close-without-frame', market: btc.slug })
    expect(await client.closed()).toBe(1006)
    const other = await following(eth)
    const again = await following(btc)
    expect(await again.closed()).toBe(1006)
    other.send('PING')
    await other.next((text) => text === 'PONG')
    other.close()
  })

  it('lost-delta: changes are missing, books still come', async () => {
    const client = await following(btc)
    await setFault(venue, { name: 'lost-delta', probability: 1 })
    const from = client.texts.length
    await client.next(isKind('book'))
    await client.next(isKind('book'))
    expect(
      frames(client.texts.slice(from + 1)).some((frame) => frame.event_type === 'price_change'),
    ).toBe(false)
    client.close()
  })

  it('duplicate-frames: each comes twice', async () => {
    const client = await following(btc)
    await setFault(venue, { name: 'duplicate-frames', probability: 1 })
    const text = await client.next(isKind('price_change'))
    await client.next(isKind('price_change'))
    expect(client.texts.filter((other) => other === text)).toHaveLength(2)
    client.close()
  })

  it('half-frame: the JSON ends in its middle', async () => {
    const client = await following(btc)
    await setFault(venue, { name: 'half-frame', probability: 1 })
    const half = await client.next((text) => text.startsWith('{') && !text.endsWith('}'))
    expect(() => JSON.parse(half)).toThrow()
    client.close()
  })

  it('html-frame: a web page comes between', async () => {
    const client = await following(btc)
    await setFault(venue, { name: 'html-frame', probability: 1 })
    expect(await client.next((text) => text.startsWith('<'))).toContain('502')
    await client.next(isKind('price_change'))
    client.close()
  })

  it('late-snapshot: changes come before the book', async () => {
    await setFault(venue, { name: 'late-snapshot' })
    const client = await following(btc)
    expect(client.texts.findIndex(isSnapshot)).toBeGreaterThan(0)
    expect(
      client.texts.slice(0, client.texts.findIndex(isSnapshot)).some(isKind('price_change')),
    ).toBe(true)
    client.close()
  })

  it('crossed-book: a buyer stands above the best seller, and goes', async () => {
    const client = await following(btc)
    await setFault(venue, { name: 'crossed-book', market: btc.slug })
    const crossed = (text: string): boolean => {
      if (!isKind('price_change')(text)) return false
      const [entry] = (
        JSON.parse(text) as { price_changes: { best_bid: string; best_ask: string }[] }
      ).price_changes
      return Number(entry?.best_bid) >= Number(entry?.best_ask)
    }
    await client.next(crossed)
    await clearFaults(venue)
    await client.next((text) => isKind('price_change')(text) && !crossed(text))
    client.close()
  })

  it('tick-flip: the tick becomes fine everywhere', async () => {
    const window = await windowOf(venue, 'sol', '15m')
    const client = await following(window)
    await setFault(venue, { name: 'tick-flip', market: window.slug })
    const frame = JSON.parse(await client.next(isKind('tick_size_change'))) as Frame
    expect(Object.keys(frame)).toEqual([
      'event_type',
      'asset_id',
      'market',
      'old_tick_size',
      'new_tick_size',
      'timestamp',
    ])
    expect(frame).toMatchObject({ old_tick_size: '0.01', new_tick_size: '0.001' })
    expect(await json(`${venue.endpoints.clob}/tick-size?token_id=${window.tokens.down}`)).toEqual({
      minimum_tick_size: 0.001,
    })
    const [market] = await json<Frame[]>(`${venue.endpoints.gamma}/markets?slug=${window.slug}`)
    expect(market?.orderPriceMinTickSize).toBe(0.001)
    client.close()
  })
})

describe('faults of Gamma', () => {
  const market = async (slug = btc.slug): Promise<Frame | undefined> =>
    (await json<Frame[]>(`${venue.endpoints.gamma}/markets?slug=${slug}`))[0]

  it('gamma-500, gamma-429, gamma-html: the answers of bad days', async () => {
    const url = `${venue.endpoints.gamma}/markets?slug=${btc.slug}`
    await setFault(venue, { name: 'gamma-500' })
    expect((await get(url)).status).toBe(500)
    await clearFaults(venue)
    await setFault(venue, { name: 'gamma-429' })
    const busy = await get(url)
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([429, '1'])
    await clearFaults(venue)
    await setFault(venue, { name: 'gamma-html' })
    const page = await get(url)
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ])
    await clearFaults(venue)
    expect((await get(url)).status).toBe(200)
  })

  it('gamma-down: connections are reset', async () => {
    await setFault(venue, { name: 'gamma-down' })
    await expect(get(`${venue.endpoints.gamma}/markets`)).rejects.toThrow()
    await clearFaults(venue)
    expect((await get(`${venue.endpoints.gamma}/markets`)).status).toBe(200)
  })

  it('gamma-lag: what began less than a minute ago is not there yet', async () => {
    expect(await market()).toBeDefined()
    await setFault(venue, { name: 'gamma-lag' })
    expect(await market()).toBeUndefined()
  })

  it('no-tokens, no-version: keys are absent, for the market that was named', async () => {
    const coming = await windowOf(venue, 'btc', '15m', 'upcoming')
    await setFault(venue, { name: 'no-tokens', market: coming.slug })
    await setFault(venue, { name: 'no-version', market: btc.slug })
    expect(await market(coming.slug)).not.toHaveProperty('clobTokenIds')
    expect(await market(coming.slug)).toHaveProperty('version')
    expect(await market()).not.toHaveProperty('version')
    expect(
      await json(`${venue.endpoints.clob}/clob-markets/${btc.conditionId}`),
    ).not.toHaveProperty('v')
    await clearFaults(venue)
    expect(await market(coming.slug)).toHaveProperty('clobTokenIds')
  })

  it('outcomes-swapped: Down comes first, with its id and its price', async () => {
    const before = await market()
    await setFault(venue, { name: 'outcomes-swapped', market: btc.slug })
    const after = await market()
    expect(after).toMatchObject({
      outcomes: '["Down", "Up"]',
      clobTokenIds: `["${btc.tokens.down}", "${btc.tokens.up}"]`,
    })
    expect(before).toMatchObject({ outcomes: '["Up", "Down"]' })
    const { t } = await json<{ t: Frame[] }>(
      `${venue.endpoints.clob}/clob-markets/${btc.conditionId}`,
    )
    expect(t).toEqual([
      { t: btc.tokens.down, o: 'Down' },
      { t: btc.tokens.up, o: 'Up' },
    ])
  })
})

describe('faults of the CLOB', () => {
  it('stale-rest-book: the outermost prices only, and an old time', async () => {
    await setFault(venue, { name: 'stale-rest-book', market: btc.slug })
    type Book = { bids: Frame[]; asks: Frame[]; timestamp: string }
    const stale = await json<Book>(`${venue.endpoints.clob}/book?token_id=${btc.tokens.up}`)
    const fresh = await json<Book>(`${venue.endpoints.clob}/book?token_id=${eth.tokens.up}`)
    expect([stale.bids, stale.asks]).toMatchObject([[{ price: '0.01' }], [{ price: '0.99' }]])
    expect(Number(fresh.timestamp) - Number(stale.timestamp)).toBeGreaterThan(500_000)
    expect(fresh.bids.length).toBeGreaterThan(5)
  })

  it('clock-skew: three seconds ahead, in the answer and in the header', async () => {
    const skew = async (): Promise<number[]> => {
      const { text, headers } = await get(`${venue.endpoints.clob}/time`)
      return [Number(text) * 1000, Date.parse(headers.get('date') ?? '')]
    }
    const before = venue.nowMs()
    const right = await skew()
    const between = venue.nowMs()
    await setFault(venue, { name: 'clock-skew' })
    const ahead = await skew()
    const after = venue.nowMs()
    // Whole seconds, cut off.
    for (const told of right) {
      expect(told).toBeGreaterThan(before - 1_000)
      expect(told).toBeLessThanOrEqual(between)
    }
    for (const told of ahead) {
      expect(told).toBeGreaterThan(between + 2_000)
      expect(told).toBeLessThanOrEqual(after + 3_000)
    }
  })
})

describe('faults that change with time', () => {
  it('a restart of the engine: closed, then post-only, then over', () => {
    let now = 0
    const faults = createFaults(1, () => now)
    faults.set({ name: 'engine-restart', market: null, untilMs: null, probability: 1 })
    const status = (postOnly: boolean): unknown => {
      const answer = moodBefore(faults, postOnly, now)
      return answer === null || answer === 'reset' ? answer : answer.status
    }
    expect([status(false), status(true)]).toEqual([425, 425])
    now = 91_000
    expect([status(false), status(true)]).toEqual([503, null])
    now = 211_000
    expect([status(false), status(true)]).toEqual([null, null])
  })

  it('drawn from the seed: others come and go', async () => {
    const drawing = await aVenue({ faults: ['drawn'], windowSec: 600, firstCloseSec: 590 })
    const active = async () =>
      (
        await json<{ active: { name: string }[] }>(`${drawing.endpoints.control}/faults`)
      ).active.map(({ name }) => name)
    await until(async () => (await active()).length > 1, 100)
    await until(async () => (await active()).length === 1, 100)
    expect(await active()).toEqual(['drawn'])
  })
})

describe('a clock that drifts', () => {
  it('gains ten milliseconds a second from when it was set', () => {
    let now = 1_000_000
    const faults = createFaults(1, () => now)
    const deps = { faults, nowMs: () => now } as unknown as Parameters<typeof clobNowMs>[0]
    faults.set({ name: 'clock-drift', market: null, untilMs: null, probability: 1 })
    expect(clobNowMs(deps)).toBe(now)
    now += 60_000
    expect(clobNowMs(deps)).toBe(now + 600)
    faults.clear()
    expect(clobNowMs(deps)).toBe(now)
  })
})

describe('swapped-frames', () => {
  it('puts some frames behind the next one, and loses none', async () => {
    const client = await following(btc)
    await setFault(venue, { name: 'swapped-frames', probability: 0.5 })
    const stamps = (): number[] =>
      client.texts
        .filter(isKind('price_change'))
        .map((text) => Number((JSON.parse(text) as Frame).timestamp))
    const inverted = (): boolean =>
      stamps().some((stamp, at) => at > 0 && stamp < (stamps()[at - 1] as number))
    while (!inverted()) await client.next(isKind('price_change'))
    client.close()
  })
})

describe('faults of the resolution', () => {
  it('missing-resolution-event and late-resolution: one is not told, one is not done, until it is taken back', async () => {
    const clock = ownClock()
    const short = await aVenue({ clock, windowSec: 90, firstCloseSec: 5, resolutionDelayMs: 200 })
    const [silent, late, usual] = [
      await windowOf(short, 'btc', '5m'),
      await windowOf(short, 'btc', '15m'),
      await windowOf(short, 'xrp', '4h'),
    ]
    await setFault(short, { name: 'missing-resolution-event', market: silent.slug })
    await setFault(short, { name: 'late-resolution', market: late.slug })
    const client = await connect(short.endpoints.marketWs)
    const tokens = [silent, late, usual].map((window) => window.tokens.up)
    client.send({ assets_ids: tokens, type: 'market', custom_feature_enabled: true })
    await client.until(isSnapshot)
    clock.moveTo(usual.endsAt + 250)
    await client.until(isKind('market_resolved', usual.conditionId))
    const phases = new Map((await windows(short)).map(({ slug, phase }) => [slug, phase]))
    expect([silent, late, usual].map(({ slug }) => phases.get(slug))).toEqual([
      'resolved',
      'ended',
      'resolved',
    ])
    expect(client.texts.some(isKind('market_resolved', silent.conditionId))).toBe(false)
    await clearFaults(short)
    clock.moveTo(late.endsAt + 5_000)
    await client.until(isKind('market_resolved', late.conditionId))
    clock.moveTo(late.endsAt + 10_000)
    client.send('PING')
    await client.until((text) => text === 'PONG')
    expect(client.texts.filter(isKind('market_resolved', late.conditionId))).toHaveLength(1)
  })
})
