/** What is known of levels is kept by token, and goes with it. */
import { expect, test } from 'vitest'
import { createLevelSums } from '../../src/sim/paper/level-sums.ts'
import { aMarket } from '../support/builders.ts'

const { up, down } = aMarket()

test('a level, a token and all that nobody hears of any more', () => {
  const sums = createLevelSums()
  sums.set(up, 'ASK', 5_000, 3)
  sums.set(up, 'ASK', 5_100, 4)
  sums.set(down, 'BID', 5_000, 3)
  expect([
    sums.of(up, 'ASK', 5_000),
    sums.of(up, 'BID', 5_000),
    sums.of(down, 'BID', 5_000),
  ]).toEqual([3, 0, 3])
  sums.drop(up, 'ASK', 5_000)
  expect([sums.of(up, 'ASK', 5_000), sums.of(up, 'ASK', 5_100)]).toEqual([0, 4])
  sums.prune((token) => token === down)
  expect([sums.of(up, 'ASK', 5_100), sums.of(down, 'BID', 5_000)]).toEqual([0, 3])
  expect(sums.isEmpty()).toBe(false)
  sums.dropAll(down)
  expect(sums.isEmpty()).toBe(true)
})
