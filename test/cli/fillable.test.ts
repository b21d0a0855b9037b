/** What a person is told of the seconds near the close: by the doctor, and as a table of the windows that are over. */
import { expect, test } from 'vitest'
import { askReport } from '../../src/cli/ask-report.ts'
import { learned, lineOf } from '../../src/cli/fillable-lines.ts'
import { ticks } from '../../src/domain/units.ts'
import type { FillQuery } from '../../src/pricing/fillability.ts'
import { lastSecond } from '../../src/strategies/last-second.ts'
import { anAskWindow, aPast, aSecond, FIVE } from '../support/asks.ts'

const QUERY: FillQuery = {
  asset: 'btc',
  interval: '5m',
  regime: null,
  cap: ticks(9_900),
  holdSec: 0.15,
}
const of = (fireAt: number | 'auto') => lastSecond.bind({ fireAt })
const lost = Array.from({ length: 40 }, (_, n) => anAskWindow(n, [[1, ticks(9_800), 0, null]]))

test('the doctor says the second, how often there is an ask, what it brings, and from what', () => {
  const { name, state, detail } = lineOf(learned([]), QUERY, of('auto'), 0.2)
  expect([name, state]).toEqual(['fillable btc 5m', 'ok'])
  expect(detail).toMatch(
    /^fires 10 s before the close, as chosen: for sale in 46\.8 % .* breaks even at \d\d\.\d % of wins; from 0 windows of its own \(too few\), the shipped table/,
  )
})

test('beside a second that is set it says the one that would be chosen', () => {
  const { state, detail } = lineOf(learned([]), QUERY, of(0.5), 0.2)
  expect(state).toBe('ok')
  expect(detail).toMatch(/^fires 0\.5 s .*for sale in 7\.4 % .*fireAt: auto would fire at 10 s/)
  expect(lineOf(learned([]), QUERY, of(10), 0.2).detail).not.toMatch(/would fire/)
})

test('a second that has lost in enough windows is a warning with its fix', () => {
  expect(lineOf(learned(lost), QUERY, of(1), 0.2)).toMatchObject({
    state: 'warning',
    fix: expect.stringMatching(/params\.fireAt auto/),
  })
  expect(lineOf(learned(lost.slice(0, 29)), QUERY, of(1), 0.2).state).toBe('ok')
})

test('the table: each second of each series, from its own windows alone', () => {
  const past = Array.from({ length: 4 }, (_, n) =>
    aPast(
      n,
      [aSecond(25), aSecond(10, n === 0 ? { up: null } : {}), aSecond(9)],
      n === 1 ? 'DOWN' : 'UP',
    ),
  )
  const question = { shares: FIVE, cap: ticks(9_900), sideBy: 'rule', holdSec: 0 } as const
  const { series, lines } = askReport(past, question)
  expect(series).toMatchObject([{ asset: 'btc', interval: '15m', windows: 4 }])
  expect(series[0]?.rows.map(({ leftSec }) => leftSec)).toEqual([25, 10, 9])
  const ten = series[0]?.rows[1]
  expect(ten).toMatchObject({ windows: 4, fill: { mid: 0.75 } })
  expect(ten?.perFill?.mid).toBeCloseTo(2 / 3 - 0.9063, 12)
  expect(lines[0]).toBe('btc 15m: 4 windows, too few to say much')
  expect(lines[1]).toMatch(/10 s +4 +75\.0 % \(30\.\d % to 95\.\d %\) +-24\.0 c/)
  expect(lines[1]).not.toMatch(/^ *9 s/m)
  expect(askReport([], question)).toEqual({ series: [], lines: [] })
})
