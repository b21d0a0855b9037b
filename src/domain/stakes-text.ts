/** What a bot on trial says of itself, for people. */
import type { Rung } from './stakes.ts'
import { formatMicro, type MicroUsdc } from './units.ts'

export type StakesTold = {
  /** Its windows count by the money that they make, and not by shots at a winner. */
  readonly byMoney: boolean
  readonly rung: Rung
  readonly windows: number
  readonly asked: number
  readonly net: MicroUsdc
  readonly compared: number
  readonly same: number
  /** What one dollar bet on us has become, and what it has to become. */
  readonly evidence: number
  readonly proofAt: number
}

export function stakesText(told: StakesTold): string {
  const { byMoney, rung, windows, asked, net, compared, same, evidence, proofAt } = told
  if (rung === 'paper') return 'stakes: back on paper; a dry run has to show what it can do'
  const seen = `${windows} windows with orders, net ${formatMicro(net)} USD, ${same} of ${compared} ${byMoney ? 'windows' : 'shots'} as on paper`
  if (rung === 'full') return `stakes: whole orders; the last ${seen}`
  return `stakes: canary; of ${asked} windows ${seen}; proof ${evidence.toFixed(2)} of ${proofAt.toFixed(0)}`
}
