import { describe, expect, test } from 'vitest'
import { micros } from '../../../src/domain/units.ts'
import {
  gammaEvents,
  gammaOneMarket,
  listingOf,
  winnerOf,
} from '../../../src/venues/polymarket/gamma-wire.ts'

const NOW = micros(Date.parse('2026-11-20T17:01:00Z') * 1_000)
const CLOB = { t: [], mts: 0.01, mos: 5, fd: { r: 0.07, e: 1 }, itode: true }
const [UP, DOWN] = ['7'.repeat(77), '8'.repeat(77)]

const market = {
  conditionId: `0x${'4'.repeat(64)}`,
  slug: 'btc-updown-5m-1795194000',
  version: 'v1',
  question: 'Bitcoin Up or Down',
  outcomes: '["Up", "Down"]',
  outcomePrices: '["0.505", "0.495"]',
  clobTokenIds: `["${UP}", "${DOWN}"]`,
  startDate: '2026-11-19T17:04:11.302901Z',
  eventStartTime: '2026-11-20T17:00:00Z',
  endDate: '2026-11-20T17:05:00Z',
  active: true,
  closed: false,
  enableOrderBook: true,
  acceptingOrders: true,
  orderPriceMinTickSize: 0.01,
  orderMinSize: 5,
  feesEnabled: true,
  feeSchedule: { rate: 0.07, exponent: 1, takerOnly: true, rebateRate: 0.2 },
}

function listing(change: object, clob: typeof CLOB | null = CLOB, event: object = {}) {
  const [parsed] = gammaEvents.parse([
    {
      slug: market.slug,
      title: 'Bitcoin Up or Down',
      markets: [{ ...market, ...change }],
      ...event,
    },
  ])
  if (parsed === undefined) throw new Error('no event')
  return listingOf(parsed, clob, NOW)
}

describe('a market of Gamma', () => {
  test('becomes ours, with its times from the window and not from the listing', () => {
    expect(listing({})).toMatchObject({
      ok: true,
      market: {
        asset: 'btc',
        interval: '5m',
        startAt: 1_795_194_000_000_000,
        endAt: 1_795_194_300_000_000,
        up: UP,
        down: DOWN,
        mappingDoubt: null,
        tickSize: 100,
        minShares: 5_000_000,
        fee: { rateMicro: 70_000, exponent: 1 },
        takerHold: true,
      },
    })
  })

  test.each([
    ['["Down", "Up"]', DOWN, null],
    ['["YES","no"]', UP, null],
    ['["Bitcoin","Ether"]', UP, 'the outcomes are "bitcoin/ether"'],
    [null, UP, 'the outcomes are ""'],
  ])('outcomes %s', (outcomes, up, doubt) => {
    expect(listing({ outcomes })).toMatchObject({ ok: true, market: { up, mappingDoubt: doubt } })
  })

  test('two markets titled Up and Down are one window', () => {
    const half = (title: string, token: string) => ({
      ...market,
      groupItemTitle: title,
      outcomes: '["Yes","No"]',
      clobTokenIds: `["${token}","1"]`,
    })
    expect(listing({}, CLOB, { markets: [half('Down', DOWN), half('Up', UP)] })).toMatchObject({
      ok: true,
      market: { up: UP, down: DOWN, mappingDoubt: null },
    })
  })

  test('the id is chosen by the version and never by what is there', () => {
    const both = { positionIds: ['31', '32'] }
    expect(listing(both)).toMatchObject({ market: { up: UP } })
    expect(listing({ ...both, version: 'v2', clobTokenIds: null })).toMatchObject({
      market: { up: '31', version: 'v2' },
    })
    expect(listing({ version: undefined })).toMatchObject({ market: { up: UP, version: 'v1' } })
    expect(listing({ version: undefined }, null)).toMatchObject({ ok: false, again: true })
    expect(listing({ version: 'v9' })).toMatchObject({ ok: false })
  })

  test.each([
    [{ clobTokenIds: null }, /tokens/, true],
    [{ clobTokenIds: '[]' }, /tokens/, true],
    [{ clobTokenIds: '["abc","1"]' }, /tokens/, true],
    [{ endDate: '2026-11-20T17:00:30Z', eventStartTime: '2026-11-20T16:55:30Z' }, /past/, false],
    [{ active: false }, /active/, false],
    [{ closed: true }, /closed/, false],
    [{ enableOrderBook: false }, /order book/, false],
    [{ acceptingOrders: false }, /accept/, true],
    [{ eventStartTime: null }, /start and end/, true],
    [{ eventStartTime: 'soon' }, /start and end/, true],
  ])('%j is refused by name', (change, reason, again) => {
    expect(listing(change)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(reason),
      again,
    })
  })

  test('a fee that nobody states refuses; one that only the CLOB states is taken', () => {
    expect(listing({ feeSchedule: null })).toMatchObject({ market: { fee: { rateMicro: 70_000 } } })
    expect(listing({ feeSchedule: null }, null)).toMatchObject({
      ok: false,
      reason: 'its fee is not known',
    })
    expect(listing({ feesEnabled: false, feeSchedule: null }, null)).toMatchObject({
      market: { fee: { rateMicro: 0 } },
    })
  })
})

describe('the winner', () => {
  const resolved = { ...market, closed: true, umaResolutionStatus: 'resolved' }
  test.each([
    [{ outcomePrices: '["1","0"]' }, 'UP'],
    [{ outcomePrices: '["0","1"]' }, 'DOWN'],
    [{ outcomePrices: '["0","1"]', outcomes: '["Down","Up"]' }, 'UP'],
    [{ outcomePrices: '["0.5","0.5"]' }, 'SPLIT'],
    [{ outcomePrices: '["0.999","0.001"]' }, null],
    [{ outcomePrices: '["1","1"]' }, null],
    [{ outcomePrices: '["1","0"]', closed: false }, null],
    [{ outcomePrices: '["1","0"]', umaResolutionStatus: 'proposed' }, null],
    [{ outcomePrices: '["1","0"]', outcomes: '["A","B"]' }, null],
  ])('%j', (change, winner) => {
    expect(winnerOf(gammaOneMarket.parse({ ...resolved, ...change }))).toBe(winner)
  })
})
