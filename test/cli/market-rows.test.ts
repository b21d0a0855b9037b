import { expect, test } from 'vitest'
import { marketObjects, marketTable } from '../../src/cli/market-rows.ts'
import { conditionId, tokenId } from '../../src/domain/ids.ts'
import type { Market } from '../../src/domain/market.ts'
import { microShares, micros, ticks } from '../../src/domain/units.ts'

const at = (iso: string) => micros(Date.parse(iso) * 1_000)

const market: Market = {
  conditionId: conditionId('0xabc'),
  slug: 'btc-updown-5m-1795194000',
  title: 'Bitcoin Up or Down',
  asset: 'btc',
  interval: '5m',
  startAt: at('2026-11-20T17:00:00Z'),
  endAt: at('2026-11-20T17:05:00Z'),
  up: tokenId('7'.repeat(77)),
  down: tokenId('8'.repeat(77)),
  mappingDoubt: null,
  tickSize: ticks(10),
  minShares: microShares(5_000_000),
  fee: { rateMicro: 70_000, exponent: 1 },
  takerHold: true,
  version: 'v1',
  resolutionSource: null,
  rules: { description: null, averaging: null },
}

const survey = {
  venueNow: at('2026-11-20T17:02:30Z'),
  listed: [market],
  refused: [
    {
      slug: 'btc-updown-5m-1',
      span: { startAt: market.startAt, endAt: market.endAt },
      reason: 'it is closed',
    },
    { slug: 'odd', span: null, reason: 'it holds no market' },
  ],
}

test('the table shows each window in both times, and why others are not listed', () => {
  const [head, row, closed, odd] = marketTable(survey)
    .split('\n')
    .map((line) => line.split(/ {2,}/))
  expect(head?.slice(0, 4)).toEqual(['WINDOW', 'ET', 'UTC', 'MIN LEFT'])
  expect(row).toEqual([
    'btc-updown-5m-1795194000',
    '12:00:00-12:05:00 ET',
    '2026-11-20 17:00:00-17:05:00 UTC',
    '2.5',
    '0.001',
    '0.07',
    '77777…7777',
    '88888…8888',
    'listed',
  ])
  expect(closed?.at(-1)).toBe('not listed: it is closed')
  expect(odd?.join(' ')).toMatch(/^odd - - .*not listed: it holds no market$/)
})

test('a doubted window says its doubt', () => {
  const listed = [{ ...market, mappingDoubt: 'odd words' }]
  expect(marketTable({ ...survey, listed })).toMatch(/doubted: odd words/)
})

test('programs get whole tokens and decimal texts', () => {
  const [listed, closed, odd] = marketObjects(survey)
  expect(listed).toMatchObject({
    market: market.slug,
    listed: true,
    yes: '7'.repeat(77),
    tickSize: '0.001',
    minShares: '5',
    feeRate: '0.07',
    start: '2026-11-20T17:00:00.000Z',
    minutesLeft: 2.5,
  })
  expect(closed).toMatchObject({ listed: false, reason: 'it is closed', minutesLeft: 2.5 })
  expect(odd).toEqual({ market: 'odd', listed: false, reason: 'it holds no market' })
})
