/** Facts for the chain of certificates, made by hand so that what they add up to is known. */
import type { Judged, Otherwise, SecondSeen } from '../../src/domain/certificate.ts'
import type { EngineFact, Sealed } from '../../src/domain/facts.ts'
import { conditionId, type Side } from '../../src/domain/ids.ts'
import { microShares, microUsdc, ticks } from '../../src/domain/units.ts'
import { aMarket, at } from './builders.ts'

export const windowId = (n: number) => conditionId(`0x${String(n).padStart(64, '0')}`)

export function marketOf(n: number) {
  const [startAt, endAt] = [at(900 * n), at(900 * (n + 1))]
  return aMarket({ conditionId: windowId(n), slug: `btc-updown-15m-${n}`, startAt, endAt })
}

export function second(leftSec: number, winner: Side | null, ask: number | null): SecondSeen {
  const offer =
    ask === null ? null : { best: ticks(ask), size: microShares(9_000_000), forSize: ticks(ask) }
  const [up, down] = winner === 'DOWN' ? [null, offer] : [offer, null]
  return { leftSec, up, down, winner, low: 0.9, mid: 0.95, spot: winner, sigma: 0.0001 }
}

export function sealedFact(
  n: number,
  seconds: readonly SecondSeen[] = [],
  change: Partial<Sealed> = {},
): EngineFact {
  const { conditionId: id, slug, endAt, fee } = marketOf(n)
  const trail = { conditionId: id, shares: microShares(5_000_000), seconds }
  const sealed: Sealed = {
    conditionId: id,
    slug,
    endAt,
    fee,
    passed: 'CAP: the best ask is above the cap, or there is none',
    decision: null,
    clock: { offsetMicros: 0, errorMicros: 5_000 },
    triggerSec: 1,
    trail,
    ...change,
  }
  return { kind: 'sealed', at: endAt, sealed }
}

export function judgedFact(n: number, change: Partial<Judged> = {}): EngineFact {
  const { conditionId: id, slug } = marketOf(n)
  const judged: Judged = {
    conditionId: id,
    slug,
    winner: 'UP',
    winnerSource: 'test',
    own: { winner: 'UP', final: '91301.5', strike: '91200.5', certainty: 'exact', doubt: null },
    agrees: true,
    refusedBy: 'CAP',
    refusals: ['CAP'],
    otherwise: null,
    ...change,
  }
  return { kind: 'judged', at: at(900 * (n + 1) + 12), judged }
}

/** Ten shares at 0.90 without a fee worth the name: a win is a dollar less the fee, a loss all of it. */
export function shot(won: boolean, cause: Otherwise['cause'] = 'refused'): Otherwise {
  const [cost, fee] = [9_000_000, 63_000]
  const payout = won ? 10_000_000 : 0
  return {
    cause,
    side: 'UP',
    shares: microShares(10_000_000),
    ask: ticks(9_000),
    cost: microUsdc(cost),
    fee: microUsdc(fee),
    payout: microUsdc(payout),
    pnl: microUsdc(payout - cost - fee),
  }
}
