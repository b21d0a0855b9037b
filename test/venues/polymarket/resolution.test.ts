import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { conditionId, tokenId } from '../../../src/domain/ids.ts'
import type { Market } from '../../../src/domain/market.ts'
import { micros } from '../../../src/domain/units.ts'
import { type Http, HttpError } from '../../../src/net/http.ts'
import { readMarket } from '../../../src/venues/polymarket/gamma-wire.ts'
import { createResolutions, winnerOf } from '../../../src/venues/polymarket/resolution.ts'
import {
  conditionOf,
  resolvedEvent,
  slugOf,
  tokensOfSlug,
  type WindowSpec,
  type WireMarket,
  wireEvent,
  wireMarket,
} from './gamma-events.ts'
import { aLog, anInbox } from './recorder.ts'

const START_SEC = 1_795_194_000
const SPEC: WindowSpec = { startSec: START_SEC, endSec: START_SEC + 300 }
/** The venue lives an hour ahead of us. */
const AHEAD_MS = 3_600_000

function aMarket(spec: WindowSpec = SPEC, changed: Partial<Market> = {}): Market {
  const slug = slugOf(spec)
  const [up, down] = tokensOfSlug(slug)
  return {
    conditionId: conditionId(conditionOf(slug)),
    slug,
    title: slug,
    asset: 'btc',
    interval: '5m',
    startAt: micros(spec.startSec * 1e6),
    endAt: micros(spec.endSec * 1e6),
    up: tokenId(up),
    down: tokenId(down),
    mappingDoubt: null,
    tickSize: 100 as Market['tickSize'],
    minShares: 5e6 as Market['minShares'],
    fee: { rateMicro: 70_000, exponent: 1 },
    takerHold: true,
    version: 'v1',
    resolutionSource: null,
    rules: { description: null, averaging: null },
    ...changed,
  }
}

describe('a winner', () => {
  const won = (prices: string, changed: WireMarket = {}, market = aMarket()) => {
    const wire = readMarket(resolvedEvent(SPEC, prices, changed).markets[0])
    if (wire === null) throw new Error('unreadable')
    return winnerOf({ up: wire, down: wire }, market)
  }
  const [up, down] = tokensOfSlug(slugOf(SPEC))

  test.each([
    ['["1", "0"]', 'UP'],
    ['["0", "1"]', 'DOWN'],
    ['["0.5", "0.5"]', 'SPLIT'],
    ['["0.9995", "0.0005"]', null],
    ['["1", "1"]', null],
    ['["1"]', null],
    ['', null],
  ])('of %s is %s', (prices, winner) => {
    expect(won(prices)).toBe(winner)
  })

  test('is named only when closed and resolved', () => {
    expect(won('["1","0"]', { closed: false })).toBeNull()
    expect(won('["1","0"]', { umaResolutionStatus: 'proposed' })).toBeNull()
    expect(won('["1","0"]', { umaResolutionStatus: undefined })).toBeNull()
  })

  test('follows the token, whatever the order of outcomes', () => {
    const swapped = { outcomes: '["Down","Up"]', clobTokenIds: JSON.stringify([down, up]) }
    expect(won('["1","0"]', swapped)).toBe('DOWN')
    expect(won('["0","1"]', swapped)).toBe('UP')
  })

  test('follows the words where the tokens are gone, if the words were ever proof', () => {
    const gone = { clobTokenIds: null, outcomes: '["Down","Up"]' }
    expect(won('["1","0"]', gone)).toBe('DOWN')
    expect(won('["1","0"]', gone, aMarket(SPEC, { mappingDoubt: 'odd words' }))).toBeNull()
  })

  test('of two markets of one item each is told by both, or by none', () => {
    const [upYes, upNo] = tokensOfSlug('u')
    const [downYes, downNo] = tokensOfSlug('d')
    const half = (prices: string, ids: readonly string[]) => {
      const base = { closed: true, umaResolutionStatus: 'resolved', outcomes: '["Yes","No"]' }
      const wire = { ...base, outcomePrices: prices, clobTokenIds: JSON.stringify(ids) }
      return readMarket(wireMarket(SPEC, wire)) ?? { closed: false }
    }
    const market = aMarket(SPEC, { up: tokenId(upYes), down: tokenId(downYes) })
    const judge = (upPrices: string, downPrices: string) =>
      winnerOf(
        {
          up: half(upPrices, [upYes, upNo]) as Parameters<typeof winnerOf>[0]['up'],
          down: half(downPrices, [downYes, downNo]) as Parameters<typeof winnerOf>[0]['up'],
        },
        market,
      )
    expect(judge('["1","0"]', '["0","1"]')).toBe('UP')
    expect(judge('["0","1"]', '["1","0"]')).toBe('DOWN')
    expect(judge('["1","0"]', '["1","0"]')).toBeNull()
    expect(judge('["0.5","0.5"]', '["0.5","0.5"]')).toBe('SPLIT')
  })
})

describe('watching', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: START_SEC * 1_000 + 290_000 - AHEAD_MS })
  })

  afterEach(() => {
    vi.useRealTimers()
  })

  function aGamma() {
    const answers = new Map<string, unknown>()
    const asked: { url: string; at: number }[] = []
    const inFlight = { now: 0, most: 0 }
    const http: Http = {
      async getJson(url, options = {}) {
        asked.push({ url, at: venueMs() })
        inFlight.now += 1
        inFlight.most = Math.max(inFlight.most, inFlight.now)
        await new Promise((resolve) => setTimeout(resolve, 20))
        inFlight.now -= 1
        options.signal?.throwIfAborted()
        const { pathname, search } = new URL(url)
        const answer = answers.get(pathname) ?? answers.get(`${pathname}${search}`)
        if (answer instanceof Error) throw answer
        if (answer === undefined) throw new HttpError('status', 'not found', { status: 404 })
        const at = micros(Date.now() * 1_000)
        return { json: JSON.parse(JSON.stringify(answer)), date: null, sentAt: at, recvAt: at }
      },
      roundTrip: () => null,
    }
    const log = aLog()
    const inbox = anInbox()
    const resolutions = createResolutions({
      http,
      endpoints: { gamma: 'https://gamma.example' },
      emit: inbox.emit,
      now: () => micros(Date.now() * 1_000),
      venueNow: () => micros(venueMs() * 1_000),
      log,
    })
    const set = (spec: WindowSpec, event: unknown) =>
      answers.set(`/events/slug/${slugOf(spec)}`, event)
    return { answers, asked, inFlight, log, inbox, resolutions, set }
  }

  function venueMs(): number {
    return Date.now() + AHEAD_MS
  }

  test('begins at the end of the window by the clock of the venue, asks less and less often, tells once', async () => {
    const { asked, inbox, resolutions, set } = aGamma()
    set(SPEC, wireEvent(SPEC))
    resolutions.watch(aMarket())
    resolutions.watch(aMarket())
    await vi.advanceTimersByTimeAsync(9_000)
    expect(asked).toHaveLength(0)
    await vi.advanceTimersByTimeAsync(60_000)
    const seconds = asked.map(({ at }) => (at - SPEC.endSec * 1_000) / 1_000)
    expect(seconds[0]).toBe(0)
    expect(seconds[1]).toBeCloseTo(2.02)
    expect(seconds.length).toBeGreaterThanOrEqual(6)
    expect(seconds.length).toBeLessThanOrEqual(9)
    set(SPEC, resolvedEvent(SPEC, '["1","0"]'))
    await vi.advanceTimersByTimeAsync(120_000)
    expect(inbox.events).toEqual([
      expect.objectContaining({
        kind: 'market_resolved',
        conditionId: aMarket().conditionId,
        winner: 'UP',
        source: 'gamma',
        venueAt: null,
      }),
    ])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('a hint makes it ask at once', async () => {
    const { inbox, resolutions, set } = aGamma()
    set(SPEC, wireEvent(SPEC))
    resolutions.watch(aMarket())
    await vi.advanceTimersByTimeAsync(60_000)
    set(SPEC, resolvedEvent(SPEC, '["0","1"]'))
    resolutions.hint(aMarket().conditionId)
    await vi.advanceTimersByTimeAsync(25)
    expect(inbox.of('market_resolved').map(({ winner }) => winner)).toEqual(['DOWN'])
    resolutions.hint(conditionId('0xunknown'))
    resolutions.stop()
  })

  test('failures are told and survived', async () => {
    const { log, inbox, resolutions, set } = aGamma()
    set(SPEC, new HttpError('status', 'gamma.example/events answered 500', { status: 500 }))
    resolutions.watch(aMarket())
    await vi.advanceTimersByTimeAsync(14_000)
    expect(log.lines[0]).toMatchObject({
      level: 'warn',
      data: { slug: slugOf(SPEC), reason: 'gamma.example/events answered 500' },
    })
    set(SPEC, resolvedEvent(SPEC, '["0.5","0.5"]'))
    await vi.advanceTimersByTimeAsync(20_000)
    expect(inbox.of('market_resolved').map(({ winner }) => winner)).toEqual(['SPLIT'])
  })

  test('a slug that leads to another market of the same name is not believed; the condition is asked for', async () => {
    const { answers, inbox, resolutions, set } = aGamma()
    set(SPEC, resolvedEvent(SPEC, '["1","0"]', { conditionId: '0xanother' }))
    const path = `/markets?condition_ids=${conditionOf(slugOf(SPEC))}&closed=true`
    answers.set(path, [])
    resolutions.watch(aMarket())
    await vi.advanceTimersByTimeAsync(30_000)
    expect(inbox.events).toHaveLength(0)
    answers.set(path, resolvedEvent(SPEC, '["0","1"]').markets)
    await vi.advanceTimersByTimeAsync(30_000)
    expect(inbox.of('market_resolved').map(({ winner }) => winner)).toEqual(['DOWN'])
  })

  test('says so when it takes long, each minute after ten', async () => {
    const { log, resolutions, set } = aGamma()
    set(SPEC, wireEvent(SPEC))
    resolutions.watch(aMarket())
    await vi.advanceTimersByTimeAsync(10_000 + 9.5 * 60_000)
    expect(log.lines).toHaveLength(0)
    await vi.advanceTimersByTimeAsync(4.5 * 60_000)
    const minutes = [10, 11, 12, 13].map((minutesSinceClose) => ({ data: { minutesSinceClose } }))
    expect(log.lines).toMatchObject(minutes)
    resolutions.stop()
  })

  test('many windows at once: all are told, few questions are on the wire', async () => {
    const { inFlight, inbox, resolutions, set } = aGamma()
    const specs = Array.from({ length: 16 }, (_, index) => ({
      ...SPEC,
      slug: `btc-updown-5m-9${index}`,
    }))
    for (const spec of specs) {
      set(spec, resolvedEvent(spec, '["1","0"]'))
      resolutions.watch(aMarket(spec))
    }
    await vi.advanceTimersByTimeAsync(10_500)
    expect(new Set(inbox.of('market_resolved').map((event) => event.conditionId)).size).toBe(16)
    expect(inbox.events).toHaveLength(16)
    expect(inFlight.most).toBe(4)
  })

  test('forgetting and stopping end it, with a question on the wire or without', async () => {
    const { asked, inbox, resolutions, set } = aGamma()
    set(SPEC, resolvedEvent(SPEC, '["1","0"]'))
    resolutions.watch(aMarket())
    await vi.advanceTimersByTimeAsync(10_010)
    resolutions.forget(aMarket().conditionId)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked).toHaveLength(1)
    resolutions.watch(aMarket({ ...SPEC, slug: 'btc-updown-5m-1' }))
    resolutions.stop()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(inbox.events).toHaveLength(0)
    expect(vi.getTimerCount()).toBe(0)
  })
})
