/** Prices that cannot be true, seconds that nobody tells, and a price that stands still: each refused or told by its name. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PriceTick } from '../../src/domain/events.ts'
import { micros } from '../../src/domain/units.ts'
import { createPrintWatch } from '../../src/engine/print-watch.ts'
import { at, START, someSettings } from '../support/builders.ts'
import { createHarness } from '../support/harness.ts'

function tick(sec: number, price: string, change: Partial<PriceTick> = {}): PriceTick {
  const [venueAt, recvAt] = [at(sec), at(sec + 1.5)]
  return {
    kind: 'price_tick',
    feed: 'rtds',
    asset: 'btc',
    series: 'spot',
    price,
    venueAt,
    recvAt,
    ...change,
  }
}

function watching() {
  const watch = createPrintWatch()
  return {
    hear: (one: PriceTick, venueNow: number | null = one.recvAt) =>
      watch.accepts(one, venueNow === null ? null : micros(venueNow)),
    said: (sec: number) =>
      watch.check(at(sec)).map(({ feed, state, detail }) => `${feed} ${state}: ${detail}`),
  }
}

/** A different price each second. */
const usual = (sec: number) => String(91_200 + (sec % 7))

describe('refused', () => {
  test.each([
    ['91200.123456789012345678', true],
    ['91200.1234567890123456780', true],
    ['91200.1234567890123456781', false],
    ['0', false],
    ['-5', false],
    ['9.12e4', false],
    ['', false],
  ])('%s is a price: %s', (price, ok) => {
    const { hear, said } = watching()
    expect(hear(tick(0, price))).toBe(ok)
    expect(said(1)).toEqual(
      ok
        ? []
        : ['rtds gap: btc spot: NOT_A_PRICE: no decimal of 18 places above zero, refused 1 times'],
    )
  })

  test('a print dated in the future, where the time of the venue is known', () => {
    const { hear, said } = watching()
    expect(hear(tick(5, '91200', { recvAt: at(0) }))).toBe(true)
    expect(hear(tick(66, '91200', { recvAt: at(0) }))).toBe(false)
    expect(said(0)).toEqual(['rtds gap: btc spot: FUTURE_PRINT: dated 66 s ahead, refused 1 times'])
    expect(hear(tick(66, '91200', { recvAt: at(0), feed: 'binance' }), null)).toBe(true)
  })

  test.each(['45600', '136800.5', '3018.25'])('a jump to %s, of any source and series', (price) => {
    const { hear, said } = watching()
    hear(tick(0, usual(0)))
    expect(hear(tick(1, price))).toBe(false)
    expect(hear(tick(1, price, { feed: 'binance' }))).toBe(false)
    expect(hear(tick(1, price, { series: 'twap60' }))).toBe(false)
    expect(hear(tick(1, price, { asset: 'eth' }))).toBe(true)
    expect(hear(tick(2, usual(2)))).toBe(true)
    expect(said(2)[0]).toBe(
      'rtds gap: btc spot: JUMP: far from all that was heard, refused 1 times',
    )
    expect(said(2)).toEqual([])
  })

  test('a price that stays where it jumped to is the price; one that jumps about is not', () => {
    const { hear } = watching()
    hear(tick(0, usual(0)))
    for (let sec = 1; sec <= 10; sec += 1) expect(hear(tick(sec, String(45_600 + sec)))).toBe(false)
    expect(hear(tick(11, '45611'))).toBe(true)
    expect(hear(tick(12, '91200'))).toBe(false)
    for (let sec = 13; sec <= 60; sec += 1)
      expect(hear(tick(sec, sec % 2 === 0 ? '91200' : '20000'))).toBe(false)
  })

  test('after ten minutes without a word any price is taken', () => {
    const { hear } = watching()
    hear(tick(0, '91200'))
    expect(hear(tick(590, '45600'))).toBe(false)
    expect(hear(tick(601, '45600'))).toBe(true)
  })

  test('many of them are told together, once a minute', () => {
    const { hear, said } = watching()
    for (let sec = 0; sec < 60; sec += 1) hear(tick(sec, '0'))
    expect(said(60)).toHaveLength(1)
    hear(tick(61, '0'))
    expect(said(61)).toEqual([
      'rtds gap: btc spot: NOT_A_PRICE: no decimal of 18 places above zero, refused 60 times',
    ])
  })

  test('whatever is heard, a price within a tenth of the one before is taken', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -0.09, max: 0.09, noNaN: true }), { maxLength: 60 }),
        (moves) => {
          const { hear } = watching()
          let price = 91_200
          for (const [sec, move] of moves.entries()) {
            price *= 1 + move
            expect(hear(tick(sec, price.toFixed(6)))).toBe(true)
          }
        },
      ),
    )
  })
})

describe('never told', () => {
  test('a second that is missing after a while is told; one that came with the past is not', () => {
    const { hear, said } = watching()
    for (const sec of [0, 1, 5]) hear(tick(sec, usual(sec)))
    hear(tick(3, usual(3), { recvAt: at(8) }))
    expect(said(21)).toEqual([])
    expect(said(22)).toEqual(['rtds gap: btc spot: seconds never told: 2'])
    expect(said(120)).toEqual([])
  })

  test('each line for itself, and exchanges owe nobody a second', () => {
    const { hear, said } = watching()
    for (const sec of [0, 3]) {
      hear(tick(sec, usual(sec), { series: 'twap60', feed: 'polybolt' }))
      hear(tick(sec, usual(sec), { feed: 'binance' }))
      hear(tick(sec, usual(sec)))
    }
    expect(said(30).sort()).toEqual([
      'polybolt gap: btc twap60: seconds never told: 2',
      'rtds gap: btc spot: seconds never told: 2',
    ])
  })

  test('the many gaps of a bad hour are told once a minute, with their number', () => {
    const { hear, said } = watching()
    const news: string[] = []
    for (let sec = 0; sec < 200; sec += 2) {
      hear(tick(sec, usual(sec)))
      news.push(...said(sec + 1.5))
    }
    expect(news.map((text) => text.split(': ').at(-1))).toEqual(['1', '30', '30', '30'])
  })
})

describe('frozen', () => {
  test('the same price under new stamps for ten seconds is told, and its first move', () => {
    const { hear, said } = watching()
    const news: string[] = []
    for (let sec = 0; sec <= 15; sec += 1) {
      hear(tick(sec, sec < 14 ? '91200.5' : '91201', { series: 'twap60' }))
      news.push(...said(sec + 1.5))
    }
    expect(news).toEqual([
      'rtds gap: btc twap60: frozen: the same price for 10 s',
      'rtds open: btc twap60: moves again',
    ])
  })

  test('an exchange where nobody trades elsewhere is not', () => {
    const { hear, said } = watching()
    for (let sec = 0; sec <= 30; sec += 1)
      hear(tick(sec, '2.2041', { feed: 'coinbase', asset: 'xrp' }))
    expect(said(31)).toEqual([])
  })
})

test('the engine makes nothing of what is refused, and tells it as a fact of the source', () => {
  const harness = createHarness(someSettings())
  harness.clock(micros(START - 5_000_000))
  harness.send(tick(0, '91200'))
  harness.send(tick(1, '3018.25'))
  harness.send(tick(80, '91200', { recvAt: at(2.5) }))
  harness.send(tick(2, '91201', { recvAt: at(4) }))
  const told = harness.of('feed').map(({ feed, state, detail }) => `${feed} ${state} ${detail}`)
  expect(told.filter((text) => text.includes('JUMP'))).toHaveLength(1)
  expect(told.filter((text) => text.includes('FUTURE_PRINT'))).toHaveLength(1)
})
