/** Whether anybody forbids a shot: a person, the calendar, the venue itself, or the shots that this window has had. */
import { closedAt } from '../calendar.ts'
import { check } from './check.ts'
import type { Hold, WorldGate } from './gate.ts'

const HOLD_NOTES: Readonly<Record<Hold, string>> = {
  paused: 'a person paused the bot',
  stopping: 'a person stopped the bot, which takes no new shots',
  halted: 'a person killed trading; only resume ends that',
  daily_loss: 'too much was lost this day (limits.maxDailyLossUsd); only resume ends that',
  drawdown:
    'too much was lost since the best moment (limits.maxDrawdownUsd); only resume ends that',
  tripwire: 'we win less often than the prices ask for (limits.tripwire); only resume ends that',
  overfill: 'an order was filled for more than it was sent with; look at the books, then resume',
  negative_position:
    'more shares were sold than bought, by what the venue says; look at the books, then resume',
  stray_fill: 'an order was filled that was over, or is not ours; look at the books, then resume',
  stakes: 'the canary did worse than it may (stakes.*): a dry run has to show what it can do again',
}

export const operator: WorldGate = {
  name: 'OPERATOR',
  asks: 'no person has paused, stopped or killed the bot, and it has not halted itself',
  settings: ['limits.maxDailyLossUsd', 'limits.maxDrawdownUsd', 'limits.tripwire'],
  always: 'a person always has the last word; the three that halt can be off',
  judge: ({ hold }) =>
    check(
      'OPERATOR',
      hold === null,
      null,
      '',
      'shooting is allowed',
      hold === null ? '' : HOLD_NOTES[hold],
    ),
}

export const calendar: WorldGate = {
  name: 'CALENDAR',
  asks: "the venue's matching engine is not known to restart now",
  settings: ['limits.calendar'],
  always: null,
  judge(now) {
    const closed = closedAt(now.limits.closed ?? [], now.venueNow)
    return check(
      'CALENDAR',
      closed === null,
      closed === null ? null : now.venueNow - closed.to,
      'micros',
      'the venue is not known to be closed now',
      closed?.why ?? '',
    )
  },
}

export const venueClosed: WorldGate = {
  name: 'VENUE_CLOSED',
  asks: 'the venue has not answered that it takes no orders for a while',
  settings: [],
  always: 'the venue has said it itself',
  judge({ closure, recvAt }) {
    const isOver = closure === null || recvAt >= closure.until
    return check(
      'VENUE_CLOSED',
      isOver,
      isOver ? null : recvAt - closure.until,
      'micros',
      'the venue has not said that it takes no orders',
      isOver ? '' : `the venue takes no orders for now: ${closure.reason}`,
    )
  },
}

const EXIT = check('ONE_ORDER', true, null, '', 'what is held is given back, or made a pair', '')

export const oneOrder: WorldGate = {
  name: 'ONE_ORDER',
  asks: 'the window has an order left; killed ones count',
  settings: ['limits.maxOrdersPerMarket'],
  always: 'nothing else keeps a wrong view from being bought again and again',
  judge({ ordersSent, limits, isExit }) {
    if (isExit === true) return EXIT
    const left = limits.maxOrdersPerMarket - ordersSent
    return check(
      'ONE_ORDER',
      left > 0,
      left,
      'orders',
      'this market has an order left',
      'this market has had its orders, killed ones included',
    )
  },
}
