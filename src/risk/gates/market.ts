/** Whether the window is what we think it is: its rule, its tokens, and that we were there in time. */
import { TICKS_PER_DOLLAR, type Ticks } from '../../domain/units.ts'
import { check, offCheck, refusal } from './check.ts'
import type { WorldGate } from './gate.ts'

const RULE_OFF = offCheck('RULE')

export const rule: WorldGate = {
  name: 'RULE',
  asks: 'the rule that settles the window is understood, and its terms are those it was found with',
  settings: ['gates.rule'],
  always: null,
  judge({ gates, truth, termsChanged }) {
    if (!gates.rule) return RULE_OFF
    if (termsChanged) return refusal('RULE', 'the terms of the market changed since it was found')
    return check(
      'RULE',
      truth.rule !== null,
      null,
      '',
      'the rule is understood and has not changed',
      'the rule that settles the market is not understood',
    )
  },
}

export const mapping: WorldGate = {
  name: 'MAPPING',
  asks: 'it is proven which token is Up, and the two books mirror each other to two ticks',
  settings: [],
  always: 'the wrong token turns every good reason into its opposite',
  judge(now) {
    if (now.market.mappingDoubt !== null)
      return refusal('MAPPING', 'it is not proven which token is Up')
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
  },
}

function mirrorGap(ask: Ticks | null, bid: Ticks | null): number {
  if (ask === null || bid === null) return 0
  return Math.abs(TICKS_PER_DOLLAR - bid - ask)
}

const LATE_JOIN_OFF = offCheck('LATE_JOIN')

export const lateJoin: WorldGate = {
  name: 'LATE_JOIN',
  asks: 'the listeners were opened early enough before the close',
  settings: ['gates.lateJoinSec'],
  always: null,
  judge({ gates, joinedLeftMicros }) {
    const least = gates.lateJoinMicros
    if (least === null) return LATE_JOIN_OFF
    return check(
      'LATE_JOIN',
      joinedLeftMicros !== null && joinedLeftMicros >= least,
      joinedLeftMicros === null ? null : joinedLeftMicros - least,
      'micros',
      'the window was joined in time',
      'the window was joined too late',
    )
  },
}
