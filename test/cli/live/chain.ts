/** Transactions of the embedded venue's account past the product: what a person may have done with another wallet. */
import { Contract, JsonRpcProvider, Network, Wallet } from 'ethers'

const OUTCOMES = '0x4D97DCd97eC945f40cF65F87097ACe5EA0476045'
const DOLLARS = '0xC011a7E12a19f7B1f670d46F03B03f3342E82DFB'

type Venue = {
  readonly endpoints: { readonly chain: string }
  readonly account: { readonly privateKey: string }
}

export function approveDollars(venue: Venue, spender: string, amount: bigint): Promise<void> {
  const abi = 'function approve(address spender, uint256 amount) returns (bool)'
  return call(venue, DOLLARS, abi, 'approve', [spender, amount])
}

export function approveOutcomes(venue: Venue, operator: string, yes: boolean): Promise<void> {
  const abi = 'function setApprovalForAll(address operator, bool approved)'
  return call(venue, OUTCOMES, abi, 'setApprovalForAll', [operator, yes])
}

async function call(
  venue: Venue,
  contract: string,
  abi: string,
  name: string,
  values: readonly unknown[],
): Promise<void> {
  const network = new Network('embedded', 137)
  const provider = new JsonRpcProvider(venue.endpoints.chain, network, { staticNetwork: network })
  try {
    const owner = new Wallet(venue.account.privateKey, provider)
    const sent = (await new Contract(contract, [abi], owner).getFunction(name)(...values)) as {
      wait(): Promise<unknown>
    }
    await sent.wait()
  } finally {
    provider.destroy()
  }
}
