import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type PriceE18, priceE18 } from '../../src/domain/price.ts'
import { type Micros, micros } from '../../src/domain/units.ts'
import { createPrints, type Print } from '../../src/pricing/prints.ts'

const KEEP = 50

function print(sec: number, price: bigint, recv = sec): Print {
  return { sec, price: priceE18(price), recvAt: micros(recv) }
}

/** The same, said slowly: a map of all prints, of which the last seconds count. */
function naive(keep: number) {
  const all = new Map<number, Print>()
  let newest = -1
  return {
    add(one: Print) {
      if (newest >= 0 && one.sec <= newest - keep) return
      newest = Math.max(newest, one.sec)
      const known = all.get(one.sec)
      if (known === undefined || one.recvAt >= known.recvAt) all.set(one.sec, one)
    },
    at: (sec: number): PriceE18 | null =>
      sec > newest - keep ? (all.get(sec)?.price ?? null) : null,
    sumBefore(sec: number, count: number) {
      let sum = 0n
      let present = 0
      for (let at = sec - count; at < sec; at += 1) {
        const price = this.at(at)
        if (price === null) continue
        sum += price
        present += 1
      }
      return { sum, present, missing: count - present }
    },
  }
}

const anyPrint = fc.record({
  /** Sometimes far ahead, so that the ring turns and is left behind. */
  step: fc.oneof(
    { weight: 12, arbitrary: fc.integer({ min: -8, max: 3 }) },
    { weight: 2, arbitrary: fc.integer({ min: -70, max: 20 }) },
    { weight: 1, arbitrary: fc.integer({ min: 40, max: 120 }) },
  ),
  price: fc.bigInt({ min: 1n, max: 10n ** 24n }),
  recv: fc.integer({ min: 0, max: 5 }),
})

describe('the store of prints', () => {
  test('is the naive one, whatever comes in whatever order', () => {
    fc.assert(
      fc.property(fc.array(anyPrint, { maxLength: 200 }), (steps) => {
        const prints = createPrints(KEEP)
        const model = naive(KEEP)
        let sec = 1_000
        for (const { step, price, recv } of steps) {
          sec = Math.max(1, sec + step)
          const one = print(sec, price, recv)
          prints.add(one, sec)
          model.add(one)
          const newest = prints.newest()?.sec ?? 0
          for (const at of [sec, newest - 3, newest - KEEP, newest - KEEP + 1, newest + 1]) {
            expect(prints.at(at)).toBe(model.at(at))
          }
          for (const [to, count] of [
            [newest + 1, 10],
            [newest - 5, 30],
            [newest + 4, 200],
            [sec, 60],
          ] as const) {
            expect(prints.sumBefore(to, count)).toEqual(model.sumBefore(to, count))
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  test('the order of arrival does not matter when the times of receipt are told', () => {
    const many = fc.uniqueArray(
      fc.record({
        sec: fc.integer({ min: 500, max: 530 }),
        price: fc.bigInt({ min: 1n, max: 9n }),
        recv: fc.integer({ min: 0, max: 10_000 }),
      }),
      { selector: ({ recv }) => recv, maxLength: 40 },
    )
    fc.assert(
      fc.property(many, fc.array(fc.nat()), (list, keys) => {
        const order = list
          .map((one, index) => ({ one, key: keys[index] ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ one }) => one)
        const [first, second] = [createPrints(KEEP), createPrints(KEEP)]
        for (const one of list) first.add(print(one.sec, one.price, one.recv), 530)
        for (const one of order) second.add(print(one.sec, one.price, one.recv), 530)
        for (let sec = 500; sec <= 531; sec += 1) {
          expect(second.at(sec)).toBe(first.at(sec))
          expect(second.sumBefore(sec, 20)).toEqual(first.sumBefore(sec, 20))
        }
      }),
    )
  })

  test('gaps and means agree with the single prints', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), (present) => {
        const prints = createPrints(KEEP)
        present.forEach((isThere, index) => {
          if (isThere) prints.add(print(100 + index, BigInt(1_000 + index * 7)), 140)
        })
        const to = 100 + present.length
        const missing = new Set<number>()
        for (const gap of prints.gaps(100, to)) {
          expect(gap.fromSec).toBeLessThan(gap.toSec)
          expect(missing.has(gap.fromSec - 1)).toBe(false)
          for (let sec = gap.fromSec; sec < gap.toSec; sec += 1) missing.add(sec)
        }
        present.forEach((isThere, index) => {
          expect(missing.has(100 + index)).toBe(!isThere)
        })
        const { mean, missing: count } = prints.meanBefore(to, present.length)
        expect(count).toBe(missing.size)
        const { sum, present: there } = prints.sumBefore(to, present.length)
        expect(mean).toBe(there === 0 ? null : sum / BigInt(there))
      }),
    )
  })

  test('says what became of a print', () => {
    const prints = createPrints(KEEP)
    expect(prints.add(print(100, 5n, 10), 100)).toBe('new')
    expect(prints.add(print(100, 5n, 11), 100)).toBe('same')
    expect(prints.add(print(100, 6n, 12), 100)).toBe('corrected')
    expect(prints.add(print(100, 7n, 11), 100)).toBe('superseded')
    expect(prints.at(100)).toBe(6n)
    expect(prints.add(print(180, 6n), 100)).toBe('ahead')
    expect(prints.add(print(50, 6n), 100)).toBe('old')
    expect(prints.add(print(51, 9n), 100)).toBe('new')
    expect(prints.lastAt(99)).toEqual(print(51, 9n))
    expect(prints.lastAt(50)).toBeNull()
    expect(prints.newest()).toEqual(print(100, 6n, 12))
  })

  test('knows nothing at first, and a sum of nothing is none', () => {
    const prints = createPrints()
    expect(prints.newest()).toBeNull()
    expect(prints.lastAt(100)).toBeNull()
    expect(prints.meanBefore(100, 60)).toEqual({ mean: null, missing: 60 })
    expect(prints.gaps(98, 100)).toEqual([{ fromSec: 98, toSec: 100 }])
    expect(() => prints.add(print(1.5, 1n, 1), 10)).toThrow('whole second')
    expect(() => createPrints(0)).toThrow('cannot keep')
  })

  test('stays exact after days of prints', () => {
    const prints = createPrints(120)
    const price = 91_551_203_318_840_275_166_004n
    for (let sec = 1; sec <= 300_000; sec += 1) {
      prints.add({ sec, price: (price + BigInt(sec)) as PriceE18, recvAt: sec as Micros }, sec)
    }
    const { sum, present } = prints.sumBefore(300_001, 60)
    expect(present).toBe(60)
    expect(sum).toBe(price * 60n + BigInt((299_941 + 300_000) * 30))
    expect(prints.sumBefore(300_001, 500).present).toBe(120)
  })
})
