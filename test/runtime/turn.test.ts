/** What is gathered in one turn is handed over once, whole, in order, and before the loop goes on. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gatherTurn } from '../../src/runtime/turn.ts'

function aTurn(most: number) {
  const left: number[][] = []
  return { left, add: gatherTurn<number>((items) => void left.push([...items]), most) }
}

test('hands over what came in one turn, and begins anew', async () => {
  const { left, add } = aTurn(10)
  for (const item of [1, 2, 3]) add(item)
  expect(left).toEqual([])
  await Promise.resolve()
  expect(left).toEqual([[1, 2, 3]])
  add(4)
  await Promise.resolve()
  expect(left).toEqual([[1, 2, 3], [4]])
})

test('is over before a timer or a socket is looked at', async () => {
  const { left, add } = aTurn(10)
  const seen = new Promise<number>((resolve) => setImmediate(() => resolve(left.length)))
  add(1)
  expect(await seen).toBe(1)
})

test('no more than the most at once', async () => {
  const { left, add } = aTurn(2)
  for (const item of [1, 2, 3, 4, 5]) add(item)
  await Promise.resolve()
  expect(left).toEqual([[1, 2], [3, 4], [5]])
})

test('whatever comes in whatever turns leaves once, in its order, and never with what came in another turn', async () => {
  const turns = fc.array(fc.array(fc.nat(9), { minLength: 1, maxLength: 7 }), { maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(turns, fc.integer({ min: 1, max: 4 }), async (all, most) => {
      const { left, add } = aTurn(most)
      for (const items of all) {
        const before = left.length
        for (const item of items) add(item)
        await Promise.resolve()
        expect(left.slice(before).flat()).toEqual(items)
      }
      expect(left.every(({ length }) => length >= 1 && length <= most)).toBe(true)
    }),
  )
})
