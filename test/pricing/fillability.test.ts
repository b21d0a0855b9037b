/** When to fire: rates and their doubt, from windows made by hand and from what is shipped. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AskAt, AskWindow } from '../../src/domain/asks.ts'
import type { Likelihood } from '../../src/domain/truth.ts'
import { type Ticks, ticks } from '../../src/domain/units.ts'
import {
  createFillability,
  ENOUGH,
  type Fillability,
  type FillQuery,
  WINDOWS_KEPT,
} from '../../src/pricing/fillability.ts'
import { wordsOf } from '../../src/pricing/fillability-words.ts'
import { wilson } from '../../src/pricing/wilson.ts'
import { anAskWindow } from '../support/asks.ts'

const BTC: FillQuery = {
  asset: 'btc',
  interval: '5m',
  regime: null,
  cap: ticks(9_900),
  holdSec: 0,
}

function learned(windows: readonly AskWindow[]): Fillability {
  const known = createFillability()
  for (const window of windows) known.learn(window)
  return known
}

/** So many windows with this one second: of them some for sale, and of those some won. */
function windowsAt(sec: number, count: number, sold: number, won: number, price = 9_000) {
  return Array.from({ length: count }, (_, n) =>
    anAskWindow(n, [[sec, n < sold ? ticks(price) : null, n < won ? 1e6 : 0, null]]),
  )
}

describe('what is shipped', () => {
  test.each([
    [60, 148, -0.026],
    [40, 148, -0.026],
    [39, 128, 0.047],
    [25, 128, 0.047],
    [24, 95, 0.066],
    [10, 95, 0.066],
    [9, 15, -0.005],
    [1, 15, -0.005],
  ])('%i s before the close', (sec, asks, net) => {
    const { fill, perFill, perShot, data } = createFillability().at(BTC, sec)
    expect(fill.mid).toBeCloseTo(asks / 203, 12)
    expect(perFill?.mid).toBeCloseTo(net, 12)
    expect(perShot.mid).toBeCloseTo((net * asks) / 203, 12)
    expect(data).toEqual({ own: 0, lent: 0, shipped: ENOUGH })
  })

  test('it is worth thirty windows, not two hundred: another day, perhaps another asset', () => {
    const { fill } = createFillability().at(BTC, 10)
    expect(fill).toMatchObject(wilson((30 * 95) / 203, 30))
  })

  test('ten seconds before the close brings most, and the words say from what', () => {
    const best = createFillability().best({ ...BTC, latestSafeSec: 0.3 })
    expect(best.leftSec).toBe(10)
    expect(wordsOf(best, null)).toMatch(
      /^for sale in 46\.8 % of windows .*a share bought brings \+6\.6 c .*from 0 windows of its own \(too few\), the shipped table .*measured by others/,
    )
  })

  test('below its mean price nothing is taken to be for sale, and the latest safe second is as good as any', () => {
    const best = createFillability().best({ ...BTC, cap: ticks(8_900), latestSafeSec: 2.2 })
    expect(best).toMatchObject({ leftSec: 3, perFill: null, perShot: { mid: 0 } })
    expect(wordsOf(best, null)).toMatch(/what it brings is not known/)
  })

  test('the hold makes it dearer, the more the nearer the close', () => {
    const held = (sec: number) => {
      const free = createFillability().at(BTC, sec).perFill?.mid ?? 0
      return free - (createFillability().at({ ...BTC, holdSec: 0.15 }, sec).perFill?.mid ?? 0)
    }
    expect(held(10)).toBeGreaterThan(0.002)
    expect(held(1)).toBeGreaterThan(held(10))
    expect(held(1)).toBeLessThan(0.1)
  })
})

describe('what was learned', () => {
  test('thirty windows of its own speak alone', () => {
    const known = learned(windowsAt(10, 40, 30, 27))
    const { fill, perFill, perShot, breakEven, data } = known.at(BTC, 10)
    expect(data).toEqual({ own: 40, lent: 0, shipped: 0 })
    expect(fill).toEqual({ ...wilson(30, 40), mid: 0.75 })
    // 0.9 and the fee: 0.07 * 0.9 * 0.1.
    expect(breakEven).toBeCloseTo(0.9063, 12)
    expect(perFill?.mid).toBeCloseTo(0.9 - 0.9063, 12)
    expect(perFill?.low).toBeCloseTo(wilson(27, 30).low - 0.9063, 12)
    expect(perShot.mid).toBeCloseTo(0.75 * (0.9 - 0.9063), 12)
  })

  test('ten are filled up with twenty of the shipped ones', () => {
    const { fill, data } = learned(windowsAt(10, 10, 10, 10)).at(BTC, 10)
    expect(data).toEqual({ own: 10, lent: 0, shipped: 20 })
    expect(fill.mid).toBeCloseTo((10 + (20 * 95) / 203) / 30, 12)
  })

  test('another interval of the asset lends before what is shipped, another asset never', () => {
    const other = windowsAt(10, 40, 0, 0).map((one, n) => ({
      ...one,
      conditionId: anAskWindow(100 + n, []).conditionId,
      interval: '15m' as const,
    }))
    const known = learned([...windowsAt(10, 10, 10, 10), ...other])
    const { fill, data } = known.at(BTC, 10)
    expect(data).toEqual({ own: 10, lent: 20, shipped: 0 })
    expect(fill.mid).toBeCloseTo(10 / 30, 12)
    expect(known.at({ ...BTC, asset: 'eth' }, 10).data).toEqual({ own: 0, lent: 0, shipped: 30 })
    expect(known.seen({ ...BTC, asset: 'eth' }, 10)).toBeNull()
    expect(known.seen(BTC, 10)).toMatchObject({ fill: { mid: 1 }, data: { own: 10, lent: 0 } })
  })

  test('the second that brings most is chosen; of equals the later one; what comes after the latest safe send is none', () => {
    const asks = (n: number): AskAt[] => [
      [30, ticks(9_500), 1e6, null],
      [20, ticks(8_000), 1e6, null],
      [12, ticks(8_000), 1e6, null],
      [5, n % 4 === 0 ? ticks(5_000) : null, 1e6, null],
    ]
    const known = learned(Array.from({ length: 40 }, (_, n) => anAskWindow(n, asks(n))))
    expect(known.best({ ...BTC, latestSafeSec: 0.3 }).leftSec).toBe(12)
    expect(known.best({ ...BTC, latestSafeSec: 12 }).leftSec).toBe(12)
    expect(known.best({ ...BTC, latestSafeSec: 12.1 }).leftSec).toBe(20)
    expect(known.best({ ...BTC, latestSafeSec: 0.3, earliestSec: 11 }).leftSec).not.toBe(12)
    expect(known.best({ ...BTC, latestSafeSec: 61 }).leftSec).toBe(61)
  })

  test('a split pays half, and a second that is not in the trail is not counted', () => {
    const known = learned(
      Array.from({ length: 40 }, (_, n) => anAskWindow(n, [[10, ticks(4_000), 500_000, null]])),
    )
    expect(known.at(BTC, 10).perFill?.mid).toBeCloseTo(0.5 - 0.4 - 0.0168, 12)
    expect(known.at(BTC, 11).data.own).toBe(0)
  })

  test('a window counts once, and the oldest of a series make room', () => {
    const one = anAskWindow(1, [[10, ticks(9_000), 1e6, null]])
    expect(learned([one, one]).windows('btc', '5m')).toBe(1)
    const many = Array.from({ length: WINDOWS_KEPT + 5 }, (_, n) =>
      anAskWindow(n, [[n < 5 ? 20 : 10, null, 0, null]]),
    )
    const known = learned(many)
    expect(known.windows('btc', '5m')).toBe(WINDOWS_KEPT)
    expect(known.at(BTC, 20).data.own).toBe(0)
  })

  test('a chance that was near a half makes the hold dear, one near one does not', () => {
    const at = (chance: number) =>
      learned(
        Array.from({ length: 40 }, (_, n) => anAskWindow(n, [[10, ticks(9_000), 1e6, chance]])),
      ).at({ ...BTC, holdSec: 0.15 }, 10).breakEven ?? 0
    // Half of the sellers, 0.798 * 0.3989 of a deviation, sqrt(3 * 0.15 / 10) of it within the hold.
    expect(at(0.5)).toBeCloseTo(0.9063 + 0.5 * 0.79788 * 0.39894 * Math.sqrt(0.045), 4)
    expect(at(0.5)).toBeCloseTo(at(0.501), 2)
    expect(at(1)).toBeCloseTo(0.9063, 6)
  })
})

describe('how lively it is, against itself', () => {
  const calm = Array.from({ length: 20 }, (_, n) =>
    anAskWindow(n, [[10, ticks(9_000), 1e6, null]], { sigma: 1 }),
  )

  test('nobody knows what is usual before ten windows', () => {
    expect(learned(calm.slice(0, 9)).regime('btc', 50)).toBe('usual')
    expect(learned(calm).regime('eth', 50)).toBe('usual')
    expect(learned(calm).regime('btc', null)).toBeNull()
  })

  test.each([
    [0.69, 'calm'],
    [0.7, 'usual'],
    [1.5, 'usual'],
    [1.51, 'wild'],
  ])('%f of the middle one is %s', (sigma, regime) => {
    expect(learned(calm).regime('btc', sigma)).toBe(regime)
  })

  test('a wild window is looked up among wild ones, and the rest is lent by the others', () => {
    const wild = Array.from({ length: 10 }, (_, n) =>
      anAskWindow(100 + n, [[10, null, 0, null]], { sigma: 9 }),
    )
    const known = learned([
      ...calm,
      ...calm.map((one, n) => ({ ...one, conditionId: anAskWindow(50 + n, []).conditionId })),
      ...wild,
    ])
    const answer = known.at({ ...BTC, regime: 'wild' }, 10)
    expect(answer.data).toEqual({ own: 10, lent: 20, shipped: 0 })
    expect(answer.fill.mid).toBeCloseTo(20 / 30, 12)
    expect(known.at(BTC, 10).fill.mid).toBeCloseTo(40 / 50, 12)
  })
})

const aPrice = fc.option(fc.integer({ min: 1, max: 9_999 }), { nil: null })
const anAsk = fc.record({
  sec: fc.integer({ min: 1, max: 60 }),
  price: aPrice,
  won: fc.boolean(),
  chance: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null }),
})
const someWindows = fc
  .array(
    fc.record({
      asks: fc.array(anAsk, { maxLength: 6 }),
      interval: fc.constantFrom('5m', '15m'),
      sigma: fc.option(fc.constantFrom(1, 3), { nil: null }),
    }),
    { maxLength: 60 },
  )
  .map((list) =>
    list.map(({ asks, interval, sigma }, n) =>
      anAskWindow(
        n,
        asks.map(({ sec, price, won, chance }) => [
          sec,
          price as Ticks | null,
          won ? 1e6 : 0,
          chance,
        ]),
        { interval: interval as '5m', sigma },
      ),
    ),
  )
const aQuery = fc.record({
  asset: fc.constantFrom('btc', 'eth'),
  interval: fc.constantFrom('5m', '15m'),
  regime: fc.constantFrom('calm', 'usual', 'wild', null),
  cap: fc.integer({ min: 1, max: 9_999 }).map(ticks),
  holdSec: fc.constantFrom(0, 0.15),
}) as fc.Arbitrary<FillQuery>

function isOrdered({ low, mid, high }: Likelihood): boolean {
  return low <= mid && mid <= high
}

describe('whatever was learned', () => {
  test('rates are rates, intervals hold what they are of, and the data adds up', () => {
    fc.assert(
      fc.property(someWindows, aQuery, fc.integer({ min: 1, max: 60 }), (windows, query, sec) => {
        const { fill, perFill, perShot, data } = learned(windows).at(query, sec)
        expect([fill, perShot, ...(perFill === null ? [] : [perFill])].every(isOrdered)).toBe(true)
        expect(fill.low).toBeGreaterThanOrEqual(0)
        expect(fill.high).toBeLessThanOrEqual(1)
        expect(Math.abs(perShot.mid)).toBeLessThanOrEqual(fill.mid * 1.2 + 1e-12)
        expect(data.own + data.lent + data.shipped).toBeGreaterThanOrEqual(ENOUGH - 1e-9)
      }),
    )
  })

  test('a higher cap never finds less for sale', () => {
    fc.assert(
      fc.property(
        someWindows,
        aQuery,
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 9_999 }),
        (windows, query, sec, other) => {
          const known = learned(windows)
          const [low, high] = [Math.min(query.cap, other), Math.max(query.cap, other)]
          const at = (cap: number) => known.at({ ...query, cap: ticks(cap) }, sec).fill.mid
          expect(at(high)).toBeGreaterThanOrEqual(at(low) - 1e-12)
        },
      ),
    )
  })

  test('the second is never later than the latest safe one, none that is safe brings more, and of equals it is the last', () => {
    fc.assert(
      fc.property(
        someWindows,
        aQuery,
        fc.double({ min: 0.01, max: 44, noNaN: true }),
        (windows, query, latestSafeSec) => {
          const known = learned(windows)
          const best = known.best({ ...query, latestSafeSec })
          expect(best.leftSec).toBeGreaterThanOrEqual(latestSafeSec)
          for (let sec = Math.ceil(latestSafeSec); sec <= 45; sec += 1) {
            const { mid } = known.at(query, sec).perShot
            expect(mid).toBeLessThanOrEqual(best.perShot.mid + 1e-8)
            if (sec < best.leftSec) expect(mid).toBeLessThan(best.perShot.mid)
          }
        },
      ),
    )
  })

  test('more of the same makes every interval narrower', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: ENOUGH, max: 60 }),
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 2, max: 8 }),
        (count, sold, won, times) => {
          fc.pre(sold <= count && won <= sold)
          const width = ({ low, high }: Likelihood) => high - low
          const once = learned(windowsAt(10, count, sold, won)).at(BTC, 10)
          const again = Array.from({ length: times }, (_, k) =>
            windowsAt(10, count, sold, won).map((one, n) => ({
              ...one,
              conditionId: anAskWindow(1_000 * k + n, []).conditionId,
            })),
          ).flat()
          const more = learned(again).at(BTC, 10)
          expect(more.fill.mid).toBeCloseTo(once.fill.mid, 9)
          expect(width(more.fill)).toBeLessThan(width(once.fill))
          if (once.perFill !== null && more.perFill !== null)
            expect(width(more.perFill)).toBeLessThan(width(once.perFill))
        },
      ),
    )
  })
})
