/** The recipes of ARCHITECTURE.md, carried out on a copy of the sources: what they say is enough is enough. */
import { execFile, execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startLocalVenue } from '../src/local-venue/venue.ts'
import { priceServer } from './support/price-server.ts'
import { until } from './support/until.ts'

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

const WIRE = `import { z } from 'zod'
import { isPositiveDecimal } from '../../domain/decimal-text.ts'

const match = z.object({
  type: z.literal('match'),
  product_id: z.string(),
  price: z.string().refine(isPositiveDecimal),
  time: z.iso.datetime(),
})

export function parseMatch(text: string) {
  const parsed = match.safeParse(JSON.parse(text))
  return parsed.success ? parsed.data : null
}
`

const FEED = `import type { PriceFeed, PriceFeedDeps } from '../../domain/ports.ts'
import { MICROS_PER_MS, type Micros } from '../../domain/units.ts'
import { openSocket, type Socket } from '../../net/socket.ts'
import { parseMatch } from './wire.ts'

export function createKrakenFeed(deps: PriceFeedDeps): PriceFeed {
  const products = deps.assets.map((asset) => asset.toUpperCase() + '-USD')
  let socket: Socket | null = null
  return {
    start() {
      socket = openSocket({
        url: deps.url,
        ping: null,
        silenceMs: deps.silenceMs,
        random: deps.random,
        greeting: () => JSON.stringify({ type: 'subscribe', product_ids: products, channels: ['matches'] }),
        onFrame(frame) {
          const match = parseMatch(frame.toString('utf8'))
          const asset = deps.assets[products.indexOf(match?.product_id ?? '')]
          if (match === null || asset === undefined) return
          socket?.touch()
          const venueAt = (Date.parse(match.time) * MICROS_PER_MS) as Micros
          deps.emit({ kind: 'price_tick', feed: 'kraken', asset, series: 'spot', price: match.price, recvAt: deps.now(), venueAt })
        },
        onOpen: () => deps.tell('open', 'matches'),
        onLost: (reason) => deps.tell('lost', reason),
      })
    },
    close: () => socket?.close() ?? Promise.resolve(),
  }
}
`

/** The guide of docs/strategies.md: a whole file, and the line of the registry. */
function guide(): { file: string; line: string } {
  const page = readFileSync(join(root, 'docs/strategies.md'), 'utf8')
  const [file = '', line = ''] = [...page.matchAll(/```ts\n(.*?)```/gs)].map((found) => found[1])
  return { file, line }
}

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
  edit('src/strategies/registry.ts', '  noop,\n]', '  noop,\n  never,\n]')
  edit(
    'src/strategies/registry.ts',
    'import { lastSecond }',
    "import { never } from './never.ts'\nimport { lastSecond }",
  )
  const { file, line } = guide()
  writeFileSync(join(copy, 'src/strategies/sure-thing.ts'), file)
  edit('src/strategies/registry.ts', '  noop,\n', '  noop,\n  sureThing,\n')
  edit('src/strategies/registry.ts', 'import { lastSecond }', `${line}import { lastSecond }`)
  writeFileSync(join(copy, 'src/cli/verbs/hello.ts'), VERB)
  edit(
    'src/cli/main.ts',
    'const VERBS: readonly VerbLoader[] = [',
    "const VERBS: readonly VerbLoader[] = [\n  { names: ['hello'], describe: 'says hello', load: async () => (await import('./verbs/hello.ts')).hello },",
  )
  mkdirSync(join(copy, 'src/venues/kraken'))
  writeFileSync(join(copy, 'src/venues/kraken/wire.ts'), WIRE)
  writeFileSync(join(copy, 'src/venues/kraken/spot-feed.ts'), FEED)
  edit('src/domain/ids.ts', "['binance', 'coinbase']", "['binance', 'coinbase', 'kraken']")
  edit(
    'src/cli/price-feeds.ts',
    "  binance: { at: 'binanceWs', make: createBinanceFeed },",
    "  binance: { at: 'binanceWs', make: createBinanceFeed },\n  kraken: { at: 'coinbaseWs', make: createKrakenFeed },",
  )
  edit(
    'src/cli/price-feeds.ts',
    'import { createBinanceFeed }',
    "import { createKrakenFeed } from '../venues/kraken/spot-feed.ts'\nimport { createBinanceFeed }",
  )
  edit(
    'src/config/limits-schema.ts',
    'export const limits = z.strictObject({',
    "export const limits = z.strictObject({\n  patience: z.int().min(1).max(9).default(3).describe('how long to wait').register(KEY_META, { env: ['PATIENCE'] }),",
  )
  execFileSync(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
    { cwd: copy },
  )
})

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

test('the guide to a strategy of your own is enough: it is listed, shown, set and run', async () => {
  const list = JSON.parse(cli('strategies', '--json')) as { name: string }[]
  expect(list.map(({ name }) => name)).toContain('sure-thing')
  cli('config', 'set', 'strategy', 'sure-thing')
  cli('config', 'set', 'params.minChance', '0.99')
  const { settings } = JSON.parse(cli('config', 'show', '--json')) as {
    settings: { key: string; value: string }[]
  }
  const shown = settings.filter(({ key }) => key.startsWith('params.'))
  expect(shown.map(({ key, value }) => [key, value])).toEqual([
    ['params.minChance', '0.99'],
    ['params.maxAsk', '0.97'],
    ['params.shares', '5'],
  ])
  rmSync(join(copy, 'lastsecond.yaml'))
  const bot = execFile(
    process.execPath,
    [join(copy, 'dist/cli/main.js'), 'run', '--strategy', 'sure-thing'],
    { cwd: copy },
  )
  const ended = new Promise((resolve) => bot.once('exit', resolve))
  try {
    const running = (): string | null => {
      try {
        return (JSON.parse(cli('status', '--json')) as { strategy: string }).strategy
      } catch {
        // It has not begun yet.
        return null
      }
    }
    await until(() => running() !== null, 500)
    expect(running()).toBe('sure-thing')
  } finally {
    bot.kill('SIGTERM')
    expect(await ended).toBe(0)
  }
})

test('a verb is one file and one entry', () => {
  expect(cli('hello').trim()).toBe('hello')
})

test('a feed is a folder, a name and a line, and its prices arrive', async () => {
  const venue = await startLocalVenue({ windowSec: 30, firstCloseSec: 30 })
  const exchange = await priceServer()
  const said = setInterval(() => {
    exchange.say(
      JSON.stringify({
        type: 'match',
        product_id: 'BTC-USD',
        price: '91560.16',
        time: '2026-11-20T03:21:07.410882Z',
      }),
    )
  }, 50)
  try {
    const file = join(copy, 'venue.json')
    const { endpoints, account, chainId } = venue
    const line = { ...endpoints, coinbaseWs: exchange.url, account, chainId }
    writeFileSync(file, JSON.stringify(line))
    const out = await new Promise<string>((resolve, reject) => {
      const args = ['ws-test', '--seconds', '4', '--venue-json', file, '--json']
      execFile(
        process.execPath,
        [join(copy, 'dist/cli/main.js'), ...args],
        { cwd: copy },
        (error, stdout) => (error === null ? resolve(stdout) : reject(error)),
      )
    })
    const { feeds } = JSON.parse(out) as { feeds: { name: string; events: number }[] }
    expect(feeds.find(({ name }) => name === 'kraken btc')?.events).toBeGreaterThan(0)
    await until(() => exchange.heard.length === 2)
  } finally {
    clearInterval(said)
    await exchange.close()
    await venue.close()
  }
})

test('a setting is one entry: the loader, `config show` and the environment follow', () => {
  const shown = (env: Record<string, string>) =>
    execFileSync(process.execPath, [join(copy, 'dist/cli/main.js'), 'config', 'show'], {
      cwd: copy,
      encoding: 'utf8',
      env: { ...process.env, ...env },
    }).match(/limits\.patience +(\d)/)?.[1]
  expect(shown({})).toBe('3')
  expect(shown({ PATIENCE: '7' })).toBe('7')
  expect(() => shown({ PATIENCE: '12' })).toThrow(/limits\.patience|PATIENCE/)
})

// Last: it leaves the copy broken.
test('an event or a fact that nobody handles does not compile, and the compiler names the places', () => {
  edit(
    'src/domain/events.ts',
    '  | FeedChanged\n',
    "  | FeedChanged\n  | (Stamp & { readonly kind: 'eclipse' })\n",
  )
  edit(
    'src/domain/facts.ts',
    "  | { readonly kind: 'clock';",
    "  | { readonly kind: 'eclipse' }\n  | { readonly kind: 'clock';",
  )
  let said = ''
  try {
    execFileSync(
      process.execPath,
      [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json', '--noEmit'],
      { cwd: copy, encoding: 'utf8' },
    )
  } catch (error) {
    said = (error as { stdout: string }).stdout
  }
  for (const file of [
    'engine/engine.ts',
    'ledger/rows.ts',
    'telemetry/log-sink.ts',
    'cli/live-table.ts',
  ])
    expect(said).toContain(`src/${file}`)
})
