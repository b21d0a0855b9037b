/**
 * What a live bot remembers at its start: the ledger, and beside it the journal, which knows of shots that the ledger was not told of in time. Where
 * nothing is open, the venue's balance is the truth: money that came or went meanwhile is written down as that.
 */
import type { RestoredShot } from '../domain/events.ts'
import type { EngineFact } from '../domain/facts.ts'
import type { ConditionId } from '../domain/ids.ts'
import type { Keeper, Log } from '../domain/ports.ts'
import { formatMicro, type Micros, type MicroUsdc, microUsdc } from '../domain/units.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { ShotJournal } from '../ledger/shot-journal.ts'

export type LiveMemoryDeps = {
  readonly ledger: Ledger
  readonly journal: ShotJournal
  /** What the venue says that the account holds. */
  balance(): Promise<MicroUsdc>
  /** Null where somebody else redeems. */
  readonly redeem: ((conditionId: ConditionId) => Promise<boolean>) | null
  readonly now: () => Micros
  readonly log: Log
}

export function createLiveMemory(deps: LiveMemoryDeps): Keeper {
  const { ledger, journal } = deps

  /** Wins that were paid out while nobody wrote it down would look like money from outside. */
  async function collect(): Promise<boolean> {
    for (const { conditionId } of ledger.unredeemed()) {
      try {
        if (deps.redeem === null || !(await deps.redeem(conditionId))) return false
      } catch (error) {
        deps.log.warn('a win of before could not be redeemed yet', { conditionId, error })
        return false
      }
    }
    return true
  }

  /** The cash that the books go on with. */
  async function cashAfter(cash: MicroUsdc): Promise<MicroUsdc> {
    if (!(await collect())) return cash
    const moved = (await deps.balance()) - cash
    if (moved === 0) return cash
    const way = moved > 0 ? 'came in' : 'went out'
    const dollars = formatMicro(microUsdc(Math.abs(moved)))
    deps.log.warn(`money ${way} while the bot was away; the books follow the venue`, { dollars })
    ledger.transferred(moved, way, deps.now())
    return microUsdc(cash + moved)
  }

  return {
    accept(fact: EngineFact) {
      ledger.accept(fact)
      if (fact.kind === 'settled') journal.forget(fact.settlement.market.conditionId)
    },
    async restore() {
      const known = await ledger.restore()
      const settled = new Set<string>(known.settled)
      journal.compact(settled)
      const shots = new Map<string, RestoredShot>(known.shots.map((shot) => [shot.order.id, shot]))
      for (const { venueId, order, market } of journal.before.marks) {
        if (settled.has(market.conditionId)) continue
        const shot = shots.get(order.id) ?? { market, order, outcome: null, isNews: true, venueId }
        shots.set(order.id, { ...shot, venueId })
      }
      const withShot = new Set<string>([...shots.values()].map(({ market }) => market.conditionId))
      const barred = journal.before.armed.filter(
        ({ conditionId }) => !settled.has(conditionId) && !withShot.has(conditionId),
      )
      const cash = shots.size === 0 ? await cashAfter(known.cash) : known.cash
      return { ...known, cash, shots: [...shots.values()], barred }
    },
    close: () => ledger.close(),
  }
}
