/** Whether what is for sale is a market: a spread that somebody stands for, enough of it, at a price we would ever pay. */
import { check, NO_ORDER, NO_SIDE, offCheck, refusal } from './check.ts'
import type { OrderGate } from './gate.ts'

const SPREAD_OFF = offCheck('SPREAD')

export const spread: OrderGate = {
  name: 'SPREAD',
  asks: 'the spread of the side that is wanted is at most so many of its ticks',
  settings: ['gates.spreadMaxTicks'],
  always: null,
  judge({ gates: { spreadMaxTicks }, up, down }, { side }) {
    if (spreadMaxTicks === null) return SPREAD_OFF
    if (side === null) return refusal('SPREAD', NO_SIDE)
    const { bestBid, bestAsk, tickSize } = side === 'UP' ? up : down
    if (bestBid === null || bestAsk === null)
      return refusal('SPREAD', 'the side that is wanted has no bid or no ask')
    const room = spreadMaxTicks * tickSize - (bestAsk - bestBid)
    return check(
      'SPREAD',
      room >= 0,
      room,
      'ticks',
      'the spread is narrow enough',
      'the spread is too wide',
    )
  },
}

const LIQUIDITY_OFF = offCheck('LIQUIDITY')
const NO_SELLER_NEEDED = check('LIQUIDITY', true, null, '', 'the order needs no seller', '')

export const liquidity: OrderGate = {
  name: 'LIQUIDITY',
  asks: "at least so many shares are for sale at the order's limit or less",
  settings: ['gates.liquidityMinShares'],
  always: null,
  judge({ gates: { liquidityMin: least }, up, down }, { order }) {
    if (least === null) return LIQUIDITY_OFF
    if (order === null) return refusal('LIQUIDITY', NO_ORDER)
    if (order.rests === true || order.intent.action === 'SELL') return NO_SELLER_NEEDED
    const { side, limit } = order.intent
    const room = (side === 'UP' ? up : down).sharesUpTo(limit) - least
    return check(
      'LIQUIDITY',
      room >= 0,
      room,
      'micro-shares',
      'enough is for sale within the limit',
      'too little is for sale within the limit',
    )
  },
}

const PRICE_OFF = offCheck('PRICE')
const ANY_PRICE = check('PRICE', true, null, '', 'what is held may go at any price', '')

export const price: OrderGate = {
  name: 'PRICE',
  asks: 'the limit lies within hard bounds, whatever the strategy wants',
  settings: ['gates.priceMin', 'gates.priceMax'],
  always: null,
  judge({ gates: { priceMin, priceMax } }, { order }) {
    if (priceMin === null && priceMax === null) return PRICE_OFF
    if (order === null) return refusal('PRICE', NO_ORDER)
    if (order.intent.action === 'SELL') return ANY_PRICE
    const { limit } = order.intent
    const above = priceMin === null ? Number.POSITIVE_INFINITY : limit - priceMin
    const below = priceMax === null ? Number.POSITIVE_INFINITY : priceMax - limit
    return check(
      'PRICE',
      above >= 0 && below >= 0,
      Math.min(above, below),
      'ticks',
      'the limit is within the bounds',
      above < 0 ? 'the limit is below the lowest price' : 'the limit is above the highest price',
    )
  },
}
