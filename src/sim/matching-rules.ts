/** What an order must be before the book is looked at: on the grid, of a size, within decimals. In the words of the venue. */
import { TICKS_PER_DOLLAR } from '../domain/units.ts'
import type { Refusal, VenueOrder } from './matching-types.ts'

const MICRO = 1_000_000
export const MIN_SHARES = 5 * MICRO
/** Dollars of a buy that takes. */
export const MIN_MARKETABLE = MICRO
/** Far above any account here, far below where products leave the safe integers. */
const SHARES_MAX = 500_000 * MICRO
const GTD_LEAD_SEC = 60
const CENT = 10_000
const FOUR_DECIMALS = 100
const FIVE_DECIMALS = 10

/** The price that the amounts say, in ticks of the token; not always whole. */
export function impliedPrice(order: VenueOrder): number {
  const [dollars, shares] = amountsOf(order)
  return (dollars * TICKS_PER_DOLLAR) / shares
}

/** The limit as a whole price: a buyer's rounded down to it, a seller's up, as the amounts of market orders stray from it by their decimals. */
export function limitOf(order: VenueOrder): number {
  const [dollars, shares] = amountsOf(order)
  const exact = BigInt(dollars) * BigInt(TICKS_PER_DOLLAR)
  const whole = Number(exact / BigInt(shares))
  return order.way === 'BUY' || exact % BigInt(shares) === 0n ? whole : whole + 1
}

export function amountsOf(order: VenueOrder): readonly [dollars: number, shares: number] {
  return order.way === 'BUY'
    ? [order.makerAmount, order.takerAmount]
    : [order.takerAmount, order.makerAmount]
}

export function isMarket(order: VenueOrder): boolean {
  return order.type === 'FOK' || order.type === 'FAK'
}

/** Null when nothing is wrong with it. */
export function ruleRefusal(order: VenueOrder, tick: number, nowSec: number): Refusal | null {
  const [dollars, shares] = amountsOf(order)
  if (shares <= 0 || dollars <= 0 || shares > SHARES_MAX) return refuse('Invalid order payload')
  return (
    expiryRefusal(order, nowSec) ??
    gridRefusal(order, tick) ??
    decimalsRefusal(order, tick) ??
    sizeRefusal(order)
  )
}

function expiryRefusal(order: VenueOrder, nowSec: number): Refusal | null {
  if (order.type !== 'GTD') return order.expiresSec === 0 ? null : refuse('invalid expiration')
  return order.expiresSec > nowSec + GTD_LEAD_SEC ? null : refuse('invalid expiration')
}

function gridRefusal(order: VenueOrder, tick: number): Refusal | null {
  const implied = impliedPrice(order)
  const nearest = Math.round(implied / tick) * tick
  const inRange = nearest >= tick && nearest <= TICKS_PER_DOLLAR - tick
  // Amounts have few decimals, so a market order's price is its limit only nearly.
  const stray = isMarket(order) ? tick / 10 : 0
  const off = Math.abs(implied - nearest)
  if (inRange && off <= stray) return null
  if (inRange && off < tick / 10 && !Number.isInteger(implied)) return inexact(order, nearest)
  const price = implied / TICKS_PER_DOLLAR
  return refuse(
    `order ${order.id} is invalid. Price (${price}) breaks minimum tick size rule: ${tick / TICKS_PER_DOLLAR}`,
  )
}

/** The price is meant well, but the product was rounded. */
function inexact(order: VenueOrder, price: number): Refusal {
  const [dollars, shares] = amountsOf(order)
  const exact = (shares / MICRO) * price
  const name = order.way === 'BUY' ? 'maker' : 'taker'
  return refuse(
    `invalid amounts, the ${name} amount for a $${price / TICKS_PER_DOLLAR} order of size ${shares / MICRO} should be '${Number((exact / TICKS_PER_DOLLAR).toFixed(6))}' but the value submited is '${dollars / MICRO}'`,
  )
}

function decimalsRefusal(order: VenueOrder, tick: number): Refusal | null {
  const fine = tick < 100 ? FIVE_DECIMALS : FOUR_DECIMALS
  const places = tick < 100 ? 5 : 4
  const { makerAmount, takerAmount, way } = order
  if (isMarket(order) && way === 'BUY') {
    if (makerAmount % CENT === 0 && takerAmount % fine === 0) return null
    return refuse(
      `invalid amounts, the market buy orders maker amount supports a max accuracy of 2 decimals, taker amount a max of ${places} decimals`,
    )
  }
  const [dollars, shares] = amountsOf(order)
  if (shares % CENT === 0 && dollars % fine === 0) return null
  const [first, second] = way === 'BUY' ? [places, 2] : [2, places]
  return refuse(
    `invalid amounts, the ${way.toLowerCase()} orders maker amount supports a max accuracy of ${first} decimals, taker amount a max of ${second} decimals`,
  )
}

function sizeRefusal(order: VenueOrder): Refusal | null {
  const [dollars, shares] = amountsOf(order)
  if (isMarket(order)) {
    if (order.way === 'SELL' || dollars >= MIN_MARKETABLE) return null
    return tooSmall(order)
  }
  if (shares >= MIN_SHARES) return null
  return refuse(
    `order ${order.id} is invalid. Size (${shares / MICRO}) lower than the minimum: ${MIN_SHARES / MICRO}`,
  )
}

export function tooSmall(order: VenueOrder): Refusal {
  const dollars = order.makerAmount / MICRO
  return refuse(`invalid amount for a marketable BUY order ($${dollars}), min size: $1`)
}

/** Null when what is needed is there beside what resting orders hold. */
export function notEnough(balance: number, inOrders: number, needed: number): Refusal | null {
  if (balance - inOrders >= needed) return null
  const held = inOrders === 0 ? '' : `, sum of matched orders: ${inOrders}`
  return refuse(
    `not enough balance / allowance: the balance is not enough -> balance: ${balance}${held}, order amount: ${needed}`,
  )
}

export function refuse(error: string, status = 400): Refusal {
  return { status, error }
}
