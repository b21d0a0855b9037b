/** What stands before the first real order: safeguards that are on, and a dry run that has shown enough. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lockOf } from '../../../src/cli/live-lock.ts'
import { liveSettings } from '../../../src/cli/live-settings.ts'
import { bankrollOf, limitsTooLoose } from '../../../src/cli/safeguards.ts'
import { loadConfig } from '../../../src/config/load.ts'
import type { Settlement } from '../../../src/domain/facts.ts'
import { conditionId, orderId } from '../../../src/domain/ids.ts'
import type { Log } from '../../../src/domain/ports.ts'
import type { StakeState } from '../../../src/domain/stakes.ts'
import { type Micros, microShares, micros, microUsdc } from '../../../src/domain/units.ts'
import { openLedger } from '../../../src/ledger/ledger.ts'
import { begun } from '../../../src/risk/stake-ladder.ts'
import { aMarket, at } from '../../support/builders.ts'
import { anOrder } from '../../support/live.ts'

const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}
let cwd: string

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'locks-'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

function lock(yaml = '', flags: Record<string, string> = { venue: 'polymarket' }): string | null {
  writeFileSync(join(cwd, 'lastsecond.yaml'), `dataDir: ${cwd}/data\n${yaml}`)
  return lockOf(loadConfig({ cwd, env: {}, flags }).config)
}

/** Windows with orders that were settled, as a ledger keeps them. */
async function settled(
  mode: 'dry' | 'live',
  count: number,
  change: Partial<Settlement> & { agrees?: boolean | null; from?: number; strategy?: string } = {},
  stakes: StakeState | null = null,
): Promise<void> {
  const { agrees = true, from = 0, strategy = 'last-second', ...rest } = change
  const folder = join(cwd, 'data/polymarket', mode)
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'ledger.db')
  const ledger = await openLedger({ path, startingCash: microUsdc(1e9), log: silent })
  for (let n = from; n < from + count; n += 1) {
    const id = conditionId(`0x${String(n).padStart(64, '0')}`)
    const market = aMarket({ conditionId: id, slug: `btc-updown-15m-${n}` })
    const settlement = {
      ...{ market, decision: 'fired', reason: '', winner: 'UP', winnerSource: 'gamma', side: 'UP' },
      ...{ order: { ...anOrder(), strategy }, outcome: { state: 'filled' }, orders: 1 },
      payout: microUsdc(1),
      ...{ held: { UP: 0, DOWN: 0 }, pnl: microUsdc(1), cash: microUsdc(1e9), latency: {} },
      ...rest,
    } as unknown as Settlement
    ledger.accept({ kind: 'settled', at: at(1_000 + n), settlement })
    const judged = { conditionId: id, agrees } as never
    ledger.accept({ kind: 'judged', at: at(1_000 + n), judged })
  }
  if (stakes !== null) ledger.accept({ kind: 'stakes', at: at(1), stakes, move: null })
  await ledger.close()
}

const TEN = 'stakes: { windows: 10 }\n'

test('the play money of the embedded venue asks for nothing, unless a person does', () => {
  expect(lock('', { venue: 'local' })).toBeNull()
  expect(lock('stakes: { ladder: on }\n', { venue: 'local' })).toMatch(/^ON_PAPER: .* there are 0/)
})

test('real money waits for a dry run of the same strategy', async () => {
  expect(lock()).toMatch(
    /^ON_PAPER: last-second: a dry run has to show 50 settled windows .* there are 0/,
  )
  await settled('dry', 9)
  await settled('dry', 5, { from: 20, strategy: 'momentum' })
  await settled('dry', 5, { from: 30, order: null, decision: 'passed' })
  // What was killed costs nothing, and shows nothing.
  await settled('dry', 60, { from: 50, outcome: { state: 'killed', reason: 'gone' } })
  expect(lock(TEN)).toMatch(/show 10 settled windows with fills first, and there are 9/)
  await settled('dry', 1, { from: 40 })
  expect(lock(TEN)).toBeNull()
  expect(lock(`${TEN}strategy: momentum\n`)).toMatch(/there are 5/)
  // Of several each for itself.
  expect(lock(`${TEN}strategy: last-second,momentum\n`)).toMatch(/momentum: .* there are 5/)
})

test.each([
  ['lost money', { pnl: microUsdc(-1) }, /lost 0.00001 USD/],
  ['named the wrong winners', { agrees: false }, /named the winner of 0 windows of 10/],
  ['named no winners', { agrees: null }, /named the winner of 0 windows of 10/],
] as const)('a dry run that %s has shown nothing', async (_, change, words) => {
  await settled('dry', 10, change)
  expect(lock(TEN)).toMatch(words)
  await settled('dry', 10, { from: 10 })
  // Only the latest ones count.
  expect(lock(TEN)).toBeNull()
})

test('of who may hold both sides no winners are asked, but that he lost nothing', async () => {
  const maker = `${TEN}strategy: market-maker\n`
  await settled('dry', 10, { agrees: null, strategy: 'market-maker' })
  expect(lock(maker)).toBeNull()
  // Who waits for a seller of the winner names it.
  await settled('dry', 10, { agrees: null, from: 20, strategy: 'late-favourite' })
  expect(lock(`${TEN}strategy: late-favourite\n`)).toMatch(/named the winner of 0 windows of 10/)
  await settled('dry', 1, { agrees: null, from: 40, strategy: 'market-maker', pnl: microUsdc(-10) })
  expect(lock(maker)).toMatch(/lost 0.000001 USD/)
})

test('a window of several orders counts with its whole result, whichever of them it shows', async () => {
  // Of each pair one leg was bought and the other, which is shown, was not: that lost money.
  const killed = { state: 'killed', reason: 'gone' } as const
  await settled('dry', 10, { outcome: killed, orders: 2, pnl: microUsdc(-1) })
  expect(lock(TEN)).toMatch(/there are 0/)
  const path = join(cwd, 'data/polymarket/dry/ledger.db')
  const ledger = await openLedger({ path, startingCash: microUsdc(1e9), log: silent })
  for (let n = 0; n < 10; n += 1) {
    const id = conditionId(`0x${String(n).padStart(64, '0')}`)
    const market = aMarket({ conditionId: id, slug: `btc-updown-15m-${n}` })
    const order = { ...anOrder(), id: orderId(`${n}/1`), conditionId: id, strategy: 'last-second' }
    const fill = { fills: [], shares: microShares(5), cost: microUsdc(3), fee: microUsdc(0) }
    const outcome = { state: 'filled', finality: 'confirmed', ...fill } as const
    ledger.accept({ kind: 'submitted', at: at(n), order, market })
    const rest = { venueId: null, cash: microUsdc(1e9) }
    ledger.accept({ kind: 'outcome', at: at(n), order, market, outcome, ...rest })
  }
  await ledger.close()
  expect(lock(TEN)).toMatch(/the last 10 windows with fills of the dry run lost 0.00001 USD/)
})

test('a live bot that stands somewhere needs no other word; one sent back shows it again', async () => {
  await settled('live', 0, {}, begun('canary', 0 as Micros, 'last-second'))
  expect(lock(TEN)).toBeNull()
  // What one strategy has come to is not another's.
  expect(lock(`${TEN}strategy: momentum\n`)).toMatch(/^ON_PAPER: momentum/)
  await settled('live', 0, {}, begun('paper', micros(at(1_005)), 'last-second'))
  await settled('dry', 12)
  // Those before it was sent back prove nothing.
  expect(lock(TEN)).toMatch(/there are 6, since the live bot was sent back to paper/)
  await settled('dry', 4, { from: 20 })
  expect(lock(TEN)).toBeNull()
})

test.each([
  ['limits: { maxDailyLossUsd: off }\n', /SAFEGUARD_OFF: limits.maxDailyLossUsd: /],
  ['limits: { tripwire: off, maxDrawdownUsd: off }\n', /limits.maxDrawdownUsd, limits.tripwire/],
  ['gates: { strikeAtLeast: off }\n', /gates.strikeAtLeast/],
  ['gates: { rule: off }\n', /gates.rule/],
  ['params: { winner: book }\n', /params.winner/],
])('%j does not trade with real money', async (yaml, words) => {
  expect(lock(`${yaml}stakes: { ladder: off }\n`)).toMatch(words)
  expect(lock(`${yaml}stakes: { ladder: off }\n`, { venue: 'local' })).toBeNull()
})

test('nor can it be switched off while the bot runs', () => {
  const asked = new Map([['limits.maxDrawdownUsd', 'off']])
  const planOf = (venue: string, mode: 'dry' | 'live') => {
    writeFileSync(join(cwd, 'lastsecond.yaml'), '')
    const { config } = loadConfig({ cwd, env: {}, flags: { venue } })
    return () => liveSettings(config, mode, false).plan(asked, [])
  }
  expect(planOf('polymarket', 'live')).toThrow(/SAFEGUARD_OFF: limits.maxDrawdownUsd/)
  for (const [venue, mode] of [['polymarket', 'dry'] as const, ['local', 'live'] as const])
    expect(planOf(venue, mode)()).toMatchObject([{ key: 'limits.maxDrawdownUsd', to: 'off' }])
})

describe('a limit of more dollars than there are', () => {
  const configOf = (yaml: string, venue = 'polymarket') => {
    writeFileSync(join(cwd, 'lastsecond.yaml'), yaml)
    return loadConfig({ cwd, env: {}, flags: { venue } }).config
  }
  const USD = 1_000_000
  const FIFTY =
    'limits: { maxPositionUsd: 50, maxTogetherUsd: 50, maxDailyLossUsd: 50, maxDrawdownUsd: 50 }\n'

  test('is none, and the refusal says what would do', () => {
    const refusal = limitsTooLoose(configOf(''), microUsdc(300 * USD + 129_999))
    expect(refusal).toMatch(
      /^SAFEGUARD_OFF: limits.maxTogetherUsd \(1600 USD\), limits.maxDailyLossUsd \(500 USD\), limits.maxDrawdownUsd \(1000 USD\) are more than the 300.129999 USD/,
    )
    expect(refusal).toMatch(/set each to 300.12 or less/)
    expect(limitsTooLoose(configOf('', 'local'), microUsdc(0))).toBeNull()
  })

  test.each(['maxPositionUsd', 'maxTogetherUsd', 'maxDailyLossUsd', 'maxDrawdownUsd'])(
    '%s may be as large as the money, and not a cent larger',
    (name) => {
      const money = microUsdc(50 * USD)
      expect(limitsTooLoose(configOf(FIFTY), money)).toBeNull()
      const loose = configOf(FIFTY.replace(`${name}: 50`, `${name}: 50.01`))
      expect(limitsTooLoose(loose, money)).toMatch(new RegExp(`limits.${name} \\(50.01 USD\\) is`))
    },
  )

  test('nor may it be set while the bot runs', () => {
    const plan = (to: string) => {
      const { plan: ask } = liveSettings(configOf(FIFTY), 'live', false, microUsdc(50 * USD))
      return () => ask(new Map([['limits.maxDailyLossUsd', to]]), [])
    }
    expect(plan('51')).toThrow(/SAFEGUARD_OFF: limits.maxDailyLossUsd \(51 USD\) is more/)
    expect(plan('49')()).toMatchObject([{ key: 'limits.maxDailyLossUsd' }])
  })

  test('what is held and what was won count as money; what was sold or killed does not', () => {
    const order = { ...anOrder(), spend: microUsdc(7) }
    const fill = { fills: [], shares: microShares(10), cost: microUsdc(5), fee: microUsdc(1) }
    const filled = { state: 'filled', finality: 'confirmed', ...fill } as const
    const shots = [
      { order, outcome: filled },
      { order, outcome: null },
      { order, outcome: { state: 'killed', reason: 'a test' } as const },
      { order: { ...order, action: 'SELL' } as const, outcome: { ...filled, cost: microUsdc(3) } },
    ]
    // 100, the 6 of what is held, the 7 that an open order could take, less the 2 that a sale brought, and 10 that were won.
    expect(bankrollOf(microUsdc(100), { shots, unredeemed: [{ payout: 10 }] })).toBe(121)
  })
})

test('a person may leave the ladder out, but not the safeguards', () => {
  expect(lock('stakes: { ladder: off }\n')).toBeNull()
})
