/** The table of settings in the documentation is made from the schema; `npx vitest run test/docs -u` writes it anew. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { BORROWED } from '../../src/config/borrowed.ts'
import { CONFIG_KEYS, showValue } from '../../src/config/keys.ts'
import { loadConfig } from '../../src/config/load.ts'
import { SECRET_NAMES, type SecretName } from '../../src/config/schema.ts'
import { NOT_BUILT, SOURCE_VARIABLES, SWITCHES } from '../../src/config/source-variables.ts'

const INTRODUCTION = `# Configuration

Where a setting comes from, the strongest first: a flag of the command line, the environment, \`.env\`, \`lastsecond.yaml\` (another file with \`--config FILE\`), the
profile of \`--profile NAME\` (\`profiles/NAME.yaml\`), the default. \`lastsecond config show\` prints each value with its origin,
\`config get KEY\` one of them, \`config set KEY VALUE\` writes one into the file and keeps its comments. A value outside its range, an unknown key or a word that
is not a number is refused with the name of the setting, its range and the place it came from: nothing is bent to fit. In \`.env\` a name that looks like a setting
is refused too, with the one that was meant; in the environment, which other programs share, it is told on stderr.

In YAML the dots are levels: \`limits.maxPositionUsd\` is \`maxPositionUsd\` below \`limits\`. Money is a decimal text. Parameters of the strategy stand below
\`params\`; \`lastsecond strategies\` lists them with their ranges, \`config show\` what holds. \`params.listenFromSec\` and \`discovery.startBufferSec\` mean the same seconds: the
parameter wins where it is set, else the start buffer is taken.

\`config set KEY VALUE --running\`, or \`PATCH /parameters\`, changes a setting of the bot that runs, until it ends, and no file: everything below \`params\`, \`limits\`, \`sizing\` and
\`gates\` but \`limits.dayStarts\` and \`limits.dayZone\`. Everything else needs a restart.

`

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

const CREDENTIALS =
  'credentials of the CLOB, all three or none; without them they are derived from the key'
const SECRET_MEANING: Readonly<Record<SecretName, string>> = {
  PRIVATE_KEY:
    'the key that signs live orders, another name of the next; better off in a keystore ([keys.md](keys.md))',
  POLYMARKET_PRIVATE_KEY: 'the same',
  CLOB_API_KEY: CREDENTIALS,
  CLOB_SECRET: CREDENTIALS,
  CLOB_PASSPHRASE: CREDENTIALS,
  DASHBOARD_API_KEY:
    "the key of the control server's words; without it the bot makes a random one (`control.key`, [files.md](files.md))",
}

function secrets(): string {
  const rows = SECRET_NAMES.map((name) => `| ${code(name)} | ${SECRET_MEANING[name]} |`)
  return [
    '\n\n## Secrets\n',
    'Only from the environment or `.env`; never printed, logged or kept. A dry run only asks whether those of the wallet are set.\n',
    '| name | for |',
    '|---|---|',
    ...rows,
    '',
  ].join('\n')
}

/** What becomes of a variable of another system. */
function becomes(name: string): string {
  const key = CONFIG_KEYS.find(({ env }) => env.includes(name))
  if (key !== undefined) return code(key.path)
  const other = BORROWED.find((one) => one.name === name)
  if (other !== undefined) return code(other.path)
  if ((SECRET_NAMES as readonly string[]).includes(name)) return 'a secret, see above'
  if ((SWITCHES as readonly string[]).includes(name))
    return 'nothing; told. Where it says play, `--live` is refused; where it says the opposite, nothing is live without `--live`'
  throw new Error(`${name} is neither a setting nor a secret nor told`)
}

function sources(): string {
  const rows = Object.entries(SOURCE_VARIABLES).flatMap(([system, variables]) =>
    Object.entries(variables).map(
      ([name, unit]) => `| ${code(name)} | ${system} | ${unit} | ${becomes(name)} |`,
    ),
  )
  return [
    '\n## Variables of other systems\n',
    'The variables of the systems that this bot takes the place of keep their names and units. What a unit is called here is in the name of the setting.',
    'Variables of parts that are not there yet are told at the start and do nothing:',
    `${Object.keys(NOT_BUILT).map(code).join(', ')}. So is any other name that begins with \`PM_\`.\n`,
    '| variable | of | unit | becomes |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

test('docs/configuration.md says what the schema says', async () => {
  const text = INTRODUCTION + settings() + secrets() + sources()
  await expect(text).toMatchFileSnapshot('../../docs/configuration.md')
})

test('.env.example names every variable there is, and no other', () => {
  const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8')
  const named = new Set(
    example.match(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?==)|\b(?:VENUE|ASSET|INTERVAL|STRATEGY)(?==)/g),
  )
  const known = new Set<string>([
    ...CONFIG_KEYS.flatMap((key) => key.env),
    ...BORROWED.map(({ name }) => name),
  ])
  for (const name of named) expect([...known, ...SECRET_NAMES]).toContain(name)
  for (const name of [...known, ...SECRET_NAMES])
    expect(example).toMatch(new RegExp(`^# ${name}=|\\b${name}\\)`, 'm'))
})
