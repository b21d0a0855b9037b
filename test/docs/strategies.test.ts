/** The page of strategies is made from the registry; `npx vitest run test/docs -u` writes it anew. Its guide is carried out by test/recipes.test.ts. */
import { expect, test } from 'vitest'
import { paramsOf } from '../../src/config/params.ts'
import type { AnyStrategy } from '../../src/domain/strategy.ts'
import { STRATEGIES } from '../../src/strategies/registry.ts'

const INTRODUCTION = `# Strategies

A strategy is a pure function: it is shown a window (\`View\` in \`src/domain/strategy.ts\`) and says what it wants (\`Verdict\`). It reads no clock and no file and cannot tell a dry run from
a live one or from a tape that is played again. Between what it wants and an order stand the sizing (\`sizing.*\`), the limits (\`limits.*\`) and the gates ([gates.md](gates.md)).

Choose one with \`--strategy NAME\` or \`strategy:\` in \`lastsecond.yaml\`; several separated by commas run as one, and of those that want something the one with the largest edge times
confidence goes first. Parameters stand below \`params:\`; \`lastsecond config show\` prints those that hold. \`lastsecond study profiles\` plays the settings of every profile over made windows.

Nothing here is a promise. Numbers marked as synthetic fit the prices that the embedded venue makes up, and say nothing about real ones.

`

const GUIDE = `## Your own in twenty lines

1. A file in \`src/strategies\`, here \`sure-thing.ts\`: it buys the side that the settlement rule is sure of, in the last half minute.

\`\`\`ts
/** Buys the side that the rule which settles the window is sure of, in the last half minute. */
import { z } from 'zod'
import { defineStrategy } from '../domain/strategy.ts'
import type { MicroShares } from '../domain/units.ts'
import { bookOf, check, costOf, fraction, price, priceChecks, purchase, shares } from './shared.ts'

const params = z.strictObject({
  minChance: fraction(0.5, 1, 0.98, 'lower end of the chance to win below which it does nothing'),
  maxAsk: price('highest price to pay for a share, in dollars').prefault('0.97'),
  shares: shares('shares to buy').prefault('5'),
})

export const sureThing = defineStrategy<z.infer<typeof params>>({
  name: 'sure-thing',
  summary: 'buys the side that the rule is sure of, in the last half minute',
  params,
  listenFromSec: () => 60,
  span: () => ({ fromSec: 30, toSec: 1 }),
  decide(view, chosen) {
    const { winner: side, win } = view.truth
    const chance = win?.low ?? null
    const limit = side === null ? null : bookOf(view, side).priceToTake(chosen.shares as MicroShares)
    const edge = chance === null || limit === null ? null : chance - costOf(view, limit)
    const isSure = chance !== null && chance >= chosen.minChance
    const checks = [
      check('SURE', isSure, chance, 'probability', 'sure enough', 'not sure enough'),
      ...priceChecks(limit, chosen.maxAsk, edge, 0.005),
    ]
    const words = { why: \`\${side} is sure to win\`, confidence: chance ?? 0 }
    return purchase({ side, limit, chance, edge }, checks, chosen, words)
  },
})
\`\`\`

2. Its line in \`src/strategies/registry.ts\`, and its name in the list below:

\`\`\`ts
import { sureThing } from './sure-thing.ts'
\`\`\`

3. \`npm run build\`. From now on \`lastsecond strategies\` lists it with its parameters, \`config show\` and \`config set params.minChance 0.99\` know them with their ranges,
and \`lastsecond run --strategy sure-thing\` runs it.

What else a strategy can say:

| what | how |
|---|---|
| both sides, or several orders together | several \`intents\`, \`bothSides: true\`, \`beyond: ['pairs']\`; they are sent together or not at all |
| orders that wait | \`quotes\`: at most one of each side and action; what is not wanted any more is withdrawn. \`beyond: ['orders that wait']\` |
| sales | an intent with \`action: 'SELL'\`, \`beyond: ['sales']\` |
| orders made ready before they are needed, for a live shot of the last second | \`ladder\` |
| its own bounds of time and price | \`bounds\`, which \`gates.zoneFromSec\`, \`zoneToSec\`, \`priceMin\` and \`priceMax\` follow unless they are set |
| what it would have bought | \`wanted\`, so that \`report gates\` knows what a refusal cost |

Three habits that pay: every condition is a \`check\` with its margin, so that \`explain\` can tell why nothing was bought; a price is never compared without its fee (\`costOf\`); what is not known refuses.
A strategy that wants more than single fill-or-kill purchases runs dry only, so far.

## The strategies
`

const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``

function section(strategy: AnyStrategy): string {
  const { bothSides, beyond, span } = strategy.bind({})
  const wants = ['single purchases', ...beyond].join(', ')
  const rows = paramsOf(strategy).map(
    ({ name, initial, range, meaning }) =>
      `| ${code(name)} | ${code(initial)} | ${range} | ${meaning} |`,
  )
  return [
    `\n### ${strategy.name}\n`,
    `${strategy.summary.charAt(0).toUpperCase()}${strategy.summary.slice(1)}.`,
    `From ${span.fromSec} to ${span.toSec} seconds before the close. Wants: ${wants}; ${bothSides ? 'may hold both sides' : 'holds one side only'}.\n`,
    '| parameter | default | range | meaning |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

test('docs/strategies.md says what the registry says', async () => {
  const text = INTRODUCTION + GUIDE + STRATEGIES.map(section).join('')
  await expect(text).toMatchFileSnapshot('../../docs/strategies.md')
})
