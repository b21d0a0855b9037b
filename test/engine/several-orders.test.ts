/** A strategy of several orders on the ladder of stakes: it climbs by what its windows make, here as on paper, and goes down by the same. */
import { describe, expect, test } from 'vitest'
import { conditionId, type Side, tokenId } from '../../src/domain/ids.ts'
import type { Market } from '../../src/domain/market.ts'
import type { Order, SubmitOutcome } from '../../src/domain/order.ts'
import type { StakeSettings } from '../../src/domain/stakes.ts'
import { stakesText } from '../../src/domain/stakes-text.ts'
import type { Verdict } from '../../src/domain/strategy.ts'
import { microShares, microUsdc, type Ticks } from '../../src/domain/units.ts'
import { aMarket, at, BOOK_GATES, someSettings } from '../support/builders.ts'
import { createHarness } from '../support/harness.ts'
import { FIVE, intent, quote, scripted } from './scripted.ts'

const stakes: StakeSettings = {
  strategy: 'scripted',
  canaryShares: FIVE,
  windows: 10,
  parity: 0.9,
  alpha: 0.05,
}
const limits = {
  ...{ maxOrdersPerMarket: 50, maxBookAgeMs: 5_000, maxClockErrorMs: 250 },
  maxPosition: microUsdc(1_000_000_000),
}
const gates = {
  ...{ ...BOOK_GATES, zoneFromMicros: null, zoneToMicros: null, priceMin: null, priceMax: null },
}
const KILLED: SubmitOutcome = { state: 'killed', reason: 'gone' }

type Fill = { readonly price: number; readonly shares?: number } | null

function outcomeOf({ shares }: Order, fill: Fill): SubmitOutcome {
  if (fill === null) return KILLED
  const got = fill.shares ?? shares
  const fills = [{ price: fill.price as Ticks, shares: microShares(got) }]
  const cost = microUsdc(Math.round((got * fill.price) / 10_000))
  const sums = { fills, shares: microShares(got), cost, fee: microUsdc(0) }
  return { state: 'filled', ...sums, finality: 'confirmed' }
}

/** What the orders of a window came to; twins that are left out never say a word. */
type Ends = {
  readonly real: (order: Order) => Fill
  readonly paper?: (order: Order) => Fill
  readonly winner?: Side
}

function ladder(words: Partial<Verdict>, change: Parameters<typeof scripted>[0] = {}) {
  const { strategy, says } = scripted(change)
  const bot = createHarness(someSettings({ strategy, gates, limits, stakes }))
  bot.clock(at(0))
  let windows = 0

  function window(ends: Ends): void {
    const n = windows++
    const market: Market = aMarket({
      conditionId: conditionId(`0x${String(n + 1).padStart(64, '0')}`),
      slug: `btc-updown-15m-${n}`,
      ...{ startAt: at(900 * n), endAt: at(900 * (n + 1)) },
      up: tokenId(`1${String(n).padStart(76, '0')}`),
      down: tokenId(`2${String(n).padStart(76, '0')}`),
    })
    const [start, sent] = [900 * n, bot.asked('submit').length]
    says(words)
    bot.list(market, at(start + 1))
    for (const sec of [858, 861]) {
      bot.runTo(at(start + sec))
      bot.books(market, at(start + sec), 5_000, 5_200)
    }
    const orders = bot
      .asked('submit')
      .slice(sent)
      .map(({ order }) => order)
    says({})
    for (const order of orders) {
      const when = { orderId: order.id, recvAt: at(start + 862), venueAt: null }
      if (ends.paper !== undefined)
        bot.send({ kind: 'twin', ...when, outcome: outcomeOf(order, ends.paper(order)) })
      bot.send({
        ...{ kind: 'order_outcome', venueId: null, ...when },
        outcome: outcomeOf(order, ends.real(order)),
      })
    }
    bot.runTo(at(start + 911))
    bot.resolve(market, ends.winner ?? (n % 2 === 0 ? 'UP' : 'DOWN'), at(start + 912))
  }

  return {
    ...bot,
    play(count: number, ends: Ends): void {
      for (let n = 0; n < count; n += 1) window(ends)
    },
    moves: () =>
      bot.of('stakes').flatMap(({ move }) => (move === null ? [] : [`${move.from}>${move.to}`])),
    why: () => bot.of('stakes').findLast(({ move }) => move !== null)?.move?.why,
  }
}

const QUOTES = { quotes: [quote('UP', 4_000), quote('DOWN', 4_000)] }
const PAIR = { intents: [intent('UP'), intent('DOWN')] }
const MAKER = { beyond: ['orders that wait', 'pairs'] } as const
const ARB = { beyond: ['pairs', 'sales'] } as const
const cheap = (): Fill => ({ price: 4_000 })
const upAlone = ({ side }: Order): Fill => (side === 'UP' ? { price: 4_000 } : null)

describe.each([
  ['who quotes both sides', QUOTES, MAKER],
  ['who buys pairs', PAIR, ARB],
] as const)('%s', (_, words, change) => {
  test('gets whole orders when his windows earn, and end as on paper', () => {
    const bot = ladder(words, change)
    bot.play(10, { real: cheap, paper: cheap })
    // Enough windows, and all of them good, are no proof yet.
    expect(bot.moves()).toEqual([])
    bot.play(80, { real: cheap, paper: cheap })
    expect(bot.moves()).toEqual(['canary>full'])
    expect(bot.why()).toMatch(
      /^a dollar that was bet on the money of each window has become 2\d\.\d\d, and 20 are asked for; the last 10 windows with orders made 10 USD; 10 of 10 ended as on paper$/,
    )
    expect(stakesText(bot.engine.view().stakes as never)).toMatch(
      /whole orders; .* 10 of 10 windows as on paper/,
    )
  })

  test('stays a canary without twins', () => {
    const bot = ladder(words, change)
    bot.play(90, { real: cheap })
    expect(bot.moves()).toEqual([])
    expect(bot.engine.view().stakes).toMatchObject({ rung: 'canary', compared: 0 })
  })

  test.each([
    ['fills that paper does not have', { real: cheap, paper: () => null }],
    ['prices that paper does not have', { real: cheap, paper: () => ({ price: 4_110 }) }],
    [
      'one side where paper has two',
      { real: ({ side }: Order) => (side === 'UP' ? { price: 100 } : null), paper: cheap },
    ],
  ])('stays small with %s, and loses his whole orders by it', (_, ends) => {
    const bot = ladder(words, change)
    bot.play(90, ends)
    expect(bot.moves()).toEqual([])
    expect(bot.engine.view().stakes).toMatchObject({ rung: 'canary', compared: 10, same: 0 })
    bot.play(90, { real: cheap, paper: cheap })
    expect(bot.moves()).toEqual(['canary>full'])
    bot.play(10, ends)
    expect(bot.moves()).toEqual(['canary>full', 'full>canary'])
    expect(bot.why()).toMatch(/of 10 windows 8 ended as they did on paper, and 90 % have to/)
    expect(bot.of('halted')).toEqual([])
  })

  test('goes back when his windows lose, from whole orders as from small ones', () => {
    const bot = ladder(words, change)
    bot.play(90, { real: cheap, paper: cheap })
    // One side alone, and the wrong one: two dollars each time.
    const lost = { real: upAlone, paper: upAlone, winner: 'DOWN' } as const
    bot.play(3, lost)
    expect(bot.moves()).toEqual(['canary>full'])
    bot.play(1, lost)
    expect(bot.moves()).toEqual(['canary>full', 'full>canary'])
    bot.play(9, lost)
    expect(bot.moves()).toHaveLength(2)
    bot.play(1, lost)
    expect(bot.moves().at(-1)).toBe('canary>paper')
    expect(bot.why()).toMatch(/the last 10 windows with orders lost 20 USD/)
  })
})

test('windows in which nobody came to what waited are not counted', () => {
  const bot = ladder(QUOTES, MAKER)
  bot.play(30, { real: () => null, paper: () => null })
  expect(bot.of('settled')).toHaveLength(30)
  expect(bot.engine.view().stakes).toMatchObject({ windows: 0, compared: 0, evidence: 1 })
  bot.play(1, { real: cheap, paper: () => null })
  expect(bot.engine.view().stakes).toMatchObject({ windows: 1, compared: 1, same: 0 })
})

test('a stop that sells what fell does not hide what it lost', () => {
  // Windows that rose would be won shots, those that fell none at all.
  const bot = ladder({ intents: [intent('UP')] }, { beyond: ['sales'] })
  bot.play(9, { real: () => ({ price: 5_200 }), paper: () => ({ price: 5_200 }), winner: 'UP' })
  const risen = bot.engine.view().stakes?.evidence as number
  bot.play(1, { real: () => ({ price: 5_200 }), paper: () => ({ price: 5_200 }), winner: 'DOWN' })
  expect(bot.engine.view().stakes?.evidence).toBeLessThan(risen * 0.9)
})
