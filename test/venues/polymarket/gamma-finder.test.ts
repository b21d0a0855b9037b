/** The finder over real HTTP answers; its timers are tested in gamma-finder-timers.test.ts. */
import nock from 'nock'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Asset, Interval } from '../../../src/domain/ids.ts'
import { type Micros, micros } from '../../../src/domain/units.ts'
import { createHttp } from '../../../src/net/http.ts'
import { createClobReads } from '../../../src/venues/polymarket/clob-reads.ts'
import { finderRecord } from '../../../src/venues/polymarket/finder-record.ts'
import { createGammaFinder } from '../../../src/venues/polymarket/gamma-finder.ts'
import {
  at,
  clobMarket,
  conditionOf,
  sec,
  slugOf,
  tokensOfSlug,
  type WindowSpec,
  wireEvent,
} from './gamma-events.ts'
import { aLog, anInbox } from './recorder.ts'

const GAMMA = 'https://gamma.example'
const CLOB = 'https://clob.example'
const NOW = at('2026-11-20T17:01:00Z')

const CURRENT: WindowSpec = {
  startSec: sec('2026-11-20T17:00:00Z'),
  endSec: sec('2026-11-20T17:05:00Z'),
}
const NEXT: WindowSpec = { startSec: CURRENT.endSec, endSec: CURRENT.endSec + 300 }

beforeEach(() => {
  nock.disableNetConnect()
})

afterEach(() => {
  nock.cleanAll()
  nock.enableNetConnect()
})

type Wanted = {
  readonly assets?: readonly Asset[]
  readonly intervals?: readonly Interval[]
  readonly maxMinutesAhead?: number
}

function aFinder(
  { assets = ['btc'], intervals = ['5m'], ...options }: Wanted = {},
  start: Micros = NOW,
) {
  const clock = { venueNow: start }
  const log = aLog()
  const inbox = anInbox()
  const http = createHttp({
    userAgent: 'lastsecond/test',
    timeoutMs: 5_000,
    now: () => micros(5_000_000),
    minBackOffMs: 1,
    maxBackOffMs: 2,
  })
  const finder = createGammaFinder({
    http,
    clob: createClobReads({ http, endpoints: { clob: CLOB } }),
    endpoints: { gamma: GAMMA },
    random: () => 0.5,
    emit: inbox.emit,
    // Our own clock stands somewhere else entirely: only the venue's may matter.
    now: () => micros(5_000_000),
    venueNow: () => clock.venueNow,
    log,
    options: {
      series: assets.flatMap((asset) => intervals.map((interval) => ({ asset, interval }))),
      ...options,
    },
  })
  const found = () => inbox.of('market_listed').map(({ market }) => market.slug)
  return { finder, clock, log, inbox, found }
}

/** Answers slug questions from these events, as often as asked, and counts them. */
function serve(...events: { slug: string }[]) {
  const asked: string[][] = []
  nock(GAMMA)
    .persist()
    .get('/events')
    .query((query) => 'slug' in query)
    .reply((uri) => {
      const slugs = new URL(uri, GAMMA).searchParams.getAll('slug')
      asked.push(slugs)
      return [200, events.filter(({ slug }) => slugs.includes(slug))]
    })
  return asked
}

function serveClob(changed: Record<string, unknown> = {}, ...specs: WindowSpec[]) {
  for (const spec of specs) {
    const slug = slugOf(spec)
    nock(CLOB)
      .persist()
      .get(`/clob-markets/${conditionOf(slug)}`)
      .reply(200, clobMarket(slug, changed))
  }
}

describe('by computed slug', () => {
  test('the running and the next window are found with one request, and told once', async () => {
    const asked = serve(wireEvent(CURRENT), wireEvent(NEXT))
    serveClob({}, CURRENT, NEXT)
    const { finder, inbox, found, log } = aFinder()
    await finder.pollNow()
    expect(found()).toEqual([slugOf(CURRENT), slugOf(NEXT)])
    expect(inbox.events[0]).toMatchObject({
      recvAt: 5_000_000,
      venueAt: null,
      market: { takerHold: true, asset: 'btc', interval: '5m' },
    })
    expect(asked).toHaveLength(1)
    await finder.pollNow()
    expect(found()).toHaveLength(2)
    expect(finder.stats()).toMatchObject({ polls: 2, failedPolls: 0, problems: [] })
    expect(log.lines.filter(({ level }) => level === 'info')).toHaveLength(2)
    await finder.stop()
  })

  test('a record that changed is told again', async () => {
    serve(wireEvent(CURRENT), wireEvent(NEXT))
    serveClob({}, CURRENT, NEXT)
    const { finder, inbox } = aFinder()
    await finder.pollNow()
    nock.cleanAll()
    serve(wireEvent(CURRENT, { orderPriceMinTickSize: 0.001 }), wireEvent(NEXT))
    await finder.pollNow()
    const ticks = inbox.of('market_listed').map(({ market }) => market.tickSize)
    expect(ticks).toEqual([100, 100, 10])
    await finder.stop()
  })

  test('sixteen series cost a handful of requests', async () => {
    const asked = serve()
    const others = nock(GAMMA).persist()
    others.get('/series').query(true).reply(200, [])
    others.get('/public-search').query(true).reply(200, { events: [] })
    const { finder } = aFinder({
      assets: ['btc', 'eth', 'sol', 'xrp'],
      intervals: ['5m', '15m', '1h', '4h'],
    })
    await finder.pollNow()
    expect(asked.length).toBeLessThanOrEqual(2)
    expect(asked.flat()).toContain('xrp-up-or-down-november-20-2026-12pm-et')
    expect(asked.flat()).toContain('sol-updown-4h-1795194000')
    await finder.stop()
  })

  test('a long window is listed only once it closes within the horizon', async () => {
    const hour: WindowSpec = {
      interval: '1h',
      slug: 'bitcoin-up-or-down-november-20-2026-12pm-et',
      startSec: CURRENT.startSec,
      endSec: CURRENT.startSec + 3_600,
    }
    serve(wireEvent(hour))
    serveClob({}, hour)
    const { finder, found, clock } = aFinder({ intervals: ['1h'] })
    await finder.pollNow()
    expect(found()).toEqual([])
    expect(finder.stats().refused).toEqual([
      expect.objectContaining({ slug: hour.slug, reason: 'it closes beyond the horizon' }),
    ])
    clock.venueNow = at('2026-11-20T17:40:00Z')
    await finder.pollNow()
    expect(found()).toEqual([hour.slug])
    await finder.stop()
  })

  test('the name without the year is found as well', async () => {
    const hour: WindowSpec = {
      interval: '1h',
      slug: 'bitcoin-up-or-down-november-20-12pm-et',
      startSec: CURRENT.startSec,
      endSec: CURRENT.startSec + 3_600,
    }
    serve(wireEvent(hour))
    serveClob({}, hour)
    const { finder, found } = aFinder({ intervals: ['1h'], maxMinutesAhead: 60 })
    await finder.pollNow()
    expect(found()).toEqual([hour.slug])
    await finder.stop()
  })
})

describe('by series, where the computed name leads nowhere', () => {
  /** A venue whose windows last 90 s and start whenever they like. */
  const SHORT: WindowSpec = {
    interval: '15m',
    startSec: CURRENT.startSec + 7,
    endSec: CURRENT.startSec + 97,
  }
  const AFTER: WindowSpec = { interval: '15m', startSec: SHORT.endSec, endSec: SHORT.endSec + 90 }

  function serveSeries(slug: string, id: string, events: unknown) {
    nock(GAMMA).persist().get('/series').query({ slug }).reply(200, [{ id, slug }])
    nock(GAMMA)
      .persist()
      .get('/events')
      .query(({ series_id, closed }) => series_id === id && closed === 'false')
      .reply(200, events as nock.Body)
  }

  test('shortened windows are found, and the next one by the end of the last', async () => {
    serveSeries('btc-up-or-down-15m', '42', [wireEvent(SHORT)])
    const asked = serve(wireEvent(SHORT), wireEvent(AFTER))
    serveClob({}, SHORT, AFTER)
    const { finder, found } = aFinder({ intervals: ['15m'] })
    await finder.pollNow()
    expect(found()).toEqual([slugOf(SHORT)])
    await finder.pollNow()
    expect(found()).toEqual([slugOf(SHORT), slugOf(AFTER)])
    expect(asked.at(-1)).toContain(slugOf(AFTER))
    await finder.stop()
  })

  test.each([
    // The 4 a.m. window of New York's 25-hour day, had the venue named it by UTC.
    ['2026-11-01T08:30:00Z', '2026-11-01T08:00:00Z', '2026-11-01T12:00:00Z'],
    // Of the 23-hour day.
    ['2027-03-14T09:30:00Z', '2027-03-14T09:00:00Z', '2027-03-14T13:00:00Z'],
  ])('on a switch day the series tells what the name cannot: %s', async (now, start, end) => {
    const spec: WindowSpec = { interval: '4h', startSec: sec(start), endSec: sec(end) }
    serve()
    serveSeries('btc-up-or-down-4h', '10331', [wireEvent(spec)])
    serveClob({}, spec)
    const { finder, found } = aFinder({ intervals: ['4h'], maxMinutesAhead: 300 }, at(now))
    await finder.pollNow()
    expect(found()).toEqual([slugOf(spec)])
    await finder.stop()
  })

  test('events that only claim to be open do not hide the real one', async () => {
    serve()
    const zombie: WindowSpec = {
      interval: '15m',
      startSec: sec('2026-02-01T17:00:00Z'),
      endSec: sec('2026-02-01T17:15:00Z'),
    }
    serveSeries('btc-up-or-down-15m', '42', [wireEvent(zombie), wireEvent(SHORT)])
    serveClob({}, SHORT)
    const { finder, found } = aFinder({ intervals: ['15m'] })
    await finder.pollNow()
    expect(found()).toEqual([slugOf(SHORT)])
    expect(finder.stats().refused).toEqual([
      expect.objectContaining({ slug: slugOf(zombie), reason: 'it has ended' }),
    ])
    await finder.stop()
  })

  test('a series that cannot be asked by name is asked by its known id', async () => {
    serve()
    nock(GAMMA).get('/series').query(true).reply(200, [])
    nock(GAMMA)
      .get('/events')
      .query(({ series_id }) => series_id === '10192')
      .reply(200, [wireEvent(SHORT)])
    serveClob({}, SHORT)
    const { finder, found } = aFinder({ intervals: ['15m'] })
    await finder.pollNow()
    expect(found()).toEqual([slugOf(SHORT)])
    await finder.stop()
  })

  test('an event of another series in the answer is left alone', async () => {
    serve()
    serveSeries('btc-up-or-down-15m', '42', [wireEvent({ ...SHORT, asset: 'eth' })])
    nock(GAMMA).get('/public-search').query(true).reply(200, { events: [] })
    const { finder, found } = aFinder({ intervals: ['15m'] })
    await finder.pollNow()
    expect(found()).toEqual([])
    await finder.stop()
  })
})

test('the text search is the last resort, with a query that names the time; its bare events are looked up', async () => {
  const renamed: WindowSpec = { ...CURRENT, slug: 'btc-updown-5m-1795194001' }
  serve(wireEvent(renamed))
  serveClob({}, renamed)
  nock(GAMMA)
    .get('/series')
    .query(true)
    .reply(200, [{ id: '7', slug: 'btc-up-or-down-5m' }])
  nock(GAMMA)
    .get('/events')
    .query(({ series_id }) => series_id === '7')
    .reply(200, [])
  const search = nock(GAMMA)
    .get('/public-search')
    .query(({ q }) => q === 'Bitcoin Up or Down November 20 12:00PM-12:05PM ET')
    .reply(200, { events: [{ slug: renamed.slug }, { slug: 'bitcoin-above-100k' }], tags: [] })
  const { finder, found } = aFinder()
  await finder.pollNow()
  expect(search.isDone()).toBe(true)
  expect(found()).toEqual([renamed.slug])
  await finder.stop()
})

describe('what is not ready', () => {
  test('a market without tokens is listed once it has them', async () => {
    serve(wireEvent(CURRENT, { clobTokenIds: '["",""]' }))
    serveClob({}, CURRENT)
    const { finder, found } = aFinder()
    await finder.pollNow()
    expect(found()).toEqual([])
    expect(finder.stats().refused[0]?.reason).toMatch(/not given it its tokens yet/)
    nock.cleanAll()
    serve(wireEvent(CURRENT))
    serveClob({}, CURRENT)
    await finder.pollNow()
    expect(found()).toEqual([slugOf(CURRENT)])
    await finder.stop()
  })

  test('no version: listed once the order book knows the token', async () => {
    serve(wireEvent(CURRENT, { version: undefined }))
    const path = `/clob-markets/${conditionOf(slugOf(CURRENT))}`
    nock(CLOB).get(path).reply(404, { error: 'market not found' })
    const { finder, inbox } = aFinder()
    await finder.pollNow()
    expect(finder.stats().refused[0]?.reason).toMatch(/does not know its token/)
    expect(finder.stats().problems).toEqual([])
    serveClob({}, CURRENT)
    await finder.pollNow()
    expect(inbox.of('market_listed').map(({ market }) => market.version)).toEqual(['v1'])
    await finder.stop()
  })

  test('an order book that cannot be asked leaves the hold unknown, and is asked again', async () => {
    serve(wireEvent(CURRENT))
    nock(CLOB)
      .get(/clob-markets/)
      .times(3)
      .reply(500)
    const { finder, inbox } = aFinder()
    await finder.pollNow()
    expect(finder.stats().problems[0]).toMatch(/clob-markets.* answered 500/)
    serveClob({}, CURRENT)
    await finder.pollNow()
    const holds = inbox.of('market_listed').map(({ market }) => market.takerHold)
    expect(holds).toEqual([null, true])
    await finder.stop()
  })
})

describe('a failing venue', () => {
  test('gives one clear line, loses nothing, and its recovery is told', async () => {
    const asked = serve(wireEvent(CURRENT))
    serveClob({}, CURRENT)
    const { finder, log, found } = aFinder()
    await finder.pollNow()
    nock.cleanAll()
    nock(GAMMA).get('/events').query(true).times(5).reply(500, 'oops')
    await finder.pollNow()
    expect(log.messages('warn')).toHaveLength(1)
    expect(log.lines.at(-1)?.data).toMatchObject({ reasons: ['gamma.example/events answered 500'] })
    expect(finder.stats()).toMatchObject({ polls: 2, failedPolls: 1 })
    expect(finder.stats().listed.map(({ slug }) => slug)).toEqual([slugOf(CURRENT)])
    serve(wireEvent(CURRENT))
    await finder.pollNow()
    expect(log.messages('info').at(-1)).toBe('discovery works again')
    expect(found()).toEqual([slugOf(CURRENT)])
    expect(asked).toHaveLength(1)
    await finder.stop()
  })

  test.each([
    ['HTML', '<html>blocked</html>', /HTML instead of JSON/],
    ['half an answer', '[{"slug":"btc-', /breaks off/],
    ['no list', '{"error":"x"}', /no list of events/],
  ])('%s is named', async (_, body, sentence) => {
    nock(GAMMA).persist().get('/events').query(true).reply(200, body)
    const { finder } = aFinder()
    await finder.pollNow()
    expect(finder.stats().problems.join()).toMatch(sentence)
    await finder.stop()
  })

  test('one unreadable event does not hide the others', async () => {
    serve({ slug: slugOf(NEXT), closed: 'perhaps' } as { slug: string }, wireEvent(CURRENT))
    serveClob({}, CURRENT)
    const { finder, found, log } = aFinder()
    await finder.pollNow()
    expect(found()).toEqual([slugOf(CURRENT)])
    expect(log.messages('warn').join()).toMatch(/could not be read: closed/)
    await finder.stop()
  })

  test('stopping ends a poll on the wire at once, without a word', async () => {
    nock(GAMMA).get('/events').query(true).delay(60_000).reply(200, [])
    const { finder, log, inbox } = aFinder()
    const poll = finder.pollNow()
    await finder.stop()
    await poll
    expect(log.lines).toEqual([])
    expect(inbox.events).toEqual([])
  })
})

test('the record of a find names everything a person asks for', async () => {
  serve(wireEvent(CURRENT))
  serveClob({}, CURRENT)
  const { finder, inbox, log } = aFinder()
  await finder.pollNow()
  const slug = slugOf(CURRENT)
  const [yes, no] = tokensOfSlug(slug)
  const record = {
    condition_id: conditionOf(slug),
    token_id_yes: yes,
    token_id_no: no,
    end_time: '12:05:00 ET',
    end_time_utc: '2026-11-20 17:05:00 UTC',
    minutes_until_end: 4,
    title: `Title of ${slug}`,
    ticker: slug,
  }
  expect(log.lines[0]).toEqual({ level: 'info', message: 'window found', data: record })
  const [listed] = inbox.of('market_listed')
  if (listed === undefined) throw new Error('nothing was told')
  expect(finderRecord(listed.market, NOW)).toEqual(record)
  await finder.stop()
})
