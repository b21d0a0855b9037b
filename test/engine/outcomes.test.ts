/** An outcome is learned step by step, and the money follows. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { OrderTiming } from '../../src/domain/events.ts'
import { isFinal, type SubmitOutcome } from '../../src/domain/order.ts'
import type { Micros } from '../../src/domain/units.ts'
import { at, someSettings } from '../support/builders.ts'
import { CASH, dead, filled, fired, market, outcome, waits } from './live-bot.ts'

const spent = 4_860_190
const steps: readonly [string, SubmitOutcome[], number, number][] = [
  [
    'unknown, then matched, then confirmed',
    [dead('unknown'), filled('matched'), filled('confirmed')],
    spent,
    0,
  ],
  [
    'matched, then confirmed at another cost',
    [filled('matched'), filled('confirmed', 5_052_083, 4_849_999, 13_580)],
    4_863_579,
    0,
  ],
  [
    'matched, then corrected downwards, then confirmed',
    [
      filled('matched'),
      filled('matched', 2_000_000, 1_940_000, 4_080),
      filled('confirmed', 2_000_000, 1_940_000, 4_080),
    ],
    1_944_080,
    0,
  ],
  ['matched, then reverted', [filled('matched'), dead('reverted')], 0, 0],
  ['unknown, then killed', [dead('unknown'), dead('killed')], 0, 0],
  ['unknown, then rejected', [dead('unknown'), dead('rejected')], 0, 0],
  [
    'killed, and matched after all',
    [dead('killed'), filled('matched'), filled('confirmed')],
    spent,
    0,
  ],
  ['rejected, and matched after all', [dead('rejected'), filled('confirmed')], spent, 0],
  [
    'reverted, and confirmed after all',
    [filled('matched'), dead('reverted'), filled('confirmed')],
    spent,
    0,
  ],
  [
    'confirmed, and nothing changes that',
    [
      filled('confirmed'),
      dead('reverted'),
      dead('killed'),
      filled('matched', 1_000_000, 970_000, 0),
      dead('unknown'),
    ],
    spent,
    4,
  ],
  [
    'confirmed, and one trade more turns up',
    [filled('confirmed', 2_000_000, 1_940_000, 4_080), filled('confirmed')],
    spent,
    0,
  ],
  [
    'it waits and is taken, and one of its trades fails',
    [
      waits(5_000_000, 4_850_000),
      waits(2_000_000, 1_940_000),
      filled('confirmed', 2_000_000, 1_940_000, 0),
    ],
    1_940_000,
    0,
  ],
  [
    'it waits and is taken, and all of it fails',
    [waits(5_000_000, 4_850_000), dead('reverted')],
    0,
    0,
  ],
  [
    'matched, and no word but a failure of the trade undoes it',
    [filled('matched'), dead('killed'), dead('rejected'), dead('unknown')],
    spent,
    3,
  ],
  [
    'killed, and no other word changes that',
    [dead('killed'), dead('unknown'), dead('reverted'), dead('rejected')],
    0,
    3,
  ],
]

describe('an outcome is learned step by step', () => {
  test.each(steps)('%s', (_what, outcomes, cost, strays) => {
    const bot = fired()
    for (const one of outcomes) outcome(bot, one)
    expect(bot.engine.view().cash).toBe(CASH - cost)
    expect(bot.of('stray_outcome')).toHaveLength(strays)
    expect(bot.of('outcome').at(-1)?.cash).toBe(CASH - cost)
  })

  test('a window is settled by what is final, not by what is matched', () => {
    for (const [last, cash] of [
      [filled('confirmed'), CASH - spent + 5_000_000],
      [dead('reverted'), CASH],
    ] as const) {
      const bot = fired()
      outcome(bot, filled('matched'))
      bot.runTo(at(911))
      bot.resolve(market, 'UP', at(930))
      expect(bot.of('settled')).toEqual([])
      outcome(bot, last, at(931))
      expect(bot.of('settled')[0]?.settlement.cash).toBe(cash)
      expect(bot.engine.view().cash).toBe(cash)
    }
  })

  test('an outcome that comes after the settlement is told, and moves nothing', () => {
    const bot = fired()
    outcome(bot, dead('killed'))
    bot.runTo(at(911))
    bot.resolve(market, 'UP', at(930))
    outcome(bot, filled('confirmed'), at(931))
    expect(bot.of('stray_outcome')).toMatchObject([{ outcome: { state: 'filled' } }])
    expect(bot.engine.view().cash).toBe(CASH)
  })

  test('one that is matched after all allows no second shot', () => {
    const limits = { ...someSettings().limits, maxOrdersPerMarket: 3 }
    const bot = fired(someSettings({ limits }))
    outcome(bot, dead('killed'), at(899.1))
    outcome(bot, filled('matched'), at(899.15))
    bot.books(market, at(899.2), 9_600, 9_700)
    expect(bot.asked('submit')).toHaveLength(1)
  })

  test('only a confirmed fill and what moved no money are final', () => {
    expect([null, dead('unknown'), filled('matched')].map(isFinal)).toEqual([false, false, false])
    const finals = [dead('killed'), dead('rejected'), dead('reverted'), filled('confirmed')]
    expect(finals.map(isFinal)).toEqual([true, true, true, true])
  })
})

test('the steps of an order are told with its settlement, and change nothing else', () => {
  const bot = fired()
  const timed = (orderId: string, timing: Partial<OrderTiming>, when: Micros) =>
    bot.send({
      ...{ kind: 'order_timed', orderId: orderId as never, timing },
      ...{ recvAt: when, venueAt: null },
    })
  const id = `${market.slug}/1`
  timed(id, { wroteAt: at(899.001), firstByteAt: at(899.2), answeredAt: at(899.25) }, at(899.3))
  timed('of-nobody/1', { matchedAt: at(899.1) }, at(899.3))
  timed(id, { matchedAt: at(899.25), loopLagMicros: 7, gcMicros: 3 }, at(899.4))
  outcome(bot, filled('matched'))
  timed(id, { minedAt: at(901), confirmedAt: at(904) }, at(904))
  outcome(bot, filled('confirmed'), at(904))
  bot.runTo(at(911))
  bot.resolve(market, 'UP', at(930))
  const [settled] = bot.of('settled')
  expect(settled?.settlement.latency).toMatchObject({
    ...{ writeMicros: 1_000, firstByteMicros: 200_000, answerMicros: 250_000 },
    ...{ matchedMicros: 250_000, minedMicros: 2_000_000, confirmedMicros: 5_000_000 },
    ...{ loopLagMicros: 7, gcMicros: 3, decisionToOutcomeMicros: 500_000 },
  })
  expect(bot.of('stray_outcome')).toEqual([])
})

test('a fill that is larger than its order is booked, halts the bot by name, and only a person goes on', () => {
  const bot = fired()
  outcome(bot, filled('matched', 5_200_000, 5_000_000, 10_190))
  expect(bot.engine.view().cash).toBe(CASH - 5_010_190)
  expect(bot.of('halted')).toMatchObject([
    {
      halt: {
        cause: 'overfill',
        why: expect.stringMatching(/filled for 5 USD and sent for 4.85/) as string,
      },
    },
  ])
  expect(bot.asked('cancel_all')).toHaveLength(1)
  // What is said again of the same order halts no second time.
  outcome(bot, filled('confirmed', 5_200_000, 5_000_000, 10_190), at(900))
  expect(bot.of('halted')).toHaveLength(1)
  bot.send({ kind: 'operator', action: 'resume', recvAt: at(901), venueAt: null })
  expect(bot.engine.view().halted).toBe(false)
})

test('whatever is said of orders, the cash is what their outcomes add up to, and what cannot be is named', () => {
  const states = fc.constantFrom('killed', 'unknown', 'rejected', 'reverted')
  const fill = fc.record({
    finality: fc.constantFrom('matched' as const, 'confirmed' as const),
    shares: fc.integer({ min: 0, max: 6_000_000 }),
    cost: fc.integer({ min: 0, max: 6_000_000 }),
    fee: fc.integer({ min: 0, max: 100_000 }),
  })
  const word = fc.oneof(
    states.map((state) => dead(state)),
    fill.map(({ finality, shares, cost, fee }) => filled(finality, shares, cost, fee)),
  )
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), (words) => {
      const bot = fired()
      for (const [n, one] of words.entries()) outcome(bot, one, at(899.5 + n * 0.01))
      const heard = bot.of('outcome')
      expect(heard.length + bot.of('stray_outcome').length).toBe(words.length)
      const last = heard.at(-1)
      const paid = last?.outcome.state === 'filled' ? last.outcome.cost + last.outcome.fee : 0
      expect(bot.engine.view().cash).toBe(CASH - paid)
      const wasTooMuch = heard.some(
        ({ order, outcome: known }) => known.state === 'filled' && known.cost > order.spend,
      )
      expect(bot.of('halted').map(({ halt }) => halt.cause)).toEqual(wasTooMuch ? ['overfill'] : [])
    }),
  )
})
