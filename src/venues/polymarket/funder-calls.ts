/**
 * Transactions out of the place that holds the money. A wallet of its own sends them itself; a proxy does what its owner has the venue's factory
 * pass on; a Safe what its owner signs. A deposit wallet is moved by the venue alone. The fee is always the key's own.
 */
import {
  AbiCoder,
  Contract,
  getCreate2Address,
  keccak256,
  type Signer,
  solidityPackedKeccak256,
  ZeroAddress,
} from 'ethers'
import { UserError } from '../../domain/user-error.ts'
import type { SigningWallet } from './signer.ts'

const CHAIN_ID = 137
const PROXY_FACTORY = '0xaB45c5A4B0c941a2F231C04C3f49182e1A254052'
const PROXY_CODE_HASH = '0xd21df8dc65880a8606f09fe0ce3df9b8869287ab0b058be05aa9e8af6330a00b'
const SAFE_FACTORY = '0xaacFeEa03eb1561C4e67d661e40682Bd20E3541b'
const SAFE_CODE_HASH = '0x2bce2127ff07fb632d16c8347c4ebf501f4841168bed00d9e6ef715ddb6fcecf'
const PLAIN_CALL = 1
const FACTORY_ABI = [
  'function proxy((uint8 typeCode, address to, uint256 value, bytes data)[] calls) payable returns (bytes[])',
]
const SAFE_ABI = [
  'function nonce() view returns (uint256)',
  'function getThreshold() view returns (uint256)',
  'function isOwner(address owner) view returns (bool)',
  'function execTransaction(address to, uint256 value, bytes data, uint8 operation, uint256 safeTxGas, uint256 baseGas, uint256 gasPrice, address gasToken, address refundReceiver, bytes signatures) payable returns (bool success)',
]
const SAFE_TX = [
  ['address', 'to'],
  ['uint256', 'value'],
  ['bytes', 'data'],
  ['uint8', 'operation'],
  ['uint256', 'safeTxGas'],
  ['uint256', 'baseGas'],
  ['uint256', 'gasPrice'],
  ['address', 'gasToken'],
  ['address', 'refundReceiver'],
  ['uint256', 'nonce'],
].map(([type, name]) => ({ type: type as string, name: name as string }))
/** No refund of the fee to anybody, and the inner call may use all the gas there is. */
const SAFE_TERMS = {
  value: 0n,
  operation: 0,
  safeTxGas: 0n,
  baseGas: 0n,
  gasPrice: 0n,
  gasToken: ZeroAddress,
  refundReceiver: ZeroAddress,
}

export type Sent = { readonly hash: string }

/** Sends one call out of the place that holds the money. */
export type FunderCall = (to: string, data: string) => Promise<Sent>

/** Null where only the venue moves the money. */
export function funderCalls(
  wallet: SigningWallet,
  owner: Signer,
  address: string,
): FunderCall | null {
  const { signatureType, funder } = wallet
  if (funder === null) return (to, data) => owner.sendTransaction({ to, data })
  if (signatureType === 1) return throughProxy(owner, address, funder)
  return signatureType === 2 ? throughSafe(owner, address, funder) : null
}

/** Where the venue puts the Safe of a key. A person may own others. */
export function safeAddressOf(owner: string, factory = SAFE_FACTORY): string {
  const salt = keccak256(AbiCoder.defaultAbiCoder().encode(['address'], [owner]))
  return getCreate2Address(factory, salt, SAFE_CODE_HASH)
}

export function proxyAddressOf(owner: string): string {
  const salt = solidityPackedKeccak256(['address'], [owner])
  return getCreate2Address(PROXY_FACTORY, salt, PROXY_CODE_HASH)
}

function throughProxy(owner: Signer, address: string, funder: string): FunderCall {
  const factory = new Contract(PROXY_FACTORY, FACTORY_ABI, owner)
  return async (to, data) => {
    // The factory does not ask which wallet is meant: it takes that of the sender.
    const own = proxyAddressOf(address)
    if (own.toLowerCase() !== funder.toLowerCase())
      throw notOurs(funder, `the proxy wallet of this key is ${own}`)
    const calls = [{ typeCode: PLAIN_CALL, to, value: 0n, data }]
    return (await factory.getFunction('proxy')(calls)) as Sent
  }
}

function throughSafe(owner: Signer, address: string, funder: string): FunderCall {
  const safe = new Contract(funder, SAFE_ABI, owner)
  const ask = async (name: string, ...args: unknown[]): Promise<unknown> =>
    (await safe.getFunction(name)(...args)) as unknown
  return async (to, data) => {
    if ((await ask('isOwner', address)) !== true)
      throw notOurs(funder, 'this key is none of the owners of the Safe')
    if ((await ask('getThreshold')) !== 1n)
      throw notOurs(funder, 'the Safe asks for more than one signature')
    const { value, operation, safeTxGas, baseGas, gasPrice, gasToken, refundReceiver } = SAFE_TERMS
    const nonce = (await ask('nonce')) as bigint
    const domain = { chainId: CHAIN_ID, verifyingContract: funder }
    const signature = await owner.signTypedData(
      domain,
      { SafeTx: SAFE_TX },
      { ...SAFE_TERMS, to, data, nonce },
    )
    return (await ask(
      'execTransaction',
      ...[to, value, data, operation, safeTxGas, baseGas, gasPrice, gasToken, refundReceiver],
      signature,
    )) as Sent
  }
}

function notOurs(funder: string, why: string): UserError {
  return new UserError(
    'preflight',
    `nothing was sent: the money lies in ${funder}, and ${why}; check FUNDER_ADDRESS, SIGNATURE_TYPE and the key, or claim at polymarket.com`,
  )
}
