/** What is sealed of a window at its close, and what is said of it when its result is known: plain data of what the window has in its hands. */
import type { Judged, Otherwise, OwnResult, Trail } from '../domain/certificate.ts'
import type { Sealed, Settlement } from '../domain/facts.ts'
import { payoutOf } from '../domain/payout.ts'
import { ownRefusals } from '../domain/refusals.ts'
import type { Wanted } from '../domain/strategy.ts'
import type { Truth } from '../domain/truth.ts'
import { MICROS_PER_SECOND, type Micros, type MicroUsdc, microUsdc } from '../domain/units.ts'
import { sharesFor, spendFor } from '../pricing/amounts.ts'
import { takerFee } from '../pricing/fees.ts'
import type { LastSecondTrader } from './last-second-trader.ts'
import { type OwnOrder, shotOf } from './own-orders.ts'

export function sealedOf(
  trader: LastSecondTrader,
  known: { readonly clock: Sealed['clock']; readonly triggerAt: Micros; readonly trail: Trail },
): Sealed {
  const { market, lastDecision, standingRefusal, orders } = trader
  const { clock, triggerAt, trail } = known
  return {
    conditionId: market.conditionId,
    slug: market.slug,
    endAt: market.endAt,
    fee: market.fee,
    passed: orders.length === 0 ? standingRefusal : null,
    decision: lastDecision,
    clock,
    triggerSec: (market.endAt - (trader.triggeredAt ?? triggerAt)) / MICROS_PER_SECOND,
    trail,
  }
}

export function judgedOf(trader: LastSecondTrader, settlement: Settlement, truth: Truth): Judged {
  const { market, orders, lastDecision } = trader
  const { winner, winnerSource } = settlement
  const own = ownResult(truth)
  const named = winner === 'UP' || winner === 'DOWN'
  const refused = orders.length === 0 && lastDecision !== null
  return {
    conditionId: market.conditionId,
    slug: market.slug,
    winner,
    winnerSource,
    own,
    agrees: named && own.winner !== null ? own.winner === winner : null,
    refusedBy: refused ? lastDecision.refusedBy : null,
    refusals: refused ? ownRefusals(lastDecision.checks) : [],
    otherwise: otherwiseOf(trader, settlement),
  }
}

/** A projection that still needs a guess is no result. */
function ownResult({ winner, final, strike, fixedShare, doubt }: Truth): OwnResult {
  const whole = winner !== null && fixedShare === 1
  return {
    winner: whole ? winner : null,
    final: whole ? final : null,
    strike: strike?.price ?? null,
    certainty: strike?.certainty ?? null,
    doubt: whole ? null : (doubt ?? 'not every price that decides was heard'),
  }
}

function otherwiseOf(trader: LastSecondTrader, { winner }: Settlement): Otherwise | null {
  const { market, orders, lastDecision } = trader
  // The play money comes back: there is no result to compare with.
  if (winner === 'VOID') return null
  const own = shotOf(trader)
  const cause = orders.length === 0 ? 'refused' : missedBy(own)
  if (cause === null) return null
  const shot =
    own === null ? wantedShot(lastDecision?.wanted ?? null) : { ...own.order, ask: own.order.limit }
  if (shot === null) return null
  const { side, shares, ask, spend: cost } = shot
  const fee = takerFee(market.fee, ask, shares)
  const payout = payoutOf(shares, side, winner, 0)
  const pnl = microUsdc(payout - cost - fee)
  return { cause, side, shares, ask, cost, fee, payout: microUsdc(payout), pnl }
}

/** A purchase that came to nothing; what was sold, or waits, or was had is compared with nothing. */
function missedBy(own: OwnOrder | null): Otherwise['cause'] | null {
  if (own === null || own.order.action === 'SELL' || own.outcome === null) return null
  const { state } = own.outcome
  return state === 'killed' || state === 'rejected' || state === 'reverted' ? state : null
}

/** As the order would have been made. */
function wantedShot(wanted: Wanted | null) {
  if (wanted === null || wanted.ask === null) return null
  const { side, ask } = wanted
  const spend: MicroUsdc = spendFor(ask, wanted.shares)
  return { side, ask, spend, shares: sharesFor(spend, ask) ?? wanted.shares }
}
