/**
 * Contracts that hold somebody's money and do what its owner signs: the venue's Safes and proxies. Their addresses follow from their owners', so none
 * has to be made first; whoever else sends something in their name is refused.
 */
import {
  AbiCoder,
  getCreate2Address,
  Interface,
  keccak256,
  solidityPackedKeccak256,
  verifyTypedData,
  ZeroAddress,
} from 'ethers'

const CHAIN_ID = 137
const SAFE_FACTORY = '0xaacFeEa03eb1561C4e67d661e40682Bd20E3541b'
const SAFE_CODE = '0x2bce2127ff07fb632d16c8347c4ebf501f4841168bed00d9e6ef715ddb6fcecf'
export const PROXY_FACTORY = '0xaB45c5A4B0c941a2F231C04C3f49182e1A254052'
const PROXY_CODE = '0xd21df8dc65880a8606f09fe0ce3df9b8869287ab0b058be05aa9e8af6330a00b'
const PLAIN_CALL = 1n

const safe = new Interface([
  'function nonce() view returns (uint256)',
  'function getThreshold() view returns (uint256)',
  'function isOwner(address owner) view returns (bool)',
  'function execTransaction(address to, uint256 value, bytes data, uint8 operation, uint256 safeTxGas, uint256 baseGas, uint256 gasPrice, address gasToken, address refundReceiver, bytes signatures) payable returns (bool)',
])
const factory = new Interface([
  'function proxy((uint8 typeCode, address to, uint256 value, bytes data)[] calls) payable returns (bytes[])',
])
const SAFE_TX = [
  { name: 'to', type: 'address' },
  { name: 'value', type: 'uint256' },
  { name: 'data', type: 'bytes' },
  { name: 'operation', type: 'uint8' },
  { name: 'safeTxGas', type: 'uint256' },
  { name: 'baseGas', type: 'uint256' },
  { name: 'gasPrice', type: 'uint256' },
  { name: 'gasToken', type: 'address' },
  { name: 'refundReceiver', type: 'address' },
  { name: 'nonce', type: 'uint256' },
]

export function safeOf(owner: string): string {
  const salt = keccak256(AbiCoder.defaultAbiCoder().encode(['address'], [owner]))
  return getCreate2Address(SAFE_FACTORY, salt, SAFE_CODE)
}

export function proxyOf(owner: string): string {
  return getCreate2Address(PROXY_FACTORY, solidityPackedKeccak256(['address'], [owner]), PROXY_CODE)
}

/** Null means that it is no business of theirs. */
export type Wallets = {
  call(to: string, data: string): string | null
  transact(from: string, to: string, data: string): boolean | null
}

/** `inner` is what anybody can do on the chain. */
export function createWallets(inner: (from: string, to: string, data: string) => boolean): Wallets {
  const nonces = new Map<string, bigint>()
  const nonceOf = (wallet: string): bigint => nonces.get(wallet.toLowerCase()) ?? 0n

  function throughSafe(wallet: string, args: readonly unknown[]): boolean {
    const values = Object.fromEntries(SAFE_TX.map(({ name }, at) => [name, args[at]]))
    const nonce = nonceOf(wallet)
    const domain = { chainId: CHAIN_ID, verifyingContract: wallet }
    const signer = verifyTypedData(
      domain,
      { SafeTx: SAFE_TX },
      { ...values, nonce },
      String(args[9]),
    )
    if (safeOf(signer).toLowerCase() !== wallet.toLowerCase()) return false
    const { to, value, data, operation, gasPrice, gasToken } = values
    if (value !== 0n || operation !== 0n || gasPrice !== 0n || gasToken !== ZeroAddress)
      return false
    // What is done in vain takes the number back with it, as everything else.
    if (!inner(wallet, String(to), String(data))) return false
    nonces.set(wallet.toLowerCase(), nonce + 1n)
    return true
  }

  function throughProxy(from: string, data: string): boolean {
    const asked = factory.parseTransaction({ data })
    if (asked === null) return false
    const calls = asked.args[0] as readonly (readonly [bigint, string, bigint, string])[]
    const [one, ...more] = calls
    // Several at once would have to be undone when one of them fails; nobody here sends them.
    if (one === undefined || more.length > 0) return false
    const [typeCode, to, value, text] = one
    return typeCode === PLAIN_CALL && value === 0n && inner(proxyOf(from), to, text)
  }

  return {
    call(to, data) {
      const asked = safe.parseTransaction({ data })
      if (asked === null) return null
      const answer = (value: unknown): string => safe.encodeFunctionResult(asked.fragment, [value])
      switch (asked.name) {
        case 'nonce':
          return answer(nonceOf(to))
        case 'getThreshold':
          return answer(1)
        case 'isOwner':
          return answer(safeOf(String(asked.args[0])).toLowerCase() === to.toLowerCase())
        default:
          return null
      }
    },
    transact(from, to, data) {
      if (to.toLowerCase() === PROXY_FACTORY.toLowerCase()) return throughProxy(from, data)
      const asked = safe.parseTransaction({ data })
      return asked?.name === 'execTransaction' ? throughSafe(to, asked.args) : null
    },
  }
}
