/** Transactions of the embedded venue's account past the product: what a person may have done with another wallet. */
import { Contract, JsonRpcProvider, Network, Wallet } from 'ethers'

const DOLLARS = '0xC011a7E12a19f7B1f670d46F03B03f3342E82DFB'

type Venue = {
  readonly endpoints: { readonly chain: string }
  readonly account: { readonly privateKey: string }
}

export async function approveDollars(venue: Venue, spender: string, amount: bigint): Promise<void> {
  const network = new Network('embedded', 137)
  const provider = new JsonRpcProvider(venue.endpoints.chain, network, { staticNetwork: network })
  try {
    const owner = new Wallet(venue.account.privateKey, provider)
    const abi = ['function approve(address spender, uint256 amount) returns (bool)']
    const sent = (await new Contract(DOLLARS, abi, owner).getFunction('approve')(
      spender,
      amount,
    )) as { wait(): Promise<unknown> }
    await sent.wait()
  } finally {
    provider.destroy()
  }
}
