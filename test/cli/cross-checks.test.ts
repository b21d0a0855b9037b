/** What the page and an exchange say of a running window, beside the strike that the prices heard make. */
import { expect, test } from 'vitest'
import { createCrossChecks, crossCheckLines } from '../../src/cli/cross-checks.ts'
import { conditionId } from '../../src/domain/ids.ts'
import { micros } from '../../src/domain/units.ts'
import { aMarket, at, SECOND, START } from '../support/builders.ts'

const market = aMarket({
  resolutionSource: 'https://data.chain.link/streams/btc-usd-twap-60s-streams',
  rules: {
    description:
      'Resolves to "Up" if the 60 second average price at the end is greater than or equal to the one at its beginning.',
    averaging: { twapEnabled: true, lookbackSeconds: 60 },
  },
})
const about = { conditionId: market.conditionId, venueAt: null }

function said(page: string, low: string, high: string) {
  const checks = createCrossChecks()
  const asked: string[] = []
  const later = aMarket({ conditionId: conditionId('0x1'), startAt: at(900), endAt: at(1_800) })
  checks.ask([later, market], at(20), ({ slug }) => asked.push(slug))
  expect(asked).toEqual([market.slug])
  const tick = { kind: 'price_tick', feed: 'polybolt', asset: 'btc', series: 'twap60' } as const
  checks.emit({ ...tick, price: '91200.5', venueAt: START, recvAt: at(2) })
  expect(checks.isComplete()).toBe(false)
  checks.emit({ kind: 'strike_quote', ...about, price: page, recvAt: at(21) })
  const openAt = micros(START - 60 * SECOND)
  const candle = { feed: 'binance', asset: 'btc', openAt, seconds: 60, isOver: true } as const
  const prices = { open: low, high, low, close: high }
  checks.emit({ kind: 'strike_candle', ...about, ...candle, ...prices, recvAt: at(21) })
  expect(checks.isComplete()).toBe(true)
  return crossCheckLines(checks.list(at(24), at(25))).map(
    ({ state, detail }) => `${state} ${detail}`,
  )
}

test('who agrees is told with its age and its difference', () => {
  expect(said('91200.5', '91190', '91230')).toEqual([
    'ok 91200.5, 3.0 s old; 0.0000 from the strike (tick, exact)',
    'ok 91190 to 91230 in the 60 s before, 25.0 s old; 0.0000 from the strike (tick, exact)',
  ])
})

test('a conflict is a warning that names it', () => {
  const [page, candle] = said('91230.5', '91100', '91150')
  expect(page).toContain('warning 91230.5, 3.0 s old; 30.0000 from the strike (tick, disputed)')
  expect(page).toContain("the venue's site says another strike")
  expect(candle).toContain('-50.5000 from the strike')
})

test('what says nothing is a warning; without a strike there is nothing to hold it against', () => {
  const checks = createCrossChecks()
  checks.ask([market], at(20), () => undefined)
  const lines = crossCheckLines(checks.list(at(24), at(25)))
  expect(lines.map(({ state, detail }) => [state, detail])).toEqual([
    ['warning', 'said nothing'],
    ['warning', 'said nothing'],
  ])
  checks.emit({ kind: 'strike_quote', ...about, price: '91200.5', recvAt: at(21) })
  expect(crossCheckLines(checks.list(at(24), at(25)))[0]?.detail).toContain(
    'no strike to hold it against',
  )
})
