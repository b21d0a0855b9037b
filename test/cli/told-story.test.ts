/** The story of a window as a person reads it. */
import { describe, expect, test } from 'vitest'
import { assetPrice, dollars, duration, margin } from '../../src/cli/amounts.ts'
import { toldStory } from '../../src/cli/told-story.ts'
import {
  type BookView,
  type Decision,
  NO_LATENCY,
  type Settlement,
} from '../../src/domain/facts.ts'
import type { Check } from '../../src/domain/strategy.ts'
import { type MicroUsdc, microShares, microUsdc, ticks } from '../../src/domain/units.ts'
import type { WindowStory } from '../../src/ledger/reader.ts'
import { aMarket, at } from '../support/builders.ts'

const market = aMarket()
const live: BookView = {
  state: 'live',
  bestBid: ticks(9_500),
  bestAsk: ticks(9_600),
  bidSize: microShares(1_730_000),
  askSize: microShares(37_230_000),
  ageMicros: 123_000,
}

function check(name: string, ok: boolean, amount: number | null, unit = 'ticks'): Check {
  return { name, ok, margin: amount, unit, note: `note of ${name}` }
}

function decision(checks: readonly Check[]): Decision {
  const refused = checks.find(({ ok }) => !ok)
  return {
    conditionId: market.conditionId,
    slug: market.slug,
    strategy: 'last-second',
    at: at(899),
    leftMicros: 991_000,
    up: live,
    down: { ...live, bestAsk: null },
    truth: {
      rule: 'average of 60 s',
      doubt: 'the strike is not known',
      strike: null,
      winner: null,
      final: null,
      fixedShare: null,
      flipPrice: null,
      win: null,
      fairYes: null,
      spot: null,
      sigma: null,
      haircut: 0,
      basedOn: null,
      health: {
        printAgeMicros: null,
        saysOldAgain: false,
        repeats: 0,
        missing: null,
        feedGap: null,
        burst: null,
      },
    },
    fireAt: { sec: 10, isChosen: true, why: 'from 40 windows of its own' },
    deadline: {
      roundTripMicros: 0,
      holdMicros: 150_000,
      clockErrorMicros: 0,
      jitterMicros: 0,
      totalMicros: 150_000,
    },
    prices: [
      {
        feed: 'rtds',
        series: 'twap30',
        price: '91203.513826525333333333',
        ageMicros: 308_000,
        isLive: true,
      },
    ],
    side: 'UP',
    limit: null,
    spend: null,
    wanted: null,
    why: refused?.note ?? 'UP has the larger best ask',
    checks,
    refusedBy: refused?.name ?? null,
  }
}

function story(change: Partial<WindowStory>): WindowStory {
  const nothing = {
    reason: null,
    decisions: [],
    settlement: null,
    stoppedAt: null,
    certificate: null,
    judgement: null,
  }
  return { market, state: 'settled', ...nothing, ...change }
}

test.each([
  [9_995_139_810, 'micro-dollars', '9995.13 USD'],
  [246_617, 'micros', '247 ms'],
  [12_340_000, 'micros', '12.3 s'],
  [9_300, 'ticks', '0.93 USD'],
  [-100, 'ticks', '-0.01 USD'],
  [37_230_000, 'micro-shares', '37.23 shares'],
  [1_000_000, 'micro-shares', '1 share'],
  [1, 'orders', '1 order'],
  [null, 'ticks', '-'],
])('a margin of %s %s is %s', (amount, unit, words) => {
  expect(margin(amount, unit)).toBe(words)
})

test('amounts keep what means something', () => {
  expect(assetPrice('91203.513826525333333333')).toBe('91203.51')
  expect(assetPrice('2.10537041')).toBe('2.1054')
  expect(assetPrice('0.5234567890')).toBe('0.523457')
  expect(assetPrice('3000')).toBe('3000')
  expect([4_800_000, 13_440, -4_850_001].map((one) => dollars(one as MicroUsdc))).toEqual([
    '4.80 USD',
    '0.01344 USD',
    '-4.850001 USD',
  ])
  expect(duration(817_000)).toBe('817 ms')
})

describe('the checks', () => {
  const rows = (...checks: Check[]): string =>
    toldStory(story({ decisions: [decision(checks)] }), false)

  test('only the first refusal stands out; what follows from it says so', () => {
    const text = rows(
      check('WINNER', true, 9_300),
      check('ASK', false, 0, 'micro-shares'),
      check('CAP', false, null),
      check('DEPTH', false, null),
    )
    expect(text.match(/REFUSED/g)).toHaveLength(1)
    expect(text).toMatch(/ASK +REFUSED +0 shares +note of ASK/)
    expect(text).toMatch(/CAP +- +- +follows from ASK/)
    expect(text).toMatch(/DEPTH +- +- +follows from ASK/)
  })

  test('a second reason of its own is one', () => {
    const text = rows(check('CLOCK', false, -5_000, 'micros'), check('CAP', false, -50))
    expect(text).toMatch(/CLOCK +REFUSED +-5 ms/)
    expect(text).toMatch(/CAP +also no +-0\.005 USD +note of CAP/)
  })

  test('books, prices and the count of answers are in words', () => {
    const text = rows(check('WINNER', true, 9_300))
    expect(text).toContain(
      'UP   bid 0.95 for 1.73 shares, ask 0.96 for 37.23 shares, live, 123 ms old',
    )
    expect(text).toContain('DOWN bid 0.95 for 1.73 shares, ask none')
    expect(text).toContain('rtds twap30: 91203.51 USD, heard 308 ms before')
    expect(text).toContain('0.991 s before the close, by last-second; the only answer it gave')
    const twice = story({ decisions: [decision([]), decision([])] })
    expect(toldStory(twice, false)).toContain('the last of 2 different answers')
  })
})

describe('a window that was not seen to its end', () => {
  const STOPPED = at(869)
  test.each([
    [
      'armed',
      STOPPED,
      false,
      /The bot was stopped at 2026-11-20 17:14:29 UTC, 31 s before the close\./,
    ],
    ['armed', null, false, /The bot ended before this window did\./],
    ['listening', null, true, /The bot has this window in its hands now\./],
    [
      'fired',
      null,
      false,
      /ended before the result was known; it is settled when the bot runs again/,
    ],
    ['passed', null, false, /never inside the strategy's span/],
    ['skipped', null, false, /the window was skipped/],
  ])('%s, stopped at %s, watched %s', (state, stoppedAt, watched, words) => {
    const text = toldStory(story({ state, stoppedAt }), watched)
    expect(text).toMatch(/No decision was taken/)
    expect(text).toMatch(words)
  })

  test('what was decided before it broke off is told with it', () => {
    const text = toldStory(
      story({
        state: 'armed',
        stoppedAt: STOPPED,
        decisions: [decision([check('ASK', false, 0)])],
      }),
      false,
    )
    expect(text).toMatch(/NO SHOT, refused by ASK[\s\S]*The bot was stopped/)
  })
})

test('money of a settled window is in dollars', () => {
  const settlement: Settlement = {
    market,
    decision: 'fired',
    reason: 'UP has the larger best ask',
    winner: 'UP',
    winnerSource: 'channel',
    side: 'UP',
    order: null,
    outcome: {
      state: 'filled',
      finality: 'confirmed',
      fills: [],
      shares: microShares(5_000_000),
      cost: microUsdc(4_800_000),
      fee: microUsdc(13_440),
    },
    payout: microUsdc(5_000_000),
    pnl: microUsdc(186_560),
    cash: microUsdc(1),
    latency: NO_LATENCY,
  }
  const text = toldStory(story({ settlement }), false)
  expect(text).toContain('order: filled 5 shares for 4.80 USD, fee 0.01344 USD')
  expect(text).toContain('winner: UP (said by the market channel)')
  expect(text).toContain('profit and loss: 0.18656 USD')
})
