/** A live start whose limits allow more than there is: refused where nothing is out, paused where something is. */
import { describe, expect, test, vi } from 'vitest'
import { behindLimits } from '../../src/cli/behind-limits.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { RestoredShot } from '../../src/domain/events.ts'
import { microUsdc } from '../../src/domain/units.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { aMarket } from '../support/builders.ts'
import { anOrder } from '../support/live.ts'

const { config } = loadConfig({ cwd: '/', env: {}, flags: { venue: 'polymarket' } })
const shot: RestoredShot = {
  ...{ market: aMarket(), order: anOrder(), outcome: null, isNews: false, venueId: '0x1' },
}

function ground(dollars: number, shots: RestoredShot[] = [], hasMarks = false, payout = 0) {
  const known = { cash: microUsdc(0), paused: false, halted: false, shots, barred: [] }
  const ledger = {
    accept: vi.fn(),
    restore: () => Promise.resolve({ ...known, settled: [] }),
    unredeemed: () => (payout === 0 ? [] : [{ conditionId: '0x1', payout }]),
    close: vi.fn(() => Promise.resolve()),
  } as unknown as Ledger
  const empty = dollars === 0 ? 'balance: there is no dollar; pay some in' : null
  const live = { balance: microUsdc(dollars * 1_000_000), empty, hasMarks, keeper: () => ledger }
  return { ledger, live }
}

const start = ({ ledger, live }: ReturnType<typeof ground>) => behindLimits(config, live, ledger)

test('with enough money everything is as it was', async () => {
  const { keeper, bankroll, warning } = await start(ground(2_000))
  expect([bankroll, warning, (await keeper.restore()).paused]).toEqual([2_000_000_000, null, false])
})

test('nobody asks a dry run', async () => {
  const { ledger } = ground(0)
  expect(await behindLimits(config, null, ledger)).toMatchObject({ bankroll: null, warning: null })
})

describe('with less', () => {
  test('and nothing out it is refused, with what would do', async () => {
    await expect(start(ground(100))).rejects.toThrow(/^SAFEGUARD_OFF: .* set each to 100 or less/)
  })

  test.each([
    ['an order that the ledger knows', ground(100, [shot])],
    ['an order that only the journal knows', ground(100, [], true)],
    ['a win that is not redeemed', ground(100, [], false, 5_000_000)],
  ])('%s is brought to its end by a bot that is paused and says why', async (_what, made) => {
    const { keeper, warning } = await start(made)
    expect((await keeper.restore()).paused).toBe(true)
    expect(warning).toMatch(/^SAFEGUARD_OFF: .*the bot is paused/)
    await keeper.close()
    expect(made.ledger.close).toHaveBeenCalledTimes(1)
  })
})

describe('without a dollar', () => {
  test('and nothing out it is refused, with what would do', async () => {
    await expect(start(ground(0))).rejects.toThrow(/^balance: .*; pay some in$/)
  })

  test('what is out in shares is brought to its end by a bot that is paused and says why', async () => {
    const { keeper, warning } = await start(ground(0, [shot]))
    expect((await keeper.restore()).paused).toBe(true)
    expect(warning).toMatch(/^balance: .*the bot is paused/)
  })
})
