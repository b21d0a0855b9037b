/** What is known of a winner, as the plain data that decisions keep. */
import { dollarsForProbability, formatE18 } from '../domain/price.ts'
import type { Truth } from '../domain/truth.ts'
import { winChance } from '../pricing/odds.ts'
import type { Projection } from '../pricing/settlement.ts'
import type { SettlementRule } from '../pricing/settlement-rule.ts'
import type { Strike } from '../pricing/strike.ts'

export function wordsOf(rule: SettlementRule): string {
  switch (rule.kind) {
    case 'twap':
      return `average of ${rule.lookbackSec} s`
    case 'candle':
      return `candle of ${rule.source}`
    case 'spot':
      return 'price of the second'
  }
}

export function strikeText(strike: Strike, boundaryGap: boolean): NonNullable<Truth['strike']> {
  const { source, certainty, crossCheckGap, conflict } = strike
  const gap = crossCheckGap === null ? null : Math.abs(dollarsForProbability(crossCheckGap))
  return {
    price: formatE18(strike.price),
    source,
    certainty,
    crossCheckGap: crossCheckGap === null ? null : formatE18(crossCheckGap),
    conflictShare: gap === null ? null : gap / dollarsForProbability(strike.price),
    conflict,
    boundaryGap,
  }
}

export function told(
  rule: string,
  strike: Truth['strike'],
  projection: Projection,
  beside: Pick<Truth, 'fairYes' | 'spot' | 'sigma' | 'haircut' | 'health'>,
): Truth {
  const { winner, final, fixedShare, flipPrice, basedOn } = projection
  return {
    rule,
    doubt: null,
    strike,
    winner,
    final: formatE18(final),
    fixedShare,
    flipPrice: flipPrice === null ? null : formatE18(flipPrice),
    win: winChance(projection, winner),
    ...beside,
    basedOn,
  }
}

/** No winner is named, but all that is known beside it. */
export function unknown(
  known: Pick<Truth, 'rule' | 'doubt' | 'strike' | 'sigma' | 'health'>,
): Truth {
  return {
    winner: null,
    final: null,
    fixedShare: null,
    flipPrice: null,
    win: null,
    fairYes: null,
    spot: null,
    haircut: 0,
    basedOn: null,
    ...known,
  }
}
