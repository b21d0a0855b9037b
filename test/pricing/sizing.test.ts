import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MICRO, type MicroUsdc, microShares, microUsdc, ticks } from '../../src/domain/units.ts'
import { breakEvenMicro } from '../../src/pricing/fees.ts'
import { kellyShare, type SizingInput, sizeOf } from '../../src/pricing/sizing.ts'

const fee = { rateMicro: 70_000, exponent: 1 }
const sure = (low: number) => ({
  low,
  mid: Math.min(1, low + 0.005),
  high: Math.min(1, low + 0.01),
})
const asks = (...levels: [price: number, shares: number][]): number[] =>
  levels.flatMap(([price, shares]) => [Math.round(price * 10_000), shares * MICRO])

function ask(change: Partial<SizingInput> = {}): SizingInput {
  return {
    rule: { kind: 'fixed' },
    shares: microShares(5 * MICRO),
    bankroll: microUsdc(1_000 * MICRO),
    spendMax: microUsdc(100 * MICRO),
    win: sure(0.99),
    fee,
    asks: asks([0.9, 10], [0.95, 20], [0.98, 50]),
    cap: ticks(9_900),
    minShares: microShares(5 * MICRO),
    lot: microShares(MICRO),
    ...change,
  }
}

describe('a fixed size', () => {
  test('is bought at the worst price that it needs', () => {
    expect(sizeOf(ask())).toMatchObject({ shares: 5 * MICRO, limit: 9_000 })
    expect(sizeOf(ask({ shares: microShares(12 * MICRO) }))).toMatchObject({ limit: 9_500 })
  })

  test('is refused whole where it is not for sale within its worth', () => {
    const refused = 'the fixed size is not for sale at a price it is worth'
    expect(sizeOf(ask({ shares: microShares(31 * MICRO), win: sure(0.96) }))).toMatchObject({
      refused,
    })
    expect(sizeOf(ask({ cap: ticks(9_200), shares: microShares(11 * MICRO) }))).toMatchObject({
      refused,
    })
    expect(sizeOf(ask({ spendMax: microUsdc(4 * MICRO) }))).toMatchObject({ refused })
  })
})

describe("Kelly's stake", () => {
  test('is the share of the edge in what a win gains', () => {
    expect(kellyShare(0.99, 0.9)).toBeCloseTo(0.9, 12)
    expect(kellyShare(0.9, 0.9)).toBe(0)
    expect(kellyShare(0.5, 0.9)).toBe(0)
    expect(kellyShare(1, 1)).toBe(0)
  })

  test('a quarter of it, by the lower end, at the worst price taken', () => {
    const bankroll = microUsdc(100 * MICRO)
    const got = sizeOf(
      ask({
        rule: { kind: 'kelly', part: 0.25 },
        win: sure(0.95),
        bankroll,
        asks: asks([0.9, 1_000]),
      }),
    )
    const cost = breakEvenMicro(fee, ticks(9_000)) / MICRO
    const stake = 100 * 0.25 * ((0.95 - cost) / (1 - cost))
    expect(got).toMatchObject({ shares: Math.floor(stake / cost) * MICRO, limit: 9_000 })
  })

  test('without a chance there is none', () => {
    expect(sizeOf(ask({ rule: { kind: 'kelly', part: 0.5 }, win: null })).refused).toMatch(
      /names no chance/,
    )
  })
})

test('what is too small is refused, never rounded up', () => {
  const rule = { kind: 'fraction', share: 0.004 } as const
  expect(sizeOf(ask({ rule })).refused).toMatch(/below the venue's minimum/)
  const tiny = {
    rule,
    minShares: microShares(MICRO),
    asks: asks([0.04, 100]),
    win: sure(0.9),
    bankroll: microUsdc(20 * MICRO),
  }
  expect(sizeOf(ask(tiny)).refused).toMatch(/less than a dollar/)
  expect(sizeOf(ask({ asks: [] })).refused).toMatch(/nothing is for sale/)
})

test('no size costs more than was set aside, takes a share that is not worth its price, or leaves the grid', () => {
  const level = fc.record({
    price: fc.integer({ min: 1, max: 99 }),
    size: fc.integer({ min: 1, max: 10_000_000 }),
  })
  fc.assert(
    fc.property(
      fc.array(level, { maxLength: 8 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 0, max: 1_000 * MICRO }),
      fc.integer({ min: 0, max: 200 * MICRO }),
      fc.constantFrom(
        { kind: 'fraction', share: 0.01 },
        { kind: 'kelly', part: 0.25 },
        { kind: 'kelly', part: 0.5 },
        { kind: 'fixed' },
      ) as fc.Arbitrary<SizingInput['rule']>,
      (levels, low, bankroll, spendMax, rule) => {
        const sorted = [...levels].sort((a, b) => a.price - b.price)
        const input = ask({
          rule,
          win: { low, mid: low, high: low },
          bankroll: bankroll as MicroUsdc,
          spendMax: spendMax as MicroUsdc,
          asks: sorted.flatMap(({ price, size }) => [price * 100, size]),
        })
        const got = sizeOf(input)
        if (got.refused !== null) return
        const each = breakEvenMicro(fee, got.limit)
        expect(low).toBeGreaterThan(each / MICRO)
        expect((got.shares * each) / MICRO).toBeLessThanOrEqual(spendMax + 1)
        expect(got.shares % MICRO).toBe(0)
        expect(got.shares).toBeGreaterThanOrEqual(input.minShares)
        const there = sorted
          .filter(({ price }) => price * 100 <= got.limit)
          .reduce((sum, { size }) => sum + size, 0)
        expect(got.shares).toBeLessThanOrEqual(there)
        if (rule.kind === 'kelly')
          expect((got.shares * each) / MICRO).toBeLessThanOrEqual(bankroll * rule.part + 1)
      },
    ),
    { numRuns: 2_000 },
  )
})
