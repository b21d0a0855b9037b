/** The first steps: what is written, with which mode, what is never replaced, and every refusal. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { parseEnv } from 'node:util'
import { Wallet } from 'ethers'
import { beforeEach, describe, expect, test } from 'vitest'
import { askChoices, CHOICES } from '../../../src/cli/init-choices.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { readWalletKey } from '../../../src/venues/polymarket/wallet-key.ts'
import { commandLine } from '../../support/command-line.ts'

const DIGITS = 'c0ffee5eedc0ffee5eedc0ffee5eedc0ffee5eedc0ffee5eedc0ffee5eedc0ff'
const { address } = new Wallet(`0x${DIGITS}`)

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'init-'))
  writeFileSync(join(cwd, 'pass'), 'quiet otter\n', { mode: 0o600 })
})

const init = (args: readonly string[], input?: string) =>
  commandLine(['init', ...args], { cwd, ...(input === undefined ? {} : { input }) })
const env = (file = '.env') => parseEnv(readFileSync(join(cwd, file), 'utf8'))
const mode = (file: string) => statSync(join(cwd, file)).mode & 0o777

const KEYSTORE = ['--keystore', 'key.json', '--passphrase-file', 'pass']

describe('.env', () => {
  test('holds what was chosen, and every other line of the example as a comment', async () => {
    const choices = ['--venue', 'polymarket', '--asset', 'BTC,sol', '--interval', '5m,1h']
    const { code, out } = await init([...choices, '--strategy', 'last-second'])
    expect(code).toBe(0)
    expect(out).toContain('VENUE=polymarket ASSET=btc,sol INTERVAL=5m,1h STRATEGY=last-second')
    expect(env()).toEqual({
      VENUE: 'polymarket',
      ASSET: 'btc,sol',
      INTERVAL: '5m,1h',
      STRATEGY: 'last-second',
    })
    expect(mode('.env')).toBe(0o600)
    expect(readFileSync(join(cwd, '.env'), 'utf8')).toMatch(/^# TRADER_START_BUFFER=180$/m)
    const { config } = loadConfig({ cwd, env: {} })
    expect([config.venue, config.assets, config.intervals]).toEqual([
      'polymarket',
      ['btc', 'sol'],
      ['5m', '1h'],
    ])
  })

  test('without a terminal nothing is asked: the defaults stand as comments', async () => {
    expect((await init([])).code).toBe(0)
    expect(env()).toEqual({})
  })

  test('is not replaced without --force, and with it every old one is kept', async () => {
    writeFileSync(join(cwd, '.env'), 'POLYMARKET_PRIVATE_KEY=first\n', { mode: 0o644 })
    const refused = await init(['--venue', 'local'])
    expect([refused.code, refused.out]).toEqual([2, ''])
    expect(refused.err).toMatch(/\.env is there already; --force .* \.env\.bak/)
    expect(env()).toEqual({ POLYMARKET_PRIVATE_KEY: 'first' })
    expect((await init(['--force', '--venue', 'local'])).code).toBe(0)
    expect(env('.env.bak')).toEqual({ POLYMARKET_PRIVATE_KEY: 'first' })
    expect(mode('.env.bak')).toBe(0o600)
    expect((await init(['--force', '--venue', 'polymarket'])).code).toBe(0)
    expect([env(), env('.env.bak'), env('.env.bak.2')]).toEqual([
      { VENUE: 'polymarket' },
      { VENUE: 'local' },
      { POLYMARKET_PRIVATE_KEY: 'first' },
    ])
  })

  test('--json says what was written, as one line', async () => {
    const { code, out } = await init(['--json', '--asset', 'eth', '--new-key', ...KEYSTORE])
    expect(code).toBe(0)
    expect(out.trim()).not.toContain('\n')
    const store = JSON.parse(readFileSync(join(cwd, 'key.json'), 'utf8')) as { address: string }
    expect(JSON.parse(out)).toEqual({
      env: join(cwd, '.env'),
      backup: null,
      keystore: join(cwd, 'key.json'),
      address: expect.stringMatching(new RegExp(`^0x${store.address}$`, 'i')) as string,
      settings: { ASSET: 'eth', KEYSTORE_FILE: 'key.json', KEYSTORE_PASSPHRASE_FILE: 'pass' },
    })
  })

  test.each([
    [['--venue', 'mars'], 4, /venue must be one of local, polymarket, got "mars"/],
    [['--asset', 'doge'], 4, /ones of btc, eth, sol, xrp, got "doge"/],
    [['--asset', ''], 2, /--asset needs a value/],
    [['--asset', 'btc', '--asset', 'eth'], 2, /--asset is given more than once/],
    [['--interval', '7m'], 4, /7m/],
    [['--strategy', 'last-secnd'], 4, /no strategy "last-secnd".*did you mean last-second/],
    [['--no-env'], 2, /nothing to do/],
    [['--bogus'], 2, /bogus/],
  ] as const)('%j is refused and nothing is written', async (args, code, message) => {
    const result = await init(args)
    expect(result.err).toMatch(message)
    expect([result.code, result.out]).toEqual([code, ''])
    expect(readdirSync(cwd)).toEqual(['pass'])
  })

  test('a folder where .env should be', async () => {
    mkdirSync(join(cwd, '.env'))
    expect((await init(['--force'])).err).toMatch(/\.env (is a folder|cannot be read \(EISDIR\))/)
  })
})

describe('the keystore', () => {
  const opened = () =>
    readWalletKey({
      keystoreFile: join(cwd, 'key.json'),
      passphraseFile: join(cwd, 'pass'),
      keyFd: null,
      envKey: null,
    })

  test('from standard input: encrypted, private, named in .env', async () => {
    const { code, out } = await init(['--key-stdin', ...KEYSTORE], `${DIGITS}\n`)
    expect(code).toBe(0)
    expect(out).toContain(`key.json: the encrypted keystore of ${address}`)
    expect(mode('key.json')).toBe(0o600)
    expect(readFileSync(join(cwd, 'key.json'), 'utf8')).not.toContain(DIGITS)
    expect(await opened()).toEqual({ address, privateKey: `0x${DIGITS}`, from: 'keystore' })
    expect(env()).toEqual({ KEYSTORE_FILE: 'key.json', KEYSTORE_PASSPHRASE_FILE: 'pass' })
  })

  test('a new key: another one each time, and the address is all that is said', async () => {
    const addresses = new Set<string>()
    for (const name of ['a.json', 'b.json']) {
      const args = ['--no-env', '--new-key', '--keystore', name, '--passphrase-file', 'pass']
      const { code, out, err } = await init(args)
      expect(code).toBe(0)
      const key = await readWalletKey({
        keystoreFile: join(cwd, name),
        passphraseFile: join(cwd, 'pass'),
        keyFd: null,
        envKey: null,
      })
      expect(out).toContain(key.address)
      expect(out + err).not.toMatch(/[0-9a-f]{64}/i)
      addresses.add(key.address)
    }
    expect(addresses.size).toBe(2)
    expect(existsSync(join(cwd, '.env'))).toBe(false)
  })

  test('one that is there is never replaced, --force or not', async () => {
    writeFileSync(join(cwd, 'key.json'), 'mine')
    const result = await init(['--force', '--new-key', ...KEYSTORE])
    expect(result.err).toMatch(/may be the only copy of a key/)
    expect([result.code, readFileSync(join(cwd, 'key.json'), 'utf8')]).toEqual([2, 'mine'])
    expect(existsSync(join(cwd, '.env'))).toBe(false)
  })

  test('a path with blanks and signs comes back out of .env', async () => {
    const name = 'my key #1 $x.json'
    expect((await init(['--new-key', '--keystore', name, '--passphrase-file', 'pass'])).code).toBe(
      0,
    )
    expect(loadConfig({ cwd, env: {} }).config.wallet.keystoreFile).toBe(name)
  })

  test.each([
    [['--keystore', 'k'], 2, /--key-stdin .* and --new-key/],
    [['--keystore', 'k', '--new-key', '--key-stdin'], 2, /needs one of/],
    [['--keystore', 'k', '--new-key'], 2, /--passphrase-file FILE/],
    [['--new-key'], 2, /--new-key: say with --keystore/],
    [['--passphrase-file', 'pass'], 2, /--passphrase-file: say with --keystore/],
    [['--keystore', 'no/k', '--new-key', '--passphrase-file', 'pass'], 2, /folder of no\/k/],
    [['--keystore', 'k', '--new-key', '--passphrase-file', 'none'], 7, /does not exist/],
    [['--keystore', "k'k", '--new-key', '--passphrase-file', 'pass'], 2, /without quotes/],
  ] as const)('%j is refused and nothing is written', async (args, code, message) => {
    const result = await init(args)
    expect(result.err).toMatch(message)
    expect([result.code, result.out]).toEqual([code, ''])
    expect(readdirSync(cwd)).toEqual(['pass'])
  })

  test('a passphrase that others can read is refused before the key is asked for', async () => {
    chmodSync(join(cwd, 'pass'), 0o644)
    const result = await init(['--key-stdin', ...KEYSTORE], DIGITS)
    expect(result.err).toMatch(/run: chmod 600 pass/)
    expect(result.code).toBe(7)
    expect(readdirSync(cwd)).toEqual(['pass'])
  })

  test.each([
    ['', /standard input holds nothing/],
    [DIGITS.slice(1), /standard input has 63 hex digits/],
    [`${DIGITS} `.repeat(200), /far more than a key/],
  ])('a wrong key on standard input, %#', async (input, message) => {
    const result = await init(['--key-stdin', ...KEYSTORE], input)
    expect(result.err).toMatch(message)
    expect(result.err).not.toContain(DIGITS.slice(10, 20))
    expect(readdirSync(cwd)).toEqual(['pass'])
  })
})

describe('a key as an argument is refused, and not said again', () => {
  test.each([
    ['init', '--private-key', DIGITS],
    ['init', `--private-key=0x${DIGITS}`],
    ['init', '--privateKey', `0x${DIGITS}`],
    ['init', '--key', `0x${DIGITS}`],
    ['init', `0x${DIGITS.toUpperCase()}`],
    ['init', '--keystore', DIGITS],
    ['init', '--passphrase', 'quiet otter'],
    ['init', '--mnemonic=quiet otter'],
    ['run', '--private-key', DIGITS],
    ['run', '--live', `--privateKey=${DIGITS}`],
    [`0x${DIGITS}`],
  ])('%s %s', async (...args) => {
    const result = await commandLine(args, { cwd })
    expect([result.code, result.out]).toEqual([2, ''])
    expect(result.err).toMatch(/shell's history.*--key-stdin/)
    expect(result.err.toLowerCase()).not.toContain(DIGITS.slice(0, 12))
    expect(result.err).not.toContain('otter')
    expect(readdirSync(cwd)).toEqual(['pass'])
  })

  test('other verbs take the id of a market for what it is', async () => {
    const result = await commandLine(['explain', `0x${DIGITS}`], { cwd })
    expect(result.err).not.toMatch(/history/)
  })
})

describe('questions', () => {
  function keyboard(...typed: string[]) {
    const input = new PassThrough()
    const output = new PassThrough()
    input.end(typed.map((line) => `${line}\n`).join(''))
    const asked = askChoices(CHOICES, { input, output })
    return { asked, said: () => String(output.read() ?? '') }
  }

  test('an answer is checked and asked again, Enter takes the default', async () => {
    const { asked, said } = keyboard('mars', 'polymarket', '', '5m', '')
    const answers = [...(await asked)].map(([{ flag }, value]) => [flag, value])
    expect(answers).toEqual([
      ['venue', 'polymarket'],
      ['interval', '5m'],
    ])
    const text = said()
    expect(text).toMatch(/Venue: .* \[local\]: venue must be one of .*got "mars"\nVenue: /)
    expect(text).toMatch(/Assets, .* \[btc,eth\]: /)
  })

  test('no more answers: nothing was written', async () => {
    await expect(keyboard('local').asked).rejects.toThrow(/not answered; nothing was written/)
  })

  test('a key typed as an answer is not said again', async () => {
    const { asked, said } = keyboard(DIGITS)
    await expect(asked).rejects.toThrow(/not answered/)
    expect(said()).toMatch(/got "\[hidden\]"/)
  })
})
