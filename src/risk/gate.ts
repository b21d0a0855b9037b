/**
 * The gate between wanting and sending. Every check is evaluated and kept, also after the first refusal, in one fixed order;
 * the first that refuses names the reason. Notes carry no numbers, so that equal situations give equal reasons; numbers are
 * margins.
 */
import type { Deadline } from '../domain/facts.ts'
import type { Market } from '../domain/market.ts'
import type { Check, Intent, TokenView } from '../domain/strategy.ts'
import {
  MICRO,
  MICROS_PER_MS,
  type Micros,
  type MicroUsdc,
  TICKS_PER_DOLLAR,
  type Ticks,
} from '../domain/units.ts'
import { closedAt } from './calendar.ts'
import type { Limits } from './limits.ts'

/** The venue refuses a marketable buy of less than one dollar. */
const MIN_NOTIONAL_MICRO = MICRO

export type Hold = 'paused' | 'stopping' | 'halted'

const HOLD_NOTES: Readonly<Record<Hold, string>> = {
  paused: 'a person paused the bot',
  stopping: 'a person stopped the bot, which takes no new shots',
  halted: 'a person killed trading; only resume ends that',
}

/** The venue said that it takes no orders for a while. */
export type Closure = { readonly until: Micros; readonly reason: string }

export type Situation = {
  readonly market: Market
  /** By our own clock. */
  readonly recvAt: Micros
  readonly venueNow: Micros
  readonly leftMicros: number
  readonly up: TokenView
  readonly down: TokenView
  readonly crossed: boolean
  /** Null before the venue's clock is bounded. */
  readonly clockErrorMicros: number | null
  readonly deadline: Deadline
  readonly cash: MicroUsdc
  readonly ordersSent: number
  /** What a person wants of the bot, where that is no shots. */
  readonly hold: Hold | null
  /** The latest that the venue said, also when it is over. */
  readonly closure: Closure | null
}

/** What must hold of the world, whatever the strategy wants. */
export function worldChecks(now: Situation, limits: Limits): Check[] {
  return [
    check(
      'OPERATOR',
      now.hold === null,
      null,
      '',
      'shooting is allowed',
      now.hold === null ? '' : HOLD_NOTES[now.hold],
    ),
    calendarCheck(now, limits),
    closureCheck(now),
    check(
      'ONE_ORDER',
      now.ordersSent < limits.maxOrdersPerMarket,
      limits.maxOrdersPerMarket - now.ordersSent,
      'orders',
      'this market has an order left',
      'this market has had its orders, killed ones included',
    ),
    mappingCheck(now),
    clockCheck(now, limits),
    deadlineCheck(now),
    bookCheck('BOOK_UP', now.up, now.crossed, limits),
    bookCheck('BOOK_DOWN', now.down, now.crossed, limits),
  ]
}

/** What must hold of the order itself. */
export function orderChecks(
  intent: Intent,
  spend: MicroUsdc,
  fee: MicroUsdc,
  now: Situation,
  limits: Limits,
): Check[] {
  const tickSize = intent.side === 'UP' ? now.up.tickSize : now.down.tickSize
  const onGrid =
    intent.limit % tickSize === 0 &&
    intent.limit >= tickSize &&
    intent.limit <= TICKS_PER_DOLLAR - tickSize
  return [
    check(
      'GRID',
      onGrid,
      null,
      '',
      'the limit is on the tick grid',
      'the limit is off the tick grid',
    ),
    check(
      'SIZE',
      intent.shares >= now.market.minShares && spend >= MIN_NOTIONAL_MICRO,
      Math.min(intent.shares - now.market.minShares, spend - MIN_NOTIONAL_MICRO),
      'millionths',
      'the size is one the venue takes',
      "the size is below the venue's minimum",
    ),
    check(
      'POSITION',
      spend <= limits.maxPosition,
      limits.maxPosition - spend,
      'micro-dollars',
      'within the limit for one market',
      'above the limit for one market',
    ),
    check(
      'FUNDS',
      spend + fee <= now.cash,
      now.cash - spend - fee,
      'micro-dollars',
      'the cash covers the order and its fee',
      'the cash does not cover the order and its fee',
    ),
  ]
}

function calendarCheck(now: Situation, limits: Limits): Check {
  const closed = closedAt(limits.closed ?? [], now.venueNow)
  return check(
    'CALENDAR',
    closed === null,
    closed === null ? null : now.venueNow - closed.to,
    'micros',
    'the venue is not known to be closed now',
    closed?.why ?? '',
  )
}

function closureCheck({ closure, recvAt }: Situation): Check {
  const isOver = closure === null || recvAt >= closure.until
  return check(
    'VENUE_CLOSED',
    isOver,
    isOver ? null : recvAt - closure.until,
    'micros',
    'the venue has not said that it takes no orders',
    `the venue takes no orders for now: ${closure?.reason ?? ''}`,
  )
}

function mappingCheck(now: Situation): Check {
  const { mappingDoubt } = now.market
  if (mappingDoubt !== null)
    return check('MAPPING', false, null, '', '', 'it is not proven which token is Up')
  // The two books mirror each other: an ask on Up at p is a bid on Down at 1 - p. Two sockets may be a frame apart, so two
  // ticks of slack; more means that one of the tokens is not what we think it is.
  const slack = 2 * Math.max(now.up.tickSize, now.down.tickSize)
  const one = mirrorGap(now.up.bestAsk, now.down.bestBid)
  const other = mirrorGap(now.down.bestAsk, now.up.bestBid)
  const gap = Math.max(one, other)
  return check(
    'MAPPING',
    gap <= slack,
    slack - gap,
    'ticks',
    'the outcome names and the mirrored prices agree',
    'the two books do not mirror each other',
  )
}

function mirrorGap(ask: Ticks | null, bid: Ticks | null): number {
  if (ask === null || bid === null) return 0
  return Math.abs(TICKS_PER_DOLLAR - bid - ask)
}

function clockCheck(now: Situation, limits: Limits): Check {
  const error = now.clockErrorMicros
  return check(
    'CLOCK',
    error !== null && error <= limits.maxClockErrorMs * MICROS_PER_MS,
    error === null ? null : limits.maxClockErrorMs * MICROS_PER_MS - error,
    'micros',
    "the venue's clock is known well enough",
    "the venue's clock is not known well enough",
  )
}

function deadlineCheck(now: Situation): Check {
  const need = now.deadline.totalMicros
  return check(
    'DEADLINE',
    now.leftMicros >= need,
    now.leftMicros - need,
    'micros',
    'there is time for the round trip, the hold, the clock error and the jitter',
    'too late for the round trip, the hold, the clock error and the jitter',
  )
}

function bookCheck(name: string, book: TokenView, crossed: boolean, limits: Limits): Check {
  const maxAge = limits.maxBookAgeMs * MICROS_PER_MS
  const margin = book.ageMicros === null ? null : maxAge - book.ageMicros
  if (book.state !== 'live') {
    const why = book.state === 'absent' ? 'there is no book' : 'the book disagrees with the venue'
    return check(name, false, margin, 'micros', '', why)
  }
  if (crossed) return check(name, false, margin, 'micros', '', 'the book is crossed')
  return check(
    name,
    margin !== null && margin >= 0,
    margin,
    'micros',
    'the book is whole and fresh',
    'the book is stale',
  )
}

function check(
  name: string,
  ok: boolean,
  margin: number | null,
  unit: string,
  yes: string,
  no: string,
): Check {
  return { name, ok, margin, unit, note: ok ? yes : no }
}
