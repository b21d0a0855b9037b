/** Fills that cannot be: whatever is said of orders, nothing of it is swallowed. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DUST_MICRO, filledOf, isOver } from '../../src/domain/order.ts'
import { ticks } from '../../src/domain/units.ts'
import { at, someSettings } from '../support/builders.ts'
import { aBot, CASH, dead, filled, fired, market, operate, outcome, waits } from './live-bot.ts'
import { begun, intent, quote, scripted } from './scripted.ts'

/** Five shares of Up bought, and an order that sells them. */
function sold() {
  const { strategy, says } = scripted()
  says({ intents: [intent('UP')] })
  const bot = begun(strategy)
  outcome(
    bot,
    filled('matched', 5_000_000, 2_600_000, 0),
    at(861.5),
    bot.asked('submit')[0]?.order.id,
  )
  says({ intents: [intent('UP', { action: 'SELL', limit: ticks(5_000) })] })
  bot.hear(864)
  const [bought, sale] = bot.asked('submit').map(({ order }) => order)
  if (bought === undefined || sale?.action !== 'SELL') throw new Error('there is no sale')
  return { bot, bought, sale, says }
}

const causes = (bot: Pick<ReturnType<typeof fired>, 'of'>) =>
  bot.of('halted').map(({ halt }) => halt.cause)

describe('a position below zero', () => {
  test('halts by name, stays halted, and sends nothing more', () => {
    const { bot, bought, sale, says } = sold()
    outcome(bot, filled('confirmed', 5_000_000, 2_500_000, 0), at(864.5), sale.id)
    expect(causes(bot)).toEqual([])
    // The chain did not take the purchase whose shares are sold.
    outcome(bot, dead('reverted'), at(865), bought.id)
    expect(bot.of('halted')).toMatchObject([
      {
        halt: {
          cause: 'negative_position',
          why: expect.stringMatching(/5 shares more of UP were sold than bought/) as string,
        },
      },
    ])
    expect(bot.asked('cancel_all')).toHaveLength(1)
    expect(bot.engine.view().cash).toBe(CASH + 2_500_000)
    says({ intents: [intent('DOWN')] })
    bot.hear(868)
    expect(bot.asked('submit')).toHaveLength(2)
    expect(bot.of('decided').at(-1)?.decision.checks).toContainEqual(
      expect.objectContaining({ name: 'OPERATOR', ok: false }),
    )
    expect(bot.engine.view()).toMatchObject({ halted: true, halt: { cause: 'negative_position' } })
  })

  test('is not told again of another order of its side, nor after the person has resumed', () => {
    const { bot, bought, sale, says } = sold()
    outcome(bot, filled('matched', 5_000_000, 2_500_000, 0), at(864.5), sale.id)
    outcome(bot, dead('reverted'), at(865), bought.id)
    outcome(bot, filled('confirmed', 5_000_000, 2_500_000, 0), at(865.5), sale.id)
    operate(bot as never, 'resume', at(866))
    expect([causes(bot), bot.engine.view().halted]).toEqual([['negative_position'], false])
    says({ intents: [] })
    bot.hear(867)
    expect(bot.engine.view().halted).toBe(false)
  })

  test('is none by dust', () => {
    const { bot, bought, sale } = sold()
    outcome(bot, filled('confirmed', 5_000_000, 2_500_000, 0), at(864.5), sale.id)
    outcome(bot, filled('confirmed', 4_990_000, 2_594_800, 0), at(865), bought.id)
    expect(causes(bot)).toEqual([])
  })

  test('of a sale that was filled for more than it offered is told with its first reason', () => {
    const { bot, sale } = sold()
    outcome(bot, filled('confirmed', 5_000_001, 2_500_000, 0), at(864.5), sale.id)
    expect(causes(bot)).toEqual(['overfill'])
  })
})

test('an order that waits and gets more shares than it asked for is one too large, whatever it paid', () => {
  const { strategy, says } = scripted()
  says({ quotes: [quote('UP', 4_900)] })
  const bot = begun(strategy)
  bot.outcome(1, 'resting', 861.5, { shares: 5_000_000, cost: 2_000_000 })
  expect(causes(bot)).toEqual([])
  bot.outcome(1, 'resting', 862, { shares: 5_000_001, cost: 2_000_000 })
  expect(causes(bot)).toEqual(['overfill'])
})

describe('a fill of an order that is over', () => {
  test('after its window was settled: what is known is only told, what is more halts', () => {
    const bot = fired()
    outcome(bot, filled('confirmed'))
    bot.runTo(at(911))
    bot.resolve(market, 'UP', at(930))
    const { cash } = bot.engine.view()
    outcome(bot, filled('confirmed'), at(931))
    expect(bot.of('stray_outcome')).toMatchObject([{ known: 5_000_000 }])
    expect(causes(bot)).toEqual([])
    outcome(bot, filled('confirmed', 6_000_000, 4_850_000, 0), at(932))
    expect(bot.of('halted')).toMatchObject([
      {
        halt: {
          cause: 'stray_fill',
          why: expect.stringMatching(/6 shares, and the books have it as over, with 5$/) as string,
        },
      },
    ])
    expect(bot.engine.view().cash).toBe(cash)
  })

  test('of one that was killed, after its window was settled', () => {
    const bot = fired()
    outcome(bot, dead('killed'))
    bot.runTo(at(911))
    bot.resolve(market, 'UP', at(930))
    outcome(bot, filled('confirmed'), at(931))
    expect(causes(bot)).toEqual(['stray_fill'])
  })

  test('of a stranger halts, and the word that one was killed does not', () => {
    const bot = fired()
    outcome(bot, dead('killed'), at(899.5), 'stranger')
    expect(causes(bot)).toEqual([])
    outcome(bot, filled('matched'), at(899.6), 'stranger')
    expect(causes(bot)).toEqual(['stray_fill'])
    expect(bot.of('stray_outcome').map(({ known }) => known)).toEqual([null, null])
  })
})

test('whatever is said of a purchase and of the sale of its shares: booked, or named, and never below zero unnamed', () => {
  const fill = fc.record({
    shares: fc.integer({ min: 0, max: 5_000_000 }),
    waiting: fc.boolean(),
    finality: fc.constantFrom('matched' as const, 'confirmed' as const),
  })
  const word = fc.oneof(
    fc.constantFrom('killed', 'unknown', 'rejected', 'reverted').map((state) => dead(state)),
    fill.map(({ shares, waiting, finality }) =>
      waiting ? waits(shares, 1_000) : filled(finality, shares, 1_000, 0),
    ),
  )
  const words = fc.array(fc.record({ isSale: fc.boolean(), word }), { maxLength: 10 })
  const seen = new Set<string>()
  fc.assert(
    fc.property(words, (said) => {
      const { bot, bought, sale } = sold()
      for (const [n, { isSale, word: next }] of said.entries())
        outcome(bot, next, at(864.5 + n * 0.01), isSale ? sale.id : bought.id)
      // By what is booked, word for word.
      const known = new Map<string, number>()
      let isBelow = false
      // It is matched before the first word.
      let isBought = true
      for (const { order, outcome: booked } of bot.of('outcome')) {
        known.set(order.id, filledOf(booked)?.shares ?? 0)
        if (order.id === bought.id) isBought = isOver(booked)
        const short = (known.get(sale.id) ?? 0) - (known.get(bought.id) ?? 0)
        isBelow ||= isBought && short > DUST_MICRO
      }
      const isStray = bot
        .of('stray_outcome')
        .some(
          ({ outcome: told, known: had }) =>
            told.state !== 'resting' && (filledOf(told)?.shares ?? 0) > (had ?? 0),
        )
      const halted = causes(bot)
      expect(halted.length > 0).toBe(isBelow || isStray)
      if (!isStray && isBelow) expect(halted).toEqual(['negative_position'])
      if (isStray && !isBelow) expect(halted).toEqual(['stray_fill'])
      for (const cause of halted) seen.add(cause)
      expect(bot.engine.held(market.conditionId, 'UP')).toBeGreaterThanOrEqual(0)
    }),
    { numRuns: 150, seed: 7 },
  )
  expect([...seen]).toEqual(['negative_position'])
})

test('after a restart the sale may be proven before the purchase: only then is it known', () => {
  for (const [last, halted] of [
    [filled('confirmed', 5_000_000, 2_600_000, 0), []],
    [dead('killed'), ['negative_position']],
  ] as const) {
    const { bought, sale } = sold()
    const bot = aBot()
    bot.send({
      ...{ kind: 'restored', cash: CASH as never, paused: false, halted: false },
      shots: [bought, sale].map((order) => ({
        ...{ market, order, outcome: null, isNews: true, venueId: null },
      })),
      ...{ barred: [], settled: [] },
      account: { halt: null, state: null, unheard: [] },
      recvAt: at(899.5),
      venueAt: null,
    })
    outcome(bot, filled('confirmed', 5_000_000, 2_500_000, 0), at(899.6), sale.id)
    expect(causes(bot)).toEqual([])
    outcome(bot, last, at(899.7), bought.id)
    expect(causes(bot)).toEqual(halted)
  }
})

test('an order that was dead and waits again is booked by its last word', () => {
  const bot = fired()
  outcome(bot, dead('killed'))
  outcome(bot, waits(5_000_000, 4_850_000), at(899.6))
  expect(causes(bot)).toEqual([])
  outcome(bot, filled('confirmed'), at(899.7))
  expect([causes(bot), bot.of('outcome').at(-1)?.outcome.state]).toEqual([[], 'filled'])
})

test('a restart brings the reason back', () => {
  const bot = fired(someSettings())
  const halt = { cause: 'negative_position', why: 'a test' } as const
  bot.send({
    ...{ kind: 'restored', cash: CASH as never, paused: false, halted: true },
    ...{ shots: [], barred: [], settled: [] },
    account: { halt, state: null, unheard: [] },
    recvAt: at(899.5),
    venueAt: null,
  })
  expect(bot.engine.view()).toMatchObject({ halted: true, halt })
})
