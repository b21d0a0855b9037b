/** What is learned of one window: the named side's price for the size, and what it paid. */
import { describe, expect, test } from 'vitest'
import { microShares } from '../../src/domain/units.ts'
import { askWindow } from '../../src/pricing/ask-window.ts'
import { anOffer, aPast, aSecond, FIVE } from '../support/asks.ts'

const RULE = { shares: FIVE, sideBy: 'rule' } as const
const BOOK = { shares: FIVE, sideBy: 'book' } as const

describe('one second of a window', () => {
  test('the price for the size on the side that the rule names, and what it paid', () => {
    const seconds = [
      aSecond(20, { up: anOffer(9_000, 1_000_000, 9_300), mid: 0.987654 }),
      aSecond(10, { winner: 'DOWN' }),
      aSecond(5, { up: null }),
      aSecond(4, { up: anOffer(9_000, 1_000_000, null) }),
    ]
    expect(askWindow(aPast(1, seconds), RULE)).toMatchObject({
      asset: 'btc',
      interval: '15m',
      sigma: 0.0001,
      asks: [
        [20, 9_300, 1_000_000, 0.9877],
        [10, 1_100, 0, 0.95],
        [5, null, 1_000_000, 0.95],
        [4, null, 1_000_000, 0.95],
      ],
    })
  })

  test('by the book it is the side with the larger best ask, also where its sellers are gone', () => {
    const seconds = [
      aSecond(20, { winner: 'DOWN' }),
      aSecond(10, { winner: null, up: null }),
      aSecond(9, { up: anOffer(9_000), down: null }),
      aSecond(8, { up: null, down: null }),
      aSecond(7, { up: anOffer(5_000), down: anOffer(5_000) }),
    ]
    expect(askWindow(aPast(1, seconds, 'DOWN'), BOOK)?.asks).toEqual([
      [20, 9_000, 0, null],
      [10, null, 0, null],
      [9, null, 1_000_000, null],
    ])
  })

  test('where no side was named, and at other than whole seconds of the last minute, there is nothing to learn', () => {
    const seconds = [61, 60, 1.5, 1, 0].map((left) => aSecond(left))
    const asks = askWindow(aPast(1, [...seconds, aSecond(30, { winner: null })]), RULE)?.asks
    expect(asks?.map(([left]) => left)).toEqual([60, 1])
  })

  test('a smaller size takes the best price where there is as much, a larger one cannot know', () => {
    const past = aPast(1, [
      aSecond(10, { up: anOffer(9_000, 2_000_000, 9_300) }),
      aSecond(9, { up: anOffer(9_000, 1_000_000, 9_300) }),
    ])
    const of = (shares: number) =>
      askWindow(past, { ...RULE, shares: microShares(shares) })?.asks.map(([, price]) => price)
    expect(of(2_000_000)).toEqual([9_000, 9_300])
    expect(of(5_000_000)).toEqual([9_300, 9_300])
    expect(of(6_000_000)).toBeUndefined()
  })

  test('a split pays half, and of a void window nothing is learned', () => {
    expect(askWindow(aPast(1, [aSecond(10)], 'SPLIT'), RULE)?.asks[0]?.[2]).toBe(500_000)
    expect(askWindow(aPast(1, [aSecond(10)], 'VOID'), RULE)).toBeNull()
  })

  test('the volatility is what was known when the second was due to be chosen', () => {
    const seconds = [
      aSecond(90, { sigma: 1 }),
      aSecond(60, { sigma: null }),
      aSecond(59, { sigma: 2 }),
      aSecond(10, { sigma: 3 }),
    ]
    expect(askWindow(aPast(1, seconds), RULE)?.sigma).toBe(2)
  })
})
