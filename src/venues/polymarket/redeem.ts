/**
 * Dollars for the shares of the winner, on the chain: a finished window pays whoever asks. The key asks for its own wallet, and for the proxy or the
 * Safe that it owns; for whoever has allowed that, the venue's operator asks.
 */
import { Contract, Interface, JsonRpcProvider, Network, Wallet, ZeroHash } from 'ethers'
import type { ConditionId } from '../../domain/ids.ts'
import { funderCalls, type Sent } from './funder-calls.ts'
import type { SigningWallet } from './signer.ts'

const CHAIN_ID = 137
const DOLLARS = '0xC011a7E12a19f7B1f670d46F03B03f3342E82DFB'
const OUTCOMES = '0x4D97DCd97eC945f40cF65F87097ACe5EA0476045'
const ADAPTER = '0xAdA100Db00Ca00073811820692005400218FcE1f'
/** The venue's operator, which redeems for those who let it. */
const AUTO_REDEEMER = '0xa1200000d0002264C9a1698e001292D00E1b00af'
const CONFIRMATIONS = 1
const WAIT_MS = 120_000
const UNLIMITED = 2n ** 256n - 1n
/** Less than this is not what `approve` leaves behind, however much was spent since. */
const NEARLY_UNLIMITED = 2n ** 128n
/** Of a binary market. */
const BOTH_OUTCOMES = [1, 2]
const ABI = [
  'function payoutDenominator(bytes32 conditionId) view returns (uint256)',
  'function isApprovedForAll(address owner, address operator) view returns (bool)',
]
const DOLLAR_ABI = [
  'function allowance(address owner, address spender) view returns (uint256)',
  'function balanceOf(address owner) view returns (uint256)',
]

const WRITES = new Interface([
  'function redeemPositions(address collateral, bytes32 parent, bytes32 conditionId, uint256[] indexSets)',
  'function setApprovalForAll(address operator, bool approved)',
  'function approve(address spender, uint256 amount) returns (bool)',
])

export type Redeemer = {
  /** The key itself can move what lies where the money is. */
  readonly canMove: boolean
  /** The venue's operator was allowed to redeem for this wallet. */
  operatorMay(): Promise<boolean>
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
  // It would answer from memory for a quarter of a second: two transactions in a row would have the same number.
  const provider = new JsonRpcProvider(rpc, network, { staticNetwork: network, cacheTimeout: -1 })
  const owner = new Wallet(wallet.privateKey, provider)
  const outcomes = new Contract(OUTCOMES, ABI, owner)
  const dollars = new Contract(DOLLARS, DOLLAR_ABI, owner)
  const holder = wallet.funder ?? owner.address
  const send = funderCalls(wallet, owner, owner.address)

  // One transaction is sent at a time: each has the number after the one before.
  let last: Promise<unknown> = Promise.resolve()
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const next = last.then(work, work)
    last = next.catch(() => undefined)
    return next
  }

  /** A transaction may be mined and still have done nothing. */
  async function done(sent: Sent): Promise<void> {
    const receipt = await provider.waitForTransaction(sent.hash, CONFIRMATIONS, WAIT_MS)
    if (receipt?.status !== 1)
      throw new Error(`the chain refused the transaction ${sent.hash}; nothing was changed by it`)
  }

  /** Returns when the chain has it. */
  async function transact(to: string, data: string): Promise<void> {
    if (send === null) throw new Error('only the venue moves what lies in a deposit wallet')
    await done(await inTurn(() => send(to, data)))
  }

  async function redeem(conditionId: ConditionId): Promise<boolean> {
    const known = (await call(outcomes, 'payoutDenominator', conditionId)) as bigint
    if (known === 0n) return false
    await transact(
      ADAPTER,
      WRITES.encodeFunctionData('redeemPositions', [
        ...[DOLLARS, ZeroHash, conditionId, BOTH_OUTCOMES],
      ]),
    )
    return true
  }

  async function missing(spenders: readonly string[]): Promise<Approval[]> {
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
    if (of === 'dollars')
      await transact(DOLLARS, WRITES.encodeFunctionData('approve', [to, UNLIMITED]))
    else await transact(OUTCOMES, WRITES.encodeFunctionData('setApprovalForAll', [to, true]))
  }

  return {
    canMove: send !== null,
    operatorMay: async () =>
      (await call(outcomes, 'isApprovedForAll', holder, AUTO_REDEEMER)) === true,
    redeem,
    missing,
    approve,
    dollars: async () => (await call(dollars, 'balanceOf', holder)) as bigint,
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
