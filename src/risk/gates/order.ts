/** Whether the order itself is one the venue takes and the purse can bear. */
import { MICRO, TICKS_PER_DOLLAR } from '../../domain/units.ts'
import { check, NO_ORDER, refusal } from './check.ts'
import type { OrderGate } from './gate.ts'

/** The venue refuses a marketable buy of less than one dollar. */
const MIN_NOTIONAL_MICRO = MICRO
const REFUSED_ANYWAY = 'the venue would refuse the order, and the window would have had it'

export const grid: OrderGate = {
  name: 'GRID',
  asks: 'the limit is on the tick grid',
  settings: [],
  always: REFUSED_ANYWAY,
  judge({ up, down }, { order }) {
    if (order === null) return refusal('GRID', NO_ORDER)
    const { side, limit } = order.intent
    const { tickSize } = side === 'UP' ? up : down
    const onGrid =
      limit % tickSize === 0 && limit >= tickSize && limit <= TICKS_PER_DOLLAR - tickSize
    return check(
      'GRID',
      onGrid,
      null,
      '',
      'the limit is on the tick grid',
      'the limit is off the tick grid',
    )
  },
}

export const size: OrderGate = {
  name: 'SIZE',
  asks: "the order is not smaller than the market's least size and one dollar",
  settings: [],
  always: REFUSED_ANYWAY,
  judge({ market }, { order }) {
    if (order === null) return refusal('SIZE', NO_ORDER)
    const { intent, spend, rests } = order
    const isTaker = rests !== true && intent.action !== 'SELL'
    const dollars = isTaker ? spend - MIN_NOTIONAL_MICRO : Number.POSITIVE_INFINITY
    const room = Math.min(intent.shares - market.minShares, dollars)
    return check(
      'SIZE',
      room >= 0,
      room,
      'millionths',
      'the size is one the venue takes',
      "the size is below the venue's minimum",
    )
  },
}

const NO_MORE = check('POSITION', true, null, '', 'a sale holds less than before', '')
const BRINGS = check('FUNDS', true, null, '', 'a sale brings money', '')

export const position: OrderGate = {
  name: 'POSITION',
  asks: 'the order spends no more than one window may hold',
  settings: ['limits.maxPositionUsd'],
  always: 'it bounds what a single mistake can cost',
  judge({ limits, committed = 0 }, { order }) {
    if (order === null) return refusal('POSITION', NO_ORDER)
    if (order.intent.action === 'SELL') return NO_MORE
    const room = limits.maxPosition - committed - order.spend
    return check(
      'POSITION',
      room >= 0,
      room,
      'micro-dollars',
      'within the limit for one market',
      'above the limit for one market',
    )
  },
}

export const funds: OrderGate = {
  name: 'FUNDS',
  asks: 'the cash covers the order and its fee',
  settings: [],
  always: REFUSED_ANYWAY,
  judge({ cash }, { order }) {
    if (order === null) return refusal('FUNDS', NO_ORDER)
    if (order.intent.action === 'SELL') return BRINGS
    const room = cash - order.spend - order.fee
    return check(
      'FUNDS',
      room >= 0,
      room,
      'micro-dollars',
      'the cash covers the order and its fee',
      'the cash does not cover the order and its fee',
    )
  },
}
