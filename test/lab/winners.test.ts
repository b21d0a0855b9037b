/** The laboratory: the same seed gives the same bytes, the settlement rule names the winner best, and it refuses where it cannot know. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { EngineEvent } from '../../src/domain/events.ts'
import { createAssetWorld } from '../../src/lab/asset-world.ts'
import { FAULTS, NO_FAULT } from '../../src/lab/faults.ts'
import { pairedDifference, sumOf } from '../../src/lab/intervals.ts'
import { playAsset } from '../../src/lab/play.ts'
import { groupsOf, profitRow } from '../../src/lab/profit.ts'
import { NO_GATES } from '../../src/lab/settings.ts'
import { studyWinners, type WinnersStudy } from '../../src/lab/winners-study.ts'

const SMALL = { seed: 1, windows: 8, crowd: 'knows', fireSecs: [20] } as const

function faultNamed(name: string) {
  const fault = FAULTS.find((one) => one.name === name)
  if (fault === undefined) throw new Error(`no fault ${name}`)
  return fault
}

function shots(name: string, windows = 24) {
  const shooters = [{ rule: 'settlement', fireSec: 20 }] as const
  const fault = faultNamed(name)
  const options = {
    seed: 1,
    asset: 'btc',
    windows,
    fault,
    crowd: 'knows',
    gates: NO_GATES,
    ask: null,
  } as const
  return playAsset({ ...options, shooters }).shots[0]?.settlements ?? []
}

describe('the world', () => {
  test('tells its events in the order of receipt, and the same ones each time', () => {
    const told = (): EngineEvent[] => [
      ...createAssetWorld({
        seed: 3,
        asset: 'eth',
        windows: 2,
        fault: NO_FAULT,
        crowd: 'knows',
      }).events(),
    ]
    const events = told()
    expect(events.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['market_listed', 'price_tick', 'book_delta', 'market_resolved']),
    )
    const times = events.map(({ recvAt }) => recvAt)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(JSON.stringify(told())).toBe(JSON.stringify(events))
  })

  test('a print is received 1.3 to 2.2 s after its second', () => {
    const options = {
      seed: 3,
      asset: 'sol',
      windows: 1,
      fault: NO_FAULT,
      crowd: 'knows',
      gates: NO_GATES,
    } as const
    let prints = 0
    for (const event of createAssetWorld(options).events()) {
      if (event.kind !== 'price_tick' || event.feed !== 'rtds') continue
      prints += 1
      // Our own clock is 37 ms behind.
      const late = event.recvAt + 37_000 - (event.venueAt ?? 0)
      expect(late).toBeGreaterThanOrEqual(1_300_000)
      expect(late).toBeLessThanOrEqual(2_200_000)
    }
    expect(prints).toBeGreaterThan(1_000)
  })

  test('a fault changes what is heard, never who wins', () => {
    const winners = (name: string) =>
      shots(name, 8).map(({ market, winner }) => [market.slug, winner])
    expect(winners('gaps')).toEqual(winners('none'))
    expect(winners('clock unsure')).toEqual(winners('none'))
  })
})

describe('the study of winners', () => {
  let study: WinnersStudy
  beforeAll(() => {
    study = studyWinners({ seed: 1, windows: 200, crowd: 'last-price', fireSecs: [] })
  }, 300_000)

  test('the settlement rule is ahead of the latest price at every second, beyond doubt', () => {
    expect(study.accuracy.map(({ secondsLeft }) => secondsLeft)).toEqual(
      Array.from({ length: 29 }, (_, at) => 30 - at),
    )
    for (const { windows, secondsLeft, ahead, rules } of study.accuracy) {
      expect(windows).toBe(200)
      expect(rules.settlement.unnamed, `T-${secondsLeft}`).toBe(0)
      expect(ahead.spot?.low, `T-${secondsLeft}`).toBeGreaterThan(0)
    }
  })

  test('and of the book of a crowd that goes by the last price, the more so the nearer the end', () => {
    for (const { secondsLeft, ahead } of study.accuracy) {
      expect(ahead.book?.value, `T-${secondsLeft}`).toBeGreaterThanOrEqual(0)
      if (secondsLeft <= 15) expect(ahead.book?.low, `T-${secondsLeft}`).toBeGreaterThan(0)
    }
  })

  test('a crowd that knows every print is as right as can be, and the settlement rule with it', () => {
    const { accuracy } = studyWinners({ seed: 1, windows: 80, crowd: 'knows', fireSecs: [] })
    for (const { secondsLeft, ahead, rules } of accuracy) {
      expect(Math.abs(ahead.book?.value ?? 1), `T-${secondsLeft}`).toBeLessThan(0.026)
      if (secondsLeft <= 3) expect(rules.settlement.rate).toBeGreaterThan(0.99)
    }
  }, 300_000)
})

describe('a study', () => {
  test('the same seed gives the same bytes, another seed others', () => {
    const text = (seed: number): string => JSON.stringify(studyWinners({ ...SMALL, seed }))
    const first = text(1)
    expect(text(1)).toBe(first)
    expect(text(2)).not.toBe(first)
  }, 60_000)

  test('shots come within the second they are for, and prices are of no matter to the rule of the book', () => {
    const shooters = [{ rule: 'book', fireSec: 10 }] as const
    const options = {
      seed: 1,
      asset: 'btc',
      windows: 12,
      crowd: 'knows',
      gates: NO_GATES,
      ask: null,
    } as const
    const run = (fault: (typeof FAULTS)[number]) =>
      playAsset({ ...options, fault, shooters }).shots[0]?.settlements ?? []
    const usual = run(NO_FAULT as (typeof FAULTS)[number])
    const orders = usual.flatMap(({ order, market }) => (order ? [{ order, market }] : []))
    expect(orders.length).toBeGreaterThan(2)
    for (const { order, market } of orders) {
      const left = market.endAt - (order.decidedAt + 37_000)
      expect(left).toBeLessThanOrEqual(10_000_000)
      expect(left).toBeGreaterThan(9_000_000)
    }
    const silent = run(faultNamed('all silent'))
    expect(silent.map(({ pnl }) => pnl)).toEqual(usual.map(({ pnl }) => pnl))
  }, 60_000)
})

describe('the rule of the latest price', () => {
  test('shoots at the side of the strike on which the price stands, whatever the book says', () => {
    const options = {
      seed: 1,
      asset: 'btc',
      windows: 24,
      fault: NO_FAULT,
      crowd: 'knows',
      gates: NO_GATES,
    } as const
    const shooters = [{ rule: 'spot', fireSec: 20 }] as const
    const { asked, shots: played } = playAsset({
      ...options,
      ask: { fromSec: 20, toSec: 20 },
      shooters,
    })
    let atOnce = 0
    for (const { market, order } of played[0]?.settlements ?? []) {
      if (order === null || order.decidedAt + 37_000 !== market.endAt - 20_000_000) continue
      atOnce += 1
      const opinions = asked.find((one) => one.market.slug === market.slug)?.opinions.get(20)
      expect(order.side).toBe(opinions?.spot)
    }
    expect(atOnce).toBeGreaterThan(3)
  }, 60_000)
})

describe('what is heard is wrong', () => {
  test('without prices and with an unsure clock nothing is shot', () => {
    expect(shots('none').some(({ order }) => order !== null)).toBe(true)
    expect(shots('clock unsure').filter(({ order }) => order !== null)).toEqual([])
    expect(new Set(shots('clock unsure').map(({ reason }) => reason.split(':')[0]))).toEqual(
      new Set(['CLOCK']),
    )
  }, 60_000)

  test('old prints that are told again change nothing', () => {
    const told = (name: string) => shots(name).map(({ side, pnl }) => [side, pnl])
    expect(told('old prints')).toEqual(told('none'))
  }, 60_000)
})

describe('intervals', () => {
  test('a sum of equal values is sure, one value alone is not', () => {
    expect(sumOf([2, 2, 2])).toEqual({ value: 6, low: 6, high: 6 })
    expect(sumOf([1]).high).toBe(Number.POSITIVE_INFINITY)
    const { low, high } = sumOf([1, -1, 1, -1])
    expect(low).toBeCloseTo(-high)
    expect(high).toBeGreaterThan(4)
  })

  test('a paired difference counts the windows in which only one is right', () => {
    expect(pairedDifference(0, 0, 0)).toBeNull()
    const equal = pairedDifference(0, 0, 1_000)
    expect(equal?.value).toBe(0)
    expect(equal?.high).toBeGreaterThan(0)
    expect(equal?.high).toBeLessThan(0.005)
    expect(pairedDifference(30, 5, 1_000)?.low).toBeGreaterThan(0)
    expect(pairedDifference(8, 5, 1_000)?.low).toBeLessThan(0)
  })

  test('windows of one asset that end together are one group, and few fills say nothing', () => {
    const settlements = shots('none', 8)
    expect(groupsOf(settlements).size).toBe(6)
    expect(profitRow('settlement', 20, settlements).isTooFew).toBe(true)
  })
})
