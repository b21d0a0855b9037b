/**
 * Orders before they are wanted: signed ahead, named, written down, laid out as requests; and in the last seconds the way of an order gone
 * through again and again, so that the one that counts finds it warm.
 */
import type { Arm, Submit } from '../domain/commands.ts'
import { type ConditionId, orderId, type TokenId } from '../domain/ids.ts'
import type { Market } from '../domain/market.ts'
import { isShot, type Order, type Rung } from '../domain/order.ts'
import {
  MICROS_PER_MS,
  MICROS_PER_SECOND,
  type Micros,
  microShares,
  microUsdc,
  ticks,
} from '../domain/units.ts'
import type { ShotJournal } from '../ledger/shot-journal.ts'
import type { OrderWire } from '../net/order-wire.ts'
import type { PreparedPost } from '../net/prepared-post.ts'
import type { AheadSigner } from '../venues/polymarket/ahead-signer.ts'
import { shotTerms, termsOf } from '../venues/polymarket/order-terms.ts'
import type { OrderDraft, SignedDraft, Signer } from '../venues/polymarket/signer.ts'
import { createVigil } from './vigil.ts'
import { sweepYoung } from './young-garbage.ts'

/** Orders are signed and laid out so many at a time: the loop turns in between. */
const LADDER_SLICE = 4
const WARM_CALLS = 10_000
const WARM_SLICE = 20
/** Of so many orders the stamps are worked out in one rehearsal, where they are not yet. */
const FORESEEN_AT_ONCE = 4
/** One rehearsal of so many signs its order as well: the one that is wanted may not be ready. */
const SIGNED_EACH = 16
/** Signed where only the signing matters: nobody could take it, wherever it went. */
const NOTHING: Rung = {
  side: 'UP',
  token: '0' as TokenId,
  limit: ticks(0),
  spend: microUsdc(0),
  shares: microShares(0),
}

export type ReadyOrdersDeps = {
  readonly wire: Pick<OrderWire, 'quiet' | 'rehearse'>
  readonly journal: ShotJournal
  readonly signer: Signer
  readonly ahead: AheadSigner
  prepare(body: string): PreparedPost
  /** The id of the API key. */
  readonly owner: string
  /** Orders that were signed longer ago are signed anew. */
  readonly maxSignedAgeMs: number
  readonly now: () => Micros
  venueNow(): Micros
  salt(): number
  /** Goes through a decision that nobody hears of. */
  rehearseDecision(): void
}

export type Ready = {
  readonly venueId: string
  readonly post: PreparedPost
  readonly signedAt: Micros
}

export type Loaded = {
  readonly venueId: string
  readonly request: Buffer
  readonly signed: 'ahead' | 'inline'
}

export type ReadyOrders = {
  /** Resolves when all orders of the window are ready and their names are on the disk. */
  arm(command: Arm): Promise<void>
  /** Everything of a shot but its bytes' way: found, or signed now; stamped; written down. Throws where it must not leave. */
  load(command: Pick<Submit, 'order' | 'market'>): Loaded
  /** It has left. The same signature twice is the same order twice; and its bytes may still be on their way, so its window is rehearsed no more. */
  spend(order: Order): void
  /** Signed now. */
  sign(order: Order, market: Market): Ready
  /** Nothing more is made ready or rehearsed. */
  close(): void
}

type Armed = {
  readonly rungs: Map<number, Signed>
  readonly posts: readonly PreparedPost[]
  /** What a rehearsal goes through, in turn. */
  rehearsals: readonly Rehearsal[]
  next: number
}
/** An order that lies ready. */
type Signed = Rung & Ready
type Rehearsal = { readonly order: Order; readonly market: Market }

export function createReadyOrders(deps: ReadyOrdersDeps): ReadyOrders {
  const armed = new Map<ConditionId, Armed>()
  const kept = new Map<ConditionId, Market>()
  const vigil = createVigil({
    now: deps.now,
    venueNow: deps.venueNow,
    quiet: deps.wire.quiet,
    rehearse,
    sweep: sweepYoung,
  })
  let warming = setImmediate(() => warmUp(WARM_CALLS))
  let count = 0
  let closed = false

  function draft(terms: ReturnType<typeof shotTerms>, market: Market): OrderDraft {
    return {
      ...terms,
      version: market.version,
      salt: deps.salt(),
      timestampMs: Math.floor(deps.venueNow() / MICROS_PER_MS),
      owner: deps.owner,
    }
  }

  function ready(signed: SignedDraft, signedAt: Micros): Ready {
    return { venueId: signed.venueId, post: deps.prepare(signed.body), signedAt }
  }

  function sign(order: Order, market: Market): Ready {
    const terms = termsOf(order, deps.venueNow())
    return ready(deps.signer.sign(draft(terms, market)), deps.now())
  }

  function epochSec(): number {
    return Math.floor(deps.venueNow() / MICROS_PER_SECOND)
  }

  async function arm(command: Arm): Promise<void> {
    const { market, rungs } = command
    const signedAt = deps.now()
    watchOver(command)
    const pairs: (readonly [number, Signed])[] = []
    const rehearsals: Rehearsal[] = []
    for (let from = 0; from < rungs.length; from += LADDER_SLICE) {
      const slice = rungs.slice(from, from + LADDER_SLICE)
      const signed = await deps.ahead.sign(slice.map((rung) => draft(shotTerms(rung), market)))
      for (const [at, rung] of slice.entries()) {
        const one = ready(signed[at] as SignedDraft, signedAt)
        pairs.push([keyOf(rung), { ...rung, ...one }])
        rehearsals.push({ order: rehearsed(rung, market), market })
      }
    }
    await deps.journal.armed(
      market,
      rungs.map((rung, at) => ({ ...rung, venueId: pairs[at]?.[1].venueId ?? '' })),
    )
    if (closed || !kept.has(market.conditionId)) return
    const posts = pairs.map(([, { post }]) => post)
    armed.set(market.conditionId, { rungs: new Map(pairs), posts, rehearsals, next: 0 })
  }

  /** The last seconds belong to the shot: nothing else on its connections, and its path kept warm. */
  function watchOver({ market, from }: Arm): void {
    if (kept.has(market.conditionId)) return
    kept.set(market.conditionId, market)
    vigil.keep(from, market.endAt, () => {
      kept.delete(market.conditionId)
      armed.delete(market.conditionId)
    })
  }

  function rehearsed(rung: Rung, { conditionId, slug }: Market): Order {
    const id = orderId(`${slug}/1`)
    return {
      id,
      conditionId,
      strategy: 'rehearsal',
      action: 'BUY',
      kind: 'FOK',
      postOnly: false,
      expiresAt: null,
      ...rung,
      decidedAt: deps.now(),
    }
  }

  /** The compiler makes code fast that ran some thousand times. A little in each turn of the loop. */
  function warmUp(left: number): void {
    for (let call = 0; call < WARM_SLICE; call += 1) decide()
    if (left > WARM_SLICE) warming = setImmediate(() => warmUp(left - WARM_SLICE))
  }

  function decide(): void {
    try {
      deps.rehearseDecision()
    } catch {
      // Nobody waits for this one; one that counts says so.
    }
  }

  /** All that a shot does, but for the last step of each: the line counts for nothing, and the bytes go nowhere. */
  function rehearse(): void {
    decide()
    count += 1
    try {
      const one = (count % SIGNED_EACH === 0 ? null : nextRehearsal()) ?? nothing()
      if (one !== null) deps.wire.rehearse(loadInto(deps.journal.rehearse, one).request)
    } catch {
      // What fails here fails in the shot as well, which says so.
    }
  }

  /** A shot and its rehearsal go this way both: code that only ever ran in shots would run slowly in them. */
  function loadInto(
    write: ShotJournal['mark'],
    { order, market }: Pick<Submit, 'order' | 'market'>,
  ): Loaded {
    const ahead = find(order)
    const { venueId, post } = ahead ?? sign(order, market)
    const request = post.stamp(epochSec())
    // Without its line in the journal a kill would make it unknown to us: then it does not leave.
    write(venueId, order, market)
    return { venueId, request, signed: ahead === null ? 'inline' : 'ahead' }
  }

  /** Signed ahead for exactly this order, and not too long ago. Only fill-or-kill purchases are. */
  function find(order: Order): Ready | null {
    const found = isShot(order) ? armed.get(order.conditionId)?.rungs.get(keyOf(order)) : undefined
    if (found?.spend !== order.spend || found.token !== order.token) return null
    return deps.now() - found.signedAt <= deps.maxSignedAgeMs * MICROS_PER_MS ? found : null
  }

  /** For which no order lies ready. */
  function nothing(): Rehearsal | null {
    const [market] = kept.values()
    return market === undefined ? null : { order: rehearsed(NOTHING, market), market }
  }

  /** Of the first window that has not had its shot. On the way to it, stamps of this second and the next. */
  function nextRehearsal(): Rehearsal | null {
    for (const window of armed.values()) {
      const { posts, rehearsals } = window
      const { length } = rehearsals
      window.next = (window.next + 1) % Math.max(1, length)
      for (let step = 0; step < Math.min(FORESEEN_AT_ONCE, length); step += 1) {
        const post = posts[(window.next * FORESEEN_AT_ONCE + step) % length]
        post?.foresee(epochSec())
        post?.foresee(epochSec() + 1)
      }
      const found = rehearsals[window.next]
      if (found !== undefined) return found
    }
    return null
  }

  return {
    arm,
    load: (command) => loadInto(deps.journal.mark, command),
    spend(order) {
      const window = armed.get(order.conditionId)
      if (window === undefined) return
      window.rungs.delete(keyOf(order))
      window.rehearsals = []
    },
    sign,
    close() {
      closed = true
      vigil.close()
      clearImmediate(warming)
    },
  }
}

/** Of each side and price there is one. A number: to put a text together in the shot, and to look for it, takes microseconds. */
function keyOf({ side, limit }: Pick<Rung, 'side' | 'limit'>): number {
  return 2 * limit + (side === 'UP' ? 0 : 1)
}
