/** The contracts of the venue in what is asked of them: the dollar token and the outcome tokens. Reads answer from the accounts, writes change them. */
import { Interface, ZeroHash } from 'ethers'
import type { Accounts } from '../../sim/matching-accounts.ts'
import type { VenueMarket } from '../market.ts'
import type { World } from '../world.ts'
import type { Allowances } from './allowances.ts'
import { createWallets, PROXY_FACTORY } from './wallets.ts'

export const DOLLARS = '0xC011a7E12a19f7B1f670d46F03B03f3342E82DFB'
export const OUTCOMES = '0x4D97DCd97eC945f40cF65F87097ACe5EA0476045'
/** Holds the outcomes of markets of the second version. */
export const POSITIONS = '0x006F54F7f9A22e0000CC2AB60031000000ae9fEF'
/** Redeems outcome tokens for dollars. */
export const ADAPTER = '0xAdA100Db00Ca00073811820692005400218FcE1f'

const dollarToken = new Interface([
  'function balanceOf(address owner) view returns (uint256)',
  'function allowance(address owner, address spender) view returns (uint256)',
  'function decimals() view returns (uint8)',
  'function symbol() view returns (string)',
  'function name() view returns (string)',
  'function totalSupply() view returns (uint256)',
  'function approve(address spender, uint256 amount) returns (bool)',
])
const outcomeTokens = new Interface([
  'function balanceOf(address owner, uint256 id) view returns (uint256)',
  'function balanceOfBatch(address[] owners, uint256[] ids) view returns (uint256[])',
  'function isApprovedForAll(address owner, address operator) view returns (bool)',
  'function payoutDenominator(bytes32 conditionId) view returns (uint256)',
  'function payoutNumerators(bytes32 conditionId, uint256 index) view returns (uint256)',
  'function getOutcomeSlotCount(bytes32 conditionId) view returns (uint256)',
  'function setApprovalForAll(address operator, bool approved)',
  'function redeemPositions(address collateral, bytes32 parent, bytes32 conditionId, uint256[] indexSets)',
])

export type ContractDeps = {
  readonly world: World
  readonly accounts: Accounts
  readonly allowances: Allowances
}

/** What a call gives back, or null when the contract would revert. */
export type Contracts = {
  call(to: string, data: string): string | null
  /** Whether it succeeded. */
  transact(from: string, to: string, data: string): boolean
  isContract(address: string): boolean
}

export function createContracts(deps: ContractDeps): Contracts {
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
  const wallets = createWallets(plainly)
  return {
    call(to, data) {
      if (same(to, DOLLARS)) return readDollars(deps, data)
      if (same(to, OUTCOMES)) return readOutcomes(deps, 'v1', data)
      if (same(to, POSITIONS)) return readOutcomes(deps, 'v2', data)
      return wallets.call(to, data) ?? '0x'
    },
    transact(from, to, data) {
      return wallets.transact(from, to, data) ?? plainly(from, to, data)
    },
    isContract: (address) =>
      [DOLLARS, OUTCOMES, POSITIONS, ADAPTER, PROXY_FACTORY].some((contract) =>
        same(contract, address),
      ),
  }

  function plainly(from: string, to: string, data: string): boolean {
    if (same(to, DOLLARS)) return writeDollars(deps, from, data)
    if ([OUTCOMES, POSITIONS, ADAPTER].some((contract) => same(to, contract)))
      return writeOutcomes(deps, from, data)
    return data === '0x'
  }
}

function readDollars({ accounts, allowances }: ContractDeps, data: string): string | null {
  const asked = dollarToken.parseTransaction({ data })
  if (asked === null) return null
  const answer = (value: unknown): string =>
    dollarToken.encodeFunctionResult(asked.fragment, [value])
  const [first, second] = asked.args as unknown as [string, string]
  switch (asked.name) {
    case 'balanceOf':
      return answer(accounts.dollars(first.toLowerCase()))
    case 'allowance':
      return answer(allowances.dollars(first, second))
    case 'decimals':
      return answer(6)
    case 'symbol':
      return answer('pUSD')
    case 'name':
      return answer('Polymarket USD')
    case 'totalSupply':
      return answer(accounts.totals().dollars)
    default:
      return null
  }
}

function readOutcomes(
  deps: ContractDeps,
  version: VenueMarket['version'],
  data: string,
): string | null {
  const asked = outcomeTokens.parseTransaction({ data })
  if (asked === null) return null
  const answer = (value: unknown): string =>
    outcomeTokens.encodeFunctionResult(asked.fragment, [value])
  switch (asked.name) {
    case 'balanceOf': {
      const [owner, id] = asked.args as unknown as [string, bigint]
      return answer(sharesOf(deps, version, owner, id))
    }
    case 'balanceOfBatch': {
      const [owners, ids] = asked.args as unknown as [string[], bigint[]]
      if (owners.length !== ids.length) return null
      return answer([...ids].map((id, at) => sharesOf(deps, version, owners[at] as string, id)))
    }
    case 'isApprovedForAll': {
      const [owner, operator] = asked.args as unknown as [string, string]
      return answer(deps.allowances.outcomes(owner, operator))
    }
    case 'payoutDenominator':
      return answer(resolved(deps, asked.args[0] as string) === null ? 0 : 1)
    case 'payoutNumerators': {
      const [condition, index] = asked.args as unknown as [string, bigint]
      const market = resolved(deps, condition)
      const winner = market?.result?.winner === 'UP' ? 0n : 1n
      return answer(market !== null && index === winner ? 1 : 0)
    }
    case 'getOutcomeSlotCount':
      return answer(deps.world.byCondition(asked.args[0] as string) === null ? 0 : 2)
    default:
      return null
  }
}

function sharesOf(
  { world, accounts }: ContractDeps,
  version: VenueMarket['version'],
  owner: string,
  id: bigint,
): number {
  const market = world.byToken(String(id))
  if (market?.version !== version) return 0
  return accounts.shares(
    owner.toLowerCase(),
    market.conditionId,
    String(id) === market.up ? 'UP' : 'DOWN',
  )
}

function resolved({ world }: ContractDeps, condition: string): VenueMarket | null {
  const market = world.byCondition(condition)
  return market === null || market.result === null ? null : market
}

function writeDollars({ allowances }: ContractDeps, from: string, data: string): boolean {
  const asked = dollarToken.parseTransaction({ data })
  if (asked?.name !== 'approve') return false
  const [spender, amount] = asked.args as unknown as [string, bigint]
  allowances.approve(from, spender, amount)
  return true
}

function writeOutcomes(deps: ContractDeps, from: string, data: string): boolean {
  const asked = outcomeTokens.parseTransaction({ data })
  switch (asked?.name) {
    case 'setApprovalForAll': {
      const [operator, approved] = asked.args as unknown as [string, boolean]
      deps.allowances.approveAll(from, operator, approved)
      return true
    }
    case 'redeemPositions': {
      const [collateral, parent, condition] = asked.args as unknown as [string, string, string]
      // Before the result is known the real contract reverts too.
      if (collateral.toLowerCase() !== DOLLARS.toLowerCase() || parent !== ZeroHash) return false
      if (resolved(deps, condition) === null) return false
      deps.accounts.redeem(from.toLowerCase(), condition)
      return true
    }
    default:
      return false
  }
}
