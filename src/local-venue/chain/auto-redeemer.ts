/** The venue's operator: some seconds after a window is resolved it redeems for everybody who has allowed it to move their outcome tokens. */
import type { Accounts } from '../../sim/matching-accounts.ts'
import type { WorldEvent } from '../world-events.ts'
import { type Allowances, AUTO_REDEEMER } from './allowances.ts'

const AFTER_MS = 2_000

export type AutoRedeemerDeps = {
  readonly accounts: Accounts
  readonly allowances: Allowances
  later(ms: number, action: () => void): void
}

export function createAutoRedeemer({ accounts, allowances, later }: AutoRedeemerDeps) {
  return (event: WorldEvent): void => {
    if (event.kind !== 'resolved') return
    const { conditionId } = event.market
    later(AFTER_MS, () => {
      for (const owner of allowances.saidYesTo(AUTO_REDEEMER)) accounts.redeem(owner, conditionId)
    })
  }
}
