/** Every strategy there is, live on an embedded venue: whatever they want is sent, and the books end equal to the venue's. Those that only shoot share a bot. */
import { expect, test } from 'vitest'
import { STRATEGIES } from '../../src/strategies/registry.ts'
import { aLiveRun, GATES_OFF } from './harness.ts'

/** As eager as each can be made, in windows that are shorter than any real one; those that only shoot share a bot. */
const RUNS: readonly (readonly [strategies: string, params: object, waits: boolean])[] = [
  [
    'last-second,settlement-sniper,distance-fade,momentum,fair-value-edge,noop',
    {
      ...{ fireAt: 4, winner: 'book', maxAsk: '0.99', minEdge: 0, maxEdge: 1, minTrades: 1 },
      ...{ nearDistance: 0, maxReversal: 1, minDistance: 0, fromSec: 9, toSec: 1 },
      ...{ minLeftSec: 1, maxLeftSec: 11 },
    },
    false,
  ],
  ['market-maker', { spread: 0.01, fromSec: 11, toSec: 2, divergence: 1, guardSigma: 1 }, true],
  ['balanced-arb', { minProfit: 0, fromSec: 11, toSec: 1 }, false],
  ['late-favourite', { fromSec: 10, takeSec: 4, minChance: 0.5, minEdge: -1 }, false],
]

test('all of them are meant', () => {
  const named = RUNS.flatMap(([strategies]) => strategies.split(','))
  expect(named.sort()).toEqual(STRATEGIES.map(({ name }) => name).sort())
})

test.concurrent.each(RUNS)('%s', async (strategy, params, waits) => {
  const settings = [
    `strategy: "${strategy}"`,
    `params: ${JSON.stringify(params)}`,
    'limits: { maxClockErrorMs: 1000 }',
    GATES_OFF,
  ]
  const run = await aLiveRun({ settings, assets: 'btc, eth' })
  try {
    // Now and then both sides are for sale for less than a dollar.
    if (strategy === 'balanced-arb') await run.fault({ name: 'crossed-book' })
    const bot = run.start()
    await run.until(
      bot,
      () =>
        run.count("windows WHERE state IN ('settled', 'passed')") > 2 &&
        (!waits || run.count("orders WHERE state IN ('filled', 'killed')") > 0),
    )
    await run.settleAll(bot)
    await run.expectBalanced()
  } finally {
    await run.close()
  }
})
