/** The study of profiles: money adds up with the engine's own, the same seed says the same, and few fills say nothing. */
import { tmpdir } from 'node:os'
import { describe, expect, test } from 'vitest'
import { bindStrategy, engineSettings, paperSettings } from '../../src/cli/bot-setup.ts'
import { profilesText } from '../../src/cli/profile-study.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { EngineEvent } from '../../src/domain/events.ts'
import { MICRO, micros } from '../../src/domain/units.ts'
import { merged } from '../../src/lab/merged.ts'
import { playWhole } from '../../src/lab/whole-play.ts'
import { gainOf, reasonsOf, wholeRow } from '../../src/lab/whole-rows.ts'
import { SECOND, START } from '../support/builders.ts'

function played(
  profile: string,
  seed: number,
  windows: number,
  flags: Record<string, unknown> = {},
  resume = false,
) {
  const { config } = loadConfig({ profile, cwd: tmpdir(), env: {}, flags })
  return playWhole({
    settings: engineSettings(config, bindStrategy(config), false),
    paper: paperSettings(config),
    seed,
    windows,
    crowd: 'fitted',
    resume,
  })
}

describe('what is counted', () => {
  const play = played('polymarket-crypto', 1, 12)

  test('the gains of the orders are what the engine settled', () => {
    expect(play.settlements).toHaveLength(12)
    expect(play.traded.length).toBeGreaterThan(3)
    const settled = play.settlements.reduce((sum, { pnl }) => sum + pnl, 0)
    expect(play.traded.reduce((sum, one) => sum + gainOf(one), 0)).toBe(settled)
    const rows = ['distance-fade', 'momentum', 'settlement-sniper'].map((one) =>
      wholeRow(one, play),
    )
    const profit = rows.reduce((sum, row) => sum + row.profit.value, 0)
    expect(profit).toBeCloseTo(settled / MICRO, 6)
    expect(rows.reduce((sum, { orders }) => sum + orders, 0)).toBe(play.traded.length)
    for (const { fills, wins, orders, isTooFew, drawdown, profit: own } of rows) {
      expect(fills).toBeLessThanOrEqual(orders)
      expect(wins).toBeLessThanOrEqual(fills)
      expect(isTooFew).toBe(fills < 30)
      expect(drawdown).toBeGreaterThanOrEqual(-own.value)
    }
  })

  test('every window either had an order or has a reason', () => {
    const had = new Set(play.traded.map(({ market }) => market.conditionId)).size
    const told = reasonsOf(play).reduce((sum, { windows }) => sum + windows, 0)
    expect(had + told).toBe(12)
  })

  test('the same seed plays the same, another one does not', () => {
    expect(JSON.stringify(played('polymarket-crypto', 1, 12))).toBe(JSON.stringify(play))
    expect(JSON.stringify(played('polymarket-crypto', 2, 12))).not.toBe(JSON.stringify(play))
  })

  test('the table says too few where there are too few', () => {
    const text = profilesText([
      {
        profile: 'p',
        rows: [wholeRow('momentum', play), wholeRow('nobody', play)],
        reasons: reasonsOf(play),
        halts: ['drawdown after 3 windows: w', 'again'],
      },
    ])
    const [, , momentum, nobody] = text.split('\n')
    expect(momentum).toContain('too few')
    expect(nobody).toMatch(/nobody +12 +0 +0 +- +- +- +-$/)
    expect(text).toContain('p: halted itself 2 times, first: drawdown after 3 windows: w')
  })
})

test('one bot with one account hears all assets', () => {
  const { settlements } = played('polymarket-crypto', 1, 12, { assets: 'btc,eth' })
  expect(new Set(settlements.map(({ market }) => market.asset))).toEqual(new Set(['btc', 'eth']))
  const gained = settlements.reduce((sum, { pnl }) => sum + pnl, 0)
  expect(gained).not.toBe(0)
  const ends = settlements.map(({ market }) => market.endAt)
  expect(ends).toEqual([...ends].sort((a, b) => a - b))
  expect(settlements.at(-1)?.cash).toBe(10_000 * MICRO + gained)
})

test('sources are heard in the order of receipt, with each day as it begins', () => {
  const day = 86_400_000_000
  const tick = (sec: number): EngineEvent => ({
    kind: 'clock',
    offsetMicros: 0,
    errorMicros: 0,
    recvAt: micros(START + sec * SECOND),
    venueAt: null,
  })
  const sources = [[1, 30_000, 30_002], [2, 3], []].map((secs) => ({
    events: () => secs.map(tick),
    snapshot: () => null,
  }))
  const heard = [...merged(sources).events()]
  expect(heard.map(({ kind, recvAt }) => [kind, (recvAt - START) / SECOND])).toEqual([
    ['day', 1],
    ['clock', 1],
    ['clock', 2],
    ['clock', 3],
    ['day', 30_000],
    ['clock', 30_000],
    ['clock', 30_002],
  ])
  const days = heard.filter((event) => event.kind === 'day').map(({ startedAt }) => startedAt)
  expect(days).toEqual([Math.floor(START / day) * day, (Math.floor(START / day) + 1) * day])
})

test('a halt ends the trading, unless a person ends the halt', () => {
  const tight = { 'limits.maxDailyLossUsd': '100' }
  const halted = played('polymarket-crypto', 1, 12, tight)
  expect(halted.halts.map(({ cause }) => cause)).toEqual(['daily_loss'])
  expect(reasonsOf(halted).map(({ reason }) => reason)).toContain('OPERATOR')
  const resumed = played('polymarket-crypto', 1, 12, tight, true)
  expect(resumed.traded.length).toBeGreaterThan(halted.traded.length)
  expect(resumed.halts.length).toBeGreaterThan(1)
  expect(reasonsOf(resumed).map(({ reason }) => reason)).not.toContain('OPERATOR')
})
