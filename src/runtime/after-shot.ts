/**
 * When a window is settled: its dollars are asked for, and our books are held against the venue's. They have to agree to the millionth; what the
 * venue will still pay for shares that were not redeemed yet is counted.
 */
import type { EngineFact, Settlement } from '../domain/facts.ts'
import type { ConditionId } from '../domain/ids.ts'
import type { Account, FactSink, Log } from '../domain/ports.ts'
import { formatMicro, type MicroUsdc, microUsdc } from '../domain/units.ts'

const FIRST_MS = 1_000
const AGAIN_MS = 5_000
const ATTEMPTS_MAX = 60

export type AfterShotDeps = {
  readonly account: Account
  /** Null where somebody else redeems. */
  readonly redeem: ((conditionId: ConditionId) => Promise<boolean>) | null
  /** Wins of before that were not redeemed. */
  readonly unredeemed: readonly { readonly conditionId: ConditionId; readonly payout: number }[]
  /** Our own books' money, and whether nothing is open that could still move it. */
  cash(): MicroUsdc
  isQuiet(): boolean
  readonly log: Log
}

export type AfterShot = FactSink & {
  /** Holds the books against the venue; the difference in millionths, or null when it could not be told. */
  audit(): Promise<number | null>
  /** What the ledger counts and the venue has not paid yet. */
  owed(): MicroUsdc
}

export function createAfterShot(deps: AfterShotDeps): AfterShot {
  const unpaid = new Map<ConditionId, { readonly payout: number; attempts: number }>(
    deps.unredeemed.map(({ conditionId, payout }) => [conditionId, { payout, attempts: 0 }]),
  )
  const timers = new Set<NodeJS.Timeout>()
  let closed = false

  function later(ms: number, action: () => Promise<unknown>): void {
    if (closed) return
    const timer = setTimeout(() => {
      timers.delete(timer)
      action().catch((error: unknown) =>
        deps.log.warn('what follows a settled window failed; it is tried again', { error }),
      )
    }, ms)
    timers.add(timer)
  }

  async function collect(conditionId: ConditionId): Promise<void> {
    const one = unpaid.get(conditionId)
    if (one === undefined || deps.redeem === null) return
    one.attempts += 1
    try {
      if (await deps.redeem(conditionId)) {
        unpaid.delete(conditionId)
        await deps.account.refresh()
        return later(FIRST_MS, audit)
      }
    } catch (error) {
      deps.log.warn('redeeming failed; it is tried again', { conditionId, error })
    }
    if (one.attempts < ATTEMPTS_MAX) return later(AGAIN_MS, () => collect(conditionId))
    deps.log.error('a win was not paid out; redeem it by hand: lastsecond redeem', { conditionId })
  }

  async function audit(): Promise<number | null> {
    if (!deps.isQuiet()) return null
    const before = deps.cash()
    const theirs = await deps.account.balance()
    if (!deps.isQuiet() || deps.cash() !== before) return null
    const difference = theirs - (before - owed())
    if (difference !== 0)
      deps.log.error('the books differ from the venue', {
        venue: formatMicro(theirs),
        books: formatMicro(before),
        notRedeemed: formatMicro(owed()),
        difference: formatMicro(microUsdc(difference)),
      })
    return difference
  }

  function owed(): MicroUsdc {
    return microUsdc([...unpaid.values()].reduce((sum, { payout }) => sum + payout, 0))
  }

  function settled({ market, payout }: Settlement): void {
    if (payout === 0) return later(FIRST_MS, audit)
    unpaid.set(market.conditionId, { payout, attempts: 0 })
    if (deps.redeem === null) return
    later(FIRST_MS, () => collect(market.conditionId))
  }

  for (const conditionId of unpaid.keys()) later(FIRST_MS, () => collect(conditionId))
  return {
    accept(fact: EngineFact) {
      if (fact.kind === 'settled' && fact.settlement.outcome !== null) settled(fact.settlement)
    },
    async close() {
      closed = true
      for (const timer of timers) clearTimeout(timer)
    },
    audit,
    owed,
  }
}
