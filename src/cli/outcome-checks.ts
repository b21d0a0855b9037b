/** Whether the exchanges may move outcome tokens: a strategy that sells cannot without. Asked on the chain, which the venue does not tell of. */
import type { BoundStrategy } from '../domain/strategy.ts'
import { EXCHANGES } from '../venues/polymarket/exchanges.ts'
import { createRedeemer } from '../venues/polymarket/redeem.ts'
import type { SigningWallet } from '../venues/polymarket/signer.ts'
import { fail, type Line, ok, warning } from './doctor-line.ts'

const FIX = 'allow it with: lastsecond approve'

/** Nothing is said of them where nothing is sold. */
export async function outcomeLines(
  rpc: string,
  wallet: SigningWallet,
  { beyond }: Pick<BoundStrategy, 'beyond'>,
): Promise<Line[]> {
  if (!beyond.includes('sales')) return []
  const chain = createRedeemer(rpc, wallet)
  try {
    const exchanges = Object.values(EXCHANGES).map((one) => one.verifyingContract)
    const missing = await chain.missing(exchanges)
    return (['v1', 'v2'] as const).map((version) => {
      const { verifyingContract: contract } = EXCHANGES[version]
      const name = `outcome tokens ${version}`
      const who = `the exchange of ${version} windows (${contract})`
      if (!missing.some(({ of, to }) => of === 'outcome tokens' && to === contract))
        return ok(name, `${who} may move what is sold`)
      const detail = `${who} may not move outcome tokens of this wallet, and this strategy sells`
      return version === 'v1' ? fail(name, detail, FIX) : warning(name, detail, FIX)
    })
  } catch {
    // Its reasons are a page long and name no fix.
    return [
      warning(
        'outcome tokens',
        `${rpc} does not tell what the exchanges may move`,
        'try again; a strategy that sells needs it: lastsecond approve',
      ),
    ]
  } finally {
    chain.close()
  }
}
