/**
 * No secret leaves its place. Every verb that comes near a key runs with unique ones planted in all places at once; afterwards they are searched for in
 * what it printed and in every file it left. And who need not open a key does not: what is opened is written down while it runs.
 */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { credentialsOf } from '../../src/local-venue/credentials.ts'
import { throwAwayAccount } from '../../src/local-venue/identity.ts'
import { type RunningVenue, startLocalVenue } from '../../src/local-venue/venue.ts'
import { filesBelow, leaks, PLACES, type Place, type Planted, plant } from '../support/canary.ts'
import { commandLine } from '../support/command-line.ts'

const SPY = fileURLToPath(new URL('../support/open-spy.mjs', import.meta.url))

type Seen = {
  readonly file?: string
  readonly verb?: string
  readonly secrets?: readonly string[]
}

type Command = {
  readonly name: string
  readonly args: readonly string[]
  readonly code: number
  /** What proves that it did its work, so that silence is not taken for safety. */
  readonly did: (planted: Planted, out: string) => boolean
  /** Where secrets are planted; everywhere unless told. */
  readonly plants?: readonly Place[]
  /** Places whose secret it may open. */
  readonly opens?: readonly Place[]
  /** It is pointed at an embedded venue that runs already; the file that says where may hold the key. */
  readonly venue?: boolean
  /** A secret on standard input. */
  readonly input?: boolean
  /** Files below the folder that a planted one may move to. */
  readonly movesTo?: readonly string[]
}

const RUN = ['run', '--once', '--json', '--asset', 'btc', '--interval', '5m', '--first-close', '40']

/** What the log says of that source. */
function polyBolt(cwd: string): string[] {
  const lines = readFileSync(join(cwd, 'log/finder.log'), 'utf8').trim().split('\n')
  return lines
    .map((line) => JSON.parse(line) as { msg: string; feed?: string })
    .filter(({ feed }) => feed === 'polybolt')
    .map(({ msg }) => msg)
}

const COMMANDS: readonly Command[] = [
  {
    name: 'a dry run',
    args: RUN,
    code: 0,
    did: ({ cwd }, out) =>
      out.includes('"decision"') &&
      readFileSync(join(cwd, 'log/finder.log'), 'utf8').includes('"level":"debug"') &&
      polyBolt(cwd).some((line) => line.startsWith('price feed refused')) &&
      existsSync(join(cwd, 'data/local/dry/ledger.db')),
  },
  {
    name: 'doctor',
    args: ['doctor', '--json'],
    code: 0,
    did: (_, out) => out.includes('"name":"venue clock","state":"ok"'),
  },
  {
    name: 'doctor --live on the embedded venue, whatever keys are set',
    args: ['doctor', '--live'],
    code: 0,
    did: (_, out) => /ok +key: from the play account of the embedded venue/.test(out),
  },
  {
    name: 'doctor --live for polymarket with a key in every place',
    args: ['doctor', '--live', '--venue', 'polymarket'],
    venue: true,
    code: 7,
    did: (_, out) => /more than one place is set: KEYSTORE_FILE, KEY_FD, POLY/.test(out),
  },
  {
    name: 'doctor --live for polymarket with a keystore alone, at an embedded venue',
    args: ['doctor', '--live', '--venue', 'polymarket'],
    plants: ['keystore'],
    venue: true,
    code: 7,
    did: (_, out) => /ok +key: set by KEYSTORE_FILE/.test(out) && /FAIL +lock: ON_PAPER/.test(out),
  },
  {
    name: 'a live run on the embedded venue',
    // A world with something to buy in the last second.
    args: [...RUN, '--live', '--seed', '4', '--epoch', '1795240000000'],
    code: 0,
    did: ({ cwd }, out) =>
      out.includes('"decision"') &&
      readFileSync(join(cwd, 'log/finder.log'), 'utf8').includes('"level":"debug"') &&
      // It was given the credentials that are searched for here.
      polyBolt(cwd).includes('price feed open') &&
      readdirSync(join(cwd, 'data/local/live/journal')).length > 0,
  },
  {
    name: 'balance',
    args: ['balance'],
    code: 0,
    did: (_, out) => out.includes('10000.00 USD'),
  },
  {
    name: 'balance with a key in every place',
    args: ['balance', '--venue', 'polymarket'],
    code: 7,
    did: (_, out) => out === '',
  },
  {
    name: 'approve --yes',
    args: ['approve', '--yes'],
    venue: true,
    code: 0,
    did: (_, out) => out.includes('Everything is allowed already'),
  },
  {
    name: 'a rehearsal without an order',
    args: ['rehearse', '--no-order'],
    code: 0,
    did: (_, out) => out.includes('would send'),
  },
  {
    name: 'config show',
    args: ['config', 'show'],
    code: 0,
    did: (_, out) => /POLYMARKET_PRIVATE_KEY +set, hidden/.test(out),
  },
  {
    name: 'config show --json',
    args: ['config', 'show', '--json'],
    code: 0,
    did: (_, out) => out.includes('"key":"PRIVATE_KEY","value":"set, hidden"'),
  },
  {
    name: 'a configuration that is refused',
    args: ['run', '--asset', 'doge'],
    code: 4,
    did: (_, out) => out === '',
  },
  {
    name: 'init',
    args: ['init', '--venue', 'local'],
    plants: ['env', 'keystore', 'fd'],
    code: 0,
    did: ({ cwd }) => readFileSync(join(cwd, '.env'), 'utf8').includes('\nVENUE=local\n'),
  },
  {
    name: 'init --force over a .env with a key',
    args: ['init', '--force'],
    code: 0,
    did: ({ cwd }) => existsSync(join(cwd, '.env.bak')),
    movesTo: ['.env.bak'],
  },
  {
    name: 'init with a key on standard input',
    args: [
      'init',
      '--force',
      '--json',
      '--keystore',
      'new.json',
      '--key-stdin',
      '--passphrase-file',
      'canary-passphrase',
    ],
    code: 0,
    did: ({ cwd }, out) => out.includes('"address":"0x') && existsSync(join(cwd, 'new.json')),
    opens: ['keystore'],
    input: true,
    movesTo: ['.env.bak'],
  },
]

/** What the embedded venue makes of the seeds that are played here: its account's key, and the passphrase of that account's credentials. */
const SEED = 1
const SEEDS = [SEED, 4]

let venue: RunningVenue

beforeAll(async () => {
  venue = await startLocalVenue({ profile: 'demo', seed: SEED })
})

afterAll(() => venue.close())

/** The venue prints it for all to see, in its own line; nobody else may. */
function plantPlay({ cwd, secrets, homes }: Planted, named: boolean): string[] {
  const writable = secrets as Map<string, string>
  for (const seed of SEEDS) {
    const { privateKey, address } = throwAwayAccount(seed)
    writable.set(`key of the embedded account ${seed}`, privateKey.slice(2))
    writable.set(`passphrase of account ${seed}`, credentialsOf(seed, address).passphrase)
  }
  if (!named) return []
  const file = join(cwd, 'venue.json')
  const line = { ...venue.endpoints, account: venue.account, chainId: venue.chainId }
  writeFileSync(file, JSON.stringify(line))
  ;(homes as Set<string>).add(file)
  return ['--venue-json', file]
}

async function runWatched(command: Command) {
  const planted = await plant(command.plants ?? PLACES)
  const extra = plantPlay(planted, command.venue === true)
  for (const name of command.movesTo ?? [])
    (planted.homes as Set<string>).add(join(planted.cwd, name))
  let input: string | undefined
  if (command.input === true) {
    input = 'ab01'.repeat(16)
    ;(planted.secrets as Map<string, string>).set('key on standard input', input)
  }
  const notes = join(planted.cwd, 'tmp/spy.jsonl')
  const ran = await commandLine([...command.args, ...extra], {
    cwd: planted.cwd,
    env: {
      ...planted.env,
      LOG_LEVEL: 'trace',
      NODE_OPTIONS: `--import=${SPY}`,
      SPY_FILE: notes,
    },
    ...(input === undefined ? {} : { input }),
    ...(planted.third === undefined ? {} : { third: planted.third }),
  })
  const seen = readFileSync(notes, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Seen)
  return { planted, ran, seen }
}

describe('no secret leaves its place', () => {
  test.concurrent.each(COMMANDS)('$name', async (command) => {
    const { planted, ran, seen } = await runWatched(command)
    expect([ran.code, command.did(planted, ran.out)], ran.err).toEqual([command.code, true])
    expect(leaks(planted, { stdout: ran.out, stderr: ran.err })).toEqual([])
    const opened = new Set(seen.flatMap(({ file }) => (file === undefined ? [] : [file])))
    const mayOpen = command.opens ?? []
    if (!mayOpen.includes('keystore')) {
      expect(opened).not.toContain(join(planted.cwd, 'canary-keystore.json'))
      expect(opened).not.toContain(join(planted.cwd, 'canary-passphrase'))
    }
    if (planted.third !== undefined && !mayOpen.includes('fd')) {
      // The file's position is shared with whoever inherited it: unread, all of it is still ahead.
      const ahead = readSync(planted.third, Buffer.alloc(100), 0, 100, null)
      expect(ahead).toBe(65)
    }
  })

  test.concurrent('a dry run works where keystore, passphrase and descriptor are missing', async () => {
    const planted = await plant(['keystore'])
    for (const path of planted.homes) rmSync(path)
    // Opening a folder to read it fails, whoever tries.
    for (const path of planted.homes) mkdirSync(path)
    const env = { ...planted.env, KEY_FD: '77', LOG_LEVEL: 'trace' }
    const ran = await commandLine(RUN, { cwd: planted.cwd, env })
    expect([ran.code, ran.out.includes('"decision"')], ran.err).toEqual([0, true])
  })

  test.concurrent('the embedded venue is not born with the secrets of its parent', async () => {
    const { seen } = await runWatched({ name: '', args: ['doctor'], code: 0, did: () => true })
    const born = new Map(
      seen.flatMap(({ verb, secrets }) => (verb === undefined ? [] : [[verb, secrets]])),
    )
    expect(born.get('doctor')).toContain('POLYMARKET_PRIVATE_KEY')
    expect(born.get('venue')).toEqual([])
  })
})

describe('the search finds what it is for', () => {
  test.each([
    ['as it is', (hex: string) => hex],
    ['in capitals with 0x', (hex: string) => `0X${hex.toUpperCase()}`],
    ['in base64', (hex: string) => Buffer.from(hex, 'hex').toString('base64')],
    ['as a number', (hex: string) => BigInt(`0x${hex}`).toString()],
    ['as a text in base64', (hex: string) => Buffer.from(hex).toString('base64')],
  ])('%s, in a stream and in a file', async (_, write) => {
    const planted = await plant(PLACES)
    expect(planted.secrets.size).toBe(8)
    for (const [name, secret] of planted.secrets) {
      expect(leaks(planted, { stdout: `{"a":"${write(secret)}"}` })).toEqual([
        expect.stringContaining(`${name}, as`),
      ])
    }
    expect(leaks(planted, {})).toEqual([])
    mkdirSync(join(planted.cwd, 'log/deep'), { recursive: true })
    const [secret = ''] = planted.secrets.values()
    appendFileSync(join(planted.cwd, 'log/deep/x.log'), `before ${write(secret)} after`)
    expect(leaks(planted, {})).toEqual([expect.stringContaining('log/deep/x.log')])
  })

  test("the embedded venue's own line holds its account's key, and is found out", async () => {
    const planted = await plant([])
    plantPlay(planted, false)
    const { account } = venue
    const line = JSON.stringify({ account, ...credentialsOf(SEED, account.address) })
    expect(leaks(planted, { stdout: line })).toEqual([
      expect.stringContaining('key of the embedded account 1, as hex'),
      expect.stringContaining('passphrase of account 1'),
    ])
  })

  test('what is opened is seen', async () => {
    const { planted, seen } = await runWatched({
      name: '',
      args: [
        'init',
        '--no-env',
        '--new-key',
        '--keystore',
        'new.json',
        '--passphrase-file',
        'canary-passphrase',
      ],
      code: 0,
      did: () => true,
    })
    const opened = seen.map(({ file }) => file)
    expect(opened).toContain(join(planted.cwd, 'canary-passphrase'))
    expect(opened).not.toContain(join(planted.cwd, 'canary-keystore.json'))
    expect(filesBelow(planted.cwd)).toContain(join(planted.cwd, 'new.json'))
  })
})
