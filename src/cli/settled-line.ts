/** A settled window as one JSON object: what programs read. Prices, sizes and money are decimal strings. */
import type { Settlement } from '../domain/facts.ts'
import { formatDecimal, formatMicro, formatPrice, MICRO } from '../domain/units.ts'
import { breakEvenMicro } from '../pricing/fees.ts'
import { latencyLine } from './shot-latency.ts'

export function settledLine(settlement: Settlement): Readonly<Record<string, unknown>> {
  const { market, order, outcome } = settlement
  const filled = outcome?.state === 'filled' ? outcome : null
  const average = filled === null ? null : Math.round((filled.cost * MICRO) / filled.shares)
  return {
    market: market.slug,
    asset: market.asset,
    interval: market.interval,
    side: settlement.side,
    decision: settlement.decision,
    reason: settlement.reason,
    price:
      average !== null
        ? formatDecimal(average, 6)
        : order === null
          ? null
          : formatPrice(order.limit),
    shares: filled === null ? '0' : formatMicro(filled.shares),
    pnl: formatMicro(settlement.pnl),
    breakEven: breakEven(settlement),
    fillState: outcome?.state ?? 'none',
    winner: settlement.winner,
    cost: filled === null ? '0' : formatMicro(filled.cost),
    fee: filled === null ? '0' : formatMicro(filled.fee),
    cash: formatMicro(settlement.cash),
    conditionId: market.conditionId,
    latency: latencyLine(settlement),
  }
}

/** The share of wins at which a shot like this neither gains nor loses: what was paid, fee included, for a share. */
function breakEven({ market, order, outcome }: Settlement): string | null {
  if (outcome?.state === 'filled') {
    return formatDecimal(Math.round(((outcome.cost + outcome.fee) * MICRO) / outcome.shares), 6)
  }
  return order === null ? null : formatDecimal(breakEvenMicro(market.fee, order.limit), 6)
}
