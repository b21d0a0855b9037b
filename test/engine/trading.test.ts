/** What comes of a look at a window: several orders at once, orders that wait, sizes, several strategies. */
import { describe, expect, test } from 'vitest'
import { accountLimits } from '../../src/cli/account-limits.ts'
import { loadConfig } from '../../src/config/load.ts'
import { microShares, microUsdc, ticks } from '../../src/domain/units.ts'
import { combine } from '../../src/engine/ensemble.ts'
import { at, someSettings } from '../support/builders.ts'
import { armed, market } from './armed.ts'
import { begun, FIVE, intent, quote, scripted } from './scripted.ts'

const PAIR = [intent('UP'), intent('DOWN')]

describe('several orders of a window', () => {
  test('the legs of a pair are sent together, each by its own name, and are one shot', () => {
    const { strategy, says, seen } = scripted()
    says({ intents: PAIR })
    const bot = begun(strategy)
    expect(bot.asked('submit').map(({ order }) => [order.id, order.side, order.kind])).toEqual([
      [`${market.slug}/1`, 'UP', 'FOK'],
      [`${market.slug}/2`, 'DOWN', 'FOK'],
    ])
    bot.outcome(1, 'killed', 861.5)
    bot.outcome(2, 'killed', 861.5)
    bot.hear(863)
    expect(seen.at(-1)?.ordersSent).toBe(1)
    expect(bot.of('decided').at(-1)?.decision.refusedBy).toBe('ONE_ORDER')
    expect(bot.asked('submit')).toHaveLength(2)
  })

  test('where one leg is refused none is sent', () => {
    const { strategy, says } = scripted()
    says({ intents: [intent('UP'), intent('DOWN', { limit: ticks(5_050) })] })
    const bot = begun(strategy)
    expect(bot.asked('submit')).toHaveLength(0)
    expect(bot.of('decided').at(-1)?.decision.refusedBy).toBe('GRID')
  })

  test('the second leg has only the money that the first one leaves', () => {
    const { strategy, says } = scripted()
    says({ intents: PAIR })
    const bot = begun(strategy, { startingCash: microUsdc(4_000_000) })
    expect(bot.asked('submit')).toHaveLength(0)
    expect(bot.of('decided').at(-1)?.decision.refusedBy).toBe('FUNDS')
  })

  test('nothing new is asked while a shot is open', () => {
    const { strategy, says, seen } = scripted()
    says({ intents: PAIR })
    const bot = begun(strategy)
    const before = seen.length
    bot.hear(864)
    expect(seen).toHaveLength(before)
  })

  test('what is held may be sold, or made a pair, after the window had its shot', () => {
    const { strategy, says } = scripted()
    says({ intents: PAIR })
    const bot = begun(strategy)
    bot.outcome(1, 'filled', 861.5, { shares: 5_000_000, cost: 2_600_000 })
    bot.outcome(2, 'killed', 861.5)
    says({ intents: [intent('DOWN')] })
    bot.hear(863)
    bot.outcome(3, 'killed', 863.5)
    says({ intents: [intent('UP', { action: 'SELL', kind: 'FAK', limit: ticks(5_000) })] })
    bot.hear(865)
    expect(bot.asked('submit').slice(2)).toMatchObject([
      { order: { side: 'DOWN', action: 'BUY' } },
      { order: { side: 'UP', action: 'SELL', kind: 'FAK', shares: FIVE, spend: 2_500_000 } },
    ])
    bot.outcome(4, 'filled', 865.5, { shares: 5_000_000, cost: 2_500_000 })
    expect(bot.engine.view().cash).toBe(10_000_000_000 - 100_000)
  })

  test('more than is held is not sold', () => {
    const { strategy, says } = scripted()
    says({ intents: [intent('UP', { action: 'SELL', kind: 'FAK', limit: ticks(5_000) })] })
    const bot = begun(strategy)
    expect(bot.asked('submit')).toHaveLength(0)
    expect(bot.of('decided').at(-1)?.decision.refusedBy).toBe('HELD')
  })

  test('who holds one side only does not buy the other', () => {
    const { strategy, says } = scripted({ bothSides: false })
    says({ intents: [intent('UP')] })
    const bot = begun(strategy)
    bot.outcome(1, 'filled', 861.5, { shares: 5_000_000, cost: 2_600_000 })
    says({ intents: [intent('DOWN')] })
    bot.hear(863)
    expect(bot.asked('submit')).toHaveLength(1)
    expect(bot.of('decided').at(-1)?.decision.refusedBy).toBe('BOTH_SIDES')
  })
})

describe('orders that wait', () => {
  test('are placed for what is wanted, and their money is not free', () => {
    const { strategy, says, seen } = scripted()
    says({ quotes: [quote('UP', 4_900), quote('DOWN', 4_800, { ttlSec: 90 })] })
    const bot = begun(strategy)
    expect(bot.asked('submit').map(({ order }) => order)).toMatchObject([
      { side: 'UP', kind: 'GTC', postOnly: true, limit: 4_900, spend: 2_450_000, expiresAt: null },
      { side: 'DOWN', kind: 'GTD', limit: 4_800, expiresAt: expect.any(Number) },
    ])
    expect(bot.engine.view().free).toBe(10_000_000_000 - 2_450_000 - 2_400_000)
    expect(bot.engine.view().cash).toBe(10_000_000_000)
    bot.hear(861.5)
    expect(seen.at(-1)?.resting.map(({ side, price }) => [side, price])).toEqual([
      ['UP', 4_900],
      ['DOWN', 4_800],
    ])
  })

  test('are replaced for three ticks after a second, and in any case after ten', () => {
    const { strategy, says } = scripted()
    const bot = begun(strategy)
    says({ quotes: [quote('UP', 4_500)] })
    bot.hear(861.2)
    bot.outcome(1, 'resting', 861.3)
    says({ quotes: [quote('UP', 4_800)] })
    bot.hear(862.1)
    expect(bot.asked('cancel')).toHaveLength(0)
    bot.hear(862.2)
    expect(bot.asked('cancel').map(({ order }) => order.limit)).toEqual([4_500])
    // The old one goes first.
    expect(bot.asked('submit')).toHaveLength(1)
    bot.outcome(1, 'killed', 862.3)
    bot.hear(862.4)
    bot.outcome(2, 'resting', 862.5)
    says({ quotes: [quote('UP', 4_900)] })
    for (const sec of [865, 868, 871, 872.3]) bot.hear(sec)
    expect(bot.asked('cancel')).toHaveLength(1)
    bot.hear(872.4)
    expect(bot.asked('cancel').map(({ order }) => order.limit)).toEqual([4_500, 4_800])
  })

  test('are withdrawn when they are not wanted, when a gate refuses, and at the end of the span', () => {
    for (const end of ['unwanted', 'paused', 'over'] as const) {
      const { strategy, says } = scripted()
      says({ quotes: [quote('UP', 4_900)] })
      const bot = begun(strategy)
      bot.outcome(1, 'resting', 861.1)
      if (end === 'unwanted') says({})
      if (end === 'paused')
        bot.send({ kind: 'operator', action: 'pause', recvAt: at(861.2), venueAt: null })
      // Nothing is heard of the books: the strategy is asked all the same.
      bot.runTo(at(end === 'over' ? 899 : 862.5))
      expect(bot.asked('cancel')).toEqual([])
      // The market is left, once.
      expect(bot.asked('cancel_market')).toMatchObject([
        { conditionId: market.conditionId, orders: [{ id: `${market.slug}/1` }] },
      ])
    }
  })

  test('what was taken of them is held and paid for, and a window settles when none waits any more', () => {
    const { strategy, says } = scripted()
    says({ quotes: [quote('UP', 4_900)] })
    const bot = begun(strategy)
    bot.outcome(1, 'resting', 862, { shares: 2_000_000, cost: 980_000 })
    expect(bot.engine.held(market.conditionId, 'UP')).toBe(2_000_000)
    bot.runTo(at(905))
    bot.resolve(market, 'UP', at(930))
    expect(bot.of('settled')).toHaveLength(0)
    bot.outcome(1, 'filled', 931, { shares: 2_000_000, cost: 980_000 })
    expect(bot.of('settled')[0]?.settlement).toMatchObject({
      decision: 'fired',
      orders: 1,
      held: { UP: 2_000_000, DOWN: 0 },
      payout: 2_000_000,
      pnl: 1_020_000,
    })
  })

  test('one quote that a gate refuses does not keep the other from waiting', () => {
    const { strategy, says } = scripted()
    says({ quotes: [quote('UP', 4_950), quote('DOWN', 4_800)] })
    const bot = begun(strategy)
    expect(bot.asked('submit').map(({ order }) => order.side)).toEqual(['DOWN'])
    expect(bot.of('decided').at(-1)?.decision.refusedBy).toBeNull()
  })
})

describe('shares that are counted', () => {
  test('have two decimals at most, as the venue takes them', () => {
    const { strategy, says } = scripted()
    says({ quotes: [quote('UP', 4_900, { shares: microShares(5_129_999) })] })
    const [asked] = begun(strategy).asked('submit')
    expect([asked?.order.shares, asked?.order.spend]).toEqual([5_120_000, 2_508_800])
  })

  test('and dust below that is not wanted at all', () => {
    const { strategy, says } = scripted()
    says({ quotes: [quote('UP', 4_900, { shares: microShares(9_999) })] })
    expect(begun(strategy).asked('submit')).toEqual([])
  })
})

describe('sizes', () => {
  const half = {
    sizing: {
      rule: { kind: 'fraction', share: 0.5 },
      spendMax: microUsdc(50_000_000),
      capacity: {},
    },
  } as const

  test('a part of the free cash, as deep as the cap allows', () => {
    const { strategy, says } = scripted()
    says({ intents: [intent('UP')] })
    const bot = begun(strategy, { ...half, startingCash: microUsdc(20_000_000) })
    // Ten dollars at 0.52 and its fee.
    expect(bot.asked('submit')[0]?.order.shares).toBe(18_000_000)
  })

  test('no more than the books of the asset bear', () => {
    const { strategy, says } = scripted()
    says({ intents: [intent('UP')] })
    const capacity = { btc: microUsdc(3_000_000), eth: microUsdc(1_000_000) }
    const bot = begun(strategy, { sizing: { ...half.sizing, capacity } })
    expect(bot.asked('submit')[0]?.order.shares).toBe(5_000_000)
  })

  test('no more than one window may hold', () => {
    const { strategy, says } = scripted()
    says({ intents: [intent('UP')] })
    const { limits } = someSettings()
    const bot = begun(strategy, {
      ...half,
      limits: { ...limits, maxPosition: microUsdc(6_000_000) },
    })
    expect(bot.asked('submit')[0]?.order.shares).toBe(microShares(11_000_000))
  })

  test('no more than the part of the bankroll that one order may have, so that its gate never stands against it', () => {
    const { strategy, says } = scripted()
    says({ intents: [intent('UP')] })
    const account = accountLimits({
      ...loadConfig({ cwd: '/', env: {} }).config.limits,
      maxBankrollShare: 0.3,
    })
    const bot = begun(strategy, {
      ...half,
      startingCash: microUsdc(20_000_000),
      limits: { ...someSettings().limits, account },
    })
    expect(bot.asked('submit')[0]?.order.shares).toBe(11_000_000)
  })

  test('what comes out of it too small is refused by name', () => {
    const { strategy, says } = scripted()
    says({ intents: [intent('UP')] })
    const bot = begun(strategy, { ...half, startingCash: microUsdc(3_000_000) })
    expect(bot.asked('submit')).toHaveLength(0)
    expect(bot.of('decided').at(-1)?.decision).toMatchObject({
      refusedBy: 'SIZING',
      why: "what comes out is below the venue's minimum",
    })
  })
})

describe('several strategies as one', () => {
  test('where a gate refuses the best one the next one is taken, under its own name', () => {
    const [best, next] = [scripted({ name: 'best' }), scripted({ name: 'next' })]
    best.says({ intents: [intent('UP', { limit: ticks(5_250) })], edge: 0.5 })
    next.says({ intents: [intent('DOWN')], edge: 0.1 })
    const bot = begun(combine([best.strategy, next.strategy]))
    expect(bot.asked('submit').map(({ order }) => [order.strategy, order.side])).toEqual([
      ['next', 'DOWN'],
    ])
  })

  test('each begins at its own second, although nothing is heard then', () => {
    const early = scripted({ name: 'early', beyond: [] })
    const span = { fromSec: 20.5, toSec: 2, isAuto: false, asks: null }
    const late = scripted({ name: 'late', span, beyond: [] })
    late.says({ intents: [intent('UP')] })
    const bot = begun(combine([early.strategy, late.strategy]))
    bot.hear(878)
    bot.runTo(at(880))
    expect(bot.asked('submit').map(({ order }) => order.decidedAt)).toEqual([at(879.5)])
  })
})

test('a strategy that shoots once is not asked each second', () => {
  const bot = armed()
  bot.runTo(at(910))
  expect(bot.asked('submit')).toHaveLength(1)
  expect(bot.asked('wake').filter(({ purpose }) => purpose === 'look')).toEqual([])
})

test('a span that began before its window was found makes no deadline longer', () => {
  const { strategy, says } = scripted({
    span: { fromSec: 800, toSec: 2, isAuto: false, asks: null },
  })
  says({ intents: [intent('UP')] })
  const bot = begun(strategy)
  expect(bot.asked('submit')).toHaveLength(1)
  expect(bot.of('decided').at(-1)?.decision.deadline.jitterMicros).toBe(2_000)
})
