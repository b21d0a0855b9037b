/** A found window in the words of the person who watches the finder's log. */
import type { Market } from '../../domain/market.ts'
import { MICROS_PER_SECOND, type Micros } from '../../domain/units.ts'
import { clockTextEt, dateTextUtc } from './window-names.ts'

export type FinderRecord = {
  readonly condition_id: string
  /** YES is Up, NO is Down. */
  readonly token_id_yes: string
  readonly token_id_no: string
  readonly end_time: string
  readonly end_time_utc: string
  readonly minutes_until_end: number
  readonly title: string
  readonly ticker: string
}

export function finderRecord(market: Market, venueNow: Micros): FinderRecord {
  const minutes = (market.endAt - venueNow) / (60 * MICROS_PER_SECOND)
  return {
    condition_id: market.conditionId,
    token_id_yes: market.up,
    token_id_no: market.down,
    end_time: clockTextEt(market.endAt),
    end_time_utc: dateTextUtc(market.endAt),
    minutes_until_end: Math.round(minutes * 100) / 100,
    title: market.title,
    ticker: market.slug,
  }
}
