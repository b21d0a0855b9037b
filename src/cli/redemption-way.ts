/** How wins of this wallet become dollars: by the key itself, by the venue's operator, or by a person at the site. Asked once, at the start. */
import type { Log } from '../domain/ports.ts'
import type { Redeemer } from '../venues/polymarket/redeem.ts'
import type { SigningWallet } from '../venues/polymarket/signer.ts'

export type RedemptionWay = 'own' | 'operator' | 'site'

export const AT_THE_SITE =
  'claim the win at polymarket.com (Portfolio), or switch on automatic redemption there; the books notice the money by themselves'

export async function redemptionWay(
  chain: Pick<Redeemer, 'canMove' | 'operatorMay' | 'gas'>,
  { funder }: SigningWallet,
  log: Log,
): Promise<RedemptionWay> {
  if (funder === null) return 'own'
  try {
    if (await chain.operatorMay()) {
      log.info("wins are redeemed by the venue's operator, which this wallet has allowed to", {
        funder,
      })
      return 'operator'
    }
    if (chain.canMove && (await chain.gas()) > 0n) return 'own'
  } catch (error) {
    log.warn('the chain does not say how wins are redeemed', { funder, error })
    // What cannot be sent is told again with every win.
    return chain.canMove ? 'own' : 'site'
  }
  const why = chain.canMove
    ? 'the key holds no POL to pay a transaction with'
    : 'only the venue moves what lies in a deposit wallet'
  log.warn(`wins are not redeemed from here: ${why}; ${AT_THE_SITE}`, { funder })
  return 'site'
}
