/** The recipes of ARCHITECTURE.md, carried out on a copy of the sources: what they say is enough is enough. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
// Inside the project, so that packages are found as always.
const copy = join(root, '.cache/recipes', `node-${process.versions.node}`)

const STRATEGY = `import { z } from 'zod'
import { defineStrategy } from '../domain/strategy.ts'

const params = z.strictObject({ patience: z.number().min(1).max(9).default(3).describe('how long to wait') })

export const never = defineStrategy<z.infer<typeof params>>({
  name: 'never',
  summary: 'never shoots',
  params,
  listenFromSec: () => 60,
  span: () => ({ fromSec: 1, toSec: 0 }),
  decide: () => ({ intents: [], side: null, why: 'it never does', checks: [] }),
})
`

const VERB = `import { EXIT, print, type Verb } from '../verb.ts'

export const hello: Verb = {
  command: 'hello',
  describe: 'says hello',
  build: (argv) => argv,
  run() {
    print('hello')
    return Promise.resolve(EXIT.ok)
  },
}
`

function edit(file: string, from: string, to: string): void {
  const text = readFileSync(join(copy, file), 'utf8')
  expect(text).toContain(from)
  writeFileSync(join(copy, file), text.replace(from, to))
}

beforeAll(() => {
  rmSync(copy, { recursive: true, force: true })
  mkdirSync(copy, { recursive: true })
  for (const name of ['src', 'profiles', 'tsconfig.json', 'tsconfig.build.json', 'package.json'])
    cpSync(join(root, name), join(copy, name), { recursive: true })
  writeFileSync(join(copy, 'src/strategies/never.ts'), STRATEGY)
  edit('src/strategies/registry.ts', '[lastSecond]', '[lastSecond, never]')
  edit(
    'src/strategies/registry.ts',
    'import { lastSecond }',
    "import { never } from './never.ts'\nimport { lastSecond }",
  )
  writeFileSync(join(copy, 'src/cli/verbs/hello.ts'), VERB)
  edit(
    'src/cli/main.ts',
    'const VERBS: readonly VerbLoader[] = [',
    "const VERBS: readonly VerbLoader[] = [\n  { names: ['hello'], describe: 'says hello', load: async () => (await import('./verbs/hello.ts')).hello },",
  )
  execFileSync(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
    { cwd: copy },
  )
}, 120_000)

afterAll(() => rmSync(copy, { recursive: true, force: true }))

function cli(...args: string[]): string {
  return execFileSync(process.execPath, [join(copy, 'dist/cli/main.js'), ...args], {
    cwd: copy,
    encoding: 'utf8',
  })
}

test('a strategy is one file and one line, and is listed with its parameters and can be chosen', () => {
  const list = JSON.parse(cli('strategies', '--json')) as {
    name: string
    params: { properties: Record<string, { default: unknown }> }
  }[]
  expect(list.find(({ name }) => name === 'never')?.params.properties['patience']?.default).toBe(3)
  cli('config', 'set', 'strategy', 'never')
  expect(cli('config', 'get', 'strategy').trim()).toBe('never')
})

test('a verb is one file and one entry', () => {
  expect(cli('hello').trim()).toBe('hello')
})
