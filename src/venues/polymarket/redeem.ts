/**
 * Dollars for the shares of the winner, on the chain: a finished window pays whoever asks. A wallet of its own can ask for itself; money that
 * sits in a contract is asked for by the venue's operator, if its owner has allowed that.
 */
import { Contract, JsonRpcProvider, Network, Wallet, ZeroHash } from 'ethers'
import type { ConditionId } from '../../domain/ids.ts'
import type { SigningWallet } from './signer.ts'

const CHAIN_ID = 137
const DOLLARS = '0xC011a7E12a19f7B1f670d46F03B03f3342E82DFB'
const OUTCOMES = '0x4D97DCd97eC945f40cF65F87097ACe5EA0476045'
const ADAPTER = '0xAdA100Db00Ca00073811820692005400218FcE1f'
const CONFIRMATIONS = 1
const WAIT_MS = 120_000
const UNLIMITED = 2n ** 256n - 1n
/** Less than this is not what `approve` leaves behind, however much was spent since. */
const NEARLY_UNLIMITED = 2n ** 128n
/** Of a binary market. */
const BOTH_OUTCOMES = [1, 2]
const ABI = [
  'function redeemPositions(address collateral, bytes32 parent, bytes32 conditionId, uint256[] indexSets)',
  'function payoutDenominator(bytes32 conditionId) view returns (uint256)',
  'function isApprovedForAll(address owner, address operator) view returns (bool)',
  'function setApprovalForAll(address operator, bool approved)',
]
const DOLLAR_ABI = [
  'function approve(address spender, uint256 amount) returns (bool)',
  'function allowance(address owner, address spender) view returns (uint256)',
  'function balanceOf(address owner) view returns (uint256)',
]

export type Redeemer = {
  /** False where the chain does not know the winner yet. */
  redeem(conditionId: ConditionId): Promise<boolean>
  /** What these contracts, and the one that redeems, may not do yet. */
  missing(spenders: readonly string[]): Promise<readonly Approval[]>
  /** Returns when the chain has it. */
  approve(approval: Approval): Promise<void>
  /** On the chain, wherever this wallet's money lies. Millionths. */
  dollars(): Promise<bigint>
  /** What the key itself has to pay transactions with, in wei. */
  gas(): Promise<bigint>
  close(): void
}

/** To spend the dollars, or to move the outcome tokens; both without an end. */
export type Approval = { readonly of: 'dollars' | 'outcome tokens'; readonly to: string }

export function createRedeemer(rpc: string, wallet: SigningWallet): Redeemer {
  // Under the chain's real name the library would ask strangers on the internet for gas prices.
  const network = new Network('polygon-by-rpc', CHAIN_ID)
  const provider = new JsonRpcProvider(rpc, network, { staticNetwork: network })
  const owner = new Wallet(wallet.privateKey, provider)
  const outcomes = new Contract(OUTCOMES, ABI, owner)
  const adapter = new Contract(ADAPTER, ABI, owner)
  const dollars = new Contract(DOLLARS, DOLLAR_ABI, owner)

  // One transaction is sent at a time: each has the number after the one before.
  let last: Promise<unknown> = Promise.resolve()
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const next = last.then(work, work)
    last = next.catch(() => undefined)
    return next
  }

  /** A transaction may be mined and still have done nothing. */
  async function done(sent: { readonly hash: string }): Promise<void> {
    const receipt = await provider.waitForTransaction(sent.hash, CONFIRMATIONS, WAIT_MS)
    if (receipt?.status !== 1)
      throw new Error(`the chain refused the transaction ${sent.hash}; nothing was changed by it`)
  }

  async function redeem(conditionId: ConditionId): Promise<boolean> {
    const known = (await call(outcomes, 'payoutDenominator', conditionId)) as bigint
    if (known === 0n) return false
    const sent = await inTurn(() =>
      call(adapter, 'redeemPositions', DOLLARS, ZeroHash, conditionId, BOTH_OUTCOMES),
    )
    await done(sent as { hash: string })
    return true
  }

  async function missing(spenders: readonly string[]): Promise<Approval[]> {
    const holder = wallet.funder ?? owner.address
    const found: Approval[] = []
    for (const to of spenders) {
      const allowed = (await call(dollars, 'allowance', holder, to)) as bigint
      if (allowed < NEARLY_UNLIMITED) found.push({ of: 'dollars', to })
    }
    for (const to of [...spenders, ADAPTER]) {
      if ((await call(outcomes, 'isApprovedForAll', holder, to)) !== true)
        found.push({ of: 'outcome tokens', to })
    }
    return found
  }

  async function approve({ of, to }: Approval): Promise<void> {
    const sent = await inTurn(() =>
      of === 'dollars'
        ? call(dollars, 'approve', to, UNLIMITED)
        : call(outcomes, 'setApprovalForAll', to, true),
    )
    await done(sent as { hash: string })
  }

  return {
    redeem,
    missing,
    approve,
    dollars: async () =>
      (await call(dollars, 'balanceOf', wallet.funder ?? owner.address)) as bigint,
    gas: () => provider.getBalance(owner.address),
    close: () => provider.destroy(),
  }
}

/** The library makes methods up at run time. */
async function call(
  contract: Contract,
  name: string,
  ...args: readonly unknown[]
): Promise<unknown> {
  return (await contract.getFunction(name)(...args)) as unknown
}
