/** What is remembered of a finished window for choosing when to fire in those to come: what the named side cost, second by second, and what it paid. */

import type { Trail } from './certificate.ts'
import type { Asset, ConditionId, Interval } from './ids.ts'
import type { FeeSchedule, Market, Winner } from './market.ts'
import type { Ticks } from './units.ts'

/** Who names the side that is bought: the rule that settles the window, or its book. */
export type SideBy = 'rule' | 'book'

/**
 * One whole second before the close, as a row so that a tape stays small: how many were left, the worst price to be paid for the whole size (null
 * where it was not for sale), what a share paid in the end in millionths, and the chance that was given to it then.
 */
export type AskAt = readonly [
  leftSec: number,
  price: Ticks | null,
  paidMicro: number,
  chance: number | null,
]

/** A window that was kept second by second, and who won it. */
export type PastWindow = {
  readonly market: Pick<Market, 'asset' | 'interval' | 'endAt' | 'fee'>
  readonly trail: Trail
  readonly winner: Winner
}

export type AskWindow = {
  readonly conditionId: ConditionId
  readonly asset: Asset
  readonly interval: Interval
  readonly fee: FeeSchedule
  /** As it stood when the second was due to be chosen. */
  readonly sigma: number | null
  readonly asks: readonly AskAt[]
}
