/** When the finder looks: every answer takes 20 ms of a clock that only the test moves. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { micros } from '../../../src/domain/units.ts'
import { type Http, HttpError } from '../../../src/net/http.ts'
import { createClobReads } from '../../../src/venues/polymarket/clob-reads.ts'
import { createGammaFinder } from '../../../src/venues/polymarket/gamma-finder.ts'
import type { Series } from '../../../src/venues/polymarket/window-names.ts'
import { clobMarket, conditionOf, slugOf, type WindowSpec, wireEvent } from './gamma-events.ts'
import { aLog, anInbox } from './recorder.ts'

const START_SEC = 1_795_194_000
/** The venue lives three days behind us. */
const OFFSET_MS = -3 * 86_400_000
const FIVE: Series = { asset: 'btc', interval: '5m' }

beforeEach(() => {
  vi.useFakeTimers({ now: START_SEC * 1_000 + 7_000 - OFFSET_MS })
})

afterEach(() => {
  vi.useRealTimers()
})

function venueMs(): number {
  return Date.now() + OFFSET_MS
}

function aVenue(series: readonly Series[] = [FIVE]) {
  const events = new Map<string, ReturnType<typeof wireEvent>>()
  const looks: { atSec: number; slugs: readonly string[] }[] = []
  const faults = { down: false }
  const http: Http = {
    async getJson(url, { signal } = {}) {
      const { pathname, searchParams } = new URL(url)
      const slugs = searchParams.getAll('slug')
      if (pathname === '/events') looks.push({ atSec: venueMs() / 1_000 - START_SEC, slugs })
      await new Promise((resolve) => setTimeout(resolve, 20))
      signal?.throwIfAborted()
      if (faults.down)
        throw new HttpError('status', 'gamma.example/events answered 500', { status: 500 })
      const at = micros(Date.now() * 1_000)
      return { json: answer(pathname, slugs), date: null, sentAt: at, recvAt: at }
    },
    roundTrip: () => null,
  }

  function answer(pathname: string, slugs: readonly string[]): unknown {
    if (pathname === '/events') return slugs.flatMap((slug) => events.get(slug) ?? [])
    const condition = /^\/clob-markets\/(.+)$/.exec(pathname)?.[1]
    const slug = [...events.keys()].find((one) => conditionOf(one) === condition)
    if (slug !== undefined) return clobMarket(slug)
    return []
  }

  const log = aLog()
  const inbox = anInbox()
  const endpoints = { gamma: 'https://gamma.example', clob: 'https://clob.example' }
  const finder = createGammaFinder({
    http,
    clob: createClobReads({ http, endpoints }),
    endpoints,
    emit: inbox.emit,
    now: () => micros(Date.now() * 1_000),
    venueNow: () => micros(venueMs() * 1_000),
    log,
    random: () => 0.5,
    options: { series },
  })
  return {
    finder,
    log,
    looks,
    faults,
    list(spec: WindowSpec, changed: Record<string, unknown> = {}) {
      events.set(slugOf(spec), wireEvent(spec, changed))
    },
    /** Slug and second, counted from the start of the first window, of everything told. */
    told: () =>
      inbox.of('market_listed').map(({ market, recvAt }) => ({
        slug: market.slug,
        atSec: (recvAt / 1_000 + OFFSET_MS) / 1_000 - START_SEC,
      })),
  }
}

function fiveMinutes(index: number): WindowSpec {
  return { startSec: START_SEC + index * 300, endSec: START_SEC + (index + 1) * 300 }
}

describe('the finder', () => {
  test('polls every 90 seconds, looks at every start, and tells each window well before it starts', async () => {
    const { finder, looks, list, told } = aVenue()
    for (let index = 0; index < 8; index += 1) list(fiveMinutes(index))
    finder.start()
    await vi.advanceTimersByTimeAsync(1_200_000)
    const seconds = looks.map(({ atSec }) => Math.round(atSec))
    expect(seconds).toEqual(expect.arrayContaining([7, 97, 187, 277]))
    for (const start of [300, 600, 900])
      expect(seconds.some((at) => at - start <= 1 && at >= start)).toBe(true)
    expect(looks.length).toBeLessThan(30)
    expect(told().map(({ slug }) => slug)).toEqual(
      [0, 1, 2, 3, 4, 5].map((index) => slugOf(fiveMinutes(index))),
    )
    for (const [index, { atSec }] of told().entries()) {
      if (index > 1) expect(atSec).toBeLessThan(index * 300 - 290)
    }
    await finder.stop()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('a window that is listed late is found seconds after its start, not at the next poll', async () => {
    const { finder, list, told } = aVenue()
    list(fiveMinutes(0))
    finder.start()
    await vi.advanceTimersByTimeAsync(296_000)
    // It appears 3 s after its own start; the last poll was at 277 s.
    list(fiveMinutes(1))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(told().at(-1)).toMatchObject({ slug: slugOf(fiveMinutes(1)) })
    expect(told().at(-1)?.atSec).toBeLessThan(306)
    await finder.stop()
  })

  test('windows of any length follow each other: the next is derived from the end of the last', async () => {
    const quarter: Series = { asset: 'eth', interval: '15m' }
    const short = (index: number): WindowSpec => ({
      ...quarter,
      startSec: START_SEC + index * 90,
      endSec: START_SEC + (index + 1) * 90,
    })
    const { finder, list, told } = aVenue([quarter])
    for (let index = 0; index < 9; index += 1) list(short(index))
    finder.start()
    await vi.advanceTimersByTimeAsync(600_000)
    expect(told().map(({ slug }) => slug)).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7].map((index) => slugOf(short(index))),
    )
    await finder.stop()
  })

  test('a four-hour window is told when it comes inside the horizon, to the second', async () => {
    const four: Series = { asset: 'btc', interval: '4h' }
    const spec = { ...four, startSec: START_SEC, endSec: START_SEC + 14_400 }
    const { finder, list, told } = aVenue([four])
    list(spec)
    finder.start()
    await vi.advanceTimersByTimeAsync(14_400_000 - 1_150_000)
    expect(told()).toHaveLength(1)
    expect(told()[0]?.atSec).toBeGreaterThanOrEqual(13_200)
    expect(told()[0]?.atSec).toBeLessThan(13_202)
    await finder.stop()
  })

  test('a window without tokens is asked for again twelve times, then left to the polls', async () => {
    const { finder, looks, list, told } = aVenue()
    list(fiveMinutes(0), { clobTokenIds: null })
    finder.start()
    await vi.advanceTimersByTimeAsync(200_000)
    const polls = [7, 97, 187]
    const extra = looks.filter(({ atSec }) => !polls.some((poll) => Math.abs(atSec - poll) < 0.5))
    expect(extra).toHaveLength(12)
    expect(told()).toEqual([])
    list(fiveMinutes(0))
    await vi.advanceTimersByTimeAsync(90_000)
    expect(told()).toHaveLength(1)
    await finder.stop()
  })

  test('the tokens are seen soon after they came', async () => {
    const { finder, list, told } = aVenue()
    list(fiveMinutes(0), { clobTokenIds: '["",""]' })
    finder.start()
    await vi.advanceTimersByTimeAsync(8_000)
    list(fiveMinutes(0))
    await vi.advanceTimersByTimeAsync(8_000)
    expect(told()).toHaveLength(1)
    await finder.stop()
  })

  test('a failing venue is asked sooner than the next poll, less and less often, and what is known stays', async () => {
    const { finder, log, looks, faults, list } = aVenue()
    list(fiveMinutes(0))
    list(fiveMinutes(1))
    finder.start()
    await vi.advanceTimersByTimeAsync(1_000)
    faults.down = true
    await vi.advanceTimersByTimeAsync(150_000)
    const gaps = looks
      .slice(2)
      .map(({ atSec }, index) => Math.round(atSec - (looks[index + 1]?.atSec ?? 0)))
    expect(gaps).toEqual([5, 10, 20])
    expect(log.messages('warn')).toHaveLength(4)
    expect(finder.stats().listed).toHaveLength(2)
    faults.down = false
    await vi.advanceTimersByTimeAsync(60_000)
    expect(log.messages('info').at(-1)).toBe('discovery works again')
    await finder.stop()
  })

  test('many hours of windows leave no memory of the old ones', async () => {
    const { finder, list } = aVenue()
    for (let index = 0; index < 60; index += 1) list(fiveMinutes(index))
    finder.start()
    await vi.advanceTimersByTimeAsync(50 * 300_000)
    expect(finder.stats().listed).toHaveLength(2)
    expect(finder.stats().failedPolls).toBe(0)
    await finder.stop()
    expect(vi.getTimerCount()).toBe(0)
  })
})
