import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  formatDecimal,
  mulDiv,
  parseDecimal,
  parsePrice,
  parseShares,
  type Rounding,
} from '../../src/domain/units.ts'

function exact(a: number, b: number, divisor: number, rounding: Rounding): number {
  const product = BigInt(a) * BigInt(b)
  const by = BigInt(divisor)
  let floor = product / by
  if (product % by < 0n) floor -= 1n
  const rest = product - floor * by
  const up = rounding === 'ceil' ? rest > 0n : rounding === 'half_up' ? rest * 2n >= by : false
  return Number(up ? floor + 1n : floor)
}

describe('mulDiv', () => {
  const small = fc.integer({ min: -1_000_000, max: 1_000_000 })
  const large = fc.integer({ min: -4_000_000_000_000, max: 4_000_000_000_000 })
  const rounding = fc.constantFrom<Rounding>('floor', 'ceil', 'half_up')

  test('is the exact quotient in every rounding, small and large', () => {
    fc.assert(
      fc.property(small, small, fc.integer({ min: 1, max: 10_000 }), rounding, (a, b, by, how) => {
        expect(mulDiv(a, b, by, how) === exact(a, b, by, how)).toBe(true)
      }),
    )
    fc.assert(
      fc.property(
        large,
        fc.integer({ min: 0, max: 10_000 }),
        fc.integer({ min: 1_000, max: 1_000_000 }),
        rounding,
        (a, b, by, how) => {
          expect(mulDiv(a, b, by, how) === exact(a, b, by, how)).toBe(true)
        },
      ),
    )
  })

  test('refuses a result that no safe integer holds', () => {
    expect(() => mulDiv(Number.MAX_SAFE_INTEGER, 1_000, 1, 'floor')).toThrow(/safe integers/)
  })
})

describe('decimals', () => {
  test('format and parse are inverse', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 9_000_000_000_000 }),
        fc.constantFrom(2, 4, 6),
        (value, places) => {
          expect(parseDecimal(formatDecimal(value, places), places)).toBe(value)
        },
      ),
    )
  })

  test('no float: 2.01 is 2010000 millionths, which a multiplication misses', () => {
    expect(parseShares('2.01')).toBe(2_010_000)
    expect(Math.trunc(2.01 * 1e6)).not.toBe(2_010_000)
  })

  test.each(['', '.', '1.2.3', '-1', '+1', '1e5', ' 1', '0x10', '1.0000001', '99999999999999999'])(
    'refuses "%s"',
    (text) => {
      expect(parseDecimal(text, 6)).toBeNull()
    },
  )

  test('takes what the venue writes: no leading zero, trailing zeros, a lone integer', () => {
    expect(parsePrice('.48')).toBe(4_800)
    expect(parsePrice('0.50')).toBe(5_000)
    expect(parsePrice('1')).toBe(10_000)
    expect(parsePrice('1.0001')).toBeNull()
    expect(parsePrice('0.50001')).toBeNull()
    expect(parsePrice('0.500000')).toBe(5_000)
  })
})
