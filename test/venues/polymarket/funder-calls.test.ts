/** The money of proxies, Safes and those who let the operator act, on the embedded chain: bought, won, redeemed to the millionth. */
import { Wallet } from 'ethers'
import { describe, expect, test, vi } from 'vitest'
import { type ConditionId, conditionId } from '../../../src/domain/ids.ts'
import { AUTO_REDEEMER } from '../../../src/local-venue/chain/allowances.ts'
import { proxyOf, safeOf } from '../../../src/local-venue/chain/wallets.ts'
import type { RunningVenue } from '../../../src/local-venue/venue.ts'
import { proxyAddressOf, safeAddressOf } from '../../../src/venues/polymarket/funder-calls.ts'
import { createRedeemer, type Redeemer } from '../../../src/venues/polymarket/redeem.ts'
import { aVenue, windowOf } from '../../local-venue/support.ts'
import { type Person, person } from '../../local-venue/traders.ts'

/** Known from a test of somebody else's: a key that everybody has, and a factory of a test chain. */
const KNOWN_OWNER = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'
const KNOWN_FACTORY = '0xa6B71E26C5e0845f74c812102Ca7114b6a896AB2'
const KNOWN_SAFE = '0x76Bef2e2Aa6f92a8DC734e506C38Abe2e5523c11'

test('the addresses of wallets follow from their owners, on both sides alike', () => {
  expect(safeAddressOf(KNOWN_OWNER, KNOWN_FACTORY)).toBe(KNOWN_SAFE)
  const { address } = Wallet.createRandom()
  expect([safeAddressOf(address), proxyAddressOf(address)]).toEqual([
    safeOf(address),
    proxyOf(address),
  ])
})

type Funded = { readonly venue: RunningVenue; readonly who: Person; readonly funder: string }

/** Holds both outcomes of a window, so that it wins. */
async function bought(type: 0 | 1 | 2 | 3): Promise<Funded & { readonly id: ConditionId }> {
  const venue = await aVenue({
    ...{ epochMs: Date.now(), windowSec: 20, firstCloseSec: 20, resolutionDelayMs: 300 },
  })
  const open = await windowOf(venue, 'btc', '15m')
  const who = await person(venue)
  const funder = type === 2 ? safeAddressOf(who.address) : proxyAddressOf(who.address)
  for (const token of [open.tokens.up, open.tokens.down]) {
    const said = await who.place({
      ...{ token, maker: funder, signatureType: type, type: 'FAK' },
      ...{ makerAmount: 2_000_000, takerAmount: 2_020_000 },
    })
    expect(said.body).toMatchObject({ success: true, status: 'matched' })
  }
  return { venue, who, funder, id: conditionId(open.conditionId) }
}

function chainOf({ venue, who, funder }: Funded, type: 0 | 1 | 2 | 3): Redeemer {
  const { privateKey } = who
  return createRedeemer(venue.endpoints.chain, { privateKey, signatureType: type, funder })
}

/** What its winning shares will pay. */
async function worth({ who, funder }: Funded, id: ConditionId, venue: RunningVenue) {
  const state = (await (await fetch(`${venue.endpoints.control}/state`)).json()) as {
    windows: { conditionId: string; slug: string; winner: 'UP' | 'DOWN' | null }[]
  }
  const window = state.windows.find((one) => one.conditionId === id)
  const { positions } = await who.ledger(funder)
  const held = positions.find(({ slug }) => slug === window?.slug)
  return { winner: window?.winner ?? null, up: held?.up ?? 0, down: held?.down ?? 0 }
}

describe.each([
  [1, 'a proxy'],
  [2, 'a Safe'],
] as const)('type %i, %s', (type, _name) => {
  test('its owner redeems out of it, once', async () => {
    const one = await bought(type)
    const chain = chainOf(one, type)
    try {
      expect(await chain.redeem(one.id)).toBe(false)
      const held = await worth(one, one.id, one.venue)
      const before = await chain.dollars()
      await vi.waitUntil(() => chain.redeem(one.id), { timeout: 30_000, interval: 500 })
      const paid = Number((await chain.dollars()) - before)
      expect([held.up, held.down]).toContain(paid)
      expect(paid).toBeGreaterThan(0)
      // Again: nothing is left to be paid.
      expect(await chain.redeem(one.id)).toBe(true)
      expect(Number((await chain.dollars()) - before)).toBe(paid)
      const own = await one.who.ledger(one.who.address)
      expect(own.positions).toEqual([])
    } finally {
      chain.close()
    }
  }, 90_000)

  test('it allows by its own hand', async () => {
    const venue = await aVenue()
    const who = await person(venue)
    const funder = type === 2 ? safeAddressOf(who.address) : proxyAddressOf(who.address)
    const chain = chainOf({ venue, who, funder }, type)
    try {
      await chain.approve({ of: 'dollars', to: KNOWN_OWNER })
      expect(await chain.operatorMay()).toBe(false)
      await chain.approve({ of: 'outcome tokens', to: AUTO_REDEEMER })
      expect(await chain.operatorMay()).toBe(true)
    } finally {
      chain.close()
    }
  }, 30_000)

  test("somebody else's is not touched, and it is said why", async () => {
    const venue = await aVenue()
    const who = await person(venue)
    const other = Wallet.createRandom().address
    const funder = type === 2 ? safeAddressOf(other) : proxyAddressOf(other)
    const chain = chainOf({ venue, who, funder }, type)
    try {
      const refused = chain.approve({ of: 'outcome tokens', to: AUTO_REDEEMER })
      await expect(refused).rejects.toThrow(/nothing was sent.*FUNDER_ADDRESS/)
      expect(await chain.operatorMay()).toBe(false)
    } finally {
      chain.close()
    }
  }, 30_000)
})

test('a deposit wallet is moved by the venue alone', async () => {
  const venue = await aVenue()
  const who = await person(venue)
  const chain = chainOf({ venue, who, funder: KNOWN_SAFE }, 3)
  try {
    expect(chain.canMove).toBe(false)
    await expect(chain.approve({ of: 'dollars', to: KNOWN_OWNER })).rejects.toThrow(
      'deposit wallet',
    )
  } finally {
    chain.close()
  }
})

test('the operator redeems for whoever allowed it, and for nobody else', async () => {
  const one = await bought(2)
  const other = await person(one.venue)
  const chain = chainOf(one, 2)
  try {
    await chain.approve({ of: 'outcome tokens', to: AUTO_REDEEMER })
    const { up, down } = await worth(one, one.id, one.venue)
    const before = await chain.dollars()
    await vi.waitUntil(async () => (await chain.dollars()) !== before, {
      ...{ timeout: 40_000, interval: 200 },
    })
    expect([up, down]).toContain(Number((await chain.dollars()) - before))
    expect((await other.ledger()).dollars).toBe(10_000_000_000)
  } finally {
    chain.close()
  }
}, 90_000)

test('transactions that are wanted at the same moment come one after another, and none is refused', async () => {
  const venue = await aVenue()
  const { privateKey } = await person(venue)
  const wallet = { privateKey, signatureType: 0 as const, funder: null }
  const chain = createRedeemer(venue.endpoints.chain, wallet)
  try {
    const spenders = Array.from({ length: 6 }, () => Wallet.createRandom().address)
    await Promise.all(spenders.map((to) => chain.approve({ of: 'dollars', to })))
  } finally {
    chain.close()
  }
}, 60_000)
