import { describe, expect, test } from 'vitest'
import { priceE18 } from '../../src/domain/price.ts'
import { micros } from '../../src/domain/units.ts'
import { createBasis } from '../../src/pricing/basis.ts'
import { createPrints, type Prints } from '../../src/pricing/prints.ts'
import type { SettlementRule } from '../../src/pricing/settlement-rule.ts'
import { findStrike, type StrikeEvidence } from '../../src/pricing/strike.ts'

const START = 500_000
const DOLLAR = 10n ** 18n
const TWAP: SettlementRule = { kind: 'twap', lookbackSec: 60, offsetSec: 0 }
const CANDLE: SettlementRule = { kind: 'candle', source: 'binance', intervalSec: 3_600 }

/** A print of a dollar more each second from 100 dollars on, in the minute before the start, except the lost ones. */
function minute(lost: readonly number[] = [], shift = 0n): Prints {
  const prints = createPrints(300)
  for (let step = 0; step <= 60; step += 1) {
    if (lost.includes(step)) continue
    const price = priceE18((100n + BigInt(step)) * DOLLAR + shift)
    prints.add({ sec: START - 60 + step, price, recvAt: micros(1) }, START)
  }
  return prints
}

function evidence(change: Partial<StrikeEvidence> = {}): StrikeEvidence {
  return {
    startSec: START,
    averages: null,
    roundedAverages: null,
    prints: createPrints(300),
    candleOpen: null,
    crossCheck: null,
    range: null,
    exchange: null,
    basis: null,
    sigma: null,
    ...change,
  }
}

function tickAt(sec: number, price: bigint): Prints {
  const averages = createPrints(300)
  averages.add({ sec, price: priceE18(price), recvAt: micros(1) }, START)
  return averages
}

/** The mean of 100, 101, ... 159 dollars. */
const MEAN = (1295n * DOLLAR) / 10n

describe('the strike of an average', () => {
  test("is the source's own word, of exactly the start second", () => {
    const tick = MEAN + 3n
    const all = evidence({
      averages: tickAt(START, tick),
      prints: minute(),
      crossCheck: priceE18(MEAN),
    })
    expect(findStrike(TWAP, all)).toEqual({
      price: tick,
      source: 'tick',
      certainty: 'exact',
      error: 0,
      missing: 0,
      crossCheckGap: -3n,
      conflict: null,
    })
    const beside = evidence({ averages: tickAt(START - 1, tick), prints: minute() })
    expect(findStrike(TWAP, beside)).toMatchObject({ price: MEAN, source: 'prints' })
  })

  test('else the mean of our prints, without the one of the start second', () => {
    expect(findStrike(TWAP, evidence({ prints: minute() }))).toEqual({
      price: MEAN,
      source: 'prints',
      certainty: 'estimated',
      error: 0,
      missing: 0,
      crossCheckGap: null,
      conflict: null,
    })
    const offset = { ...TWAP, offsetSec: 0, lookbackSec: 30 }
    expect(findStrike(offset, evidence({ prints: minute() }))?.price).toBe(MEAN + 15n * DOLLAR)
    const earlier = { ...TWAP, offsetSec: 10, lookbackSec: 30 }
    expect(findStrike(earlier, evidence({ prints: minute() }))?.price).toBe(MEAN + 5n * DOLLAR)
  })

  test('of which three may be missing, at a price, and not four', () => {
    const three = findStrike(TWAP, evidence({ prints: minute([10, 11, 40]), sigma: 0.0001 }))
    expect(three?.price).toBe((MEAN * 60n - 110n * DOLLAR - 111n * DOLLAR - 140n * DOLLAR) / 57n)
    expect(three).toMatchObject({ source: 'prints', certainty: 'estimated', missing: 3 })
    // Bridges over two and over one: 2 + 1/2 squares.
    expect(three?.error).toBeCloseTo((Math.sqrt(2.5) / 60) * 0.0001 * 129.5, 3)
    expect(findStrike(TWAP, evidence({ prints: minute([10, 11, 40, 50]) }))).toBeNull()
  })

  test('else what the site says, which is not compared with itself', () => {
    const crossCheck = priceE18(MEAN + DOLLAR)
    const strike = findStrike(TWAP, evidence({ prints: minute([1, 2, 3, 4]), crossCheck }))
    expect(strike).toMatchObject({
      price: crossCheck,
      source: 'cross_check',
      certainty: 'estimated',
      crossCheckGap: null,
      conflict: null,
    })
    expect(strike?.error).toBeGreaterThan(0)
  })

  test('else an exchange, corrected by what is known of it, and marked', () => {
    const basis = { offset: 2n * DOLLAR, error: 0.5, samples: 60 }
    const known = findStrike(TWAP, evidence({ exchange: minute([], -2n * DOLLAR), basis }))
    expect(known).toMatchObject({ price: MEAN, source: 'exchange', certainty: 'approximate' })
    expect(known?.error).toBe(0.5)
    const unknown = findStrike(TWAP, evidence({ exchange: minute([], -2n * DOLLAR) }))
    expect(unknown?.price).toBe(MEAN - 2n * DOLLAR)
    expect(unknown?.error).toBeCloseTo(127.5 * 0.0005, 6)
    expect(findStrike(TWAP, evidence({ exchange: minute([1, 2, 3, 4]) }))).toBeNull()
  })

  test('is nothing when nothing is known', () => {
    expect(findStrike(TWAP, evidence())).toBeNull()
  })
})

describe('the strike of other rules', () => {
  test('a candle begins with its open, else with what the site or its first second says', () => {
    const open = priceE18(77n * DOLLAR)
    const exchange = minute()
    expect(findStrike(CANDLE, evidence({ candleOpen: open, exchange }))).toMatchObject({
      price: open,
      source: 'candle_open',
      certainty: 'exact',
    })
    expect(findStrike(CANDLE, evidence({ crossCheck: open, exchange }))?.source).toBe('cross_check')
    expect(findStrike(CANDLE, evidence({ exchange }))).toMatchObject({
      price: 160n * DOLLAR,
      source: 'exchange',
      certainty: 'approximate',
    })
    // Prints of a settlement source are none of an exchange.
    expect(findStrike(CANDLE, evidence({ prints: minute() }))).toBeNull()
  })

  test('a spot rule takes the print of the start second and no neighbour', () => {
    expect(findStrike({ kind: 'spot' }, evidence({ prints: minute() }))).toMatchObject({
      price: 160n * DOLLAR,
      source: 'tick',
      certainty: 'exact',
    })
    expect(findStrike({ kind: 'spot' }, evidence({ prints: minute([60]) }))).toBeNull()
  })
})

describe('the basis', () => {
  const add = (basis: ReturnType<typeof createBasis>, sec: number, above: bigint) =>
    basis.add(sec, priceE18(100n * DOLLAR + above), priceE18(100n * DOLLAR))

  test('is the mean of the last minute, exactly, with its spread', () => {
    const basis = createBasis()
    for (let sec = 1; sec <= 9; sec += 1) add(basis, sec, 3n)
    expect(basis.at(9)).toBeNull()
    add(basis, 10, 13n)
    expect(basis.at(10)).toMatchObject({ offset: 4n, samples: 10 })
    add(basis, 10, 10_000n)
    add(basis, 5, 10_000n)
    expect(basis.at(10)?.offset).toBe(4n)
  })

  test('forgets, and is unknown after a silence', () => {
    const basis = createBasis(20)
    for (let sec = 1; sec <= 100; sec += 1) add(basis, sec, sec <= 80 ? 5n * DOLLAR : -DOLLAR)
    expect(basis.at(100)).toEqual({ offset: -DOLLAR, error: 0, samples: 20 })
    expect(basis.at(110)?.samples).toBe(10)
    expect(basis.at(111)).toBeNull()
    for (let sec = 200; sec < 220; sec += 1) add(basis, sec, sec % 2 === 0 ? DOLLAR : 3n * DOLLAR)
    expect(basis.at(219)?.offset).toBe(2n * DOLLAR)
    expect(basis.at(219)?.error).toBeCloseTo(1, 1)
  })
})
