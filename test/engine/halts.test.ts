/** The machine halts itself: why, how a person ends that, what it counts from then on, and what a restart brings back. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AccountState, OperatorAction } from '../../src/domain/account.ts'
import { conditionId, tokenId } from '../../src/domain/ids.ts'
import type { Market } from '../../src/domain/market.ts'
import { type Micros, microUsdc } from '../../src/domain/units.ts'
import { type AccountLimits, UNLIMITED } from '../../src/risk/limits.ts'
import { engineSnapshot } from '../../src/runtime/snapshot.ts'
import { aMarket, at, someSettings } from '../support/builders.ts'
import { createHarness } from '../support/harness.ts'

const usd = (dollars: number) => microUsdc(dollars * 1_000_000)
const limited = (account: Partial<AccountLimits>) =>
  someSettings({ limits: { ...someSettings().limits, account: { ...UNLIMITED, ...account } } })

type Bot = ReturnType<typeof createHarness>

function aBot(account: Partial<AccountLimits>): Bot {
  const bot = createHarness(limited(account))
  bot.clock(at(0))
  return bot
}

function window(n: number): Market {
  return aMarket({
    conditionId: conditionId(`0x${String(n + 1).padStart(64, '0')}`),
    slug: `btc-updown-15m-${n}`,
    startAt: at(900 * n),
    endAt: at(900 * (n + 1)),
    up: tokenId(`1${String(n).padStart(76, '0')}`),
    down: tokenId(`2${String(n).padStart(76, '0')}`),
  })
}

/** Five shares at 0.96: 4.80 dollars and a fee. True where there was a shot. */
function play(bot: Bot, n: number, wins: boolean): boolean {
  const market = window(n)
  const from = 900 * n
  bot.list(market, at(from + 1))
  bot.runTo(at(from + 898))
  bot.books(market, at(from + 898), 9_500, 9_600)
  bot.runTo(at(from + 899))
  const order = bot.asked('submit').find((one) => one.market.slug === market.slug)?.order
  if (order !== undefined)
    bot.send({
      kind: 'order_outcome',
      venueId: null,
      orderId: order.id,
      outcome: {
        state: 'filled',
        fills: [{ price: order.limit, shares: order.shares }],
        shares: order.shares,
        cost: order.spend,
        fee: microUsdc(10_000),
        finality: 'confirmed',
      },
      recvAt: at(from + 899.2),
      venueAt: null,
    })
  bot.runTo(at(from + 911))
  bot.resolve(market, wins ? 'UP' : 'DOWN', at(from + 912))
  return order !== undefined
}

function tell(bot: Bot, action: OperatorAction, when: Micros): void {
  bot.send({ kind: 'operator', action, recvAt: when, venueAt: null })
}

function day(bot: Bot, startedAt: Micros, recvAt = startedAt): void {
  bot.send({ kind: 'day', startedAt, recvAt, venueAt: null })
}

describe('halts itself', () => {
  test('when the losses of the day reach their limit: withdraws what rests, says why, shoots no more', () => {
    const bot = aBot({ maxDailyLoss: usd(9) })
    expect([play(bot, 0, false), play(bot, 1, false), play(bot, 2, true)]).toEqual([
      true,
      true,
      false,
    ])
    expect(bot.of('halted')).toMatchObject([
      {
        at: at(1812),
        halt: { cause: 'daily_loss', why: expect.stringMatching(/9\.62 USD .* 9 USD/) },
      },
    ])
    expect(bot.asked('cancel_all')).toHaveLength(1)
    expect(bot.of('passed').at(-1)?.reason).toMatch(/^OPERATOR: too much was lost this day/)
    expect(engineSnapshot(bot.engine.view(), at(2700))).toMatchObject({
      halted: true,
      haltReason: expect.stringMatching(/^DAILY_LOSS: /) as string,
      account: { dayPnl: '-9.62', positions: 0 },
    })
  })

  test('when it is too far below its best moment, a new day or not', () => {
    const bot = aBot({ maxDrawdown: usd(9.6) })
    play(bot, 0, true)
    play(bot, 1, false)
    day(bot, at(1815))
    expect(bot.of('halted')).toEqual([])
    play(bot, 2, false)
    expect(bot.of('halted')).toMatchObject([{ halt: { cause: 'drawdown' } }])
  })

  test('when it wins too seldom for its prices', () => {
    const bot = aBot({ tripwireAlpha: 0.05 })
    let n = 0
    while (n < 20 && play(bot, n, false)) n += 1
    expect(n).toBeLessThan(6)
    expect(bot.of('halted')).toMatchObject([{ halt: { cause: 'tripwire' } }])
    expect(engineSnapshot(bot.engine.view(), at(9000)).account.tripwire.text).toMatch(/has tripped/)
  })

  test('at once where nothing may be lost, and again after a resume', () => {
    const bot = aBot({ maxDailyLoss: usd(0) })
    expect(bot.of('halted')).toHaveLength(1)
    tell(bot, 'resume', at(1))
    expect(bot.of('halted')).toHaveLength(2)
    expect(play(bot, 0, true)).toBe(false)
  })

  test('never where all of it is off', () => {
    const bot = aBot({})
    for (let n = 0; n < 12; n += 1) expect(play(bot, n, false)).toBe(true)
    expect(bot.of('halted')).toEqual([])
  })
})

test('an order of unknown fate is out, and so is one that waits for its result', () => {
  const bot = aBot({ maxOpenPositions: 1 })
  const [one, two] = [window(0), window(1)]
  for (const [n, market] of [one, two].entries()) {
    bot.list(market, at(900 * n + 1))
    bot.runTo(at(900 * n + 898))
    bot.books(market, at(900 * n + 898), 9_500, 9_600)
    bot.runTo(at(900 * n + 911))
  }
  // The first has no outcome yet.
  expect(bot.asked('submit').map(({ market }) => market.slug)).toEqual([one.slug])
  expect(bot.of('passed').map(({ reason }) => reason)).toEqual([
    'POSITIONS: too many windows have money in them',
  ])
})

describe('a resume', () => {
  test('that ends a halt counts anew; one that ends a pause does not', () => {
    const bot = aBot({ maxDailyLoss: usd(9), maxDrawdown: usd(100), tripwireAlpha: 0.001 })
    play(bot, 0, false)
    tell(bot, 'pause', at(920))
    tell(bot, 'resume', at(921))
    play(bot, 1, false)
    expect(bot.of('halted')).toHaveLength(1)
    tell(bot, 'resume', at(1850))
    expect(bot.engine.view()).toMatchObject({
      halted: false,
      halt: null,
      account: { dayPnl: 0, drawdown: 0, tripwire: { shots: 0, evidence: 1 } },
    })
    expect(play(bot, 3, false)).toBe(true)
    expect(bot.of('halted')).toHaveLength(1)
    expect(play(bot, 4, false)).toBe(true)
    expect(bot.of('halted')).toHaveLength(2)
  })

  test('and nothing else ends a halt, whatever happens', () => {
    const actions = fc.constantFrom<OperatorAction>('pause', 'stop', 'kill')
    const step = fc.oneof(actions, fc.constantFrom('win', 'lose', 'day'))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), (list) => {
        const bot = aBot({ maxDailyLoss: usd(4) })
        play(bot, 0, false)
        const before = bot.asked('submit').length
        for (const [n, one] of list.entries()) {
          const when = at(900 * (n + 1) + 20)
          if (one === 'win' || one === 'lose') play(bot, n + 1, one === 'win')
          else if (one === 'day') day(bot, when)
          else tell(bot, one as OperatorAction, when)
          expect(bot.engine.view().halted).toBe(true)
        }
        expect(bot.asked('submit')).toHaveLength(before)
      }),
      { numRuns: 25 },
    )
  })
})

describe('a day', () => {
  test('that begins forgets the losses of the one before; told again it does not', () => {
    const bot = aBot({ maxDailyLoss: usd(9) })
    day(bot, at(0))
    play(bot, 0, false)
    day(bot, at(0), at(915))
    expect(bot.engine.view().account.dayPnl).toBe(-4_810_000)
    day(bot, at(920))
    expect(bot.engine.view().account.dayPnl).toBe(0)
    play(bot, 2, false)
    expect(bot.of('halted')).toEqual([])
    play(bot, 3, false)
    expect(bot.of('halted')).toHaveLength(1)
  })
})

describe('over a restart', () => {
  const last = (bot: Bot): AccountState => bot.of('account').at(-1)?.account as AccountState

  function again(before: Bot, unheard: readonly number[], limits: Partial<AccountLimits>): Bot {
    const bot = createHarness(limited(limits))
    bot.send({
      kind: 'restored',
      cash: usd(100),
      paused: false,
      halted: false,
      shots: [],
      barred: [],
      settled: [],
      account: {
        halt: null,
        state: last(before),
        unheard: unheard.map((n) => {
          const fact = before.of('settled')[n]
          if (fact === undefined) throw new Error('no such settlement')
          return { at: fact.at, settlement: fact.settlement }
        }),
      },
      recvAt: at(5_000),
      venueAt: null,
    })
    return bot
  }

  test('counts on, and hears of what was settled in the last moment', () => {
    const before = aBot({ maxDailyLoss: usd(14) })
    play(before, 0, false)
    play(before, 1, false)
    const on = again(before, [], { maxDailyLoss: usd(14) })
    expect(on.engine.view()).toMatchObject({ halted: false, account: { dayPnl: -9_620_000 } })
    const more = again(before, [1], { maxDailyLoss: usd(14) })
    expect(more.of('halted')).toMatchObject([{ halt: { cause: 'daily_loss' } }])
  })

  test('with a limit that is lower than what was lost it halts at once', () => {
    const before = aBot({})
    play(before, 0, false)
    expect(again(before, [], { maxDrawdown: usd(1) }).of('halted')).toHaveLength(1)
  })
})
