import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isPositiveDecimal, scaledDecimal } from '../../src/domain/decimal-text.ts'

describe('scaled whole numbers', () => {
  test.each([
    ['91204550000000000000000', '91204.55'],
    ['1', '0.000000000000000001'],
    ['1000000000000000000', '1'],
    ['0', '0'],
    ['007', '0.000000000000000007'],
  ])('%s is %s', (whole, text) => {
    expect(scaledDecimal(whole, 18)).toBe(text)
  })

  test.each(['', '-1', '1.5', '1e18', ' 1'])('%j is none', (text) => {
    expect(scaledDecimal(text, 18)).toBeNull()
  })

  test('no digit is lost', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n }), (whole) => {
        const [front = '', tail = ''] = (scaledDecimal(String(whole), 18) ?? '').split('.')
        expect(BigInt(front + tail.padEnd(18, '0'))).toBe(whole)
      }),
    )
  })
})

test.each([
  ['91230.07', true],
  ['0.0001', true],
  ['0', false],
  ['0.000', false],
  ['-1', false],
  ['1e5', false],
  ['NaN', false],
  ['', false],
  ['.5', false],
])('%s as a price: %s', (text, is) => {
  expect(isPositiveDecimal(text)).toBe(is)
})
