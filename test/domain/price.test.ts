import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  dollarsForProbability,
  formatE18,
  parsePriceE18,
  priceE18,
} from '../../src/domain/price.ts'

describe('prices of eighteen decimals', () => {
  test('reads every digit', () => {
    expect(parsePriceE18('91551.203318840275166004')).toBe(91551203318840275166004n)
    expect(parsePriceE18('2')).toBe(2_000_000_000_000_000_000n)
    expect(parsePriceE18('0.000000000000000001')).toBe(1n)
    expect(parsePriceE18('91230.07000000')).toBe(91230070000000000000000n)
    expect(parsePriceE18('1.0000000000000000010000')).toBe(1_000_000_000_000_000_001n)
  })

  test('refuses what is no price, and what it would have to round', () => {
    for (const text of ['', '0', '0.0', '-1', '1e5', '.5', '1.', ' 1', '1.0000000000000000001']) {
      expect(parsePriceE18(text)).toBeNull()
    }
  })

  test('says the same number again, also below zero', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 30n }), (value) => {
        expect(parsePriceE18(formatE18(value))).toBe(value)
        expect(formatE18(-value)).toBe(`-${formatE18(value)}`)
      }),
    )
    expect(formatE18(1_500_000_000_000_000_000n)).toBe('1.5')
    expect(formatE18(0n)).toBe('0')
  })

  test('is a float only for probabilities', () => {
    expect(dollarsForProbability(91204550000000000000000n)).toBe(91204.55)
    expect(dollarsForProbability(-1_500_000_000_000_000_000n)).toBe(-1.5)
    expect(() => priceE18(0n)).toThrow('above zero')
  })
})
