/** The chain and the Data API of the embedded venue, by an unmodified wallet library. */
import { ClobClient, OrderType, Side } from '@polymarket/clob-client-v2'
import { Contract, JsonRpcProvider, MaxUint256, Network, Wallet, ZeroHash } from 'ethers'
import { describe, expect, test, vi } from 'vitest'
import { DOLLARS, OUTCOMES } from '../../src/local-venue/chain/contracts.ts'
import { EXCHANGE_V2 } from '../../src/local-venue/orders/typed-data.ts'
import type { RunningVenue } from '../../src/local-venue/venue.ts'
import { until } from '../support/until.ts'
import { aVenue, get, json, ownClock, post, windowOf } from './support.ts'

const ERC20 = [
  'function balanceOf(address) view returns (uint256)',
  'function allowance(address,address) view returns (uint256)',
  'function decimals() view returns (uint8)',
  'function approve(address,uint256) returns (bool)',
]
const CTF = [
  'function balanceOf(address,uint256) view returns (uint256)',
  'function isApprovedForAll(address,address) view returns (bool)',
  'function payoutDenominator(bytes32) view returns (uint256)',
  'function payoutNumerators(bytes32,uint256) view returns (uint256)',
  'function setApprovalForAll(address,bool)',
  'function redeemPositions(address,bytes32,bytes32,uint256[])',
]

async function walletOn(venue: RunningVenue) {
  // Under its own name the library would ask a gas station on the internet for the fee.
  const provider = new JsonRpcProvider(venue.endpoints.chain, new Network('embedded', 137), {
    staticNetwork: true,
    pollingInterval: 200,
  })
  const wallet = new Wallet(venue.account.privateKey, provider)
  const signer = {
    getAddress: () => Promise.resolve(wallet.address),
    _signTypedData: (
      domain: object,
      types: Record<string, { name: string; type: string }[]>,
      value: object,
    ) => wallet.signTypedData(domain, types, value),
  }
  const bare = new ClobClient({ host: venue.endpoints.clob, chain: 137, signer })
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const creds = await bare.createOrDeriveApiKey()
  const client = new ClobClient({ host: venue.endpoints.clob, chain: 137, signer, creds })
  return {
    provider,
    wallet,
    client,
    dollars: new Contract(DOLLARS, ERC20, wallet),
    outcomes: new Contract(OUTCOMES, CTF, wallet),
  }
}

describe('the whole way of the money', () => {
  test('bought, resolved, redeemed; positions on the way', async () => {
    const clock = ownClock(Date.now(), true)
    const venue = await aVenue({
      clock,
      windowSec: 600,
      firstCloseSec: 500,
      ratePerSec: 2,
      resolutionDelayMs: 300,
    })
    const open = await windowOf(venue, 'btc', '15m')
    const { provider, wallet, client, dollars, outcomes } = await walletOn(venue)
    expect(await dollars['balanceOf']?.(wallet.address)).toBe(10_000_000_000n)
    expect(await dollars['decimals']?.()).toBe(6n)
    const buy = (tokenID: string) =>
      client.createAndPostMarketOrder(
        { tokenID, amount: 2, side: Side.BUY, price: 0.99 },
        { tickSize: '0.01', negRisk: false },
        OrderType.FAK,
        true,
      )
    // One of the two wins.
    expect(await buy(open.tokens.up)).toMatchObject({ success: true, status: 'matched' })
    expect(await buy(open.tokens.down)).toMatchObject({ success: true, status: 'matched' })
    const up = (await outcomes['balanceOf']?.(wallet.address, open.tokens.up)) as bigint
    const down = (await outcomes['balanceOf']?.(wallet.address, open.tokens.down)) as bigint
    expect([up > 0n, down > 0n]).toEqual([true, true])
    const positions = await json<{ asset: string; size: number; redeemable: boolean }[]>(
      `${venue.endpoints.data}/positions?user=${wallet.address}`,
    )
    expect(positions.map(({ size }) => BigInt(Math.round(size * 1e6)))).toEqual([up, down])
    expect(positions.every(({ redeemable }) => !redeemable)).toBe(true)
    expect(
      await json<unknown[]>(
        `${venue.endpoints.data}/trades?user=${wallet.address}&market=${open.conditionId}`,
      ),
    ).not.toEqual([])

    const redeem = async (): Promise<number | null | undefined> => {
      const sent = (await outcomes['redeemPositions']?.(
        DOLLARS,
        ZeroHash,
        open.conditionId,
        [1, 2],
      )) as { hash: string }
      // A transaction that reverts is mined too.
      const receipt = await provider.waitForTransaction(sent.hash, 1, 90_000)
      return receipt?.status
    }
    expect(await outcomes['payoutDenominator']?.(open.conditionId)).toBe(0n)
    expect(await redeem()).toBe(0)
    clock.moveTo(open.endsAt)
    await until(async () => (await outcomes['payoutDenominator']?.(open.conditionId)) === 1n, 200)
    const won = (await outcomes['payoutNumerators']?.(open.conditionId, 0)) === 1n ? up : down
    const before = (await dollars['balanceOf']?.(wallet.address)) as bigint
    expect(await redeem()).toBe(1)
    expect(await dollars['balanceOf']?.(wallet.address)).toBe(before + won)
    expect(await outcomes['balanceOf']?.(wallet.address, open.tokens.up)).toBe(0n)
    expect(
      await json<unknown[]>(`${venue.endpoints.data}/positions?user=${wallet.address}`),
    ).toEqual([])
    provider.destroy()
  })

  test('an allowance that was taken back stops orders until it is given again', async () => {
    const venue = await aVenue({ epochMs: Date.now(), windowSec: 3_600, firstCloseSec: 3_000 })
    const open = await windowOf(venue, 'eth', '15m')
    const { provider, wallet, client, dollars, outcomes } = await walletOn(venue)
    expect(await dollars['allowance']?.(wallet.address, EXCHANGE_V2)).toBe(MaxUint256)
    const approve = async (amount: bigint) => {
      const sent = (await dollars['approve']?.(EXCHANGE_V2, amount)) as {
        wait(): Promise<{ status: number } | null>
      }
      expect((await sent.wait())?.status).toBe(1)
    }
    await approve(1_000_000n)
    expect(await dollars['allowance']?.(wallet.address, EXCHANGE_V2)).toBe(1_000_000n)
    const rest = () =>
      client.createAndPostOrder(
        { tokenID: open.tokens.up, price: 0.2, size: 10, side: Side.BUY },
        { tickSize: '0.01', negRisk: false },
        OrderType.GTC,
      )
    expect(((await rest()) as unknown as { error: string }).error).toMatch(
      /^not enough balance \/ allowance: the allowance is not enough/,
    )
    await approve(MaxUint256)
    expect(await rest()).toMatchObject({ success: true, status: 'live' })
    expect(await outcomes['isApprovedForAll']?.(wallet.address, EXCHANGE_V2)).toBe(true)
    provider.destroy()
  })
})

describe('JSON-RPC', () => {
  test.each<[unknown, RegExp]>([
    [
      { jsonrpc: '2.0', id: 1, method: 'eth_chainId' },
      /^\{"jsonrpc":"2\.0","id":1,"result":"0x89"\}$/,
    ],
    [
      [
        { id: 1, method: 'net_version' },
        { id: 2, method: 'eth_blockNumber', params: [] },
      ],
      /"result":"137".*"result":"0x[0-9a-f]+"/,
    ],
    [{ id: 1, method: 'eth_mine' }, /-32601/],
    [{ id: 1 }, /-32600/],
    [{ id: 1, method: 'eth_sendRawTransaction', params: ['0x00'] }, /does not decode/],
    [
      { id: 1, method: 'eth_call', params: [{ to: DOLLARS, data: '0x12345678' }] },
      /execution reverted/,
    ],
    [{ id: 1, method: 'eth_call', params: [] }, /-32602/],
  ])('%j', async (request, answer) => {
    const venue = await aVenue()
    expect((await post(venue.endpoints.chain, request)).text).toMatch(answer)
  })

  test('no JSON', async () => {
    const venue = await aVenue()
    const response = await fetch(venue.endpoints.chain, { method: 'POST', body: '{' })
    expect(await response.text()).toContain('-32700')
  })
})

test.each(['/positions', '/trades?user=me', '/value', '/activity?user=0x12'])(
  'the Data API asks who is meant: %s',
  async (path) => {
    const venue = await aVenue()
    const answer = await get(`${venue.endpoints.data}${path}`)
    expect(answer.status).toBe(400)
    expect(answer.text).toContain('user')
  },
)

test("everybody's trades, newest first, of a market and of a side", async () => {
  const venue = await aVenue({ ratePerSec: 200 })
  const url = `${venue.endpoints.data}/trades`
  type Row = { conditionId: string; side: string; timestamp: number; size: number; asset: string }
  await until(async () => (await json<Row[]>(url)).length >= 20)
  const rows = await json<Row[]>(url)
  const times = rows.map(({ timestamp }) => timestamp)
  expect(times).toEqual([...times].sort((a, b) => b - a))
  const { conditionId, side } = rows[0] as Row
  const some = await json<Row[]>(`${url}?market=${conditionId}&side=${side}&limit=3`)
  expect(some.length).toBeGreaterThan(0)
  expect(some.length).toBeLessThanOrEqual(3)
  for (const row of some) {
    expect([row.conditionId, row.side]).toEqual([conditionId, side])
    expect(row.size).toBeGreaterThan(0)
  }
})
