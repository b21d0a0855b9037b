/**
 * Whether the two books make sense together. A pair of tokens pays one dollar, so what both sides ask is about a dollar, and what both bid is too:
 * less asked, or more bid, is money for nothing and therefore an error; far more asked, or far less bid, is a market that nobody makes.
 */
import type { Check, TokenView } from '../../domain/strategy.ts'
import { type MicroShares, TICKS_PER_DOLLAR } from '../../domain/units.ts'
import { check, offCheck, refusal } from './check.ts'
import type { WorldGate } from './gate.ts'

const NAME = 'BAD_BOOK'
const OFF = offCheck(NAME)

export const badBook: WorldGate = {
  name: NAME,
  asks: 'the asks of both sides sum to about a dollar, their bids too, and neither book is empty or dust: for sale, but less of it than one order of the least size',
  settings: ['gates.badBookGap'],
  always: null,
  judge({ gates: { badBookGap }, up, down, market }) {
    if (badBookGap === null) return OFF
    if (isEmpty(up) || isEmpty(down)) return refusal(NAME, 'a book is empty')
    if (isDust(up, market.minShares) || isDust(down, market.minShares))
      return refusal(NAME, 'there is only dust in a book')
    // Two sockets may be a frame apart.
    return sums(up, down, badBookGap, 2 * Math.max(up.tickSize, down.tickSize))
  },
}

function isEmpty({ bestBid, bestAsk }: TokenView): boolean {
  return bestBid === null && bestAsk === null
}

/** All of it, down to the last level, is less than one order. */
function isDust(view: TokenView, least: MicroShares): boolean {
  return view.bestAsk !== null && view.priceToTake(least) === null
}

/** A side that is gone has no sum: in the last seconds nobody sells the winner any more. */
function sums(up: TokenView, down: TokenView, most: number, slack: number): Check {
  const over =
    up.bestAsk === null || down.bestAsk === null
      ? null
      : up.bestAsk + down.bestAsk - TICKS_PER_DOLLAR
  const under =
    up.bestBid === null || down.bestBid === null
      ? null
      : TICKS_PER_DOLLAR - up.bestBid - down.bestBid
  const least = Math.min(over ?? 0, under ?? 0)
  if (least < -slack)
    return check(
      NAME,
      false,
      least + slack,
      'ticks',
      '',
      'the two sides together are offered for less, or asked for more, than a dollar',
    )
  const gap = Math.max(over ?? 0, under ?? 0)
  return check(
    NAME,
    gap <= most,
    most - gap,
    'ticks',
    'the two books make sense together',
    'the prices of the two sides are far from a dollar together',
  )
}
