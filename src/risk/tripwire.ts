/**
 * A sequential test of whether we win as often as the prices that we pay ask for. Somebody who believes that we do not bets on it at every shot: one dollar
 * becomes 1 + lambda * (b - w), where b is the share of wins that breaks even at the price paid, fee included, and w is what a share paid, 1 or 0. If we win at
 * least as often as the price says, that dollar is no more than a fair game, and the chance that it ever grows to 1/alpha is at most alpha, however often one
 * looks (Ville). So nobody has to say beforehand how many windows it takes.
 *
 * Nobody knows how badly we lose, so the dollar is divided among some guesses. Windows that close together win and lose together, and only the average
 * of their bets is fair whatever hangs together; so the shots of one close are one bet.
 */
import type { OpenBatch, TripwireState } from '../domain/account.ts'
import type { Micros } from '../domain/units.ts'

/** What is put on a loss at a price that breaks even at `b`; below nothing it is put on a win. */
export type Bet = (breakEven: number) => number

/** No guess risks more than this of its money on one win. */
const MOST_AT_RISK = 0.5
/** A price of a dollar and more cannot be won back; the test only has to know that it is nearly one. */
const NEARLY_ONE = 1 - 1e-6

/** Guesses of how much more often we lose than the price says: a quarter more, half more, twice, three times as often. */
export const AGAINST_US: readonly Bet[] = [0.25, 0.5, 1, 2].map(
  (guess) => (b) => Math.min(guess / b, MOST_AT_RISK / (1 - b)),
)
/** Guesses of how many of the losses that the price expects do not come: a quarter, half, three quarters. */
export const GUESSES_FOR_US: readonly number[] = [0.25, 0.5, 0.75]
export const FOR_US: readonly Bet[] = GUESSES_FOR_US.map((guess) => (b) => -guess / b)

export type Shot = {
  readonly endAt: Micros
  /** The share of wins at which the price paid, fee included, breaks even. */
  readonly breakEven: number
  /** What a share paid, in dollars. */
  readonly paid: number
  /** No other shot of the same close waits for its result. */
  readonly isLast: boolean
}

export const NO_SHOTS: TripwireState = noShots(AGAINST_US)

export function noShots(bets: readonly Bet[]): TripwireState {
  return { shots: 0, wins: 0, expected: 0, logs: bets.map(() => 0), open: [] }
}

export function afterShot(
  state: TripwireState,
  shot: Shot,
  bets: readonly Bet[] = AGAINST_US,
): TripwireState {
  const { endAt, paid } = shot
  const breakEven = Math.min(shot.breakEven, NEARLY_ONE)
  const before = state.open.find((batch) => batch.endAt === endAt)
  const batch: OpenBatch = {
    endAt,
    shots: (before?.shots ?? 0) + 1,
    gains: bets.map((bet, at) => (before?.gains[at] ?? 0) + bet(breakEven) * (breakEven - paid)),
  }
  const others = state.open.filter((one) => one !== before)
  return {
    shots: state.shots + 1,
    wins: state.wins + paid,
    expected: state.expected + breakEven,
    logs: shot.isLast ? state.logs.map((log, at) => log + growth(batch, at)) : state.logs,
    open: shot.isLast ? others : [...others, batch],
  }
}

/** The last window of a close said nothing of the wins: the shots before it are a bet of their own. */
export function afterClose(state: TripwireState, endAt: Micros, isLast: boolean): TripwireState {
  const batch = isLast ? state.open.find((one) => one.endAt === endAt) : undefined
  if (batch === undefined) return state
  return {
    ...state,
    logs: state.logs.map((log, at) => log + growth(batch, at)),
    open: state.open.filter((one) => one !== batch),
  }
}

function growth(batch: OpenBatch, at: number): number {
  return Math.log1p((batch.gains[at] as number) / batch.shots)
}

/** What the dollar has become. */
export function wealth({ logs }: TripwireState): number {
  return logs.reduce((sum, log) => sum + Math.exp(log), 0) / logs.length
}

export function hasTripped(state: TripwireState, alpha: number): boolean {
  return wealth(state) >= 1 / alpha
}

/** More shots than anybody waits for. */
const NEVER = 1_000_000

/** How many more shots it takes if they go on as they went; null where they go too well for it ever to trip. */
export function shotsNeeded(state: TripwireState, alpha: number): number | null {
  if (hasTripped(state, alpha)) return 0
  const after = (more: number): number =>
    wealth({ ...state, logs: state.logs.map((log) => log * (1 + more / state.shots)) })
  if (state.shots === 0 || after(NEVER) < 1 / alpha) return null
  // It is below the goal now and convex, so there is one place where it gets there.
  let [below, enough] = [0, NEVER]
  while (enough - below > 1) {
    const middle = Math.floor((below + enough) / 2)
    if (after(middle) < 1 / alpha) below = middle
    else enough = middle
  }
  return enough
}
