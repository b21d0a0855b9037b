/** How far the price is from the strike: an exchange that says another price than the source that settles is not taken at its word. */
import { describe, expect, test } from 'vitest'
import type { PriceTick } from '../../src/domain/events.ts'
import type { Truth } from '../../src/domain/truth.ts'
import { createFlows, type Flows } from '../../src/engine/flow.ts'
import { aMarket, at } from '../support/builders.ts'

const EXCHANGE = 99_900
const SETTLEMENT = 100_000
const STRIKE = { price: '99950' } as Truth['strike']

function tick(feed: PriceTick['feed'], price: number, sec: number, lateSec: number): PriceTick {
  return {
    kind: 'price_tick',
    feed,
    asset: 'btc',
    series: 'spot',
    price: String(price),
    recvAt: at(sec + lateSec),
    venueAt: at(sec),
  }
}

/** Both say their price each second; the print comes two seconds late. */
function heard(fromSec: number, toSec: number, flows: Flows = createFlows()): Flows {
  for (let sec = fromSec; sec < toSec; sec += 1) {
    flows.apply(tick('binance', EXCHANGE, sec + 0.4, 0.05))
    if (sec - 2 >= fromSec) flows.compare(tick('rtds', SETTLEMENT, sec - 2, 2.5))
  }
  return flows
}

function distance(flows: Flows, sec: number, interval: '15m' | '1h' = '15m'): number | null {
  return flows.of(aMarket({ interval }), STRIKE, at(sec)).distance
}

describe('the distance', () => {
  test('is that of the price as the source that settles would say it', () => {
    expect(distance(heard(0, 20), 20)).toBeCloseTo((SETTLEMENT - 99_950) / 99_950, 9)
  })

  test('is the exchange’s own while too little was compared, and after long silence of the other', () => {
    const own = (EXCHANGE - 99_950) / 99_950
    expect(distance(heard(0, 8), 8)).toBeCloseTo(own, 9)
    const flows = heard(0, 20)
    for (let sec = 20; sec < 200; sec += 1) flows.apply(tick('binance', EXCHANGE, sec, 0.05))
    expect(distance(flows, 100)).toBeGreaterThan(0)
    expect(distance(flows, 200)).toBeCloseTo(own, 9)
  })

  test('of an hourly window is the exchange’s own: it settles there', () => {
    expect(distance(heard(0, 20), 20, '1h')).toBeLessThan(0)
  })

  test('is not known without price or strike', () => {
    expect(distance(createFlows(), 20)).toBeNull()
    expect(heard(0, 20).of(aMarket(), null, at(20)).distance).toBeNull()
    expect(distance(heard(0, 20), 30)).toBeNull()
  })
})

test('what is told twice, of no second with a trade, or is no price, changes nothing', () => {
  const flows = heard(0, 20)
  const before = distance(flows, 20)
  flows.compare(tick('rtds', 200_000, 5, 15))
  flows.compare(tick('rtds', 200_000, 40, 0.5))
  flows.compare(tick('rtds', 0, 18, 2))
  expect(distance(flows, 20)).toBe(before)
})
