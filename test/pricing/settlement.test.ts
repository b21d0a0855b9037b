import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dollarsForProbability, priceE18 } from '../../src/domain/price.ts'
import { micros } from '../../src/domain/units.ts'
import { createPrints, type Prints } from '../../src/pricing/prints.ts'
import { type Projection, type ProjectionInput, project } from '../../src/pricing/settlement.ts'
import type { SettlementRule } from '../../src/pricing/settlement-rule.ts'
import type { Strike } from '../../src/pricing/strike.ts'
import { createRandom } from '../../src/sim/random.ts'

const END = 1_000_000
const DOLLAR = 10n ** 18n
const TWAP: SettlementRule = { kind: 'twap', lookbackSec: 60, offsetSec: 0 }
const CANDLE: SettlementRule = { kind: 'candle', source: 'binance', intervalSec: 3_600 }

function strikeAt(price: bigint, error = 0): Strike {
  const rest = {
    source: 'tick',
    certainty: 'exact',
    missing: 0,
    crossCheckGap: null,
    conflict: null,
  } as const
  return { price: priceE18(price), error, ...rest }
}

function printsOf(list: Iterable<readonly [number, bigint]>): Prints {
  const prints = createPrints(300)
  for (const [sec, price] of list) {
    prints.add({ sec, price: priceE18(price), recvAt: micros(sec * 1_000_000) }, END + 100)
  }
  return prints
}

function input(change: Partial<ProjectionInput> = {}): ProjectionInput {
  return {
    rule: TWAP,
    strike: strikeAt(100n * DOLLAR),
    endSec: END,
    now: micros((END - 10) * 1_000_000),
    prints: createPrints(),
    finalTick: null,
    current: null,
    volatility: { sigma: 0.0001, error: 0 },
    alignmentSec: 0,
    jumps: null,
    ...change,
  }
}

function projected(change: Partial<ProjectionInput>): Projection {
  const { projection, reason } = project(input(change))
  if (projection === null) throw new Error(reason)
  return projection
}

/** Prints at a price for each second from the first on. */
function steady(fromSec: number, toSec: number, price: bigint): (readonly [number, bigint])[] {
  return Array.from({ length: toSec - fromSec }, (_, index) => [fromSec + index, price] as const)
}

const anyWindow = fc.record({
  lookbackSec: fc.integer({ min: 1, max: 60 }),
  offsetSec: fc.integer({ min: 0, max: 5 }),
  leftSec: fc.integer({ min: -3, max: 70 }),
  strike: fc.bigInt({ min: 1n, max: 10n ** 23n }),
  steps: fc.array(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), {
    minLength: 70,
    maxLength: 140,
  }),
})

describe('what is exact', () => {
  test('winner, final value and the price that turns it, against sums made slowly', () => {
    fc.assert(
      fc.property(anyWindow, ({ lookbackSec, offsetSec, leftSec, strike, steps }) => {
        const newestSec = END - leftSec
        let price = strike + 1n
        const list = steps.map((step, index) => {
          price = price + step > 0n ? price + step : 1n
          return [newestSec - steps.length + 1 + index, price] as const
        })
        const { winner, final, flipPrice, distance, remaining } = projected({
          rule: { kind: 'twap', lookbackSec, offsetSec },
          strike: strikeAt(strike),
          prints: printsOf(list),
        })
        const bySec = new Map(list)
        const upIf = (rest: bigint): boolean => {
          let sum = 0n
          const toSec = END - offsetSec
          for (let sec = toSec - lookbackSec; sec < toSec; sec += 1) sum += bySec.get(sec) ?? rest
          // As the venue says averages: cut after the eighteenth decimal.
          return sum / BigInt(lookbackSec) >= strike
        }
        expect(winner === 'UP').toBe(upIf(price))
        expect(winner === 'UP').toBe(final >= strike)
        expect(distance).toBe(final - strike)
        if (flipPrice === null) {
          // Neither nothing nor a fortune changes it.
          if (remaining > 0) expect([upIf(1n), winner]).toEqual([true, 'UP'])
          return
        }
        expect(upIf(flipPrice)).toBe(winner === 'DOWN')
        const oneLess = winner === 'DOWN' ? flipPrice - 1n : flipPrice + 1n
        expect(upIf(oneLess)).toBe(winner === 'UP')
      }),
      { numRuns: 2_000 },
    )
  })

  test('a tie is Up, one unit less is Down', () => {
    const known = steady(END - 60, END, 100n * DOLLAR)
    const tied = projected({ prints: printsOf(known) })
    expect(tied).toMatchObject({ winner: 'UP', distance: 0n, remaining: 0, fixedShare: 1 })
    expect(tied).toMatchObject({ flipPrice: null, flip: { low: 0, mid: 0, high: 0 } })
    const less = projected({ prints: printsOf([...known, [END - 7, 100n * DOLLAR - 1n]]) })
    expect(less).toMatchObject({ winner: 'DOWN', distance: -1n, confidence: 1 })
  })

  test('a price that makes a tie turns Down to Up and leaves Up at Up', () => {
    const prints = printsOf(steady(END - 60, END - 1, 100n * DOLLAR - 2n))
    const down = projected({ prints })
    expect(down).toMatchObject({ winner: 'DOWN', remaining: 1 })
    expect(down.flipPrice).toBe(100n * DOLLAR + 118n)
    const up = projected({ prints, current: current(100n * DOLLAR + 118n, END - 1) })
    expect(up).toMatchObject({ winner: 'UP', distance: 0n })
    expect(up.flipPrice).toBe(100n * DOLLAR + 117n)
  })

  test('cannot turn when even nothing for the rest leaves Up above the strike', () => {
    const { flipPrice } = projected({ prints: printsOf(steady(END - 60, END - 2, 120n * DOLLAR)) })
    expect(flipPrice).toBeNull()
  })

  test('counts what is fixed, filled, to come, and over but untold', () => {
    const list = steady(END - 70, END - 12, 101n * DOLLAR).filter(([sec]) => sec !== END - 30)
    expect(projected({ prints: printsOf(list) })).toMatchObject({
      winner: 'UP',
      final: 101n * DOLLAR,
      count: 60,
      known: 47,
      filled: 1,
      remaining: 12,
      untold: 3,
      fixedShare: 0.8,
      basedOn: 'prints',
    })
  })

  test("the source's own last word ends all doubt", () => {
    const settled = projected({
      finalTick: priceE18(100n * DOLLAR - 1n),
      prints: printsOf(steady(END - 70, END - 12, 101n * DOLLAR)),
      alignmentSec: 3,
    })
    expect(settled).toMatchObject({ winner: 'DOWN', basedOn: 'final', confidence: 1 })
    expect(settled.flipPrice).toBeNull()
  })
})

function current(price: bigint, atSec: number, error = 0) {
  const at = micros(Math.round(atSec * 1_000_000))
  return { price: priceE18(price), at, source: 'exchange', error } as const
}

describe('what is not known', () => {
  test('is said: no price, no volatility', () => {
    expect(project(input()).reason).toContain('no price')
    const prints = printsOf(steady(END - 60, END - 5, DOLLAR))
    expect(project(input({ prints, volatility: null })).reason).toContain('volatility')
    const whole = printsOf(steady(END - 60, END, DOLLAR))
    expect(project(input({ prints: whole, volatility: null })).reason).toBeNull()
  })

  test('costs confidence: age, gaps, basis, an uncertain strike, an average that lies beside ours', () => {
    const price = 100n * DOLLAR + DOLLAR / 100n
    const list = steady(END - 80, END - 10, price)
    const base = projected({ prints: printsOf(list) }).flip.mid
    expect(base).toBeGreaterThan(0)
    const worse: Partial<ProjectionInput>[] = [
      { prints: printsOf(steady(END - 80, END - 14, price)) },
      { prints: printsOf(list.filter(([sec]) => sec < END - 40 || sec > END - 30)) },
      { prints: printsOf(list), strike: strikeAt(100n * DOLLAR, 0.01) },
      { prints: printsOf(list), alignmentSec: 3 },
      { prints: createPrints(), current: current(price, END - 10) },
    ]
    for (const change of worse) expect(projected(change).flip.mid).toBeGreaterThan(base)
    const calm = projected({ prints: printsOf(list), current: current(price, END - 9.5) })
    expect(calm).toMatchObject({ basedOn: 'exchange' })
    expect(calm.flip.mid).toBeLessThan(base)
    // A poor basis is worse than a print of ten seconds ago, and then the print is taken.
    const poor = projected({ prints: printsOf(list), current: current(price, END - 9.5, 5) })
    expect(poor).toMatchObject({ basedOn: 'prints', flip: { mid: base } })
  })

  test("the volatility's own doubt opens the interval, and no doubt closes it", () => {
    const prints = printsOf(steady(END - 60, END - 10, 100n * DOLLAR + DOLLAR / 100n))
    const sure = projected({ prints }).flip
    expect(sure.low).toBe(sure.high)
    const { low, mid, high } = projected({ prints, volatility: { sigma: 0.0001, error: 0.1 } }).flip
    expect(mid).toBe(sure.mid)
    expect(low).toBeLessThan(mid)
    expect(high).toBeGreaterThan(mid)
    // So much doubt that nothing might move at all.
    const lost = projected({ prints, volatility: { sigma: 0.0001, error: 1 } }).flip
    expect(lost.low).toBe(0)
    expect(lost.high).toBeLessThan(0.5)
  })
})

describe('a candle', () => {
  const price = 100n * DOLLAR + DOLLAR / 100n

  test('ends with the last trade before the end, once a later one was seen', () => {
    const list: [number, bigint][] = [
      [END - 3, 99n * DOLLAR],
      [END - 2, price],
    ]
    const open = projected({ rule: CANDLE, prints: printsOf(list) })
    expect(open).toMatchObject({ winner: 'UP', fixedShare: 0, remaining: 1, basedOn: 'prints' })
    expect(open.flipPrice).toBe(100n * DOLLAR - 1n)
    expect(open.flip.mid).toBeGreaterThan(0)
    const over = printsOf([...list, [END, 50n * DOLLAR]])
    const closed = projected({ rule: CANDLE, prints: over })
    expect(closed).toMatchObject({ winner: 'UP', final: price, fixedShare: 1, basedOn: 'final' })
    // A price of after the end from elsewhere says nothing about what this exchange traded last.
    const elsewhere = current(50n * DOLLAR, END)
    expect(projected({ rule: CANDLE, prints: printsOf(list), current: elsewhere })).toEqual(open)
  })

  test('walks from the newest price of all', () => {
    const prints = printsOf([[END - 5, 99n * DOLLAR]])
    const newer = projected({ rule: CANDLE, prints, current: current(price, END - 4) })
    expect(newer).toMatchObject({ winner: 'UP', basedOn: 'exchange' })
    expect(newer.deviation).toBeCloseTo(0.0001 * 100 * Math.sqrt(4), 12)
    const older = projected({ rule: CANDLE, prints, current: current(price, END - 6) })
    expect(older).toMatchObject({ winner: 'DOWN', basedOn: 'prints' })
  })
})

describe('the chance of a flip, against walks of seeded randomness', () => {
  const SIGMA = 0.00005
  const WALKS = 1_200

  /** How often the projected winner of a state loses when the walk goes on from what was known. */
  test.each([
    { left: 10, delay: 2, ahead: 0.0003, gap: 0, exchange: false },
    { left: 30, delay: 2, ahead: 0.0015, gap: 0, exchange: false },
    { left: 75, delay: 1, ahead: 0.006, gap: 0, exchange: false },
    { left: 12, delay: 4, ahead: -0.0008, gap: 0, exchange: true },
    { left: 25, delay: 3, ahead: 0.001, gap: 6, exchange: false },
    { left: 0, delay: 1, ahead: -0.0001, gap: 9, exchange: false },
  ])(
    '$left s left, told $delay s late, $ahead $ ahead, $gap missing, exchange $exchange',
    (state) => {
      const random = createRandom('flips', JSON.stringify(state))
      const basisError = 0.002
      let flips = 0
      let expected = 0
      for (let walk = 0; walk < WALKS; walk += 1) {
        const from = END - 140
        let price = 100 + random.normal() * 0.002
        const path: number[] = []
        for (let sec = from; sec < END; sec += 1) {
          path.push(price)
          price *= 1 + SIGMA * random.normal()
        }
        const e18 = (dollars: number) => BigInt(Math.round(dollars * 1e9)) * 1_000_000_000n
        const newest = END - state.left - state.delay
        const list: [number, bigint][] = []
        for (let sec = from; sec <= newest; sec += 1) {
          const isMissing = sec > newest - 20 - state.gap && sec <= newest - 20
          if (!isMissing) list.push([sec, e18(path[sec - from] as number)])
        }
        const final = path.slice(-60).reduce((sum, one) => sum + one, 0) / 60
        const nowSec = END - state.left
        const head = (path[nowSec - from] ?? price) + basisError * random.normal()
        const nearby = { prints: printsOf(list), volatility: { sigma: SIGMA, error: 0 } }
        const seen = state.exchange ? current(e18(head), nowSec, basisError) : null
        const before = projected({ ...nearby, current: seen })
        // A strike beside what is expected, so that the winner is in doubt.
        const strike = dollarsForProbability(before.final) - state.ahead
        const strikeE18 = e18(strike)
        const said = projected({ ...nearby, current: seen, strike: strikeAt(strikeE18) })
        expected += said.flip.mid
        const isUp = final >= strike
        if (isUp !== (said.winner === 'UP')) flips += 1
      }
      const rate = expected / WALKS
      expect(rate).toBeGreaterThan(0.02)
      expect(rate).toBeLessThan(0.48)
      const noise = Math.sqrt((rate * (1 - rate)) / WALKS)
      expect(Math.abs(flips / WALKS - rate)).toBeLessThan(4 * noise)
    },
  )
})
