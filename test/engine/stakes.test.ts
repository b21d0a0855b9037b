/** A bot on trial, as the engine has it: how much it may buy, and where it begins. */
import { describe, expect, test } from 'vitest'
import type { Restored } from '../../src/domain/events.ts'
import type { StakeSettings, StakeState } from '../../src/domain/stakes.ts'
import { type Micros, microShares, microUsdc, ticks } from '../../src/domain/units.ts'
import { begun as climbed } from '../../src/risk/stake-ladder.ts'
import { aMarket, at, someSettings } from '../support/builders.ts'
import { createHarness } from '../support/harness.ts'
import { market } from './armed.ts'
import { begun, FIVE, intent, quote, scripted } from './scripted.ts'

const stakes: StakeSettings = {
  strategy: 'scripted',
  canaryShares: FIVE,
  windows: 10,
  parity: 0.9,
  alpha: 0.05,
}
const FIFTY = microShares(50_000_000)

function restored(known: StakeState | null, change: Partial<Restored> = {}): Restored {
  return {
    kind: 'restored',
    cash: microUsdc(10_000_000_000),
    paused: false,
    halted: false,
    shots: [],
    barred: [],
    settled: [],
    account: { halt: null, state: null, stakes: known, unheard: [] },
    recvAt: at(1),
    venueAt: null,
    ...change,
  }
}

describe('a canary', () => {
  test('buys its shares at what they cost, whatever is wanted', () => {
    const { strategy, says } = scripted()
    says({ intents: [intent('UP', { shares: FIFTY, limit: ticks(9_000) })] })
    const bot = begun(strategy, { stakes })
    expect(bot.asked('submit').map(({ order }) => [order.shares, order.limit])).toEqual([
      [FIVE, 5_200],
    ])
    const checks = bot.of('decided').at(-1)?.decision.checks
    expect(checks?.find(({ name }) => name === 'STAKES')?.note).toMatch(/canary buys 5 shares/)
  })

  test('does not buy the rest in orders that wait', () => {
    const { strategy, says } = scripted()
    says({ quotes: [quote('UP', 4_900, { shares: FIFTY })] })
    const bot = begun(strategy, { stakes })
    expect(bot.asked('submit').map(({ order }) => order.shares)).toEqual([FIVE])
    bot.outcome(1, 'filled', 861.5, { shares: 5_000_000, cost: 2_450_000 })
    for (const sec of [863, 866, 869]) bot.hear(sec)
    expect(bot.asked('submit')).toHaveLength(1)
  })

  test('of which some waits shoots for what is left', () => {
    const { strategy, says } = scripted()
    says({ quotes: [quote('UP', 4_900, { shares: microShares(6_000_000) })] })
    const bot = begun(strategy, { stakes: { ...stakes, canaryShares: microShares(11_000_000) } })
    says({ intents: [intent('UP', { shares: FIFTY })] })
    bot.outcome(1, 'resting', 861.5)
    bot.hear(863)
    expect(bot.asked('submit').map(({ order }) => order.shares)).toEqual([6_000_000, FIVE])
  })

  test('buys both legs of a pair alike, or none', () => {
    const { strategy, says } = scripted()
    says({ quotes: [quote('UP', 4_900, { shares: microShares(6_000_000) })] })
    const bot = begun(strategy, { stakes: { ...stakes, canaryShares: microShares(11_000_000) } })
    says({ intents: [intent('UP', { shares: FIFTY }), intent('DOWN', { shares: FIFTY })] })
    bot.outcome(1, 'resting', 861.5)
    bot.hear(863)
    const legs = bot.asked('submit').slice(1)
    expect(legs.map(({ order }) => [order.side, order.shares])).toEqual([
      ['UP', FIVE],
      ['DOWN', FIVE],
    ])
  })

  test('sells all that it holds', () => {
    const { strategy, says } = scripted()
    says({ intents: [intent('UP')] })
    const bot = begun(strategy, { stakes: { ...stakes, canaryShares: microShares(5_000_000) } })
    bot.outcome(1, 'filled', 861.5, { shares: 5_000_000, cost: 2_600_000 })
    says({ intents: [intent('UP', { action: 'SELL', limit: ticks(5_000) })] })
    bot.hear(864)
    expect(bot.asked('submit').at(-1)?.order).toMatchObject({ action: 'SELL', shares: FIVE })
  })

  test('has small orders made ready', () => {
    const { strategy } = scripted({ ladder: { shares: FIFTY, highest: ticks(9_900) } })
    const rungs = begun(strategy, { stakes }).asked('arm')[0]?.rungs ?? []
    expect(rungs.length).toBeGreaterThan(0)
    for (const { spend, limit } of rungs)
      expect(spend).toBeLessThanOrEqual(5 * limit * 100 + 10_000)
    const whole = begun(scripted({ ladder: { shares: FIFTY, highest: ticks(9_900) } }).strategy)
    expect(whole.asked('arm')[0]?.rungs[0]?.spend).toBeGreaterThan(20_000_000)
  })
})

describe('where a live bot begins', () => {
  const rungAfter = (known: StakeState | null): (string | undefined)[] => {
    const bot = createHarness(someSettings({ strategy: scripted().strategy, stakes }))
    bot.send(restored(known))
    return [bot.of('stakes').at(-1)?.stakes.rung, String(bot.engine.view().stakes?.rung)]
  }
  test('as a canary, where it never was or comes from paper', () => {
    expect(rungAfter(null)).toEqual(['canary', 'canary'])
    expect(rungAfter(climbed('paper', 0 as Micros, 'scripted'))).toEqual(['canary', 'canary'])
  })
  test('where it stood, with the same strategy and no other', () => {
    const full = climbed('full', 0 as Micros, 'scripted')
    expect(rungAfter(full)).toEqual([undefined, 'full'])
    expect(rungAfter({ ...full, strategy: 'another' })).toEqual(['canary', 'canary'])
  })
})

test('a canary that lost is halted, all that waits is withdrawn, and a resume alone does not bring it back', () => {
  const bot = createHarness(
    someSettings({ strategy: scripted().strategy, stakes: { ...stakes, windows: 1 } }),
  )
  bot.send(restored(climbed('canary', 0 as Micros, 'scripted')))
  const lost = begun(scripted().strategy, { stakes })
  expect(lost.engine.view().halted).toBe(false)
  const { strategy, says } = scripted()
  says({ intents: [intent('UP')] })
  const one = begun(strategy, { stakes: { ...stakes, windows: 1 } })
  one.outcome(1, 'filled', 861.5, { shares: 5_000_000, cost: 2_600_000 })
  one.runTo(at(911))
  one.resolve(market, 'DOWN', at(912))
  expect(one.of('stakes').at(-1)).toMatchObject({ move: { from: 'canary', to: 'paper' } })
  expect(one.of('halted')).toMatchObject([{ halt: { cause: 'stakes' } }])
  expect(one.asked('cancel_all').length).toBeGreaterThan(0)
  one.send({ kind: 'operator', action: 'resume', recvAt: at(913), venueAt: null })
  expect(one.engine.view().halted).toBe(false)
  const next = aMarket({
    conditionId: `0x${'e'.repeat(64)}` as never,
    startAt: at(900),
    endAt: at(1_800),
  })
  one.list(next, at(914))
  one.runTo(at(1_761))
  one.books(next, at(1_761), 5_000, 5_200)
  expect(one.of('decided').at(-1)?.decision.refusedBy).toBe('OPERATOR')
  expect(one.asked('submit')).toHaveLength(1)
})

test('a run of one window is not over with one that the run before it passed over', () => {
  const before = aMarket({ startAt: at(-900), endAt: at(0) })
  const unjudged = [{ market: before, reason: 'a gate', decision: null }]
  const bot = createHarness(someSettings({ once: true }))
  bot.send(restored(null, { unjudged }))
  bot.clock(at(2))
  const next = aMarket({ conditionId: `0x${'e'.repeat(64)}` as never })
  bot.list(next, at(3))
  expect(bot.of('found')).toMatchObject([{ market: { conditionId: next.conditionId } }])
})
