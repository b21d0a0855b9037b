/**
 * Orders that count as dead. They are looked at a little later and whenever somebody heard of one: if there is a trade of it after all, that is an
 * error to be told aloud, and the order is followed again, so that the books learn what it cost.
 */
import type { Account, Log } from '../domain/ports.ts'
import type { Shot } from './order-trades.ts'

const LOOKS_AFTER_MS = [20_000, 120_000]
/** So many at once nobody has: of more, the oldest are given up before their time. */
const KEPT = 4_096
const PACE_MS = 100
/** Nothing is heard any more of an order that died so long ago. */
const FORGOTTEN_AFTER_MS = 1_800_000

export type Graves = {
  /** What is known of its trades already is no news. */
  bury(shot: Shot, known?: ReadonlySet<string>): void
  look(venueId: string): void
  lookAll(): void
  close(): void
}

type Buried = { readonly shot: Shot; readonly known: ReadonlySet<string> }
const NONE: ReadonlySet<string> = new Set()

export type GravesDeps = {
  readonly account: Account
  readonly log: Log
  risen(shot: Shot): void
}

export function createGraves({ account, log, risen }: GravesDeps): Graves {
  const buried = new Map<string, Buried>()
  const timers = new Set<NodeJS.Timeout>()
  /** To be looked at, in this order. */
  const wanted = new Set<string>()
  let isLooking = false
  let closed = false

  async function open({ shot, known }: Buried): Promise<void> {
    const { venueId, market } = shot
    const trades = await account.tradesOf(market.conditionId, venueId)
    const isNews = trades.some(({ id, status }) => status !== 'FAILED' && !known.has(id))
    if (closed || !isNews) return
    // Two looks may end at the same time.
    if (!buried.delete(venueId)) return
    log.error('an order that counted as dead was matched after all', {
      slug: market.slug,
      venueId,
    })
    risen(shot)
  }

  /** Never fails: what goes wrong is told. */
  async function look(venueId: string): Promise<void> {
    const one = buried.get(venueId)
    if (one === undefined || closed) return
    await open(one).catch((error: unknown) =>
      log.warn('the venue could not be asked about a dead order', { venueId, error }),
    )
  }

  /** One after the other: whoever quotes has thousands of them, and a venue that is asked for all at once answers none. */
  async function lookAtWanted(): Promise<void> {
    isLooking = true
    for (const venueId of wanted) {
      wanted.delete(venueId)
      // Given up meanwhile, or found by another look.
      if (!buried.has(venueId)) continue
      await look(venueId)
      if (closed) return
      await pause(PACE_MS)
    }
    isLooking = false
  }

  function forget(venueId: string): void {
    buried.delete(venueId)
    wanted.delete(venueId)
  }

  function want(venueId: string): void {
    if (closed || !buried.has(venueId)) return
    wanted.add(venueId)
    if (!isLooking) lookAtWanted().catch(() => undefined)
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        timers.delete(timer)
        resolve()
      }, ms)
      timers.add(timer)
    })
  }

  return {
    bury(shot, known = NONE) {
      if (closed) return
      const { venueId } = shot
      buried.set(venueId, { shot, known })
      for (const oldest of [...buried.keys()].slice(0, -KEPT)) forget(oldest)
      for (const ms of [...LOOKS_AFTER_MS, FORGOTTEN_AFTER_MS]) {
        const timer = setTimeout(() => {
          timers.delete(timer)
          if (ms === FORGOTTEN_AFTER_MS) forget(venueId)
          else want(venueId)
        }, ms)
        timers.add(timer)
      }
    },
    look(venueId) {
      look(venueId).catch(() => undefined)
    },
    lookAll() {
      for (const venueId of buried.keys()) want(venueId)
    },
    close() {
      closed = true
      wanted.clear()
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
