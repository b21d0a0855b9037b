import { describe, expect, test } from 'vitest'
import {
  indexPrints,
  type LabelPrint,
  type LabelWindow,
  labelRows,
} from '../../src/pricing/labels.ts'
import { createRandom } from '../../src/sim/random.ts'

const E18 = 10n ** 18n
const START = 1_000_000
const END = START + 300

/** One print a second at whole dollars, relayed 1.5 s later, except the missing ones. */
function prints(
  price: (sec: number) => number,
  missing: (sec: number) => boolean = () => false,
): LabelPrint[] {
  const list: LabelPrint[] = []
  for (let sec = START - 60; sec <= END; sec += 1) {
    if (!missing(sec))
      list.push({ sec, price: BigInt(price(sec)) * E18, recvMs: sec * 1_000 + 1_500 })
  }
  return list
}

function window(change: Partial<LabelWindow> = {}): LabelWindow {
  return { startSec: START, endSec: END, upWon: true, settledBy: 'twap60', ...change }
}

function row(
  list: readonly LabelPrint[],
  windows: readonly LabelWindow[],
  rule: string,
  left: number,
  by: 'feed' | 'recv' = 'feed',
) {
  const found = labelRows(indexPrints(list), windows, [left], by).find((one) => one.rule === rule)
  if (found === undefined) throw new Error('no such row')
  return found
}

describe('what a rule says', () => {
  test('spot looks at the last price, an average at what is known of it', () => {
    // High for nearly all of the last minute, below the strike in the last three seconds.
    const list = prints((sec) => (sec < START ? 100 : sec >= END - 3 ? 90 : 110))
    expect(row(list, [window()], 'twap60', 1)).toMatchObject({
      windows: 1,
      right: 1,
      rate: 1,
      judgedBy: 'outcome',
    })
    expect(row(list, [window({ settledBy: 'spot', upWon: false })], 'spot', 1)).toMatchObject({
      windows: 1,
      right: 1,
    })
    const spot = prints((sec) => (sec <= START ? 100 : sec >= END - 3 ? 90 : 110))
    expect(row(spot, [window({ settledBy: 'spot', upWon: true })], 'spot', 1)).toMatchObject({
      windows: 1,
      right: 0,
    })
    expect(row(spot, [window({ settledBy: 'spot', upWon: true })], 'spot', 10)).toMatchObject({
      windows: 1,
      right: 1,
    })
  })

  test('a tie is Up, to the last digit', () => {
    const level = prints(() => 100)
    expect(row(level, [window()], 'twap60', 1)).toMatchObject({ right: 1 })
    const hair = level.map((print) =>
      print.sec === END - 30 ? { ...print, price: print.price - 1n } : print,
    )
    expect(row(hair, [window()], 'twap60', 1)).toMatchObject({ windows: 1, right: 0 })
  })

  test('by receive time a print counts when it was there', () => {
    const list = prints((sec) => (sec <= START ? 100 : sec >= END - 2 ? 90 : 110))
    const judged = [window({ settledBy: 'spot', upWon: false })]
    expect(row(list, judged, 'spot', 1, 'feed')).toMatchObject({ right: 1 })
    expect(row(list, judged, 'spot', 1, 'recv')).toMatchObject({ right: 0 })
    expect(row(list, judged, 'spot', 0, 'recv')).toMatchObject({ right: 1 })
  })
})

describe('which windows count', () => {
  test.each([
    ['57 of 60', (sec: number) => sec >= START - 3 && sec < START, 1],
    ['56 of 60', (sec: number) => sec >= START - 4 && sec < START, 0],
    ['a last price of five seconds ago', (sec: number) => sec > END - 15 && sec < END - 9, 0],
  ])('averages with %s', (_name, missing, counted) => {
    const list = prints(() => 100, missing)
    // Five are missing at the end of the last one: an average of 55.
    expect(row(list, [window()], 'twap60', 10).windows).toBe(counted)
  })

  test('spot needs the print of the first second, and one of the last five', () => {
    const judged = [window({ settledBy: 'spot' })]
    expect(
      row(
        prints(
          () => 100,
          (sec) => sec === START,
        ),
        judged,
        'spot',
        10,
      ).windows,
    ).toBe(0)
    expect(
      row(
        prints(
          () => 100,
          (sec) => sec > END - 15 && sec <= END - 10,
        ),
        judged,
        'spot',
        10,
      ).windows,
    ).toBe(1)
    expect(
      row(
        prints(
          () => 100,
          (sec) => sec > END - 16 && sec <= END - 10,
        ),
        judged,
        'spot',
        10,
      ).windows,
    ).toBe(0)
  })

  test('without an outcome only what the prints themselves judge', () => {
    const list = prints(() => 100)
    const open = [window({ upWon: null })]
    expect(row(list, open, 'twap60', 10)).toMatchObject({
      windows: 0,
      rate: null,
      low: null,
      judgedBy: null,
    })
    expect(row(list, open, 'twap30', 10)).toMatchObject({ windows: 1, judgedBy: 'prints' })
    expect(row(list, [...open, window({ settledBy: 'twap30' })], 'twap30', 10)).toMatchObject({
      windows: 2,
      judgedBy: 'both',
    })
  })
})

test('of two prints of one second the later received one is right', () => {
  const list = prints(() => 100)
  const better: LabelPrint = { sec: END - 1, price: 50n * E18, recvMs: END * 1_000 + 9_000 }
  const worse: LabelPrint = { ...better, price: 1n, recvMs: 0 }
  expect(indexPrints([...list, better, worse]).at(END - 1)).toBe(better)
})

test('over random walks the average is known before the end, and the last price is not the average', () => {
  const list: LabelPrint[] = []
  const windows: LabelWindow[] = []
  const random = createRandom(7, 'labels')
  let price = 91_000
  for (let sec = START - 60; sec <= START + 300 * 200; sec += 1) {
    price *= 1 + random.normal() * 0.00003
    list.push({
      sec,
      price: BigInt(Math.round(price * 1e8)) * 10n ** 10n,
      recvMs: sec * 1_000 + 1_500,
    })
  }
  for (let n = 0; n < 200; n += 1) {
    windows.push({
      startSec: START + n * 300,
      endSec: START + (n + 1) * 300,
      upWon: null,
      settledBy: 'spot',
    })
  }
  const at = (left: number) => row(list, windows, 'twap60', left)
  expect(at(1)).toMatchObject({ windows: 200, right: 200, judgedBy: 'prints', high: 1 })
  expect(at(10).rate).toBeGreaterThan(0.97)
  expect(at(60).rate).toBeLessThan(at(30).rate ?? 0)
  expect(at(1).low).toBeCloseTo(0.981, 2)
})
