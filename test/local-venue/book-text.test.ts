import { describe, expect, it } from 'vitest'
import { bookHash, canonicalText, priceText, sizeText } from '../../src/local-venue/book-text.ts'

const BOOK = {
  market: '0x00000000000000000000000000000000000000000000000000000000000000ab',
  token: '123',
  timestamp: '1780000000000',
  bids: '[{"price":"0.01","size":"100"},{"price":"0.5","size":"20.5"}]',
  asks: '[{"price":"0.99","size":"7"},{"price":"0.52","size":"10"}]',
  tickSize: '0.01',
  lastTradePrice: '0.510',
}

describe('the hash of a book', () => {
  it('is the SHA-1 of the canonical text', () => {
    expect(bookHash(BOOK)).toBe('e6e79e5f26966f92ba1cb6799959debd16c70eb2')
    expect(bookHash({ ...BOOK, lastTradePrice: '' })).toBe(
      '7e4538c0e343a5ffb90272e8289074260514699b',
    )
  })

  it('stands in the REST answer in its place', () => {
    expect(JSON.parse(canonicalText(BOOK, 'abc'))).toMatchObject({
      hash: 'abc',
      min_order_size: '5',
      neg_risk: false,
    })
  })
})

describe('prices and sizes', () => {
  it('have no trailing zeros', () => {
    expect([5_000, 1_000, 8_600, 9_990, 100, 0, 10_000].map(priceText)).toEqual([
      '0.5',
      '0.1',
      '0.86',
      '0.999',
      '0.01',
      '0',
      '1',
    ])
    expect([0, 20_500_000, 7_000_000, 12_820_500].map(sizeText)).toEqual([
      '0',
      '20.5',
      '7',
      '12.8205',
    ])
  })
})
