/** A trade that failed on chain: everything moves back, to the base unit. */
import type { Side } from '../../domain/ids.ts'
import { type Accounts, FEES, HOUSE } from '../../sim/matching-accounts.ts'
import { dollarsFor } from '../../sim/matching-money.ts'
import type { Trade } from '../../sim/matching-types.ts'
import type { VenueMarket } from '../market.ts'

/** False where somebody does not have it any more: nothing moved then. */
export function undo(accounts: Accounts, market: VenueMarket, trade: Trade): boolean {
  const { conditionId } = market
  const { maker, taker, token, way, shares, dollars, fee } = trade
  if (market.result !== null) return false
  const has = (account: string, side: Side): boolean =>
    account === HOUSE || accounts.shares(account, conditionId, side) >= shares
  const made = { account: maker.account, dollars: dollarsFor(shares, maker.price, false) }
  const taken = { account: taker, dollars }
  const [up, down] = token === 'UP' ? [taken, made] : [made, taken]
  switch (trade.kind) {
    case 'complementary': {
      const [buyer, seller] = way === 'BUY' ? [taker, maker.account] : [maker.account, taker]
      if (!has(buyer, token) || accounts.dollars(seller) < dollars) return false
      accounts.give(buyer, seller, conditionId, token, shares)
      accounts.pay(seller, buyer, dollars)
      break
    }
    case 'mint':
      if (!has(taker, token) || !has(maker.account, maker.token)) return false
      accounts.merge(conditionId, shares, up, down)
      break
    case 'merge': {
      const both = taker === maker.account ? dollars + made.dollars : 0
      const pay = (account: string, amount: number): boolean =>
        accounts.dollars(account) >= Math.max(amount, both)
      if (!pay(taker, dollars) || !pay(maker.account, made.dollars)) return false
      accounts.mint(conditionId, shares, up, down)
      break
    }
  }
  accounts.pay(FEES, taker, fee)
  return true
}
