/**
 * What resting orders hold back, of every account, over all markets: a dollar can be promised once. The engines of the markets share one of these.
 */
import type { Side } from '../domain/ids.ts'
import { invariant } from '../domain/invariant.ts'

export type Holds = {
  /** Dollars that the account's buys hold, in all markets. */
  dollars(account: string): number
  /** Shares that its sells of a token hold. */
  shares(account: string, market: string, side: Side): number
  /** Null instead of a side: dollars. */
  change(account: string, market: string, side: Side | null, by: number): void
}

export function createHolds(): Holds {
  const held = new Map<string, number>()
  const keyOf = (account: string, market: string, side: Side | null): string =>
    side === null ? account : `${account}/${market}/${side}`
  const of = (account: string, market: string, side: Side | null): number =>
    held.get(keyOf(account, market, side)) ?? 0
  return {
    dollars: (account) => of(account, '', null),
    shares: of,
    change(account, market, side, by) {
      const next = of(account, market, side) + by
      invariant(next >= 0, `${account} would hold back ${next}`)
      if (next === 0) held.delete(keyOf(account, market, side))
      else held.set(keyOf(account, market, side), next)
    },
  }
}
