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
  'function balanceOf(address owner) view returns (uint256)',
]

export type Redeemer = {
  /** False where the chain does not know the winner yet. */
  redeem(conditionId: ConditionId): Promise<boolean>
  /** What the contracts may move; approves what is missing. Says what was done. */
  approve(spenders: readonly string[]): Promise<readonly string[]>
  /** Millionths. */
  dollars(): Promise<bigint>
  close(): void
}

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

  async function done(sent: { readonly hash: string }): Promise<boolean> {
    const receipt = await provider.waitForTransaction(sent.hash, CONFIRMATIONS, WAIT_MS)
    return receipt?.status === 1
  }

  async function redeem(conditionId: ConditionId): Promise<boolean> {
    const known = (await call(outcomes, 'payoutDenominator', conditionId)) as bigint
    if (known === 0n) return false
    const sent = await inTurn(() =>
      call(adapter, 'redeemPositions', DOLLARS, ZeroHash, conditionId, BOTH_OUTCOMES),
    )
    return done(sent as { hash: string })
  }

  async function approve(spenders: readonly string[]): Promise<readonly string[]> {
    const said: string[] = []
    for (const spender of spenders) {
      const unlimited = 2n ** 256n - 1n
      await done((await call(dollars, 'approve', spender, unlimited)) as { hash: string })
      said.push(`dollars: ${spender} may spend`)
    }
    for (const operator of [...spenders, ADAPTER]) {
      if ((await call(outcomes, 'isApprovedForAll', owner.address, operator)) === true) continue
      await done((await call(outcomes, 'setApprovalForAll', operator, true)) as { hash: string })
      said.push(`outcome tokens: ${operator} may move`)
    }
    return said
  }

  return {
    redeem,
    approve: (spenders) => inTurn(() => approve(spenders)),
    dollars: async () => (await call(dollars, 'balanceOf', owner.address)) as bigint,
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
