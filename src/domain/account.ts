/** What the bot knows of its own fortune: plain data that a restart brings back, and why it may have ended the trading itself. */
import type { Market, Winner } from './market.ts'
import type { Order, SubmitOutcome } from './order.ts'
import type { Micros, MicroUsdc } from './units.ts'

/** `kill` is a halt: it outlives the process, and only `resume` ends it. */
export type OperatorAction = 'pause' | 'resume' | 'stop' | 'kill'

export type HaltCause =
  | 'daily_loss'
  | 'drawdown'
  | 'tripwire'
  | 'stakes'
  | 'overfill'
  | 'negative_position'
  | 'stray_fill'

/** The bot ended the trading itself; `why` has the numbers. */
export type Halt = { readonly cause: HaltCause; readonly why: string }

/** Shots of one close, of which some are not settled yet: their results hang together. */
export type OpenBatch = {
  readonly endAt: Micros
  readonly shots: number
  /** For each way to bet, the sum of what its bets won. */
  readonly gains: readonly number[]
}

/** How far a sequential test of the wins has come. */
export type TripwireState = {
  readonly shots: number
  readonly wins: number
  /** The wins that the prices asked for, fees included. */
  readonly expected: number
  /** For each way to bet, the logarithm of what one dollar has become. */
  readonly logs: readonly number[]
  readonly open: readonly OpenBatch[]
}

/** What the account has to know of a window that was settled. */
export type Result = {
  readonly market: Market
  readonly winner: Winner
  readonly order: Order | null
  readonly outcome: SubmitOutcome | null
  /** How many orders the window had. Results of before do not say. */
  readonly orders?: number
  readonly payout: MicroUsdc
  readonly pnl: MicroUsdc
}

export type AccountState = {
  /** The latest settlement that is counted. */
  readonly heardAt: Micros
  /** Null before anybody said when the day began. */
  readonly dayStartedAt: Micros | null
  /** Profit and loss since the day began. */
  readonly dayPnl: MicroUsdc
  /** Profit and loss since the counting began, and the most that it has been. */
  readonly pnl: MicroUsdc
  readonly peak: MicroUsdc
  readonly tripwire: TripwireState
}
