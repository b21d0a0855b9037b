/** A minimal chain over JSON-RPC: enough for a wallet library to read balances and allowances, to approve and to redeem. A block every two seconds. */
import { keccak256, Transaction } from 'ethers'
import { type Ask, ok, type Reply, type Routes } from '../http.ts'
import { hexId } from '../identity.ts'
import type { Contracts } from './contracts.ts'

export type RpcDeps = { readonly contracts: Contracts; readonly seed: number; nowMs(): number }

const CHAIN_ID = 137
const BLOCK_MS = 2_000
/** Block numbers look like those of the real chain. */
const FIRST_BLOCK = 60_000_000
const FIRST_BLOCK_MS = 1_700_000_000_000
const GAS = '0x30d40'
const GAS_PRICE = '0x6fc23ac00'
const NATIVE_BALANCE = '0x8ac7230489e80000'
const NO_BLOOM = `0x${'0'.repeat(512)}`

type Mined = { readonly tx: Transaction; readonly block: number; readonly success: boolean }
type Problem = { readonly code: number; readonly message: string }

class RpcProblem extends Error {
  readonly problem: Problem
  constructor(code: number, message: string) {
    super(message)
    this.problem = { code, message }
  }
}

export function chainRoutes(deps: RpcDeps): Routes {
  const mined = new Map<string, Mined>()
  const nonces = new Map<string, number>()
  const blockNow = (): number =>
    FIRST_BLOCK + Math.floor((deps.nowMs() - FIRST_BLOCK_MS) / BLOCK_MS)

  function send(raw: unknown): string {
    const tx = parsed(raw)
    const from = tx.from?.toLowerCase() ?? ''
    const expected = nonces.get(from) ?? 0
    if (Number(tx.chainId) !== CHAIN_ID)
      throw new RpcProblem(-32_000, 'invalid sender: wrong chain id')
    if (tx.nonce < expected) throw new RpcProblem(-32_000, 'nonce too low')
    if (tx.nonce > expected) throw new RpcProblem(-32_000, 'nonce too high')
    nonces.set(from, expected + 1)
    const success =
      tx.to !== null && attempt(() => deps.contracts.transact(tx.from ?? '', tx.to ?? '', tx.data))
    const hash = tx.hash ?? keccak256(String(raw))
    mined.set(hash, { tx, block: blockNow() + 1, success })
    return hash
  }

  function receipt(hash: unknown): unknown {
    const found = typeof hash === 'string' ? mined.get(hash) : undefined
    if (found === undefined || found.block > blockNow()) return null
    const { tx, block, success } = found
    return {
      transactionHash: hash,
      transactionIndex: '0x0',
      blockHash: hexId(deps.seed, 'block', block),
      blockNumber: hexOf(block),
      from: tx.from,
      to: tx.to,
      cumulativeGasUsed: GAS,
      gasUsed: GAS,
      effectiveGasPrice: GAS_PRICE,
      contractAddress: null,
      logs: [],
      logsBloom: NO_BLOOM,
      status: success ? '0x1' : '0x0',
      type: hexOf(tx.type ?? 0),
    }
  }

  function transaction(hash: unknown): unknown {
    const found = typeof hash === 'string' ? mined.get(hash) : undefined
    if (found === undefined) return null
    const { tx, block } = found
    const isIn = block <= blockNow()
    return {
      hash,
      nonce: hexOf(tx.nonce),
      blockHash: isIn ? hexId(deps.seed, 'block', block) : null,
      blockNumber: isIn ? hexOf(block) : null,
      transactionIndex: isIn ? '0x0' : null,
      from: tx.from,
      to: tx.to,
      value: '0x0',
      gas: GAS,
      gasPrice: GAS_PRICE,
      input: tx.data,
      type: hexOf(tx.type ?? 0),
      chainId: hexOf(CHAIN_ID),
      v: '0x0',
      r: tx.signature?.r,
      s: tx.signature?.s,
      yParity: hexOf(tx.signature?.yParity ?? 0),
    }
  }

  function block(tag: unknown): unknown {
    const number = typeof tag === 'string' && /^0x[0-9a-f]+$/i.test(tag) ? Number(tag) : blockNow()
    if (number > blockNow()) return null
    const here = [...mined].filter(([, one]) => one.block === number).map(([hash]) => hash)
    return {
      number: hexOf(number),
      hash: hexId(deps.seed, 'block', number),
      parentHash: hexId(deps.seed, 'block', number - 1),
      timestamp: hexOf(Math.floor((FIRST_BLOCK_MS + (number - FIRST_BLOCK) * BLOCK_MS) / 1_000)),
      nonce: '0x0000000000000000',
      difficulty: '0x0',
      gasLimit: '0x1c9c380',
      gasUsed: '0x0',
      miner: `0x${'0'.repeat(40)}`,
      extraData: '0x',
      baseFeePerGas: '0x3b9aca00',
      transactions: here,
    }
  }

  const methods: Readonly<Record<string, (params: readonly unknown[]) => unknown>> = {
    eth_chainId: () => hexOf(CHAIN_ID),
    net_version: () => String(CHAIN_ID),
    web3_clientVersion: () => 'lastsecond/embedded',
    eth_blockNumber: () => hexOf(blockNow()),
    eth_getBlockByNumber: ([tag]) => block(tag),
    eth_gasPrice: () => GAS_PRICE,
    eth_maxPriorityFeePerGas: () => '0x3b9aca00',
    eth_feeHistory: () => ({
      oldestBlock: hexOf(blockNow()),
      baseFeePerGas: ['0x3b9aca00', '0x3b9aca00'],
      gasUsedRatio: [0],
      reward: [['0x3b9aca00']],
    }),
    eth_estimateGas: () => GAS,
    eth_getBalance: () => NATIVE_BALANCE,
    eth_getTransactionCount: ([address]) => hexOf(nonces.get(String(address).toLowerCase()) ?? 0),
    eth_getCode: ([address]) => (deps.contracts.isContract(String(address)) ? '0x60' : '0x'),
    eth_getLogs: () => [],
    eth_call: ([call]) => {
      const { to, data, input } = (call ?? {}) as { to?: unknown; data?: unknown; input?: unknown }
      const text = data ?? input
      if (typeof to !== 'string' || typeof text !== 'string')
        throw new RpcProblem(-32_602, 'invalid argument 0: to and data are required')
      const answer = attempt(() => deps.contracts.call(to, text))
      if (answer === null || answer === false) throw new RpcProblem(3, 'execution reverted')
      return answer
    },
    eth_sendRawTransaction: ([raw]) => send(raw),
    eth_getTransactionReceipt: ([hash]) => receipt(hash),
    eth_getTransactionByHash: ([hash]) => transaction(hash),
  }

  function one(request: unknown): unknown {
    const {
      id = null,
      method,
      params = [],
    } = (request ?? {}) as { id?: unknown; method?: unknown; params?: unknown }
    const answer = (rest: object): object => ({ jsonrpc: '2.0', id, ...rest })
    if (typeof method !== 'string' || !Array.isArray(params))
      return answer({ error: { code: -32_600, message: 'invalid request' } })
    const handler = Object.hasOwn(methods, method) ? methods[method] : undefined
    if (handler === undefined)
      return answer({
        error: { code: -32_601, message: `the method ${method} does not exist/is not available` },
      })
    try {
      return answer({ result: handler(params) })
    } catch (error) {
      if (error instanceof RpcProblem) return answer({ error: error.problem })
      throw error
    }
  }

  return {
    'POST /': (ask: Ask): Reply => {
      let body: unknown
      try {
        body = JSON.parse(ask.body)
      } catch {
        return ok({ jsonrpc: '2.0', id: null, error: { code: -32_700, message: 'parse error' } })
      }
      return ok(Array.isArray(body) ? body.map(one) : one(body))
    },
  }
}

function parsed(raw: unknown): Transaction {
  try {
    const tx = Transaction.from(String(raw))
    if (tx.from !== null) return tx
  } catch {
    // Said below.
  }
  throw new RpcProblem(-32_000, 'invalid transaction: it does not decode, or nobody signed it')
}

/** Data that does not decode is what makes a contract revert. */
function attempt<Result>(work: () => Result): Result | false {
  try {
    return work()
  } catch {
    // The caller tells it as a revert.
    return false
  }
}

function hexOf(number: number): string {
  return `0x${number.toString(16)}`
}
