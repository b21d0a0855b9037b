/** Windows of before, made by hand: what was seen of their seconds, and who won. */
import type { AskWindow, PastWindow } from '../../src/domain/asks.ts'
import type { SecondSeen, Trail } from '../../src/domain/certificate.ts'
import { conditionId } from '../../src/domain/ids.ts'
import type { Winner } from '../../src/domain/market.ts'
import { microShares, ticks } from '../../src/domain/units.ts'
import { aMarket, at } from './builders.ts'

export const FIVE = microShares(5_000_000)

export function aConditionId(n: number) {
  return conditionId(`0x${n.toString(16).padStart(64, '0')}`)
}

export function anOffer(best: number, size = 50_000_000, forSize: number | null = best) {
  return {
    best: ticks(best),
    size: microShares(size),
    forSize: forSize === null ? null : ticks(forSize),
  }
}

/** Up is ahead by the rule and for sale at 0.9. */
export function aSecond(leftSec: number, change: Partial<SecondSeen> = {}): SecondSeen {
  return {
    leftSec,
    up: anOffer(9_000),
    down: anOffer(1_100),
    winner: 'UP',
    low: 0.9,
    mid: 0.95,
    spot: 'UP',
    sigma: 0.0001,
    ...change,
  }
}

export function aTrail(n: number, seconds: readonly SecondSeen[]): Trail {
  return { conditionId: aConditionId(n), shares: FIVE, seconds }
}

export function aPast(
  n: number,
  seconds: readonly SecondSeen[],
  winner: Winner = 'UP',
): PastWindow {
  const market = aMarket({ conditionId: aConditionId(n), endAt: at(900 * n) })
  return { market, trail: aTrail(n, seconds), winner }
}

/** One second of one window, as it is learned. */
export function anAskWindow(
  n: number,
  asks: AskWindow['asks'],
  change: Partial<AskWindow> = {},
): AskWindow {
  return {
    conditionId: aConditionId(n),
    asset: 'btc',
    interval: '5m',
    fee: { rateMicro: 70_000, exponent: 1 },
    sigma: null,
    asks,
    ...change,
  }
}
