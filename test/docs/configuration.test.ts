/** The table of settings in the documentation is made from the schema; `npx vitest run test/docs -u` writes it anew. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CONFIG_KEYS, showValue } from '../../src/config/keys.ts'
import { loadConfig } from '../../src/config/load.ts'
import { SECRET_NAMES } from '../../src/config/schema.ts'

const INTRODUCTION = `# Configuration

Where a setting comes from, the strongest first: a flag of the command line, the environment, \`.env\`, \`lastsecond.yaml\` (another file with \`--config FILE\`), the
profile of \`--profile NAME\` (\`profiles/NAME.yaml\`), the default. \`lastsecond config show\` prints each value with its origin,
\`config get KEY\` one of them, \`config set KEY VALUE\` writes one into the file and keeps its comments. A value outside its range, an unknown key or a word that
is not a number is refused with the name of the setting, its range and the place it came from: nothing is bent to fit.

In YAML the dots are levels: \`limits.maxPositionUsd\` is \`maxPositionUsd\` below \`limits\`. Money is a decimal text. Parameters of the strategy stand below
\`params\`; \`lastsecond strategies\` lists them with their ranges.

`

const CONTROL_SECRET = 'DASHBOARD_API_KEY'

function code(text: string): string {
  return text === '' ? '' : `\`${text.replaceAll('|', '\\|')}\``
}

function settings(): string {
  const { config } = loadConfig({ cwd: '/', env: {} })
  const rows = CONFIG_KEYS.map((key) => {
    const value = key.path
      .split('.')
      .reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], config)
    const names = [...key.env.map(code), ...(key.flag === null ? [] : [code(`--${key.flag}`)])]
    return `| ${code(key.path)} | ${code(showValue(key, value))} | ${key.range} | ${key.meaning} | ${names.join(', ')} |`
  })
  return [
    '| setting | default | range | meaning | environment, flag |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

function secrets(): string {
  return `\n\n## Secrets\n\nOnly from the environment or \`.env\`; never printed, logged or kept, and a dry run only asks whether they are set: ${SECRET_NAMES.filter(
    (name) => name !== CONTROL_SECRET,
  )
    .map(code)
    .join(
      ', ',
    )}.\n\n${code(CONTROL_SECRET)}, from the environment or \`.env\`, is the one that is used as it stands: it is the key of the control server's words. Without it the bot makes a random one (\`control.key\`, [files.md](files.md)). The key of the wallet is better off in a keystore ([keys.md](keys.md)).\n`
}

test('docs/configuration.md says what the schema says', async () => {
  const text = INTRODUCTION + settings() + secrets()
  await expect(text).toMatchFileSnapshot('../../docs/configuration.md')
})

test('.env.example names every variable there is, and no other', () => {
  const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8')
  const named = new Set(
    example.match(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?==)|\b(?:VENUE|ASSET|INTERVAL|STRATEGY)(?==)/g),
  )
  const known = new Set<string>(CONFIG_KEYS.flatMap((key) => key.env))
  for (const name of named) expect([...known, ...SECRET_NAMES]).toContain(name)
  for (const name of known) expect(example).toContain(name)
})
