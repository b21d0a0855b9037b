/** The limits of the account, as a person writes them. */
import { expect, test } from 'vitest'
import { accountLimits } from '../../src/cli/account-limits.ts'
import { type LoadArgs, loadConfig } from '../../src/config/load.ts'

const load = (args: LoadArgs) => loadConfig({ cwd: '/', env: {}, ...args }).config.limits

test.each<[string, LoadArgs, string]>([
  [
    'a loss below zero',
    { env: { MAX_DAILY_LOSS_USD: '-5' } },
    'limits.maxDailyLossUsd must be off or a decimal of at most 6 places, 0 to 1000000000, got "-5" (from the environment variable MAX_DAILY_LOSS_USD)',
  ],
  [
    'a pause of no time',
    { env: { COOLDOWN_MS: '0' } },
    'limits.cooldownMs must be off or a whole number, 1 to 3600000, got "0" (from the environment variable COOLDOWN_MS)',
  ],
  [
    'half a position',
    { env: { MAX_OPEN_POSITIONS: '2.5' } },
    'limits.maxOpenPositions must be off or a whole number, 0 to 10000, got "2.5" (from the environment variable MAX_OPEN_POSITIONS)',
  ],
  [
    'more than all of the bankroll',
    { flags: { 'limits.maxBankrollShare': 1.5 } },
    'limits.maxBankrollShare must be off or a number, 0 to 1, got 1.5 (from --limits.maxBankrollShare on the command line)',
  ],
  [
    'a test that is always wrong',
    { flags: { 'limits.tripwire': 1 } },
    'limits.tripwire must be off or a number, 0.000001 to 0.5, got 1 (from --limits.tripwire on the command line)',
  ],
  [
    'an hour that is none',
    { flags: { 'limits.dayStarts': '24:00' } },
    'limits.dayStarts must be hours and minutes, 00:00 to 23:59, got "24:00" (from --limits.dayStarts on the command line)',
  ],
  [
    'a zone that is none',
    { flags: { 'limits.dayZone': 'Mars/Base' } },
    'limits.dayZone must be a time zone, such as UTC or America/New_York, got "Mars/Base" (from --limits.dayZone on the command line)',
  ],
])('%s is refused by name', (_, args, sentence) => {
  expect(() => load(args)).toThrow(sentence)
})

test('money may be off, nothing, or an amount', () => {
  const env = { MAX_DAILY_LOSS_USD: 'off', MAX_EXPOSURE_USD: '0', MAX_DRAWDOWN_USD: '12.5' }
  expect(accountLimits(load({ env }))).toMatchObject({
    maxDailyLoss: null,
    maxExposure: 0,
    maxDrawdown: 12_500_000,
  })
})

test('by default only what no usual shot meets is on', () => {
  expect(accountLimits(load({}))).toEqual({
    maxExposureMarket: null,
    maxExposureAsset: null,
    maxExposureStrategy: null,
    maxExposure: null,
    maxOpenPositions: null,
    cooldownMicros: null,
    maxBankrollShare: null,
    maxTogether: 1_600_000_000,
    maxDailyLoss: 500_000_000,
    maxDrawdown: 1_000_000_000,
    tripwireAlpha: 0.05,
  })
})
