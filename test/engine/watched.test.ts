/** A window that is watched is asked and judged like the others, and gets no order. */
import { expect, test } from 'vitest'
import { bindStrategy } from '../../src/cli/bot-setup.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { Verdict, View } from '../../src/domain/strategy.ts'
import { microShares, ticks } from '../../src/domain/units.ts'
import { tradedOnlyWhere } from '../../src/engine/watched.ts'
import { lastSecond } from '../../src/strategies/last-second.ts'
import { aMarket } from '../support/builders.ts'

const SAID: Verdict = {
  intents: [{ side: 'UP', limit: ticks(9_000), shares: microShares(5_000_000), why: 'w' }],
  quotes: [],
  others: [],
  side: 'UP',
  wanted: { side: 'UP', shares: microShares(5_000_000), ask: ticks(9_000) },
  why: 'w',
  checks: [{ name: 'EDGE', ok: true, margin: 1, unit: '', note: 'n' }],
}
const strategy = { ...lastSecond.bind({}), decide: () => SAID }
const viewOf = (asset: 'btc' | 'eth') => ({ market: aMarket({ asset }) }) as View

test('orders only where they may be', () => {
  const held = tradedOnlyWhere(({ asset }) => asset === 'btc', strategy)
  expect(held.decide(viewOf('btc'))).toBe(SAID)
  const verdict = held.decide(viewOf('eth'))
  expect([verdict.intents, verdict.quotes, verdict.others]).toEqual([[], undefined, undefined])
  expect(verdict.checks.map(({ name, ok }) => [name, ok])).toEqual([
    ['TRADED', false],
    ['EDGE', true],
  ])
  expect([verdict.side, verdict.wanted, verdict.why]).toEqual([
    'UP',
    SAID.wanted,
    'this window is watched and not traded',
  ])
})

test('settings say where', () => {
  const bound = (env: Record<string, string>) =>
    bindStrategy(loadConfig({ cwd: '/', env: { PM_STRATEGY: 'noop', ...env } }).config)
  const checks = (env: Record<string, string>, asset: 'btc' | 'eth') =>
    bound(env)
      .decide(viewOf(asset))
      .checks.map(({ name }) => name)
  expect(checks({ PM_TRADELIST: 'eth:15m' }, 'btc')).toContain('TRADED')
  expect(checks({ PM_TRADELIST: 'eth:15m' }, 'eth')).not.toContain('TRADED')
  expect(checks({ PM_TRADE_ENABLED: '0' }, 'eth')).toContain('TRADED')
  expect(checks({}, 'eth')).not.toContain('TRADED')
})
