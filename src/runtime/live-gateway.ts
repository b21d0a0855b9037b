/**
 * Live orders. Everything that can fail is done before the moment: orders are signed ahead, named, written down. At the moment there is a look-up,
 * one line to the journal, and one write. What comes of it is told by events; an order whose answer is lost is followed until it is proven, and
 * never sent again.
 */
import type { Arm, Submit } from '../domain/commands.ts'
import { type ConditionId, orderId } from '../domain/ids.ts'
import type { Market } from '../domain/market.ts'
import { isFinal, type Order, type Rung } from '../domain/order.ts'
import type { Account, EventSink, Gateway, Log } from '../domain/ports.ts'
import { MICROS_PER_MS, MICROS_PER_SECOND, type Micros, micros } from '../domain/units.ts'
import type { ShotJournal } from '../ledger/shot-journal.ts'
import type { OrderWire, WireAnswer } from '../net/order-wire.ts'
import type { PreparedPost } from '../net/prepared-post.ts'
import type { AheadSigner } from '../venues/polymarket/ahead-signer.ts'
import { readOrderAnswer } from '../venues/polymarket/order-answer.ts'
import type { OrderDraft, SignedDraft, Signer } from '../venues/polymarket/signer.ts'
import { closureOf } from '../venues/polymarket/venue-closed.ts'
import type { OrderFates, Shot } from './order-fate.ts'
import { createVigil } from './vigil.ts'

/** Orders are signed and laid out so many at a time: the loop turns in between. */
const LADDER_SLICE = 4
const WARM_CALLS = 10_000
const WARM_SLICE = 20
/** Rehearsed where nothing is signed ahead; as long as an order. */
const STAND_IN = JSON.stringify({ rehearsal: '0'.repeat(900) })

export type LiveGatewayDeps = {
  readonly wire: OrderWire
  readonly journal: ShotJournal
  readonly signer: Signer
  readonly ahead: AheadSigner
  readonly account: Account
  readonly fates: OrderFates
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
  readonly emit: EventSink
  readonly log: Log
  /** Told of each shot for the record of latencies. */
  shot(record: ShotRecord): void
}

export type ShotRecord = {
  readonly venueId: string
  readonly slug: string
  readonly signed: 'ahead' | 'inline'
  readonly decidedAt: Micros
  readonly answer: WireAnswer
}

type Ready = { readonly venueId: string; readonly post: PreparedPost; readonly signedAt: Micros }
type Armed = {
  readonly market: Market
  readonly rungs: Map<string, Ready>
  /** What a rehearsal goes through, in turn: each comes to be stamped with the second that it would be sent in. */
  rehearsals: readonly Rehearsal[]
  next: number
}
type Rehearsal = { readonly order: Order; readonly ready: Ready }

export function createLiveGateway(deps: LiveGatewayDeps): Gateway {
  const armed = new Map<ConditionId, Armed>()
  const kept = new Set<ConditionId>()
  let standIn: PreparedPost | null = null
  const vigil = createVigil({
    now: deps.now,
    venueNow: deps.venueNow,
    quiet: deps.wire.quiet,
    rehearse,
  })
  let warming = setImmediate(() => warmUp(WARM_CALLS))
  let inFlight = 0
  let withdrawn: Promise<void> = Promise.resolve()
  let settled: () => void = () => undefined
  let closed = false

  function draft(rung: Rung, market: Market): OrderDraft {
    return {
      token: rung.token,
      makerAmount: rung.spend,
      takerAmount: rung.shares,
      version: market.version,
      salt: deps.salt(),
      timestampMs: Math.floor(deps.venueNow() / MICROS_PER_MS),
      owner: deps.owner,
    }
  }

  function ready(signed: SignedDraft, signedAt: Micros): Ready {
    return { venueId: signed.venueId, post: deps.prepare(signed.body), signedAt }
  }

  async function arm(command: Arm): Promise<void> {
    const { market, rungs } = command
    const signedAt = deps.now()
    watchOver(command)
    const pairs: (readonly [string, Ready])[] = []
    for (let from = 0; from < rungs.length; from += LADDER_SLICE) {
      const slice = rungs.slice(from, from + LADDER_SLICE)
      const signed = await deps.ahead.sign(slice.map((rung) => draft(rung, market)))
      for (const [at, rung] of slice.entries())
        pairs.push([keyOf(rung), ready(signed[at] as SignedDraft, signedAt)])
    }
    await deps.journal.armed(
      market,
      pairs.map(([, { venueId }]) => venueId),
    )
    if (closed || !kept.has(market.conditionId)) return
    const rehearsals = rungs.map((rung, at) => ({
      order: rehearsed(rung, market),
      ready: pairs[at]?.[1] as Ready,
    }))
    armed.set(market.conditionId, { market, rungs: new Map(pairs), rehearsals, next: 0 })
  }

  /** The last seconds belong to the shot: nothing else on its connections, and its path kept warm. */
  function watchOver({ market, from }: Arm): void {
    if (kept.has(market.conditionId)) return
    kept.add(market.conditionId)
    vigil.keep(from, market.endAt, () => {
      kept.delete(market.conditionId)
      armed.delete(market.conditionId)
    })
  }

  function rehearsed(rung: Rung, { conditionId, slug }: Market): Order {
    const id = orderId(`${slug}/1`)
    return { id, conditionId, strategy: 'rehearsal', ...rung, decidedAt: deps.now() }
  }

  /** The compiler makes code fast that ran some thousand times. A little in each turn of the loop. */
  function warmUp(left: number): void {
    for (let call = 0; call < WARM_SLICE; call += 1) deps.rehearseDecision()
    if (left > WARM_SLICE) warming = setImmediate(() => warmUp(left - WARM_SLICE))
  }

  /** All that a shot does, but for the last step of each: the line goes nowhere, and so do the bytes. */
  function rehearse(): void {
    deps.rehearseDecision()
    for (const one of armed.values()) {
      const rehearsal = one.rehearsals[one.next]
      if (rehearsal === undefined) continue
      one.next = (one.next + 1) % one.rehearsals.length
      const { order, ready: sample } = rehearsal
      deps.journal.rehearse(sample.venueId, order, one.market)
      return deps.wire.rehearse(sample.post.stamp(epochSec()))
    }
    standIn ??= deps.prepare(STAND_IN)
    deps.wire.rehearse(standIn.stamp(epochSec()))
  }

  function epochSec(): number {
    return Math.floor(deps.venueNow() / MICROS_PER_SECOND)
  }

  /** Signed for one shot, and rehearsed no more: its bytes may still be on their way. */
  function spend({ market }: Submit): void {
    const window = armed.get(market.conditionId)
    if (window !== undefined) window.rehearsals = []
  }

  /** Signed ahead for exactly this order, and not too long ago. Taken away: the same signature twice is the same order twice. */
  function signedAhead({ order, market }: Submit): Ready | null {
    const rungs = armed.get(market.conditionId)?.rungs
    const found = rungs?.get(keyOf(order))
    if (found === undefined) return null
    rungs?.delete(keyOf(order))
    return deps.now() - found.signedAt <= deps.maxSignedAgeMs * MICROS_PER_MS ? found : null
  }

  function answered(command: Submit, shot: Shot, answer: WireAnswer, ahead: boolean): void {
    inFlight -= 1
    const { venueId } = shot
    deps.shot({
      venueId,
      slug: command.market.slug,
      signed: ahead ? 'ahead' : 'inline',
      decidedAt: command.order.decidedAt,
      answer,
    })
    tellClosure(answer)
    const read = readOrderAnswer(answer)
    switch (read.kind) {
      case 'matched':
        if (read.venueId.toLowerCase() !== venueId.toLowerCase()) {
          const { venueId: other } = read
          deps.log.error('the venue answered with the id of another order', { venueId, other })
          tell(shot, {
            state: 'unknown',
            reason: `answered with the id of another order: ${other}`,
          })
          deps.fates.follow(shot, null)
        } else if (read.spent > shot.order.spend) {
          deps.log.error('the venue answered with more than was signed for', { ...read })
          tell(shot, {
            state: 'unknown',
            reason: `matched for more than was signed: ${read.spent}`,
          })
          deps.fates.follow(shot, null)
        } else deps.fates.follow(shot, { spent: read.spent, shares: read.shares })
        break
      case 'killed':
        tell(shot, { state: 'killed', reason: read.reason })
        deps.fates.bury(shot)
        break
      case 'refused':
        tell(shot, { state: 'rejected', reason: read.reason })
        if (answer.kind === 'answer') deps.fates.bury(shot)
        break
      case 'unknown':
        tell(shot, { state: 'unknown', reason: read.reason })
        deps.fates.follow(shot, null)
        break
    }
    if (inFlight === 0) settled()
  }

  /** A venue that takes no orders is not asked again by the next window. */
  function tellClosure(answer: WireAnswer): void {
    const closure = closureOf(answer)
    if (closure === null) return
    const at = deps.now()
    const until = micros(at + closure.seconds * MICROS_PER_SECOND)
    deps.emit({ kind: 'venue_closed', until, reason: closure.reason, recvAt: at, venueAt: null })
  }

  function tell(
    { venueId, order }: { readonly venueId: string | null; readonly order: Order },
    outcome: { readonly state: 'killed' | 'rejected' | 'unknown'; readonly reason: string },
  ): void {
    deps.emit({
      kind: 'order_outcome',
      orderId: order.id,
      venueId,
      outcome,
      recvAt: deps.now(),
      venueAt: null,
    })
  }

  return {
    arm(command) {
      const { slug } = command.market
      arm(command).catch((error: unknown) => {
        if (closed) return
        deps.log.error('orders could not be made ready; a shot will sign for itself', {
          slug,
          error,
        })
      })
    },
    submit(command) {
      const { order, market } = command
      const ahead = signedAhead(command)
      let venueId: string | null = null
      let request: Buffer
      try {
        const one = ahead ?? ready(deps.signer.sign(draft(order, market)), deps.now())
        venueId = one.venueId
        request = one.post.stamp(epochSec())
        // Without its line in the journal a kill would make it unknown to us: then it does not leave.
        deps.journal.mark(venueId, order, market)
      } catch (error) {
        deps.log.error('a shot could not leave', { slug: market.slug, error })
        return tell({ venueId, order }, { state: 'rejected', reason: `not sent: ${String(error)}` })
      }
      const shot: Shot = { venueId, order, market, sentAt: deps.now() }
      inFlight += 1
      deps.wire.send(request, (answer) => answered(command, shot, answer, ahead !== null))
      deps.journal.sync()
      spend(command)
    },
    cancelAll() {
      // Nothing of ours rests: a fill-or-kill is over before its answer. What a person left there goes too.
      const asked = deps.account.cancelAll().catch((error: unknown) => {
        deps.log.error('resting orders could not be withdrawn', { error })
      })
      withdrawn = withdrawn.then(() => asked)
    },
    recover(shots) {
      for (const { order, market, outcome, venueId } of shots) {
        if (isFinal(outcome)) continue
        const shot: Shot = { venueId: venueId ?? '', order, market, sentAt: order.decidedAt }
        // Its line in the journal comes before its first byte.
        if (venueId === null) tell(shot, { state: 'killed', reason: 'it was never sent' })
        else deps.fates.resume(shot, outcome)
      }
    },
    async close() {
      closed = true
      vigil.close()
      clearImmediate(warming)
      if (inFlight > 0)
        await new Promise<void>((resolve) => {
          settled = resolve
        })
      deps.fates.close()
      await withdrawn
      await deps.wire.close()
      await deps.ahead.close()
      deps.journal.close()
    },
  }
}

function keyOf({ token, limit, spend }: Pick<Rung, 'token' | 'limit' | 'spend'>): string {
  return `${token}/${limit}/${spend}`
}
