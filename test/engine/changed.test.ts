/** Settings that a person changes while the engine runs. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bindStrategy, engineSettings } from '../../src/cli/bot-setup.ts'
import { liveSettings } from '../../src/cli/live-settings.ts'
import { loadConfig } from '../../src/config/load.ts'
import { conditionId, tokenId } from '../../src/domain/ids.ts'
import type { Market } from '../../src/domain/market.ts'
import { MICRO, type Micros, micros, parsePrice } from '../../src/domain/units.ts'
import { createEngine } from '../../src/engine/engine.ts'
import { aMarket, at, SECOND, START } from '../support/builders.ts'
import { createHarness } from '../support/harness.ts'

/** The book names the winner, and no gate asks for the assets' prices. */
const TEXT = `
params: { winner: book }
gates: { rule: 'off', strikeAtLeast: 'off', strikeConflictMax: 'off', printAgeMaxSec: 'off', printGapsMax: 'off', volatilityMax: 'off',
  feedDivergenceMax: 'off', bookDivergenceMax: 'off', impactSigmas: 'off', impactBook: 'off', zoneFromSec: 'off', zoneToSec: 'off' }
`
const { config } = loadConfig({ cwd: '/', env: {}, fileText: { file: 'test.yaml', text: TEXT } })
const { changed, plan } = liveSettings(config, 'dry', false)
const settings = () => ({ ...engineSettings(config, bindStrategy(config), false), changed })

/** One window after another. */
function windowOf(number: number): Market {
  const startAt = micros(START + number * 900 * SECOND)
  return aMarket({
    conditionId: conditionId(
      `0x${String(number + 1)
        .repeat(64)
        .slice(0, 64)}`,
    ),
    slug: `btc-updown-15m-${startAt / SECOND}`,
    startAt,
    endAt: micros(startAt + 900 * SECOND),
    up: tokenId(`1${number}`.padEnd(77, '1')),
    down: tokenId(`2${number}`.padEnd(77, '2')),
  })
}

function aBot() {
  const bot = createHarness(settings())
  bot.clock(at(1))
  return {
    ...bot,
    change(values: Record<string, string>, recvAt: Micros): void {
      const inForce = [...bot.engine.view().changes.values()]
      const changes = plan(new Map(Object.entries(values)), inForce)
      bot.send({ kind: 'parameters', changes, by: 'a test', recvAt, venueAt: null })
    },
    /** From its finding to its last second, with this ask of Up. */
    play(number: number, ask: number): Market {
      const market = windowOf(number)
      bot.list(market, at(number * 900 + 600))
      bot.runTo(at(number * 900 + 898))
      bot.books(market, at(number * 900 + 898), ask - 100, ask)
      bot.runTo(at(number * 900 + 899.5))
      return market
    },
  }
}

describe('a change holds from the next decision on', () => {
  test('a price that was paid in one window is too much in the next one, and again worth it in the third', () => {
    const bot = aBot()
    bot.play(0, 9_600)
    bot.change({ 'params.maxAsk': '0.95' }, at(899.6))
    bot.play(1, 9_600)
    bot.change({ 'params.maxAsk': '0.99' }, at(1_799.6))
    bot.play(2, 9_600)
    const slugs = bot.asked('submit').map(({ market }) => market.slug)
    expect(slugs).toEqual([windowOf(0).slug, windowOf(2).slug])
    expect(bot.of('decided').at(-2)?.decision.refusedBy).toBe('CAP')
    expect(bot.of('parameters').map(({ changes }) => changes)).toEqual([
      [{ key: 'params.maxAsk', from: '0.99', to: '0.95' }],
      [{ key: 'params.maxAsk', from: '0.95', to: '0.99' }],
    ])
    // As at the start is not changed.
    expect([...bot.engine.view().changes]).toEqual([])
  })

  test('also in a window whose span has begun', () => {
    const bot = aBot()
    const market = windowOf(0)
    bot.list(market, at(600))
    bot.runTo(at(898))
    bot.books(market, at(898), 9_500, 9_600)
    bot.change({ 'limits.maxPositionUsd': '1' }, at(898.9))
    bot.runTo(at(899.2))
    expect(bot.asked('submit')).toEqual([])
    bot.change({ 'limits.maxPositionUsd': '20' }, at(899.3))
    bot.books(market, at(899.4), 9_500, 9_600)
    expect(bot.asked('submit')).toHaveLength(1)
  })

  test('a later second is waited for, also where the span of before has begun', () => {
    const bot = aBot()
    bot.change({ 'params.fireAt': '10' }, at(2))
    const market = windowOf(0)
    bot.list(market, at(600))
    bot.runTo(at(891))
    bot.change({ 'params.fireAt': '1' }, at(891.5))
    bot.books(market, at(892), 9_500, 9_600)
    bot.runTo(at(898.5))
    bot.books(market, at(898.5), 9_500, 9_600)
    expect(bot.asked('submit')).toEqual([])
    bot.runTo(at(899.5))
    expect(bot.asked('submit').map(({ order }) => order.decidedAt)).toEqual([at(899)])
  })

  test('an earlier second comes at once where it is over', () => {
    const bot = aBot()
    const market = windowOf(0)
    bot.list(market, at(600))
    bot.runTo(at(880))
    bot.books(market, at(880), 9_500, 9_600)
    bot.change({ 'params.fireAt': '30' }, at(881))
    bot.runTo(at(881.1))
    expect(bot.asked('submit')).toHaveLength(1)
  })
})

describe('what was made ready', () => {
  const sizes = (bot: ReturnType<typeof aBot>): number[] =>
    bot.asked('arm').map(({ rungs }) => Math.floor((rungs.at(-1)?.shares ?? 0) / MICRO))

  test('is made ready anew for another size, and not for another limit', () => {
    const bot = aBot()
    const market = windowOf(0)
    bot.list(market, at(600))
    bot.runTo(at(850))
    bot.books(market, at(850), 9_500, 9_600)
    bot.change({ 'limits.maxPositionUsd': '21' }, at(851))
    expect(sizes(bot)).toEqual([5])
    bot.change({ 'params.shares': '7' }, at(852))
    expect(sizes(bot)).toEqual([5, 7])
    bot.runTo(at(898))
    bot.books(market, at(898), 9_500, 9_600)
    bot.runTo(at(899.5))
    expect(bot.asked('submit').map(({ order }) => Math.floor(order.shares / MICRO))).toEqual([7])
  })

  test('a window whose shot is out is left alone', () => {
    const bot = aBot()
    bot.play(0, 9_600)
    const before = bot.commands.length
    bot.change(
      { 'params.shares': '7', 'params.fireAt': '5', 'limits.maxPositionUsd': '1' },
      at(899.6),
    )
    expect(bot.commands.slice(before)).toEqual([])
  })
})

describe('a halt', () => {
  test('stays, whatever is changed, until a person resumes it', () => {
    const bot = aBot()
    bot.send({ kind: 'operator', action: 'kill', recvAt: at(2), venueAt: null })
    bot.change({ 'limits.maxDailyLossUsd': 'off', 'limits.maxDrawdownUsd': 'off' }, at(3))
    expect(bot.engine.view().halted).toBe(true)
    bot.play(0, 9_600)
    expect(bot.asked('submit')).toEqual([])
  })

  test('comes at once where more is lost already than the new limit allows', () => {
    const bot = aBot()
    const market = bot.play(0, 9_600)
    const id = bot.asked('submit')[0]?.order.id as never
    const fills = [{ price: 9_600 as never, shares: 5_000_000 as never }]
    const sums = { shares: 5_000_000, cost: 4_800_000, fee: 0 } as never as Record<string, never>
    const outcome = { state: 'filled', fills, finality: 'confirmed', ...sums } as never
    const told = { venueId: null, recvAt: at(899.8), venueAt: null }
    bot.send({ kind: 'order_outcome', orderId: id, outcome, ...told })
    bot.resolve(market, 'DOWN', at(950))
    expect(bot.engine.view().halted).toBe(false)
    bot.change({ 'limits.maxDailyLossUsd': '4' }, at(951))
    expect(bot.of('halted').map(({ halt }) => halt.cause)).toEqual(['daily_loss'])
    bot.change({ 'limits.maxDailyLossUsd': '100' }, at(952))
    expect(bot.engine.view().halted).toBe(true)
  })
})

test('an engine whose settings do not change says so', () => {
  const bot = createHarness(engineSettings(config, bindStrategy(config), false))
  expect(() =>
    bot.send({ kind: 'parameters', changes: [], by: 'a test', recvAt: at(1), venueAt: null }),
  ).toThrow(/the settings of this engine do not change/)
})

describe('whatever is changed in whatever order', () => {
  const aChange = fc.oneof(
    fc.record({ 'params.maxAsk': fc.constantFrom('0.9', '0.95', '0.96', '0.99') }),
    fc.record({ 'params.shares': fc.constantFrom('5', '6', '20', '40') }),
    fc.record({ 'params.fireAt': fc.constantFrom('0.5', '1', '5', '30') }),
    fc.record({ 'limits.maxPositionUsd': fc.constantFrom('1', '5', '20', '50') }),
    fc.record({ 'limits.maxOrdersPerMarket': fc.constantFrom('1', '2') }),
    fc.record({ 'gates.priceMax': fc.constantFrom('strategy', '0.92', '0.97') }),
    fc.record({
      'sizing.rule': fc.constantFrom('strategy', 'fixed', 'fraction'),
      'sizing.maxUsd': fc.constantFrom('5', '30'),
    }),
  )
  const aStep = fc.oneof(
    { arbitrary: aChange.map((values) => ({ values }) as const), weight: 2 },
    {
      arbitrary: fc.integer({ min: 88, max: 99 }).map((cents) => ({ ask: cents * 100 }) as const),
      weight: 3,
    },
  )

  test('no order passes what was in force when it was sent, and the tape says the same again', () => {
    let sent = 0
    fc.assert(
      fc.property(fc.array(aStep, { minLength: 4, maxLength: 25 }), (steps) => {
        const bot = aBot()
        const market = windowOf(0)
        bot.change({ 'params.fireAt': '30' }, at(2))
        bot.list(market, at(600))
        bot.runTo(at(860))
        bot.books(market, at(860), 9_500, 9_600)
        steps.forEach((step, number) => {
          const now = at(869 + number)
          const before = bot.asked('submit').length
          bot.runTo(now)
          if ('ask' in step) bot.books(market, now, step.ask - 100, step.ask)
          for (const { order } of bot.asked('submit').slice(before)) {
            const { settings: inForce, changes } = bot.engine.view()
            const maxAsk = parsePrice(changes.get('params.maxAsk')?.to ?? '0.99') as number
            expect(order.limit).toBeLessThanOrEqual(maxAsk)
            expect(order.limit).toBeLessThanOrEqual(inForce.gates.priceMax ?? 10_000)
            expect(order.spend).toBeLessThanOrEqual(inForce.limits.maxPosition)
            sent += 1
          }
          expect(bot.asked('submit').length).toBeLessThanOrEqual(2)

          if ('values' in step) bot.change(step.values as unknown as Record<string, string>, now)
        })
        const again = createEngine(settings())
        const said = bot.tape.map((event) => again.step(event))
        expect(JSON.stringify(said.flatMap(({ facts }) => facts))).toBe(JSON.stringify(bot.facts))
        expect(JSON.stringify(said.flatMap(({ commands }) => commands))).toBe(
          JSON.stringify(bot.commands),
        )
      }),
      { numRuns: 40 },
    )
    expect(sent).toBeGreaterThan(30)
  })
})
