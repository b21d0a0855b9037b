/**
 * The ladder of stakes: paper, canary, full. Pure: what a settled window makes of the state, and what a dry run has to show before the first real order.
 *
 * Up it goes with three things at once: enough windows, shots that end as they do on paper, and proof that we win more often than the prices ask for.
 * The proof is the tripwire turned around: a dollar is bet on us at each shot, and if we were no better than our prices, the chance that it ever grows to
 * 1/alpha would be at most alpha. Down it goes with less: what was won or lost in the last windows, or shots that end otherwise than on paper.
 */
import type { Result } from '../domain/account.ts'
import type { SubmitOutcome } from '../domain/order.ts'
import type { PaperProof, StakeMove, StakeSettings, StakeState } from '../domain/stakes.ts'
import type { StakesTold } from '../domain/stakes-text.ts'
import { formatMicro, type Micros, type MicroUsdc, microUsdc } from '../domain/units.ts'
import { shotOf } from './settled-shot.ts'
import { afterClose, afterShot, FOR_US, hasTripped, noShots, wealth } from './tripwire.ts'

/** Two fills are the same when their prices are this close, in dollars. */
const SAME_PRICE = 0.01

export function begun(rung: StakeState['rung'], since: Micros, strategy: string): StakeState {
  return { strategy, rung, since, heardAt: since, shots: [], count: 0, proof: noShots(FOR_US) }
}

export type Settled = {
  readonly result: Result
  readonly at: Micros
  readonly asOnPaper: boolean | null
  /** No other window of the same close waits for its result. */
  readonly isLast: boolean
}

export function afterWindow(
  before: StakeState,
  { result, at, asOnPaper, isLast }: Settled,
  settings: StakeSettings,
): { readonly state: StakeState; readonly move: StakeMove | null } {
  const shot = shotOf(result)
  const state: StakeState = {
    ...before,
    heardAt: at,
    shots: [...before.shots, { pnl: result.pnl, asOnPaper }].slice(-settings.windows),
    count: before.count + 1,
    proof:
      shot === null
        ? afterClose(before.proof, result.market.endAt, isLast)
        : afterShot(before.proof, { ...shot, isLast }, FOR_US),
  }
  const move = moveOf(state, settings)
  return move === null ? { state, move } : { state: begun(move.to, at, state.strategy), move }
}

function moveOf(state: StakeState, settings: StakeSettings): StakeMove | null {
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
    const why = `of ${compared} shots ${same} ended as they did on paper, and ${percent(settings.parity)} have to`
    return { from: rung, to: down, why }
  }
  // What nobody compared is no parity.
  if (rung === 'full' || same < settings.parity * settings.windows) return null
  if (!hasTripped(state.proof, settings.alpha)) return null
  const { shots, wins, expected } = state.proof
  const why = `${wins} of ${shots} shots won, the prices ask for ${expected.toFixed(1)}; ${same} of ${compared} ended as on paper`
  return { from: rung, to: 'full', why }
}

/** Where it stands, and what is missing. */
export function stakesTold(state: StakeState, settings: StakeSettings): StakesTold {
  return {
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

/** Whether the venue did as the paper exchange did. Null: one of the two does not know yet, or no money moved after all. */
export function sameAsPaper(
  real: SubmitOutcome | null,
  paper: SubmitOutcome | null,
): boolean | null {
  const [ours, theirs] = [pricePaid(real), pricePaid(paper)]
  if (ours === null || theirs === null) return null
  if (ours === 'nothing' || theirs === 'nothing') return ours === theirs
  return Math.abs(ours - theirs) <= SAME_PRICE + 1e-9
}

function pricePaid(outcome: SubmitOutcome | null): number | 'nothing' | null {
  if (outcome === null || outcome.state === 'unknown' || outcome.state === 'reverted') return null
  if (outcome.state === 'resting') return null
  return outcome.state === 'filled' ? outcome.cost / outcome.shares : 'nothing'
}

/** Why the first real order is not sent yet; null: it may be. */
export function paperRefusal(
  { shots, net, right }: PaperProof,
  { windows, parity }: StakeSettings,
): string | null {
  if (shots < windows)
    return `a dry run has to show ${windows} settled windows with fills first, and there are ${shots}`
  if (net < 0) return `the last ${windows} windows with fills of the dry run lost ${dollars(-net)}`
  if (right < parity * shots)
    return `the dry run named the winner of ${right} windows of ${shots} with fills, and ${percent(parity)} is asked for`
  return null
}

function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`
}

function dollars(micro: number): string {
  return `${formatMicro(microUsdc(micro))} USD`
}
