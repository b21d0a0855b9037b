/**
 * The ladder of stakes: paper, canary, full. Pure: what a settled window makes of the state, and what a dry run has to show before the first real order.
 *
 * Up it goes with three things at once: enough windows, shots that end as they do on paper, and proof that we win more often than the prices ask for.
 * The proof is the tripwire turned around: a dollar is bet on us at each shot, and if we were no better than our prices, the chance that it ever grows to
 * 1/alpha would be at most alpha. Down it goes with less: what was won or lost in the last windows, or shots that end otherwise than on paper.
 * A strategy that may send several orders in a window is bet on by the money that each window makes, not by its winner (`window-bet.ts`).
 */
import type { Result } from '../domain/account.ts'
import type { PaperProof, StakeMove, StakeSettings, StakeState } from '../domain/stakes.ts'
import type { StakesTold } from '../domain/stakes-text.ts'
import { formatMicro, type Micros, type MicroUsdc, microUsdc } from '../domain/units.ts'
import { shotOf } from './settled-shot.ts'
import { afterClose, afterShot, FOR_US, hasTripped, noShots, wealth } from './tripwire.ts'
import { afterBet, type WindowBet } from './window-bet.ts'

export function begun(rung: StakeState['rung'], since: Micros, strategy: string): StakeState {
  return { strategy, rung, since, heardAt: since, shots: [], count: 0, proof: noShots(FOR_US) }
}

export type Settled = {
  readonly result: Result
  readonly at: Micros
  readonly asOnPaper: boolean | null
  /** No other window of the same close waits for its result. */
  readonly isLast: boolean
  /** Of a strategy that may send several orders what was bet on this window; null: nothing. Left out, its shot is the bet. */
  readonly bet?: WindowBet | null
}

export function afterWindow(
  before: StakeState,
  settled: Settled,
  settings: StakeSettings,
): { readonly state: StakeState; readonly move: StakeMove | null } {
  const { result, at, asOnPaper, bet } = settled
  const state: StakeState = {
    ...before,
    heardAt: at,
    shots: [...before.shots, { pnl: result.pnl, asOnPaper }].slice(-settings.windows),
    count: before.count + 1,
    proof: proofAfter(before, settled),
  }
  const move = moveOf(state, settings, bet !== undefined)
  return move === null ? { state, move } : { state: begun(move.to, at, state.strategy), move }
}

function proofAfter({ proof }: StakeState, { result, isLast, bet }: Settled): StakeState['proof'] {
  if (bet !== undefined) return bet === null ? proof : afterBet(proof, bet)
  const shot = shotOf(result)
  return shot === null
    ? afterClose(proof, result.market.endAt, isLast)
    : afterShot(proof, { ...shot, isLast }, FOR_US)
}

function moveOf(state: StakeState, settings: StakeSettings, byMoney: boolean): StakeMove | null {
  const { rung } = state
  if (rung === 'paper' || state.shots.length < settings.windows) return null
  const down = rung === 'full' ? 'canary' : 'paper'
  const net = netOf(state)
  if (net < 0) {
    const why = `the last ${settings.windows} windows with orders lost ${dollars(-net)}`
    return { from: rung, to: down, why }
  }
  const { compared, same } = parityOf(state)
  if (compared > 0 && same < settings.parity * compared) {
    const what = byMoney ? 'windows' : 'shots'
    const why = `of ${compared} ${what} ${same} ended as they did on paper, and ${percent(settings.parity)} have to`
    // Who comes to an order that waits paper can only guess: that is a reason to stay small, and none to stop.
    return byMoney && rung === 'canary' ? null : { from: rung, to: down, why }
  }
  // What nobody compared is no parity.
  if (rung === 'full' || same < settings.parity * settings.windows) return null
  if (!hasTripped(state.proof, settings.alpha)) return null
  const why = `${byMoney ? gained(state, settings) : won(state)}; ${same} of ${compared} ended as on paper`
  return { from: rung, to: 'full', why }
}

function won({ proof: { shots, wins, expected } }: StakeState): string {
  return `${wins} of ${shots} shots won, the prices ask for ${expected.toFixed(1)}`
}

function gained(state: StakeState, { windows, alpha }: StakeSettings): string {
  const evidence = `a dollar that was bet on the money of each window has become ${wealth(state.proof).toFixed(2)}, and ${(1 / alpha).toFixed(0)} are asked for`
  return `${evidence}; the last ${windows} windows with orders made ${dollars(netOf(state))}`
}

/** Where it stands, and what is missing. */
export function stakesTold(
  state: StakeState,
  settings: StakeSettings,
  byMoney: boolean,
): StakesTold {
  return {
    byMoney,
    rung: state.rung,
    windows: state.shots.length,
    asked: settings.windows,
    net: netOf(state),
    ...parityOf(state),
    evidence: wealth(state.proof),
    proofAt: 1 / settings.alpha,
  }
}

export function netOf({ shots }: StakeState): MicroUsdc {
  return microUsdc(shots.reduce((sum, { pnl }) => sum + pnl, 0))
}

export function parityOf({ shots }: StakeState): {
  readonly compared: number
  readonly same: number
} {
  const compared = shots.filter(({ asOnPaper }) => asOnPaper !== null)
  return { compared: compared.length, same: compared.filter((one) => one.asOnPaper).length }
}

/**
 * Why the first real order is not sent yet; null: it may be. Who may hold both sides bets on no winner, so none is asked of him: what he made has to do. More
 * is not asked, since a dry run plays sizes of its own, of which nobody knows what a window may lose; the canary has to prove it with real money in any case.
 */
export function paperRefusal(
  { shots, net, right }: PaperProof,
  { windows, parity }: StakeSettings,
  betsOnWinner: boolean,
): string | null {
  if (shots < windows)
    return `a dry run has to show ${windows} settled windows with fills first, and there are ${shots}`
  if (net < 0) return `the last ${windows} windows with fills of the dry run lost ${dollars(-net)}`
  if (betsOnWinner && right < parity * shots)
    return `the dry run named the winner of ${right} windows of ${shots} with fills, and ${percent(parity)} is asked for`
  return null
}

function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`
}

function dollars(micro: number): string {
  return `${formatMicro(microUsdc(micro))} USD`
}
