/** What is read into the venue's answer to several orders: each by its place, and nothing at all where the places are not certain. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { micros } from '../../../src/domain/units.ts'
import type { WireAnswer } from '../../../src/net/order-wire.ts'
import { readBatchAnswer } from '../../../src/venues/polymarket/batch-answer.ts'

const A = `0x${'a'.repeat(64)}`
const B = `0x${'b'.repeat(64)}`
const C = `0x${'c'.repeat(64)}`
const IDS = [A, B, C]
const NOW = micros(1)

function says(status: number, body: unknown): WireAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const times = { wroteAt: NOW, firstByteAt: NOW, doneAt: NOW }
  return { kind: 'answer', status, headers: {}, body: text, ...times }
}
const entry = (orderID: string, change: object = {}) => ({
  ...{ success: true, errorMsg: '', orderID, status: 'live', makingAmount: '', takingAmount: '' },
  ...change,
})
const no = (errorMsg: string) => entry('', { errorMsg, status: '' })
const kinds = (status: number, body: unknown): string =>
  readBatchAnswer(says(status, body), IDS)
    .map(({ kind }) => kind)
    .join(' ')
const DOUBTFUL = 'unknown unknown unknown'

describe('an answer with an entry for each', () => {
  test.each<[string, unknown[]]>([
    ['waits waits waits', [entry(A), entry(B), entry(C)]],
    ['waits waits waits', IDS.map((id) => entry(id.toUpperCase().replace('0X', '0x')))],
    [
      'waits refused waits',
      [entry(A), no('invalid post-only order: order crosses book'), entry(C)],
    ],
    ['refused refused refused', [no('x'), no(`order ${B} is invalid. Price breaks`), no('z')]],
    ['waits unknown waits', [entry(A), no(`order ${B} is invalid. Duplicated.`), entry(C)]],
    ['waits unknown unknown', [entry(A), null, {}]],
    [
      'waits unknown unknown',
      [entry(A), entry(B, { status: 'delayed' }), entry(C, { success: 1 })],
    ],
    [
      'matched waits waits',
      [
        // The names of trades and transactions are no names of orders.
        entry(A, {
          ...{ status: 'matched', makingAmount: '4.85', takingAmount: '5' },
          ...{ tradeIDs: [B], transactionsHashes: [C] },
        }),
        ...[entry(B), entry(C)],
      ],
    ],
  ])('is judged one by one: %s', (expected, body) => expect(kinds(200, body)).toBe(expected))
})

describe('an answer whose places are not certain', () => {
  test.each<[string, unknown]>([
    ['one too few', [entry(A), entry(B)]],
    ['one too many', [entry(A), entry(B), entry(C), no('x')]],
    ['none', []],
    ['no list', entry(A)],
    ['no list, a refusal', { success: false, errorMsg: 'no', orderID: '' }],
    ['half an answer', JSON.stringify([entry(A), entry(B), entry(C)]).slice(0, -9)],
    ['a web page', '<html>'],
    ['nothing', ''],
    ['in another order', [entry(B), entry(A), entry(C)]],
    ['an id of nobody', [no('x'), entry(`0x${'d'.repeat(64)}`), no('y')]],
    ['an id that is none', [entry(A), entry(B, { orderID: 7 }), no('x')]],
    ['a refusal of another', [no(`order ${B} is invalid`), no('x'), no('y')]],
  ])('says nothing of any of them: %s', (_name, body) => expect(kinds(200, body)).toBe(DOUBTFUL))
})

describe('an answer to the request as a whole', () => {
  test.each<[number, unknown]>([
    [429, { error: 'Too Many Requests' }],
    [429, '<html>'],
    [425, { error: 'Too Early' }],
    [401, { error: 'Unauthorized/Invalid api key' }],
    [403, '<html>'],
    [503, { error: 'Trading is currently disabled. Check polymarket.com for updates' }],
  ])('turns all of them away: %i', (status, body) =>
    expect(kinds(status, body)).toBe('refused refused refused'),
  )

  test.each<[number, unknown]>([
    [400, { error: 'not enough balance / allowance' }],
    [400, { error: 'Invalid order payload' }],
    [400, { error: "order couldn't be fully filled. FOK orders are fully filled or killed." }],
    [500, { error: 'order timed out' }],
    [500, { error: 'there are no matching orders' }],
    [502, '<html>'],
    [503, '<html>'],
    [503, { error: 'upstream' }],
    [204, ''],
  ])('that may be about one of them leaves all in doubt: %i %j', (status, body) =>
    expect(kinds(status, body)).toBe(DOUBTFUL),
  )
})

test('an answer that is lost is lost for all, and what never left is refused', () => {
  const lost = (unsent: boolean): WireAnswer => ({
    ...{ kind: 'lost', unsent, reason: 'cut', wroteAt: null },
  })
  expect(readBatchAnswer(lost(false), IDS).map(({ kind }) => kind)).toEqual(DOUBTFUL.split(' '))
  expect(readBatchAnswer(lost(true), [A, B]).map(({ kind }) => kind)).toEqual([
    'refused',
    'refused',
  ])
})

test('what the venue took is never called refused, whatever part of its answer comes, in whatever order', () => {
  const ids = [A, B, C]
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
      fc.constantFrom(...orders(ids.length)),
      fc.nat(4),
      fc.boolean(),
      (taken, places, length, isNamed) => {
        const honest = ids.map((id, at) => {
          if (taken[at] === true) return entry(id)
          return no(isNamed ? `order ${id} is invalid` : 'the market is not yet ready')
        })
        const said = [...places.map((at) => honest[at]), no('one too many')].slice(0, length)
        const reads = readBatchAnswer(says(200, said), ids)
        for (const [at, { kind }] of reads.entries())
          if (taken[at] === true) expect(['waits', 'unknown']).toContain(kind)
          else expect(['refused', 'unknown']).toContain(kind)
      },
    ),
    { numRuns: 2_000 },
  )
})

/** Every order in which so many may stand. */
function orders(count: number): number[][] {
  if (count === 0) return [[]]
  return orders(count - 1).flatMap((rest) =>
    Array.from({ length: count }, (_none, at) => rest.toSpliced(at, 0, count - 1)),
  )
}
