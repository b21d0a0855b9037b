/** From settings and environment to the one place of the key; and what the doctor says of it without opening it. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { keyLines } from '../../src/cli/key-lines.ts'
import { keySources, namedKeySources } from '../../src/cli/wallet-sources.ts'
import { loadConfig } from '../../src/config/load.ts'

const FUNDER = `0x${'aB'.repeat(20)}`
let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'sources-'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

function sources(env: Record<string, string>) {
  const loaded = loadConfig({ cwd, env })
  return { named: namedKeySources(loaded), ...keySources(loaded, { cwd, env }) }
}

test('nothing set is nothing', () => {
  const nothing = { keystoreFile: null, passphraseFile: null, keyFd: null, envKey: null }
  expect(sources({})).toEqual({ named: [], ...nothing })
})

test('each place arrives with its name', () => {
  expect(sources({ KEYSTORE_FILE: 'k', KEYSTORE_PASSPHRASE_FILE: 'p', KEY_FD: '3' })).toEqual({
    named: ['KEYSTORE_FILE', 'KEY_FD'],
    keystoreFile: 'k',
    passphraseFile: 'p',
    keyFd: 3,
    envKey: null,
  })
})

test('the environment wins over .env, an empty variable does not', () => {
  writeFileSync(join(cwd, '.env'), 'POLYMARKET_PRIVATE_KEY=kept\n')
  expect(sources({}).envKey).toBe('kept')
  expect(sources({ POLYMARKET_PRIVATE_KEY: 'given' }).envKey).toBe('given')
  expect(sources({ POLYMARKET_PRIVATE_KEY: ' ' }).envKey).toBe('kept')
  expect(sources({}).named).toEqual(['POLYMARKET_PRIVATE_KEY'])
})

test('both names may hold the same key, not two', () => {
  expect(sources({ PRIVATE_KEY: 'a' })).toMatchObject({ envKey: 'a', named: ['PRIVATE_KEY'] })
  expect(sources({ PRIVATE_KEY: 'a', POLYMARKET_PRIVATE_KEY: 'a' }).envKey).toBe('a')
  expect(() => sources({ PRIVATE_KEY: 'secret1', POLYMARKET_PRIVATE_KEY: 'secret2' })).toThrow(
    /^POLYMARKET_PRIVATE_KEY and PRIVATE_KEY hold different keys; remove one of them$/,
  )
})

describe('settings of the wallet', () => {
  const load = (env: Record<string, string>) => loadConfig({ cwd, env })

  test("the venue's numbers are words too", () => {
    expect(load({}).config.wallet.signatureType).toBe('eoa')
    for (const [number, word] of [
      ['1', 'proxy'],
      ['2', 'safe'],
      ['3', 'deposit'],
    ] as const) {
      const env = { SIGNATURE_TYPE: number, FUNDER_ADDRESS: FUNDER }
      expect(load(env).config.wallet).toMatchObject({ signatureType: word, funder: FUNDER })
    }
  })

  test.each([
    [{ SIGNATURE_TYPE: 'safe' }, /wallet\.signatureType safe needs wallet\.funder/],
    [{ SIGNATURE_TYPE: '4' }, /one of eoa, proxy, safe, deposit, got "4"/],
    [{ FUNDER_ADDRESS: FUNDER.slice(2) }, /an address, 0x and 40 hex digits/],
    [{ FUNDER_ADDRESS: `${FUNDER}0` }, /an address, 0x and 40 hex digits/],
    [{ KEY_FD: '1025' }, /none or a whole number, 0 to 1024/],
    [{ KEY_FD: '-1' }, /none or a whole number, 0 to 1024/],
    [{ KEY_FD: `0x${'d1'.repeat(32)}` }, /got "\[hidden\]"/],
    [{ FUNDER_ADDRESS: 'd1'.repeat(32) }, /got "\[hidden\]"/],
    [{ KEYSTORE_FILE: `0x${'d1'.repeat(32)}` }, /must be a path, or nothing, got "\[hidden\]"/],
  ])('%j is refused', (env, message) => {
    expect(() => load(env)).toThrow(message)
  })

  test('a key without quotes in a file is a number to YAML, and its digits are not said', () => {
    writeFileSync(join(cwd, 'lastsecond.yaml'), `wallet:\n  funder: 0x${'d1'.repeat(32)}\n`)
    expect(() => load({})).toThrow(/got a number far too large/)
  })

  test('what does nothing as it stands is said, not refused', () => {
    expect(load({ FUNDER_ADDRESS: FUNDER }).notes).toEqual([
      expect.stringMatching(/^wallet\.funder is not used/),
    ])
    expect(load({ KEYSTORE_PASSPHRASE_FILE: 'p' }).notes).toEqual([
      expect.stringMatching(/^wallet\.passphraseFile is not used/),
    ])
  })
})

describe('the doctor', () => {
  const lines = (env: Record<string, string>) =>
    keyLines(loadConfig({ cwd, env })).map(({ state, detail, fix }) => [state, detail, fix])

  test('none, several, one', () => {
    expect(lines({})).toEqual([['fail', 'no key is set', expect.stringMatching(/init --keystore/)]])
    expect(lines({ KEY_FD: '3', PRIVATE_KEY: 'a' })).toEqual([
      ['fail', 'more than one place is set: KEY_FD, PRIVATE_KEY', 'keep one of them'],
    ])
    expect(lines({ KEY_FD: '3' })).toEqual([['ok', 'set by KEY_FD', '']])
  })

  test('files of the keystore: there, private, with a passphrase', () => {
    const keystore = join(cwd, 'k')
    expect(lines({ KEYSTORE_FILE: keystore })).toMatchObject(
      [
        ['ok', 'set by KEYSTORE_FILE', ''],
        ['fail', `the keystore file ${keystore} does not exist`, /correct the path/],
        ['fail', 'the keystore has no passphrase file', 'set KEYSTORE_PASSPHRASE_FILE'],
      ].map((row) =>
        row.map((cell) => (cell instanceof RegExp ? expect.stringMatching(cell) : cell)),
      ),
    )
    writeFileSync(keystore, 'no keystore at all: it is not opened', { mode: 0o600 })
    const env = { KEYSTORE_FILE: keystore, KEYSTORE_PASSPHRASE_FILE: keystore }
    expect(lines(env)).toEqual([['ok', 'set by KEYSTORE_FILE', '']])
    chmodSync(keystore, 0o640)
    expect(lines(env)[1]).toEqual([
      'fail',
      `the keystore file ${keystore} can be read by others on this machine`,
      `run: chmod 600 ${keystore}`,
    ])
  })

  test('a key in a .env that others can read is a warning', () => {
    const path = join(cwd, '.env')
    writeFileSync(path, 'PRIVATE_KEY=a\n', { mode: 0o600 })
    expect(lines({})).toEqual([['ok', 'set by PRIVATE_KEY', '']])
    chmodSync(path, 0o644)
    expect(lines({})[1]).toEqual([
      'warning',
      '.env holds a key and can be read by others on this machine',
      'chmod 600 .env',
    ])
    expect(lines({ PRIVATE_KEY: 'b' })).toHaveLength(1)
  })
})
