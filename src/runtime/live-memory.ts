/**
 * What a live bot remembers at its start: the ledger, and beside it the journal, which knows of shots that the ledger was not told of in time. Where
 * nothing is open, the venue's balance is the truth: money that came or went meanwhile is written down as that.
 */
import type { RestoredShot } from '../domain/events.ts'
import type { EngineFact } from '../domain/facts.ts'
import type { ConditionId } from '../domain/ids.ts'
import type { Market } from '../domain/market.ts'
import type { Account, Keeper, Log } from '../domain/ports.ts'
import { formatMicro, type Micros, type MicroUsdc, microUsdc } from '../domain/units.ts'
import type { ArmedWindow } from '../ledger/journal-files.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { ShotJournal } from '../ledger/shot-journal.ts'
import { findLostShot } from './lost-shots.ts'
import { winsThatMake } from './paid-wins.ts'

const LOOKS = 3
const LOOK_AGAIN_MS = 1_000
/** Trading does not wait longer for the chain; what comes later is counted then. */
const COLLECT_MOST_MS = 8_000

export type LiveMemoryDeps = {
  readonly ledger: Ledger
  readonly journal: ShotJournal
  readonly account: Pick<Account, 'balance' | 'refresh' | 'takenIn'>
  /** A window that the ledger heard of; null where it did not. */
  marketOf(conditionId: ConditionId): Market | null
  /** Of windows that the journal speaks of those that were settled, however long ago: the ledger tells the latest ones only. */
  settledAmong(asked: Iterable<ConditionId>): Iterable<ConditionId>
  /** Null where somebody else redeems. */
  readonly redeem: ((conditionId: ConditionId) => Promise<boolean>) | null
  readonly now: () => Micros
  readonly log: Log
}

export function createLiveMemory(deps: LiveMemoryDeps): Keeper {
  const { ledger, journal } = deps

  /** Wins that were paid out while nobody wrote it down would look like money from outside. */
  async function collect(): Promise<void> {
    const { redeem } = deps
    if (redeem === null) return
    const wins = ledger
      .unredeemed()
      .map(({ conditionId }) =>
        redeem(conditionId).catch((error: unknown) =>
          deps.log.warn('a win of before could not be redeemed yet', { conditionId, error }),
        ),
      )
    await Promise.race([Promise.all(wins), patience(COLLECT_MOST_MS)])
  }

  /** What the venue says: its view may be a moment behind what was just paid out. Null while it changes. */
  async function theirs(ours: number): Promise<number | null> {
    await deps.account.refresh()
    let before: number | null = null
    let seen: number = await deps.account.balance()
    for (let looks = 1; looks < LOOKS && seen !== ours; looks += 1) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
      before = seen
      seen = await deps.account.balance()
    }
    return seen === ours || seen === before ? seen : null
  }

  /** The cash that the books go on with. */
  async function cashAfter(cash: MicroUsdc): Promise<MicroUsdc> {
    await collect()
    const wins = ledger.unredeemed()
    const ours = cash - wins.reduce((sum, { payout }) => sum + payout, 0)
    let seen: number | null = null
    try {
      seen = await theirs(ours)
    } catch (error) {
      deps.log.warn('the books could not be held against the venue at the start', { error })
    }
    if (seen === null || seen === ours) return cash
    const paid = deps.redeem === null ? winsThatMake(seen - ours, wins) : null
    for (const { conditionId } of paid ?? []) ledger.redeemed(conditionId, deps.now())
    // While wins are not paid out nobody can tell which money is whose.
    if (wins.length > 0) return cash
    return moved(cash, seen - ours)
  }

  /** Windows that were made ready, and have no sign of a shot: none gets another, and where that proves nothing the venue is asked. */
  async function left(windows: readonly ArmedWindow[]) {
    const barred: Market[] = []
    const lost: RestoredShot[] = []
    const unread: ConditionId[] = []
    async function look({ conditionId, isProof, market: written, orders }: ArmedWindow) {
      const market = written ?? deps.marketOf(conditionId)
      if (market === null) return unread.push(conditionId)
      const shot = isProof ? null : await findLostShot(deps, { market, orders })
      if (shot === null) return barred.push(market)
      return lost.push(shot)
    }
    const unproven = windows.filter(({ isProof }) => !isProof).length
    if (unproven > 0)
      deps.log.warn(
        'the venue is asked what left in windows of before, of which nothing is proven',
        {
          windows: unproven,
        },
      )
    await Promise.all(windows.map(look))
    return { barred, lost, unread }
  }

  function moved(cash: MicroUsdc, micro: number): MicroUsdc {
    const way = micro > 0 ? 'came in' : 'went out'
    const dollars = formatMicro(microUsdc(Math.abs(micro)))
    deps.log.warn(`money ${way} while the bot was away; the books follow the venue`, { dollars })
    ledger.transferred(micro, way, deps.now())
    return microUsdc(cash + micro)
  }

  return {
    accept(fact: EngineFact) {
      ledger.accept(fact)
      if (fact.kind === 'settled') journal.forget(fact.settlement.market.conditionId)
    },
    async restore() {
      const known = await ledger.restore()
      const { marks, armed } = journal.before
      const spoken = [
        ...marks.map(({ market }) => market.conditionId),
        ...armed.map((one) => one.conditionId),
      ]
      const settled = new Set<string>([...known.settled, ...deps.settledAmong(spoken)])
      const shots = new Map<string, RestoredShot>(known.shots.map((shot) => [shot.order.id, shot]))
      for (const { venueId, order, market } of journal.before.marks) {
        if (settled.has(market.conditionId)) continue
        const shot = shots.get(order.id) ?? { market, order, outcome: null, isNews: true, venueId }
        shots.set(order.id, { ...shot, venueId })
      }
      const withShot = new Set<string>([...shots.values()].map(({ market }) => market.conditionId))
      const { barred, lost, unread } = await left(
        journal.before.armed.filter(({ conditionId: id }) => !settled.has(id) && !withShot.has(id)),
      )
      for (const shot of lost) shots.set(shot.order.id, shot)
      // A torn line that is gone would prove to the next start what this one is only finding out.
      journal.compact(settled)
      const cash = shots.size === 0 ? await cashAfter(known.cash) : known.cash
      const over = [...known.settled, ...unread]
      return { ...known, settled: over, cash, shots: [...shots.values()], barred }
    },
    close: () => ledger.close(),
  }
}

function patience(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}
