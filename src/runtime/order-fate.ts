/**
 * Follows an order that left until its fate is proven: filled and confirmed, killed, or reverted. The venue is asked again and again; the user
 * channel only makes us ask sooner. No answer is no proof: an order counts as dead only when the venue says so, or, asked several times and long
 * after it could still have matched, knows neither the order nor a trade of it. And what counts as dead is looked at again: a trade of it that
 * turns up later is the truth.
 */
import type { SubmitOutcome } from '../domain/order.ts'
import type { Account, EventSink, Log, TradeView } from '../domain/ports.ts'
import { MICROS_PER_MS, type Micros } from '../domain/units.ts'
import { createGraves } from './order-graves.ts'
import { estimated, judge, type Matched, type Shot, sharesIn } from './order-trades.ts'

export type { Shot } from './order-trades.ts'

const ASK_FIRST_MS = 250
const ASK_MOST_MS = 5_000
const ASK_GROWTH = 1.5
/** So long after the send, and so many answers without it, that it cannot be on its way any more. */
const GONE_AFTER_MS = 12_000
const GONE_ANSWERS = 4
/** Statuses of an order that will not be matched any more. "Unmatched" is none of them: the venue has it then. */
const DEAD = /^(CANCELL?ED|INVALID)/

export type OrderFates = {
  /** `matched` is what the venue answered, where it did. */
  follow(shot: Shot, matched: Matched | null): void
  /** Goes on with an order of which so much is known already. */
  resume(shot: Shot, known: SubmitOutcome | null): void
  /** The venue's own word is that it is dead. It is only looked at again. */
  bury(shot: Shot): void
  /** Somebody heard something of this order. */
  nudge(venueId: string): void
  /** Something may have been missed. */
  nudgeAll(): void
  close(): void
}

export type FateDeps = {
  readonly account: Account
  readonly emit: EventSink
  readonly now: () => Micros
  readonly log: Log
}

type Followed = {
  readonly shot: Shot
  matched: Matched | null
  told: string
  waitMs: number
  answersWithout: number
  timer: NodeJS.Timeout | undefined
  asking: boolean
  again: boolean
  complained: boolean
}

export function createOrderFates(deps: FateDeps): OrderFates {
  const { account, log, now } = deps
  const followed = new Map<string, Followed>()
  const graves = createGraves({ account, log, risen })
  let closed = false

  function tell(one: Followed, outcome: SubmitOutcome): void {
    const text = JSON.stringify(outcome)
    if (text === one.told) return
    one.told = text
    const { venueId, order } = one.shot
    deps.emit({
      kind: 'order_outcome',
      orderId: order.id,
      venueId,
      outcome,
      recvAt: now(),
      venueAt: null,
    })
  }

  function end(one: Followed, outcome: SubmitOutcome): void {
    followed.delete(one.shot.venueId)
    clearTimeout(one.timer)
    if (outcome.state === 'killed') graves.bury(one.shot)
    tell(one, outcome)
  }

  const isLeft = ({ shot }: Followed): boolean => closed || !followed.has(shot.venueId)

  async function ask(one: Followed): Promise<void> {
    const { venueId, market } = one.shot
    const trades = await account.tradesOf(market.conditionId, venueId)
    if (isLeft(one)) return
    const isPart = one.shot.order.kind === 'FAK' && one.matched === null
    if (trades.length > 0 && !isPart) return judgeTrades(one, trades)
    const order = await account.order(venueId)
    // What the venue matched by its own word is ended by its trades alone.
    if (isLeft(one) || one.matched !== null) return
    if (order !== null) {
      one.answersWithout = 0
      if (isPart && order.matched !== undefined && order.matched > 0 && order.status !== 'LIVE') {
        one.matched = { spent: 0, shares: order.matched }
        return judgeTrades(one, trades)
      }
      if (DEAD.test(order.status)) return lastLook(one, `the venue says ${order.status}`)
      return
    }
    one.answersWithout += 1
    const waitedMs = (now() - one.shot.sentAt) / MICROS_PER_MS
    if (one.answersWithout < GONE_ANSWERS || waitedMs < GONE_AFTER_MS) return
    await lastLook(
      one,
      'the venue, asked again and again, knows neither the order nor a trade of it',
    )
  }

  /** The trades were asked for before the order was: one may have come in between. */
  async function lastLook(one: Followed, reason: string): Promise<void> {
    const { venueId, market } = one.shot
    const trades = await account.tradesOf(market.conditionId, venueId)
    if (isLeft(one)) return
    if (trades.length === 0) return end(one, { state: 'killed', reason })
    if (one.shot.order.kind === 'FAK') one.matched ??= { spent: 0, shares: sharesIn(trades) }
    judgeTrades(one, trades)
  }

  function judgeTrades(one: Followed, trades: readonly TradeView[]): void {
    const { venueId } = one.shot
    const said = judge(one.shot, one.matched, trades)
    if (said.kind === 'absurd') {
      const { cost } = said
      if (!one.complained)
        log.error('the trades of an order cost more than it was signed for', { venueId, cost })
      one.complained = true
    }
    if (said.kind !== 'outcome') return
    if (said.isOver) end(one, said.outcome)
    else tell(one, said.outcome)
  }

  function plan(one: Followed): void {
    if (isLeft(one)) return
    one.timer = setTimeout(() => run(one), one.waitMs)
    one.waitMs = Math.min(one.waitMs * ASK_GROWTH, ASK_MOST_MS)
  }

  function run(one: Followed): void {
    clearTimeout(one.timer)
    if (isLeft(one)) return
    if (one.asking) {
      one.again = true
      return
    }
    one.asking = true
    ask(one)
      .catch((error: unknown) => {
        const { venueId } = one.shot
        log.warn('the venue could not be asked about an order', { venueId, error })
      })
      .finally(() => {
        one.asking = false
        if (one.again) {
          one.again = false
          run(one)
        } else plan(one)
      })
      // Everything that can fail in there is handled there.
      .catch(() => undefined)
  }

  function begin(shot: Shot, matched: Matched | null, told: string): void {
    if (closed || followed.has(shot.venueId)) return
    const one: Followed = {
      shot,
      matched,
      told,
      waitMs: ASK_FIRST_MS,
      answersWithout: 0,
      timer: undefined,
      asking: false,
      again: false,
      complained: false,
    }
    followed.set(shot.venueId, one)
    if (matched !== null && told === '') tell(one, estimated(shot, matched))
    plan(one)
  }

  function risen(shot: Shot): void {
    begin(shot, null, '')
    for (const one of followed.values()) if (one.shot === shot) soon(one)
  }

  function soon(one: Followed): void {
    one.waitMs = ASK_FIRST_MS
    run(one)
  }

  return {
    follow: (shot, matched) => begin(shot, matched, ''),
    resume(shot, known) {
      const matched = known?.state === 'filled' ? { spent: known.cost, shares: known.shares } : null
      begin(shot, matched, known === null ? '' : JSON.stringify(known))
    },
    bury: graves.bury,
    nudge(text) {
      const venueId = text.toLowerCase()
      const one = followed.get(venueId)
      if (one !== undefined) soon(one)
      else graves.look(venueId)
    },
    nudgeAll() {
      for (const one of followed.values()) soon(one)
      graves.lookAll()
    },
    close() {
      closed = true
      for (const { timer } of followed.values()) clearTimeout(timer)
      graves.close()
    },
  }
}
