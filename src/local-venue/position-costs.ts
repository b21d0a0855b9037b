/** What a position cost and what was earned on it so far: the average over everything bought, as taker or as maker; sales realise the difference to it. */
import type { Side } from '../domain/ids.ts'
import { TICKS_PER_DOLLAR } from '../domain/units.ts'
import type { MakerFill, Trade } from '../sim/matching-types.ts'
import type { TradeRecord } from './orders/records.ts'

/** Shares and dollars in millionths. */
export type PositionCosts = {
  readonly avgPrice: number
  readonly totalBought: number
  readonly realizedPnl: number
}

/** Of one account's trades in one market, the oldest first. */
export function costsOf(
  records: readonly TradeRecord[],
  account: string,
  side: Side,
): PositionCosts {
  let [held, avgPrice, totalBought, realizedPnl] = [0, 0, 0, 0]
  for (const { way, price: ticks, shares } of partsOf(records, account, side)) {
    const price = ticks / TICKS_PER_DOLLAR
    if (way === 'SELL') {
      realizedPnl += shares * (price - avgPrice)
      held -= shares
      continue
    }
    avgPrice = (avgPrice * held + price * shares) / (held + shares)
    held += shares
    totalBought += shares
  }
  return { avgPrice, totalBought, realizedPnl }
}

/** Who trades with itself has both parts. */
function partsOf(
  records: readonly TradeRecord[],
  account: string,
  side: Side,
): (Trade | MakerFill)[] {
  return records
    .filter(({ status }) => status !== 'FAILED')
    .flatMap(({ trade }) => [
      ...(trade.taker === account ? [trade] : []),
      ...(trade.maker.account === account ? [trade.maker] : []),
    ])
    .filter(({ token }) => token === side)
}
