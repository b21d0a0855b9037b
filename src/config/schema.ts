/**
 * Every setting, once: its type, range, default, meaning, and the environment variables that set it. The loader, the
 * `config` verb and the documentation read this schema; a value outside its range is refused, never bent to fit.
 */
import { z } from 'zod'
import { ASSETS, INTERVALS, SERIES_NAMES, SETTLEMENT_FEEDS, SPOT_FEEDS } from '../domain/ids.ts'
import { capacity } from './capacity.ts'
import { gates } from './gates-schema.ts'
import { KEY_META } from './key-meta.ts'
import { limits } from './limits-schema.ts'
import { money } from './money.ts'
import { stakes } from './stakes-schema.ts'
import { wallet } from './wallet-schema.ts'

export const VENUES = ['local', 'polymarket'] as const
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const

function listOf<const Names extends readonly [string, ...string[]]>(names: Names) {
  return z
    .array(z.enum(names))
    .min(1)
    .refine((list) => new Set(list).size === list.length)
}

/** Windows by asset and length together. */
function pairs(meaning: string, env: string) {
  return z
    .array(z.enum(SERIES_NAMES))
    .refine((list) => new Set(list).size === list.length)
    .default([])
    .describe(meaning)
    .register(KEY_META, { env: [env], range: PAIRS_RANGE })
}

const PAIRS_RANGE =
  'different ones of btc, eth, sol, xrp with 5m, 15m, 1h, 4h, such as btc:15m, or nothing'

function seconds(least: number, most: number, initial: number, meaning: string) {
  return z.int().min(least).max(most).default(initial).describe(meaning)
}

const FOLDER_RANGE = { range: 'a path that is not empty' }

function folder(initial: string, meaning: string) {
  return z.string().min(1).default(initial).describe(meaning).register(KEY_META, FOLDER_RANGE)
}

const PARAMETER = z.union([z.string(), z.number(), z.boolean()])

const discovery = z.strictObject({
  pollIntervalSec: seconds(5, 3600, 90, 'Seconds between two polls for new windows').register(
    KEY_META,
    { env: ['POLL_INTERVAL'] },
  ),
  maxMinutesAhead: seconds(
    1,
    1440,
    20,
    'A window that closes later than this many minutes from now is left for a later poll',
  ).register(KEY_META, { env: ['MAX_MINUTES_AHEAD'] }),
  startBufferSec: seconds(
    5,
    14_400,
    180,
    "Seconds before the close at which a window's trader starts and its listeners open; params.listenFromSec, where it is set, goes before it",
  ).register(KEY_META, { env: ['TRADER_START_BUFFER'] }),
  minTimeToStartSec: seconds(
    1,
    3600,
    30,
    'A window with fewer seconds left than this is skipped: too late to start',
  ).register(KEY_META, { env: ['MIN_TIME_TO_START'] }),
  startWaitSec: z
    .number()
    .min(0)
    .max(600)
    .default(0)
    .describe('Seconds after the start in which prices are heard and no windows are looked for yet')
    .register(KEY_META, { env: ['PM_WARMUP_SECONDS'] }),
  warmUpSec: seconds(0, 120, 10, 'Seconds before the trigger at which connections are warmed'),
  cleanUpSec: seconds(0, 600, 10, "Seconds after the close at which a window's listeners go"),
})

const channel = z.strictObject({
  pingSec: seconds(1, 60, 10, 'Seconds between two PINGs on a market-channel socket'),
  silenceSec: seconds(
    1,
    300,
    10,
    'Seconds without any data after which a socket counts as frozen and is replaced',
  ),
  sockets: z
    .enum(['split', 'both'])
    .default('split')
    .describe(
      "split: the YES and the NO listener have a socket each; both: each socket carries both tokens, so that one lost socket loses no side's prices",
    ),
})

/** Each at most once; where it stands says how much it counts. */
function inOrder<const Names extends readonly [string, ...string[]]>(
  names: Names,
  meaning: string,
) {
  return z
    .array(z.enum(names))
    .refine((list) => new Set(list).size === list.length)
    .default([...names])
    .describe(meaning)
}

const prices = z.strictObject({
  settlement: inOrder(
    SETTLEMENT_FEEDS,
    'Relays of the prices that settle the windows, the better one first; all of them are listened to, and the first that is not silent counts. polybolt needs API credentials',
  ),
  spot: inOrder(
    SPOT_FEEDS,
    'Exchanges, the better one first; each is listened to only while those before it refuse or are silent',
  ),
  silenceSec: seconds(
    2,
    300,
    15,
    'Seconds without a price after which a source counts as lost: its connection is replaced, and the next source counts',
  ),
})

const paper = z.strictObject({
  startingCashUsd: money('0', '10000', 'Play money a dry run starts with, in dollars', {
    env: ['PM_PAPER_STARTING_CASH'],
  }),
  fill: z
    .enum(['shadow', 'instant'])
    .default('shadow')
    .describe(
      'shadow: a paper order fills from the live book as it is after the hold; instant: from the book at the moment of the order',
    ),
  holdMs: z
    .union([z.literal('auto'), z.int().min(0).max(1000)])
    .default('auto')
    .describe(
      'Milliseconds a paper order is held before it meets the book; auto: 150 where the venue says takers are held, else 0',
    ),
  postMs: z
    .union([z.literal('auto'), z.int().min(0).max(10_000)])
    .default('auto')
    .describe(
      'Milliseconds until a paper order is in the book; auto: each as long as one drawn from those measured by live runs, or a round trip to the venue where there are fewer than 30',
    )
    .register(KEY_META, { env: ['PM_PAPER_POST_LATENCY_MS'] }),
  cancelRequestMs: z
    .int()
    .min(0)
    .max(10_000)
    .default(50)
    .describe('Milliseconds until the venue hears that a paper order is to be withdrawn')
    .register(KEY_META, { env: ['PM_PAPER_CANCEL_REQ_LATENCY_MS'] }),
  cancelClearMs: z
    .int()
    .min(0)
    .max(10_000)
    .default(0)
    .describe('Milliseconds from there until it is gone; it can be filled meanwhile')
    .register(KEY_META, { env: ['PM_PAPER_CANCEL_CLEAR_LATENCY_MS'] }),
  queueAddAhead: z
    .number()
    .min(0)
    .max(1)
    .default(0.2)
    .describe('Of those who join a price after a paper order, the share that is served before it')
    .register(KEY_META, { env: ['PM_PAPER_QUEUE_ADD_AHEAD_FRAC'] }),
  flow: z
    .enum(['trades', 'model'])
    .default('trades')
    .describe(
      'What reaches a paper order that waits: the trades that the venue tells, or takers made up by flowBase, flowDepthShare and flowNoise',
    ),
  flowBase: z
    .number()
    .min(0)
    .max(10_000)
    .default(5)
    .describe('Shares a second that made-up takers want in any case')
    .register(KEY_META, { env: ['PM_PAPER_FLOW_BASE'] }),
  flowDepthShare: z
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe('... and this share, each second, of what waits at the best price'),
  flowNoise: z
    .number()
    .min(0)
    .max(3)
    .default(0.5)
    .describe('How much made-up takers vary: the standard deviation of their logarithm'),
  seed: z
    .int()
    .min(0)
    .max(2_147_483_647)
    .default(1)
    .describe('Seed of the made-up takers')
    .register(KEY_META, { env: ['PM_PAPER_SEED'] }),
})

const quotes = z.strictObject({
  minRequoteSec: z
    .number()
    .min(0.1)
    .max(60)
    .default(1)
    .describe('An order that waits is not replaced sooner than this many seconds')
    .register(KEY_META, { env: ['PM_MIN_REQUOTE_SECONDS'] }),
  minTicks: z
    .int()
    .min(0)
    .max(1000)
    .default(3)
    .describe("... nor for a price that is nearer than so many of the market's ticks")
    .register(KEY_META, { env: ['PM_REQUOTE_MIN_TICKS'] }),
  maxAgeSec: z
    .number()
    .min(1)
    .max(3600)
    .default(10)
    .describe('An order that has waited for so many seconds is replaced in any case')
    .register(KEY_META, { env: ['PM_REQUOTE_MAX_AGE_SECONDS'] }),
})

const sizing = z.strictObject({
  rule: z
    .enum(['strategy', 'fixed', 'fraction', 'kelly'])
    .default('strategy')
    .describe(
      'How many shares a purchase gets that is taken at once; strategy: as the strategy asks; fixed: so many, where each is worth its price; fraction: a part of the free cash; kelly: a part of what Kelly stakes on the lower end of the chance',
    )
    .register(KEY_META, { env: ['SIZING_RULE'] }),
  fraction: z
    .number()
    .min(0.0001)
    .max(1)
    .default(0.02)
    .describe('With rule fraction: the part of the free cash that one purchase may spend')
    .register(KEY_META, { env: ['SIZING_FRACTION'] }),
  kellyPart: z
    .number()
    .min(0.01)
    .max(1)
    .default(0.25)
    .describe("With rule kelly: the part of Kelly's stake; 1 is all of it, and wild")
    .register(KEY_META, { env: ['SIZING_KELLY_PART'] }),
  maxUsd: money(
    '1',
    '25',
    'Dollars that a purchase made larger by the sizing may spend, with its fee; limits.maxPositionUsd holds besides',
    { env: ['SIZING_MAX_USD'] },
  ),
  capacity: capacity(
    'The same for single assets, where their books bear less than others; sizing.maxUsd holds besides',
    'SIZING_CAPACITY',
  ),
})

const control = z.strictObject({
  host: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe(
      'Address the control server listens on; other than loopback needs control.allowRemote',
    )
    .register(KEY_META, { range: 'a host name or an address' }),
  allowRemote: z
    .boolean()
    .default(false)
    .describe('Lets the control server listen on an address that other machines can reach'),
  port: z
    .int()
    .min(0)
    .max(65_535)
    .default(8002)
    .describe(
      'Port of the control server; 0 takes any free one. When the default is taken the next free one is used; one you set is used or refused',
    )
    .register(KEY_META, { env: ['CONTROL_PORT'] }),
})

const log = z.strictObject({
  level: z
    .enum(LOG_LEVELS)
    .default('info')
    .describe('Least important log line that is written; critical is another word for fatal')
    .register(KEY_META, {
      env: ['LOG_LEVEL'],
      flag: 'log-level',
      aliases: { critical: 'fatal', warning: 'warn' },
    }),
  dir: folder('log', 'Folder of finder.log and trades.log'),
  marketDir: folder('logs', 'Folder of the per-window folders, <interval>/<slug>/'),
  maxMb: z
    .int()
    .min(1)
    .max(10_000)
    .default(20)
    .describe('Size in megabytes at which a log rotates'),
  keep: z.int().min(1).max(1000).default(10).describe('Rotated files kept of each log'),
})

export const ConfigSchema = z.strictObject({
  venue: z
    .enum(VENUES)
    .default('local')
    .describe('local: the embedded venue, play money; polymarket: the real venue')
    .register(KEY_META, { env: ['VENUE'], flag: 'venue' }),
  assets: listOf(ASSETS)
    .default(['btc', 'eth'])
    .describe('Assets whose windows are traded')
    .register(KEY_META, { env: ['ASSET'], flag: 'asset' }),
  intervals: listOf(INTERVALS)
    .default(['15m'])
    .describe('Window lengths that are traded')
    .register(KEY_META, { env: ['INTERVAL'], flag: 'interval' }),
  watch: pairs(
    'Windows that are watched, where assets and intervals cannot say it, such as btc:15m,eth:5m; nothing: those of assets and intervals',
    'PM_WATCHLIST',
  ),
  trade: pairs(
    'Of the windows that are watched, those that may get orders; nothing: all of them',
    'PM_TRADELIST',
  ),
  tradeEnabled: z
    .boolean()
    .default(true)
    .describe(
      'false: no window gets an order; all of them are watched, judged and written down. true never makes a run live',
    )
    .register(KEY_META, { env: ['PM_TRADE_ENABLED'], range: 'true or false, 1 or 0' }),
  strategy: z
    .string()
    .min(1)
    .default('last-second')
    .describe(
      'Name of the strategy, or several separated by commas, which then run as one; `lastsecond strategies` lists them',
    )
    .register(KEY_META, {
      env: ['STRATEGY', 'PM_STRATEGY'],
      flag: 'strategy',
      range: 'names of strategies, separated by commas',
    }),
  params: z
    .record(z.string(), PARAMETER)
    .default({})
    .describe(
      'Parameters of the strategy by name; of several strategies each takes those that it has; `lastsecond strategies` lists them',
    )
    .register(KEY_META, {
      range: "a number, a word, true or false, within the strategy's own range",
    }),
  discovery,
  channel,
  prices,
  paper,
  quotes,
  sizing,
  limits,
  stakes,
  gates,
  control,
  log,
  wallet,
  dataDir: folder('data', 'Folder of ledgers, run files and recordings'),
})

type DeepReadonly<T> = T extends number | string | boolean
  ? T
  : T extends readonly (infer Item)[]
    ? readonly DeepReadonly<Item>[]
    : { readonly [Key in keyof T]: DeepReadonly<T[Key]> }

/** The whole configuration, checked. Money is already in micro-dollars. */
export type Config = DeepReadonly<z.output<typeof ConfigSchema>>

/** Names whose values are never printed, logged or kept: a dry run only asks whether they are set. */
export const SECRET_NAMES = [
  'PRIVATE_KEY',
  'POLYMARKET_PRIVATE_KEY',
  'CLOB_API_KEY',
  'CLOB_SECRET',
  'CLOB_PASSPHRASE',
  'DASHBOARD_API_KEY',
] as const
export type SecretName = (typeof SECRET_NAMES)[number]
