/**
 * The environment variables of the systems that this bot takes the place of. Most of them are names of settings (`KEY_META`), of secrets, or borrowed; here are all
 * of them, with their units, and those that are neither: switches between play and real money, and names of parts that are not there.
 */
import { UserError } from '../domain/user-error.ts'
import { type Origin, originText } from './origin.ts'

export type VariableLayer = {
  readonly values: Readonly<Record<string, string | undefined>>
  origin(name: string): Origin
}

/** Each with its unit, by the system that has it. */
export const SOURCE_VARIABLES = {
  QuesQuant: {
    POLYMARKET_PRIVATE_KEY: 'hex digits',
    DASHBOARD_API_KEY: 'text',
  },
  PK8: {
    PM_STRATEGY: 'a name; underscores or hyphens',
    PM_TRADE_ENABLED: '1 or 0',
    PM_DRY_RUN: '1 or 0',
    PM_PAPER_TRADING: '1 or 0',
    PM_WATCHLIST: 'pairs such as BTC:15m, separated by commas',
    PM_TRADELIST: 'pairs such as BTC:15m, separated by commas',
    PM_WARMUP_SECONDS: 'seconds',
    PM_MIN_REQUOTE_SECONDS: 'seconds',
    PM_REQUOTE_MIN_TICKS: 'ticks of the market',
    PM_REQUOTE_MAX_AGE_SECONDS: 'seconds',
    PM_PAPER_STARTING_CASH: 'dollars',
    PM_PAPER_POST_LATENCY_MS: 'milliseconds',
    PM_PAPER_CANCEL_REQ_LATENCY_MS: 'milliseconds',
    PM_PAPER_CANCEL_CLEAR_LATENCY_MS: 'milliseconds',
    PM_PAPER_QUEUE_ADD_AHEAD_FRAC: 'share, 0 to 1',
    PM_PAPER_FLOW_BASE: 'shares a second',
    PM_PAPER_SEED: 'a whole number',
    RUST_LOG: 'a level, or levels by module of which the general one counts',
  },
  'polymarket-crypto': {
    ASSET: 'names, separated by commas',
    INTERVAL: 'lengths, separated by commas',
    MAX_POSITION_USD: 'dollars',
    MAX_ORDERS_PER_MARKET: 'orders',
    COOLDOWN_MS: 'milliseconds',
  },
  'last-second': {
    POLL_INTERVAL: 'seconds',
    TRADER_START_BUFFER: 'seconds',
    MIN_TIME_TO_START: 'seconds',
    MAX_MINUTES_AHEAD: 'minutes',
    TRIGGER_SECONDS: 'seconds',
    PRIVATE_KEY: 'hex digits',
    CLOB_API_KEY: 'text',
    CLOB_SECRET: 'text',
    CLOB_PASSPHRASE: 'text',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>

/** Between play and real money: one that says play is believed, none of them makes a run live. */
export const SWITCHES = ['PM_DRY_RUN', 'PM_PAPER_TRADING'] as const

const TELEGRAM = 'messages to Telegram are not built yet'

/** Parts of those systems that are not here yet. */
export const NOT_BUILT: Readonly<Record<string, string>> = {
  TELEGRAM_BOT_TOKEN: TELEGRAM,
  TELEGRAM_CHAT_ID: TELEGRAM,
}

const MEANING: Readonly<Record<string, boolean>> = { 1: true, true: true, 0: false, false: false }

/** The first switch that says that nothing is for real, or null. One that says neither is refused. */
export function saidDry(layers: readonly VariableLayer[]): string | null {
  let found: string | null = null
  for (const name of SWITCHES) {
    const said = layers.flatMap(({ values, origin }) => {
      const text = values[name]?.trim() ?? ''
      return text === '' ? [] : [{ text, origin: origin(name) }]
    })
    for (const { text, origin } of said)
      if (MEANING[text.toLowerCase()] === undefined)
        throw new UserError(
          'config',
          `${name} must be 1 or 0, true or false, got ${JSON.stringify(text)} (${originText(origin)})`,
        )
    const [strongest] = said
    if (strongest !== undefined && MEANING[strongest.text.toLowerCase()] === true)
      found ??= `${name} is ${strongest.text} (${originText(strongest.origin)})`
  }
  return found
}
