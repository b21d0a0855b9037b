import fc from 'fast-check'
import { expect, test } from 'vitest'
import { micros } from '../../src/domain/units.ts'
import { type ClosedSpan, closedAt } from '../../src/risk/calendar.ts'

const spans: readonly ClosedSpan[] = [
  { from: micros(100), to: micros(200), why: 'one' },
  { from: micros(300), to: micros(400), why: 'two' },
]

test.each([
  [99, null],
  [100, 'one'],
  [199, 'one'],
  [200, null],
  [350, 'two'],
  [400, null],
])('at %i: %s', (at, why) => {
  expect(closedAt(spans, micros(at))?.why ?? null).toBe(why)
})

test('without spans nothing is ever closed', () => {
  expect(closedAt([], micros(1))).toBe(null)
})

test('it finds what a look at every span finds', () => {
  const lengths = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 50 })),
  )
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 3_000 }), (pairs, at) => {
      let end = 1
      const list = pairs.map(([gap, length], index) => {
        const from = end + gap
        end = from + length
        return { from: micros(from), to: micros(end), why: String(index) }
      })
      const plain = list.find(({ from, to }) => from <= at && at < to) ?? null
      expect(closedAt(list, micros(at))).toEqual(plain)
    }),
  )
})
