/** What is known of one order that waits, and what that comes to. */
import type { SubmitOutcome } from '../domain/order.ts'
import type { TradeView, VenueOrderView } from '../domain/ports.ts'
import { MICROS_PER_MS, type Micros } from '../domain/units.ts'
import type { Asking } from './asking.ts'
import { type Shot, sharesIn, sumsOf } from './order-trades.ts'

/** The venue may forget what does not wait any more: then its list of trades has to stay the same for so long. */
const FORGOTTEN_MS = 3_000
const FORGOTTEN_ANSWERS = 3
const MISSING_MS = 12_000

export type Life = {
  readonly shot: Shot
  readonly asking: Asking
  /** On its way; perhaps there; there; not there any more. */
  stage: 'sent' | 'doubtful' | 'waits' | 'gone'
  goneAt: Micros
  /** Why it is gone, or is to go. */
  why: string
  leaving: boolean
  /** Its withdrawal is on its way, or was at some time. */
  isAsked: boolean
  wasAsked: boolean
  /** Everything that it had, the failed ones as well. */
  readonly trades: Map<string, TradeView>
  /** The most that the venue said was matched of it. */
  matched: number
  /** What was known of it before the start. */
  readonly floor: Filled | null
  told: string
  /** It is gone, and all that was matched of it is known. */
  isProven: boolean
  /** When the venue last knew it, and how often it did not since. */
  seenAt: Micros
  silences: number
}

type Filled = Extract<SubmitOutcome, { state: 'resting' | 'filled' }>

export function newLife(shot: Shot): Omit<Life, 'asking'> {
  return {
    shot,
    stage: 'sent',
    goneAt: shot.sentAt,
    why: '',
    leaving: false,
    isAsked: false,
    wasAsked: false,
    trades: new Map(),
    matched: 0,
    floor: null,
    told: '',
    isProven: false,
    seenAt: shot.sentAt,
    silences: 0,
  }
}

function standing({ trades }: Life): TradeView[] {
  return [...trades.values()].filter(({ status }) => status !== 'FAILED')
}

function areOver({ trades }: Life): boolean {
  return [...trades.values()].every(({ status }) => status === 'CONFIRMED' || status === 'FAILED')
}

/** All of it that was matched is known, and will not change. */
export function areListed(life: Life): boolean {
  return areOver(life) && listed(life) >= Math.max(life.matched, life.floor?.shares ?? 0)
}

function listed({ trades }: Life): number {
  return sharesIn([...trades.values()])
}

/** Null while it may still be matched. */
export function whyGone({ leaving, why }: Life, status: string): string | null {
  if (status === 'MATCHED') return 'all of it was taken'
  if (status === 'CANCELED_MARKET_RESOLVED') return 'its market was resolved'
  if (!/^(CANCELL?ED|INVALID)/.test(status)) return null
  return leaving ? why : `the venue withdrew it: ${status}`
}

export function restingOutcome(life: Life): SubmitOutcome {
  const sums = sumsOf(life.shot.market, standing(life))
  const { floor } = life
  // What was known before the start is listed again in a moment.
  if (floor !== null && listed(life) < floor.shares) {
    const { fills, shares, cost, fee } = floor
    return { state: 'resting', fills, shares, cost, fee }
  }
  return { state: 'resting', ...sums }
}

export type AtEnd =
  | { readonly kind: 'not_yet' }
  | {
      readonly kind: 'known' | 'forgotten'
      readonly outcome: SubmitOutcome
      readonly isOver: boolean
    }

/** Of one that is gone. */
export function outcomeAtEnd(life: Life, view: VenueOrderView | null, now: Micros): AtEnd {
  const goneMs = (now - life.goneAt) / MICROS_PER_MS
  const least = Math.max(life.matched, life.floor?.shares ?? 0)
  if (listed(life) < least) {
    const { floor } = life
    const isForgotten = view === null && goneMs >= MISSING_MS && floor !== null
    if (!isForgotten || life.matched > 0 || life.trades.size > 0) return { kind: 'not_yet' }
    const { fills, shares, cost, fee } = floor
    const outcome = { state: 'filled', fills, shares, cost, fee, finality: 'confirmed' } as const
    return { kind: 'forgotten', outcome, isOver: true }
  }
  // By its last word the venue says how much was matched; without one, time has to.
  const isSilent = goneMs < FORGOTTEN_MS || life.silences < FORGOTTEN_ANSWERS
  if (view === null ? isSilent : whyGone(life, view.status) === null) return { kind: 'not_yet' }
  const isOver = areOver(life)
  return { kind: 'known', outcome: endOf(life, isOver), isOver }
}

function endOf(life: Life, isOver: boolean): SubmitOutcome {
  const trades = standing(life)
  if (trades.length > 0) {
    const finality = isOver ? 'confirmed' : 'matched'
    return { state: 'filled', ...sumsOf(life.shot.market, trades), finality }
  }
  if (life.trades.size > 0) return { state: 'reverted', reason: 'the trade failed on the chain' }
  return { state: 'killed', reason: life.why }
}
