/** The lines that no order crosses, and those that end the trading. */
import { z } from 'zod'
import { KEY_META } from './key-meta.ts'
import { money, moneyOrOff } from './money.ts'

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

export const limits = z.strictObject({
  maxOrdersPerMarket: z
    .int()
    .min(1)
    .max(100)
    .default(1)
    .describe('Orders one window may get; a killed order counts')
    .register(KEY_META, { env: ['MAX_ORDERS_PER_MARKET'] }),
  maxBookAgeMs: z
    .int()
    .min(1)
    .max(60_000)
    .default(5000)
    .describe('No order on a book whose last frame is older than this'),
  maxClockErrorMs: z
    .int()
    .min(1)
    .max(5000)
    .default(250)
    .describe("No order while the venue's clock is known less precisely than this"),
  calendar: z
    .enum(['auto', 'on', 'off'])
    .default('auto')
    .describe(
      "No order while the venue's matching engine restarts, Tuesdays at seven in New York; auto: on for polymarket, off for local",
    ),
  maxPositionUsd: money(
    '0.01',
    '100',
    'Dollars one order may spend, and one window may hold: shares times their price, without the fee on top',
    {
      env: ['MAX_POSITION_USD'],
    },
  ),
  maxExposureMarketUsd: moneyOrOff(
    'off',
    'Dollars that may be at stake in one window, all its orders together; off, since limits.maxPositionUsd and limits.maxOrdersPerMarket bound it already',
  ),
  maxExposureAssetUsd: moneyOrOff(
    'off',
    'Dollars that may be at stake on one asset, windows that wait for their result included; off, since the cash bounds it',
  ),
  maxExposureStrategyUsd: moneyOrOff(
    'off',
    'Dollars that one strategy may have at stake; off, since a bot runs one',
  ),
  maxExposureUsd: moneyOrOff(
    'off',
    'Dollars that may be at stake in all windows, those that wait for their result included; off, since the cash bounds it, and a result that is late should not end the trading unasked',
    { env: ['MAX_EXPOSURE_USD'] },
  ),
  maxOpenPositions: z
    .union([z.literal('off'), z.int().min(0).max(10_000)])
    .default('off')
    .describe(
      'Windows that may have money in them at a time; off, since four assets of four lengths are sixteen that close together, and results take their time',
    )
    .register(KEY_META, { env: ['MAX_OPEN_POSITIONS'] }),
  cooldownMs: z
    .union([z.literal('off'), z.int().min(1).max(3_600_000)])
    .default('off')
    .describe(
      'Milliseconds between two orders of one window; off, since a window gets one order by default, and all of its orders lie within its last second',
    )
    .register(KEY_META, { env: ['COOLDOWN_MS'] }),
  maxBankrollShare: z
    .union([z.literal('off'), z.number().min(0).max(1)])
    .default('off')
    .describe(
      'Share of the bankroll that one order may spend: of the cash and of what was paid for shares without a result; off, since five shares are a large share of a small purse, and the least that the venue takes',
    )
    .register(KEY_META, { range: 'off or a number, 0 to 1' }),
  maxTogetherUsd: moneyOrOff(
    '1600',
    'Dollars that may be lost if everything that closes in the same minute loses at once, over all assets; four assets of four lengths with a whole limits.maxPositionUsd each',
  ),
  maxDailyLossUsd: moneyOrOff(
    '500',
    'Dollars lost in a day at which the bot halts itself until a person resumes it; five whole positions, and a twentieth of the play money a dry run starts with',
    { env: ['MAX_DAILY_LOSS_USD'] },
  ),
  maxDrawdownUsd: moneyOrOff(
    '1000',
    'Dollars below the best moment since the counting began at which the bot halts itself until a person resumes it; two bad days, and a tenth of the play money',
    { env: ['MAX_DRAWDOWN_USD'] },
  ),
  tripwire: z
    .union([z.literal('off'), z.number().min(0.000_001).max(0.5)])
    .default(0.05)
    .describe(
      'The bot halts itself when its shots win less often than their prices ask for and chance explains that no better than this: a bot as good as its prices is halted in at most this share of cases, however long it runs',
    )
    .register(KEY_META, { range: 'off or a number, 0.000001 to 0.5' }),
  dayStarts: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
    .default('00:00')
    .describe('When the day of limits.maxDailyLossUsd begins, by the clock of limits.dayZone')
    .register(KEY_META, { range: 'hours and minutes, 00:00 to 23:59' }),
  dayZone: z
    .string()
    .refine(isZone)
    .default('UTC')
    .describe('Time zone of limits.dayStarts')
    .register(KEY_META, { range: 'a time zone, such as UTC or America/New_York' }),
})
