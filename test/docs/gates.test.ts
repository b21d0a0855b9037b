/** The table of gates in the documentation is made from the code; `npx vitest run test/docs -u` writes it anew. */
import { expect, test } from 'vitest'
import { CONFIG_KEYS, configKey, showValue } from '../../src/config/keys.ts'
import { loadConfig } from '../../src/config/load.ts'
import { ORDER_GATES, WORLD_GATES } from '../../src/risk/gates/list.ts'

const INTRODUCTION = `# Gates

What has to hold between wanting an order and sending it, in the order in which it is asked. **All of it is asked every time and kept with the decision**, also after the
first refusal; the first that refuses names the reason. \`lastsecond explain last\` prints each answer with its margin: the room there was, or what was missing. A gate that is
off is kept as \`off\` and passes. A gate that is on and cannot see refuses: not knowing is not a yes.

A setting is a threshold or \`off\`; a gate is off when all its conditions are. Those that have no switch say why. The defaults and ranges are in
[configuration.md](configuration.md) too.

`

const BETWEEN = `Here come the strategy's own checks. \`last-second\` has \`TRUTH\` and \`AGREES\` (the rule names a winner, the book does not contradict it) or
\`WINNER\` (the book names one), \`ASK\`, \`CAP\` and \`DEPTH\` (\`params.maxAsk\`, \`params.shares\`), and \`EDGE\` (\`params.minEdge\`).

`

const { config } = loadConfig({ cwd: '/', env: {} })

function shown(path: string): string {
  const key = configKey(path)
  if (key === undefined) throw new Error(`a gate names ${path}, which is no setting`)
  const value = path
    .split('.')
    .reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], config)
  return `\`${path}\` (${showValue(key, value)})`
}

function table(gates: typeof WORLD_GATES | typeof ORDER_GATES): string {
  const rows = gates.map(
    ({ name, asks, settings, always }) =>
      `| \`${name}\` | ${asks} | ${settings.map(shown).join(', ')} | ${always === null ? 'yes' : `no: ${always}`} |`,
  )
  return ['| gate | asks whether | settings (default) | can be off |', '|---|---|---|---|', ...rows]
    .join('\n')
    .concat('\n\n')
}

test('docs/gates.md says what the code does, in its order', async () => {
  const text =
    INTRODUCTION + table(WORLD_GATES) + BETWEEN + table(ORDER_GATES).trimEnd().concat('\n')
  await expect(text).toMatchFileSnapshot('../../docs/gates.md')
})

test('every setting of the gates belongs to one that is asked', () => {
  const used = new Set([...WORLD_GATES, ...ORDER_GATES].flatMap(({ settings }) => settings))
  const paths = CONFIG_KEYS.map(({ path }) => path).filter((path) => path.startsWith('gates.'))
  expect(paths.length).toBeGreaterThan(15)
  for (const path of paths) expect(used).toContain(path)
})

test('names are not used twice', () => {
  const names = [...WORLD_GATES, ...ORDER_GATES].map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})
