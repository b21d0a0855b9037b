/**
 * Live orders. Everything that can fail is done before the moment: orders are signed ahead, named, written down. At the moment there is a look-up,
 * one line to the journal, and one write. What comes of it is told by events; an order whose answer is lost is followed until it is proven, and
 * never sent again.
 */
import type { Arm, Submit } from '../domain/commands.ts'
import type { ConditionId } from '../domain/ids.ts'
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

/** Connections fall silent, and the path is rehearsed, from this long before a shot may be wanted until the close. */
const QUIET_BEFORE_MS = 3_000
const REHEARSE_EVERY_MS = 5

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
type Armed = { readonly market: Market; readonly rungs: Map<string, Ready> }

export function createLiveGateway(deps: LiveGatewayDeps): Gateway {
  const armed = new Map<ConditionId, Armed>()
  const hushed = new Set<ConditionId>()
  const timers = new Set<NodeJS.Timeout>()
  let quiet = 0
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
    const signed = await deps.ahead.sign(rungs.map((rung) => draft(rung, market)))
    await deps.journal.armed(
      market,
      signed.map(({ venueId }) => venueId),
    )
    if (closed) return
    const pairs = rungs.map(
      (rung, at) => [keyOf(rung), ready(signed[at] as SignedDraft, signedAt)] as const,
    )
    armed.set(market.conditionId, { market, rungs: new Map(pairs) })
    // A copy of its own: the bytes of a shot that is on its way are not stamped anew.
    hush(command, signed[0] && deps.prepare(signed[0].body))
  }

  /** The last seconds belong to the shot: nothing else on its connections, and its path kept warm. */
  function hush({ market, from }: Arm, sample: PreparedPost | undefined): void {
    if (hushed.has(market.conditionId)) return
    hushed.add(market.conditionId)
    const until = (at: Micros): number => (at - deps.venueNow()) / MICROS_PER_MS
    after(until(from) - QUIET_BEFORE_MS, () => {
      quiet += 1
      deps.wire.quiet(true)
      const rehearsal = setInterval(() => {
        if (sample !== undefined) deps.wire.rehearse(sample.stamp(epochSec()))
      }, REHEARSE_EVERY_MS)
      timers.add(rehearsal)
      after(until(market.endAt), () => {
        clearInterval(rehearsal)
        timers.delete(rehearsal)
        hushed.delete(market.conditionId)
        armed.delete(market.conditionId)
        quiet -= 1
        if (quiet === 0) deps.wire.quiet(false)
      })
    })
  }

  function after(ms: number, action: () => void): void {
    const timer = setTimeout(
      () => {
        timers.delete(timer)
        action()
      },
      Math.max(0, ms),
    )
    timers.add(timer)
  }

  function epochSec(): number {
    return Math.floor(deps.venueNow() / MICROS_PER_SECOND)
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
      for (const timer of timers) clearTimeout(timer)
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
