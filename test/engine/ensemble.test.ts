import { expect, test } from 'vitest'
import type { BoundStrategy, Verdict, View } from '../../src/domain/strategy.ts'
import { microShares, ticks } from '../../src/domain/units.ts'
import { combine } from '../../src/engine/ensemble.ts'

const intent = {
  side: 'UP',
  limit: ticks(9_000),
  shares: microShares(5_000_000),
  why: 'a test',
} as const

function named(
  name: string,
  verdict: Partial<Verdict>,
  span = { fromSec: 60, toSec: 0 },
): BoundStrategy {
  const decide = (): Verdict => ({ intents: [], side: null, why: name, checks: [], ...verdict })
  return {
    name,
    listenFromSec: span.fromSec + 10,
    span: { ...span, isAuto: false, asks: null },
    ladder: null,
    bothSides: false,
    beyond: [],
    bounds: { ...span, lowest: null, highest: null },
    starts: [],
    decide,
  }
}
const at = (leftSec: number) => ({ leftMicros: leftSec * 1_000_000, latestSafeMicros: 0 }) as View

test('the largest edge times confidence speaks, the others stand behind it', () => {
  const all = combine([
    named('a', { intents: [intent], edge: 0.05, confidence: 0.5 }),
    named('b', { intents: [intent], edge: 0.04, confidence: 0.9 }),
    named('c', { edge: 9, confidence: 1 }),
  ])
  const verdict = all.decide(at(10))
  expect([verdict.by, verdict.others?.map(({ by }) => by)]).toEqual(['b', ['a', 'c']])
})

test('of equals the one that was named first', () => {
  const twice = (first: string, second: string) =>
    combine([
      named(first, { intents: [intent], edge: 0.1 }),
      named(second, { intents: [intent], edge: 0.1 }),
    ])
  expect(twice('a', 'b').decide(at(10)).by).toBe('a')
  expect(twice('b', 'a').decide(at(10)).by).toBe('b')
})

test('each is asked only within its own span, and listened for from the earliest', () => {
  const all = combine([
    named('late', { intents: [intent], edge: 9 }, { fromSec: 1, toSec: 0 }),
    named('early', { intents: [intent], edge: 1 }, { fromSec: 60, toSec: 5 }),
  ])
  expect([all.listenFromSec, all.span]).toEqual([
    70,
    { fromSec: 60, toSec: 0, isAuto: false, asks: null },
  ])
  expect(all.decide(at(30)).by).toBe('early')
  expect(all.decide(at(1)).by).toBe('late')
  expect(all.decide(at(3))).toMatchObject({ intents: [], why: 'no strategy is in its span' })
})

test('one alone is itself', () => {
  const one = named('a', {})
  expect(combine([one])).toBe(one)
})
