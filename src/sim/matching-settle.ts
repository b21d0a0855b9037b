/** Moves what one match moves between two accounts: an exchange of one token, a new pair, or the end of one. */
import type { Side } from '../domain/ids.ts'
import { TICKS_PER_DOLLAR } from '../domain/units.ts'
import type { Accounts } from './matching-accounts.ts'
import { dollarsFor } from './matching-money.ts'
import type { Trade, Way } from './matching-types.ts'

export type Match = {
  readonly market: string
  readonly taker: string
  readonly maker: string
  readonly token: Side
  readonly way: Way
  readonly makerToken: Side
  /** In the taker's token. */
  readonly price: number
  readonly shares: number
}

export function kindOf({ token, way, makerToken }: Match): Trade['kind'] {
  if (makerToken === token) return 'complementary'
  return way === 'BUY' ? 'mint' : 'merge'
}

/** The dollars that the taker paid or got. */
export function settle(accounts: Accounts, match: Match): number {
  const { market, taker, maker, token, way, price, shares } = match
  const dollars = dollarsFor(shares, price, false)
  const kind = kindOf(match)
  if (kind === 'complementary') {
    const [buyer, seller] = way === 'BUY' ? [taker, maker] : [maker, taker]
    accounts.pay(buyer, seller, dollars)
    accounts.give(seller, buyer, market, token, shares)
    return dollars
  }
  const taken = { account: taker, dollars }
  const made = { account: maker, dollars: dollarsFor(shares, TICKS_PER_DOLLAR - price, false) }
  const [up, down] = token === 'UP' ? [taken, made] : [made, taken]
  accounts[kind](market, shares, up, down)
  return dollars
}
