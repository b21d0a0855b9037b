/**
 * The proof of a strategy that may send several orders in a window: what the window made, as a share of the most that it could lose. Whoever is no better than
 * the prices makes nothing in the mean, so a dollar that is bet on him is a fair game, as the tripwire's is.
 *
 * Fair it is only if all of the bet is fixed before the window: which windows count, the most that can be lost, how much is put down. A window that counts by
 * the winner when one order was enough, and by its money when a sale followed a bad start, would forgive losses. So each window of such a strategy is bet on
 * when its first order leaves, from what is not put down on others, and what it makes changes the wealth by that and nothing more, whatever closes meanwhile.
 */
import type { TripwireState } from '../domain/account.ts'
import type { FeeSchedule } from '../domain/market.ts'
import { MICRO, type MicroShares } from '../domain/units.ts'
import { GUESSES_FOR_US } from './tripwire.ts'

/** How a strategy plays: fixed before any window. */
export type Play = {
  /** It may give back what it bought. */
  readonly sells: boolean
  /** How many windows may be open at once: the money is divided among them. */
  readonly series: number
}

/** What is put down on a window, by each guess. */
export type Stake = readonly number[]

export type WindowBet = {
  readonly stake: Stake
  /** What the window made, as a share of the most that it could lose. */
  readonly gain: number
}

/** A purchase is spent to the next cent, and the venue takes none below a dollar. */
const CENT_OF_A_DOLLAR = 0.01
/** Smaller than any dollar that is left, and still a number in every file. */
const RUINED = -700
/** Nobody puts down all that he has, so something is always left. */
const ALL_BUT_NOTHING = 1 - 1e-12

/**
 * The most that a window can lose whose purchases of each side come to so many shares, in millionths of a dollar. A share costs no more than a dollar with its
 * fee; a purchase by dollars that meets better prices gets more shares for the same dollars, and pays the fee on all of them. Who never sells holds the winner,
 * too, when he has bought both sides, so he loses one of them at most. Null: nobody can say.
 */
export function mostLost(shares: MicroShares, fee: FeeSchedule, { sells }: Play): number | null {
  const rate = fee.rateMicro / MICRO
  if (fee.exponent < 1 || rate > 1) return null
  return (sells ? 2 : 1) * shares * (1 + CENT_OF_A_DOLLAR) * (1 + rate)
}

/** Put down on the next window, while so much is on others. */
export function stakeOf({ logs }: TripwireState, others: readonly Stake[], play: Play): Stake {
  return logs.map((log, at) => {
    const out = others.reduce((sum, stake) => sum + (stake[at] ?? 0), 0)
    const free = Math.max(0, Math.exp(log) - out)
    return ((GUESSES_FOR_US[at] ?? 0) * free) / play.series
  })
}

export function afterBet(state: TripwireState, { stake, gain }: WindowBet): TripwireState {
  const logs = state.logs.map((log, at) => {
    // More was lost than can be: what was proved on that ground is proved no more.
    if (!(gain >= -1)) return RUINED
    const part = Math.min((stake[at] ?? 0) / Math.exp(log), ALL_BUT_NOTHING)
    return Math.max(RUINED, log + Math.log1p(part * gain))
  })
  return { ...state, logs }
}
