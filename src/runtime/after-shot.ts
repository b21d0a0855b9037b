/**
 * When a window is settled: its dollars are asked for, and our books are held against the venue's. They have to agree to the millionth; what the
 * venue will still pay for shares that were not redeemed yet is counted.
 */
import type { EngineFact, Settlement } from '../domain/facts.ts'
import type { ConditionId } from '../domain/ids.ts'
import { filledOf } from '../domain/order.ts'
import type { Account, FactSink, Log } from '../domain/ports.ts'
import { formatMicro, type MicroUsdc, microUsdc } from '../domain/units.ts'
import { winsThatMake } from './paid-wins.ts'

const FIRST_MS = 1_000
const AGAIN_MS = 5_000
const ATTEMPTS_MAX = 60
const LAST_MS = 8_000
/** Who else redeems takes its time. */
const OTHERS_MS = 30_000
const OTHERS_LOOKS = 20
/** So long after an order was taken the venue's view of the money has it. */
const CALM_MS = 15_000
/** A difference is told when it was seen this many times more. */
const SUSPICIONS = 2

export type AfterShotDeps = {
  readonly account: Account
  /** Null where somebody else redeems. */
  readonly redeem: ((conditionId: ConditionId) => Promise<boolean>) | null
  /** Told of each win that somebody else redeemed. */
  paid(conditionId: ConditionId): void
  /** Wins of before that were not redeemed. */
  unredeemed(): readonly { readonly conditionId: ConditionId; readonly payout: number }[]
  /** Our own books' money, and whether nothing is open that could still move it. */
  cash(): MicroUsdc
  isQuiet(): boolean
  /** The same, but for orders that wait: one of them may be taken at any moment. Left out, there are none. */
  isWaiting?(): boolean
  readonly log: Log
}

export type AfterShot = FactSink & {
  /** Holds the books against the venue; the difference in millionths, or null when it could not be told. */
  audit(): Promise<number | null>
  /** What the ledger counts and the venue has not paid yet. */
  owed(): MicroUsdc
}

export function createAfterShot(deps: AfterShotDeps): AfterShot {
  const unpaid = new Map<ConditionId, { readonly payout: number; attempts: number }>()
  const timers = new Set<NodeJS.Timeout>()
  let collecting = 0
  let _auditing: NodeJS.Timeout | undefined
  let _waiting: NodeJS.Timeout | undefined
  let looks = 0
  let suspected = 0
  let suspicions = 0
  let told = 0
  let closed = false
  /** Set while something was taken a moment ago. */
  let stir: NodeJS.Timeout | undefined

  function later(ms: number, action: () => Promise<unknown>): NodeJS.Timeout | undefined {
    if (closed) return undefined
    const timer = setTimeout(() => {
      timers.delete(timer)
      action().catch((error: unknown) =>
        deps.log.warn('what follows a settled window failed; it is tried again', { error }),
      )
    }, ms)
    timers.add(timer)
    return timer
  }

  /** Windows of all series may settle at the same moment: one look is enough for them all, and two at once would count as two. */
  function auditSoon(): void {
    // What was taken meanwhile is heard of within some seconds.
    _auditing ??= later(waits() ? AGAIN_MS : FIRST_MS, () => {
      _auditing = undefined
      return audit()
    })
  }

  async function collect(conditionId: ConditionId): Promise<void> {
    const one = unpaid.get(conditionId)
    if (one === undefined || deps.redeem === null) return
    one.attempts += 1
    collecting += 1
    try {
      if (await deps.redeem(conditionId)) {
        unpaid.delete(conditionId)
        auditSoon()
        await deps.account.refresh()
        return
      }
    } catch (error) {
      deps.log.warn('redeeming failed; it is tried again', { conditionId, error })
    } finally {
      collecting -= 1
    }
    if (!unpaid.has(conditionId)) return
    if (one.attempts < ATTEMPTS_MAX) later(AGAIN_MS, () => collect(conditionId))
    else
      deps.log.error('a win was not paid out; redeem it by hand: lastsecond redeem', {
        conditionId,
      })
  }

  const waits = (): boolean => !deps.isQuiet() && deps.isWaiting?.() === true
  const isQuiet = (): boolean =>
    collecting === 0 && (deps.isQuiet() || (waits() && stir === undefined))

  async function audit(): Promise<number | null> {
    if (!isQuiet()) {
      suspicions = 0
      // Who always has something waiting would never look.
      if (waits()) auditSoon()
      return null
    }
    const before = deps.cash() - owed()
    const theirs = await deps.account.balance()
    if (!isQuiet() || deps.cash() - owed() !== before) return null
    const difference = theirs - before - redeemedByOthers(theirs - before)
    suspicions = difference !== 0 && difference === suspected ? suspicions + 1 : 0
    suspected = difference
    if (difference === 0) told = 0
    if (difference === told) return difference
    // The venue's view of the money may be a moment behind; what stays the same is true.
    if (suspicions < SUSPICIONS) auditSoon()
    else {
      told = difference
      alarm(theirs, difference)
    }
    return difference
  }

  /** The money of wins that somebody else redeems comes at a time that nobody tells. */
  function awaitOthers(): void {
    if (deps.redeem !== null || unpaid.size === 0) return
    _waiting ??= later(OTHERS_MS, async () => {
      _waiting = undefined
      looks += 1
      if (looks === OTHERS_LOOKS)
        deps.log.warn('wins were not paid out yet; they stay listed by `lastsecond balance`', {
          conditions: [...unpaid.keys()],
          owed: formatMicro(owed()),
        })
      try {
        await deps.account.refresh()
        await audit()
      } finally {
        awaitOthers()
      }
    })
  }

  /** What came in may be wins that were paid out meanwhile. */
  function redeemedByOthers(cameIn: number): number {
    if (deps.redeem !== null) return 0
    const wins = [...unpaid].map(([conditionId, { payout }]) => ({
      conditionId,
      payout: microUsdc(payout),
    }))
    const paid = winsThatMake(cameIn, wins)
    if (paid === null) return 0
    for (const { conditionId, payout } of paid) {
      unpaid.delete(conditionId)
      deps.paid(conditionId)
      deps.log.info('a win was redeemed for us', { conditionId, payout: formatMicro(payout) })
    }
    looks = 0
    return cameIn
  }

  function alarm(theirs: MicroUsdc, difference: number): void {
    deps.log.error('the books differ from the venue', {
      venue: formatMicro(theirs),
      books: formatMicro(deps.cash()),
      notRedeemed: formatMicro(owed()),
      difference: formatMicro(microUsdc(difference)),
    })
  }

  function once(work: Promise<unknown>): Promise<unknown> {
    return work.catch((error: unknown) =>
      deps.log.warn('the books could not be held against the venue at the end', { error }),
    )
  }

  function owed(): MicroUsdc {
    return microUsdc([...unpaid.values()].reduce((sum, { payout }) => sum + payout, 0))
  }

  function settled({ market, payout }: Settlement): void {
    if (payout > 0) expect(market.conditionId, payout)
    if (payout === 0 || deps.redeem === null) auditSoon()
  }

  function expect(conditionId: ConditionId, payout: number): void {
    unpaid.set(conditionId, { payout, attempts: 0 })
    if (deps.redeem === null) awaitOthers()
    else later(FIRST_MS, () => collect(conditionId))
  }

  return {
    accept(fact: EngineFact) {
      if (fact.kind === 'restored') {
        for (const { conditionId, payout } of deps.unredeemed()) expect(conditionId, payout)
      }
      if (fact.kind === 'outcome' && filledOf(fact.outcome) !== null) {
        clearTimeout(stir)
        stir = setTimeout(() => {
          stir = undefined
        }, CALM_MS)
      }
      if (fact.kind === 'settled' && fact.settlement.outcome !== null) settled(fact.settlement)
    },
    async close() {
      closed = true
      clearTimeout(stir)
      for (const timer of timers) clearTimeout(timer)
      // What can still be had soon is had now; the rest is collected after the next start.
      const wins = Promise.all([...unpaid.keys()].map((conditionId) => once(collect(conditionId))))
      await Promise.race([wins.then(() => once(audit())), patience(LAST_MS)])
    },
    audit,
    owed,
  }
}

function patience(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}
