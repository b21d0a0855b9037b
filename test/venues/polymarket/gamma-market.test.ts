import { describe, expect, test } from 'vitest'
import type { Market } from '../../../src/domain/market.ts'
import {
  type AbsentVersion,
  completeMarket,
  isMarket,
  type Reading,
  readWindow,
} from '../../../src/venues/polymarket/gamma-market.ts'
import {
  instant,
  isUnreadable,
  readEvent,
  stringList,
} from '../../../src/venues/polymarket/gamma-wire.ts'
import {
  at,
  conditionOf,
  sec,
  tokensOfSlug,
  type WireEvent,
  type WireMarket,
  wireEvent,
  wireMarket,
} from './gamma-events.ts'

const NOW = at('2026-11-20T17:01:00Z')
const SPEC = { startSec: sec('2026-11-20T17:00:00Z'), endSec: sec('2026-11-20T17:05:00Z') }
const SLUG = 'btc-updown-5m-1795194000'
const [UP, DOWN] = tokensOfSlug(SLUG)

const CLOB = {
  tokens: [UP, DOWN],
  tickSize: 0.001,
  minShares: 15,
  fee: { rate: 0.02, exponent: 2 },
  takerHold: true,
}

function read(event: WireEvent | Record<string, unknown>): Reading {
  const parsed = readEvent(JSON.parse(JSON.stringify(event)))
  if (isUnreadable(parsed)) throw new Error(parsed.unreadable)
  return readWindow(parsed, NOW)
}

function reasonOf(reading: Reading): string {
  if (reading.kind === 'draft') throw new Error('it was accepted')
  return `${reading.kind}: ${reading.reason}`
}

function market(
  changed: WireMarket = {},
  clob: typeof CLOB | null | undefined = CLOB,
  absentVersion: AbsentVersion = 'ask_clob',
): Market {
  const reading = read(wireEvent(SPEC, changed))
  if (reading.kind !== 'draft') throw new Error(reading.reason)
  const complete = completeMarket(reading.draft, clob, absentVersion)
  if (!isMarket(complete)) throw new Error(complete.reason)
  return complete
}

test('one market with two outcomes becomes a window with every field in place', () => {
  expect(market()).toEqual({
    conditionId: conditionOf(SLUG),
    slug: SLUG,
    title: `Title of ${SLUG}`,
    asset: 'btc',
    interval: '5m',
    startAt: at('2026-11-20T17:00:00Z'),
    endAt: at('2026-11-20T17:05:00Z'),
    up: UP,
    down: DOWN,
    mappingDoubt: null,
    tickSize: 100,
    minShares: 5_000_000,
    fee: { rateMicro: 70_000, exponent: 1 },
    takerHold: true,
    version: 'v1',
    resolutionSource: 'https://data.chain.link/streams/btc-usd-twap-60s-streams',
    rules: { description: null, averaging: null },
  })
})

describe('which token is Up', () => {
  test.each([
    ['["Up", "Down"]', UP, DOWN],
    ['["Down", "Up"]', DOWN, UP],
    ['["yes","no"]', UP, DOWN],
    ['["NO", " Yes "]', DOWN, UP],
    [['DOWN', 'UP'], DOWN, UP],
  ])('is told by the words of %j', (outcomes, up, down) => {
    expect(market({ outcomes })).toMatchObject({ up, down, mappingDoubt: null })
  })

  test.each(['["Higher", "Lower"]', '["Up", "Up"]', '["Up", "No"]', '["Up"]', 'Up, Down', null])(
    'stays in doubt for %j',
    (outcomes) => {
      expect(market({ outcomes }).mappingDoubt).toMatch(/are not Up and Down/)
    },
  )
})

describe('two markets of one item each', () => {
  const half = (title: string, id: string, changed: WireMarket = {}) =>
    wireMarket(SPEC, {
      groupItemTitle: title,
      slug: `${SLUG}-${id}`,
      conditionId: conditionOf(id),
      outcomes: '["Yes", "No"]',
      clobTokenIds: JSON.stringify(tokensOfSlug(id)),
      ...changed,
    })

  test('give the Yes token of each, in whatever order they stand', () => {
    const event = { ...wireEvent(SPEC), markets: [half('Down', 'd'), half('Up', 'u')] }
    const reading = read(event)
    if (reading.kind !== 'draft') throw new Error(reading.reason)
    expect(reading.draft).toMatchObject({
      slug: SLUG,
      conditionId: conditionOf('u'),
      up: tokensOfSlug('u')[0],
      down: tokensOfSlug('d')[0],
      mappingDoubt: null,
    })
  })

  test('with their outcomes swapped still give the Yes tokens', () => {
    const swapped = half('down', 'd', { outcomes: '["No", "Yes"]' })
    const reading = read({ ...wireEvent(SPEC), markets: [half('up', 'u'), swapped] })
    if (reading.kind !== 'draft') throw new Error(reading.reason)
    expect(reading.draft).toMatchObject({ up: tokensOfSlug('u')[0], down: tokensOfSlug('d')[1] })
  })

  test('are doubted when they do not say Yes, and refused when they are not Up and Down', () => {
    const odd = half('Down', 'd', { outcomes: '["Maybe", "No"]' })
    const doubted = read({ ...wireEvent(SPEC), markets: [half('Up', 'u'), odd] })
    if (doubted.kind !== 'draft') throw new Error(doubted.reason)
    expect(doubted.draft.mappingDoubt).toMatch(/Yes outcome/)
    const other = { ...wireEvent(SPEC), markets: [half('Up', 'u'), half('Flat', 'f')] }
    expect(reasonOf(read(other))).toMatch(/not one for Up and one for Down/)
    expect(reasonOf(read({ ...wireEvent(SPEC), markets: [] }))).toMatch(/holds no market/)
  })
})

describe('the ids follow the version, never whichever field is there', () => {
  const positionIds = ['4523', '4524']

  test('v1 takes the token ids although there are position ids', () => {
    expect(market({ positionIds })).toMatchObject({ up: UP, down: DOWN, version: 'v1' })
  })

  test('v2 takes the position ids although there are token ids', () => {
    const v2 = { version: 'v2', positionIds }
    expect(market(v2)).toMatchObject({ up: '4523', down: '4524', version: 'v2' })
    expect(market({ ...v2, clobTokenIds: null })).toMatchObject({ up: '4523' })
  })

  test('v2 without position ids has no tokens yet', () => {
    expect(reasonOf(read(wireEvent(SPEC, { version: 'v2' })))).toMatch(/^not_hydrated/)
  })

  test('no version is v1 only when the order book knows the token', () => {
    expect(market({ version: undefined })).toMatchObject({ version: 'v1', up: UP })
    const unknown = { ...CLOB, tokens: ['1', '2'] }
    expect(() => market({ version: undefined }, unknown)).toThrow(/does not know its token/)
    expect(() => market({ version: undefined }, null)).toThrow(/does not know its token/)
    expect(() => market({ version: null }, CLOB, 'refuse')).toThrow(/protocol version/)
  })

  test('another version is refused by name', () => {
    expect(reasonOf(read(wireEvent(SPEC, { version: 'v3' })))).toMatch(/"v3" is unknown/)
  })
})

test.each([null, '', '[]', '["",""]', '["123"]', 'not json'])(
  'tokens that read %j are not there yet',
  (clobTokenIds) => {
    expect(reasonOf(read(wireEvent(SPEC, { clobTokenIds })))).toMatch(/^not_hydrated/)
  },
)

test.each([
  [{ clobTokenIds: '["0xabc", "123"]' }, /"0xabc" is not a decimal number/],
  [{ clobTokenIds: '["123", "123"]' }, /same token/],
  [{ conditionId: null }, /condition id/],
  [{ closed: true }, /closed/],
  [{ active: false }, /not active/],
  [{ archived: true }, /archived/],
  [{ acceptingOrders: false }, /accepts no orders/],
  [{ enableOrderBook: false }, /no order book/],
  [{ endDate: '2026-11-20T17:00:59Z' }, /has ended/],
  [{ endDate: '2026-11-20T16:59:59Z' }, /ends before it starts/],
])('what cannot be traded has a reason: %j', (changed, reason) => {
  expect(reasonOf(read(wireEvent(SPEC, changed)))).toMatch(reason)
})

test('an event that is over although it claims to be open is not listed', () => {
  const old = { startSec: sec('2026-02-01T17:00:00Z'), endSec: sec('2026-02-01T17:05:00Z') }
  expect(reasonOf(read(wireEvent(old)))).toMatch(/has ended/)
})

describe('the times', () => {
  test('are never the publication dates', () => {
    const event = { ...wireEvent(SPEC, { eventStartTime: undefined }), startTime: undefined }
    expect(reasonOf(read(event))).toMatch(/does not say when/)
    const bareDate = { ...wireEvent(SPEC, { endDate: '2026-11-21' }), endDate: '2026-11-21' }
    expect(reasonOf(read(bareDate))).toMatch(/does not say when/)
  })

  test("fall back to the event's own", () => {
    const reading = read(wireEvent(SPEC, { eventStartTime: undefined }))
    expect(reading).toMatchObject({ draft: { startAt: at('2026-11-20T17:00:00Z') } })
  })

  test('decide the length, not the name', () => {
    const short = {
      asset: 'eth',
      interval: '15m',
      startSec: SPEC.startSec + 37,
      endSec: SPEC.startSec + 127,
    }
    expect(read(wireEvent(short))).toMatchObject({
      draft: {
        slug: `eth-updown-15m-${SPEC.startSec + 37}`,
        interval: '15m',
        endAt: at('2026-11-20T17:02:07Z'),
      },
    })
  })
})

describe('asset and interval', () => {
  test('come from the slug, else from the series', () => {
    const event = wireEvent({ ...SPEC, slug: 'some-other-name', asset: 'sol', interval: '1h' })
    expect(read(event)).toMatchObject({ draft: { asset: 'sol', interval: '1h' } })
    const bare = { ...wireEvent(SPEC), seriesSlug: undefined, series: undefined }
    expect(read(bare)).toMatchObject({ draft: { asset: 'btc', interval: '5m' } })
  })

  test('that contradict each other are refused', () => {
    const event = wireEvent({ ...SPEC, seriesSlug: 'eth-up-or-down-5m' })
    expect(reasonOf(read(event))).toMatch(/contradict each other/)
  })

  test('that nobody names are refused', () => {
    const event = wireEvent({ ...SPEC, slug: 'something', seriesSlug: 'doge-up-or-down-5m' })
    expect(reasonOf(read(event))).toMatch(/names an asset/)
  })
})

describe('what Gamma leaves out', () => {
  const bare = { feeSchedule: null, orderPriceMinTickSize: null, orderMinSize: undefined }

  test('the order book fills in', () => {
    expect(market(bare)).toMatchObject({
      tickSize: 10,
      minShares: 15_000_000,
      fee: { rateMicro: 20_000, exponent: 2 },
    })
  })

  test('and nobody knows, is refused by its name', () => {
    expect(() => market({ feeSchedule: null }, null)).toThrow(/fee/)
    expect(() => market({ orderMinSize: null }, null)).toThrow(/minimum order size/)
    expect(() => market({ orderPriceMinTickSize: 0 }, null)).toThrow(/tick size/)
    expect(() => market({ feeSchedule: { rate: 0.07 } }, null)).toThrow(/fee/)
  })

  test('a market without fees says so', () => {
    const free = { feesEnabled: false, feeSchedule: null }
    expect(market(free, null).fee).toEqual({ rateMicro: 0, exponent: 1 })
  })

  test('the hold is unknown until the order book is asked', () => {
    expect(market({}, null).takerHold).toBeNull()
    expect(market({}, { ...CLOB, takerHold: false }).takerHold).toBe(false)
  })
})

test('an event of the wrong shape names its field, and unknown fields are no news', () => {
  expect(readEvent({ slug: 'x', closed: 'no' })).toEqual({
    unreadable: 'an event of Gamma could not be read: closed',
  })
  expect(isUnreadable(readEvent('text') as object)).toBe(true)
  expect(readEvent({ slug: 'x', brandNew: { deep: 1 } })).toMatchObject({ slug: 'x' })
})

test('lists arrive as JSON in a text, as arrays, or not at all', () => {
  expect(stringList('["1","0"]')).toEqual(['1', '0'])
  expect(stringList('[1, 0]')).toEqual(['1', '0'])
  expect(stringList(['1'])).toEqual(['1'])
  expect(stringList('{"a":1}')).toBeNull()
  expect(stringList(undefined)).toBeNull()
})

test('an instant has a time of day', () => {
  expect(instant('2026-11-20T17:05:00Z')).toBe(at('2026-11-20T17:05:00Z'))
  expect(instant('2026-11-20T12:05:00-05:00')).toBe(at('2026-11-20T17:05:00Z'))
  expect(instant('2026-11-20')).toBeNull()
  expect(instant('Today T')).toBeNull()
  expect(instant(null)).toBeNull()
})
